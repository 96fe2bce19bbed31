import type { Details, RuleCode } from '../../fhir/issue.ts';
import type { Environment } from '../../fhirpath/index.ts';
import type { Node } from '../run/node.ts';
import type { RulePlace } from '../run/rule-place.ts';
import type { Frame, Run } from '../run/run.ts';
import { type MapProblem, problem } from '../syntax/problem.ts';
import type { Group, MapFile, Place } from '../syntax/tree.ts';
import type { Table } from '../tables/table.ts';
import type { Static, Types } from '../types/types.ts';
import type { Clock, MapEnvironment } from './environment.ts';
import type { ConstantValue } from './scope.ts';

/** One source file with what it declares, ready to compile its groups. */
export type LoadedMap = {
  readonly file: MapFile;
  readonly types: Types;
  readonly constants: ReadonlyMap<string, ConstantValue>;
  /** Itself and the maps that it imports, those of imports too. */
  readonly visible: readonly LoadedMap[];
};

/** A group for arguments of certain types. */
export type CompiledGroup = {
  /** What generated code calls it by. */
  readonly name: string;
  /** Its generated function, lean or traced as the run is. */
  readonly run: (run: Run, values: readonly (Node | undefined)[]) => void;
};

export type FoundGroup = { readonly map: LoadedMap; readonly group: Group };

export type NumberedRule = { readonly place: RulePlace; readonly number: number };

/** All maps that are compiled together. */
export type Program = {
  readonly problems: MapProblem[];
  readonly environment: MapEnvironment;
  /** Set when a run begins. */
  readonly clock: Clock;
  /** What FHIRPath may ask of the message under way: set when a run begins. */
  readonly message: { resolve?: Environment['resolve'] | undefined };
  /** Every rule that was compiled, once, by its place. */
  readonly rules: Map<string, NumberedRule>;
  readonly group: (map: LoadedMap, name: string) => FoundGroup | undefined;
  readonly groupNames: (map: LoadedMap) => string[];
  /** The default group (`<<types>>`, `<<type+>>`) from one type to another; without `to`, that of `<<type+>>`. */
  readonly defaultGroup: (
    map: LoadedMap,
    from: string,
    to: string | undefined,
  ) => (FoundGroup & { readonly to: string }) | undefined;
  /** A group for arguments of these types; the same object for the same types, so that groups may call each other. */
  readonly compiled: (
    found: FoundGroup,
    types: readonly Static[],
    constants?: readonly (ConstantValue | undefined)[],
  ) => CompiledGroup;
  readonly table: (map: LoadedMap, name: string) => Table | undefined;
  readonly tableNames: (map: LoadedMap) => string[];
};

/** Where the compiler is: what a part of a rule needs to know of its surroundings. */
export type Context = {
  readonly program: Program;
  readonly map: LoadedMap;
  readonly place: RulePlace;
  readonly types: Types;
};

export function complain<R extends RuleCode>(
  { program, place }: Context,
  rule: R,
  details: Details<R>,
  at: Place = place,
): undefined {
  program.problems.push(
    problem(rule, details, {
      path: place.path,
      line: at.line,
      column: at.column,
      group: place.group,
      ...(place.name ? { mapRule: place.name } : {}),
    }),
  );
  return undefined;
}

/** What the compiler does by a function of its own: its variables are in the frame. */
export type Act = (run: Run, frame: Frame) => void;

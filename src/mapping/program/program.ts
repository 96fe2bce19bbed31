import type { Details, RuleCode } from '../../fhir/issue.ts';
import type { Budget, Environment } from '../../fhirpath/index.ts';
import type { Node } from '../run/node.ts';
import type { RulePlace } from '../run/rule-place.ts';
import type { Frame, Run } from '../run/run.ts';
import { type MapProblem, problem } from '../syntax/problem.ts';
import type { Group, MapFile, Place } from '../syntax/tree.ts';
import type { Table } from '../tables/table.ts';
import type { MapTerminology } from '../types/terminology.ts';
import type { PossibleTypes, Types } from '../types/types.ts';
import type { Clock, MapEnvironment } from './environment.ts';
import type { ConstantValue, KnownOfArgument } from './scope.ts';

/** One map file with its declarations, ready to compile its groups. */
export type LoadedMap = {
  readonly file: MapFile;
  readonly types: Types;
  readonly constants: ReadonlyMap<string, ConstantValue>;
  /** Itself and the maps that it imports, directly or indirectly. */
  readonly visible: readonly LoadedMap[];
};

/** A group compiled for arguments of certain types. */
export type CompiledGroup = {
  /** Its function name in generated code. */
  readonly name: string;
  /** Calls its generated function: the traced variant when the run records lineage. */
  readonly run: (run: Run, values: readonly (Node | undefined)[]) => void;
};

export type FoundGroup = { readonly map: LoadedMap; readonly group: Group };

export type NumberedRule = { readonly place: RulePlace; readonly number: number };

/** The maps of one compilation. */
export type Program = {
  readonly problems: MapProblem[];
  readonly environment: MapEnvironment;
  readonly terminology: (() => MapTerminology) | undefined;
  /** Set at the start of each run. */
  readonly clock: Clock;
  /** FHIRPath's access to the current message: set at the start of each run. */
  /** Steps that the expressions of one run may take: filled at the start of each run. */
  readonly budget: Budget;
  readonly message: { resolve?: Environment['resolve'] | undefined };
  /** Every compiled rule, once, by its place. */
  readonly rules: Map<string, NumberedRule>;
  readonly group: (map: LoadedMap, name: string) => FoundGroup | undefined;
  readonly groupNames: (map: LoadedMap) => string[];
  /** The default group (`<<types>>`, `<<type+>>`) from one type to another; without `to`, that of `<<type+>>`. */
  readonly defaultGroup: (
    map: LoadedMap,
    from: string,
    to: string | undefined,
  ) => (FoundGroup & { readonly to: string }) | undefined;
  /** Whether anything was compiled of a group. */
  readonly isCompiled: (group: FoundGroup['group']) => boolean;
  /** The group for arguments of these types; the same object for the same types, so that groups may be recursive. */
  readonly compiled: (
    found: FoundGroup,
    types: readonly PossibleTypes[],
    constants?: readonly (ConstantValue | undefined)[],
    known?: readonly (KnownOfArgument | undefined)[],
  ) => CompiledGroup;
  readonly table: (map: LoadedMap, name: string) => Table | undefined;
  readonly tableNames: (map: LoadedMap) => string[];
};

/** Position of the compiler: the program, map and rule around the part that it compiles. */
export type Context = {
  readonly program: Program;
  readonly map: LoadedMap;
  readonly place: RulePlace;
  readonly types: Types;
};

export function reportProblem<R extends RuleCode>(
  { program, place, types }: Context,
  rule: R,
  details: Details<R>,
  at: Place = place,
): undefined {
  const { type } = details as { readonly type?: string | number };
  if (rule === 'map-type-unknown' && types.isUnknown(String(type))) return undefined;
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

/** A step that a closure executes instead of generated code; its variables are in the frame. */
export type Action = (run: Run, frame: Frame) => void;

import { loadProgram, throwProblems } from './compile/load-program.ts';
import type { CompileOptions } from './compile/options.ts';
import { execute, expectationOf, type RunOptions, type RunResult } from './execute.ts';
import type { Hl7Part } from './hl7/parse.ts';
import { writeHl7 } from './hl7/write.ts';
import { type MapSource, readAll } from './notation/read.ts';
import type { LoadedMap, Program } from './program/program.ts';
import type { RulePlace } from './run/rule-place.ts';
import type { MapProblem } from './syntax/problem.ts';
import type { MapFile, Parameter } from './syntax/tree.ts';
import type { Table } from './tables/table.ts';
import { nearNameAt } from './types/near-name.ts';
import { type PossibleTypes, shortName } from './types/types.ts';
import { modelXmlReader, type ReadModelXml } from './xml/read.ts';

export type CompiledMap = {
  readonly url: string;
  readonly name: string;
  /** Type of the resource or model that it reads, when the map declares it. */
  readonly source: string | undefined;
  /** A table by the name that the map uses in `translate`. */
  readonly table: (name: string) => Table | undefined;
  /** All rules that can fire, those of imported groups too: the total for coverage. */
  readonly rules: readonly RulePlace[];
  /** What the language permits and an author seldom means: errors with `strict`. */
  readonly warnings: readonly MapProblem[];
  /** Reads XML when the source is a logical model with a namespace. Throws ParseError. */
  readonly readXml: ReadModelXml | undefined;
  /** For the path of an input value that no rule read: the element of the model that a misspelt name in it comes near to. */
  readonly nearName: (path: string) => string | undefined;
  /** Writes the output as ER7 when the target is an HL7 v2 message. */
  readonly writeHl7: ((output: Hl7Part) => string) | undefined;
  /** Never changes its input. Throws only when two sources are expected and the input is null. */
  readonly run: (input: unknown, options?: RunOptions) => RunResult;
};

/**
 * Compiles maps that belong together: the first is the one that runs, the others are available for import.
 * Throws MapSyntaxError when a text does not parse, MapError when it parses but does not compile. Either lists every
 * problem with file, line, column, group and rule.
 */
export function compileMap(sources: readonly MapSource[], options: CompileOptions = {}): CompiledMap {
  const { program, main } = loadProgram(readAll(sources), options);
  const entry = main.file.groups[0]!;
  const types = entry.parameters.map((parameter) => parameterTypes(parameter, main));
  const group = program.compiled({ map: main, group: entry }, types);
  for (const map of main.visible) for (const other of map.file.groups) checkAlone(program, map, other);
  const warnings = throwProblems(program.problems, options.strict === true);
  const rules = [...program.rules.values()].map(({ place }) => place);
  const expectations = entry.parameters.map(({ mode }, at) =>
    mode === 'source' ? expectationOf(types[at], main) : undefined,
  );
  const executable = { group, rules, expectations, parameters: entry.parameters, types, main, program };
  const typeOf = (mode: 'source' | 'target') =>
    types[entry.parameters.findIndex((parameter) => parameter.mode === mode)]?.[0];
  const [source, target] = [typeOf('source'), typeOf('target')];
  const writesHl7 = options.hl7Messages?.some(({ url }) => url === target) === true;
  return {
    url: main.file.url,
    name: main.file.name,
    source: source === undefined ? undefined : shortName(source),
    rules,
    warnings,
    table: (name) => program.table(main, name),
    readXml: modelXmlReader(source, main.types),
    nearName: nearNameAt(source, main.types),
    writeHl7: writesHl7 ? (output) => writeHl7(output) : undefined,
    run: (input, runOptions = {}) => execute(executable, input, runOptions),
  };
}

/** The declared type, or the only one that the map uses in that mode. */
function parameterTypes({ mode, type }: Parameter, { file, types }: LoadedMap): PossibleTypes {
  const structures = file.structures.filter((it) => it.mode === mode);
  const name = type ?? (structures.length === 1 ? structures[0]!.url : undefined);
  const full = name === undefined ? undefined : types.nameOf(name);
  return full === undefined ? undefined : [full];
}

/**
 * A group without a caller is checked too: with its declared types or, where it has none and no caller gave it any, as one
 * whose types are not known.
 */
function checkAlone(program: Program, map: LoadedMap, group: MapFile['groups'][number]): void {
  const isTyped = group.parameters.every(({ type }) => type !== undefined);
  if (!isTyped && program.isCompiled(group)) return;
  program.compiled(
    { map, group },
    group.parameters.map((it) => (it.type === undefined ? undefined : parameterTypes(it, map))),
  );
}

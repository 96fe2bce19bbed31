/**
 * mgn-gateway/mapping: the FHIR Mapping Language (guide hl7.fhir.uv.fml 0.1.0,
 * https://build.fhir.org/ig/HL7/mapping-language-ig/), compiled once to JavaScript (docs/decisions/0006-maps-become-code.md) and
 * run often.
 */
import type { Bundle, ConceptMap, StructureMap } from '@medplum/fhirtypes';
import { digestOf } from '../fhir/digest.ts';
import { type Graph, graphOf } from '../fhir/graph.ts';
import type { Issue } from '../fhir/issue.ts';
import type { Resource } from '../fhir/resource.ts';
import { programOf, refuseProblems } from './compile.ts';
import { isHl7Model } from './hl7/model.ts';
import type { Hl7Part } from './hl7/parse.ts';
import { writeHl7 } from './hl7/write.ts';
import { seededIds } from './identifiers.ts';
import { newLineage } from './lineage.ts';
import { type Node, rootNode } from './node.ts';
import type { CompiledGroup, LoadedMap, Program } from './program.ts';
import { prune } from './prune.ts';
import { type MapSource, readAll, readOne } from './read.ts';
import { type RulePlace, type Run, report, Stopped, type UnmappedCode } from './run.ts';
import { toStructureMap } from './structure-map.ts';
import type { MapFile, Parameter } from './syntax/tree.ts';
import type { Table } from './table.ts';
import { type Trace, traceOf } from './trace.ts';
import { type Static, shortName } from './types.ts';
import { logicalXml } from './xml.ts';
import { modelXmlReader, type ReadModelXml } from './xml-read.ts';

export { readTable } from './csv.ts';
export { formatMap } from './format.ts';
export { type Hl7Part, parseHl7 } from './hl7/parse.ts';
export { type Hl7Place, hl7Place } from './hl7/place.ts';
export { writeHl7 } from './hl7/write.ts';
export { MapError, type MapProblem, MapSyntaxError } from './problem.ts';
export type { MapSource } from './read.ts';
export type { UnmappedCode } from './run.ts';
export type { Table } from './table.ts';
export { explainOutput, type Trace, type TraceElement } from './trace.ts';

export type CompileOptions = {
  /** StructureDefinitions that are not R4's own: profiles, logical models. */
  readonly definitions?: readonly Resource[];
  readonly conceptMaps?: readonly ConceptMap[];
  /** Tables of `readTable`, for `translate` by their name. */
  readonly tables?: readonly Table[];
};

export type RunOptions = {
  /** Tell which rule made each element, from what, and what of the source nothing took over. */
  readonly trace?: boolean;
  /** What `uuid()` is made from; without it a digest of the input. The same seed gives the same bytes. */
  readonly seed?: string;
  /** What `now()` and `today()` tell; a map that asks them can't run without. The same time gives the same bytes. */
  readonly now?: Date;
  /** Minutes east of UTC that they are told in; without it UTC. */
  readonly zone?: number;
};

export type RunResult = {
  /** FHIR JSON; XML text when the target is a logical model with an XML namespace. */
  readonly output: unknown;
  /** What the map found: its logs, failed checks, codes that no table knows. Errors mean: do not use the output. */
  readonly issues?: readonly Issue[];
  /** Codes that no table knows, with their values: for the list of unknown codes, never for a log. */
  readonly unmapped?: readonly UnmappedCode[];
  readonly trace?: Trace;
};

export type CompiledMap = {
  readonly url: string;
  readonly name: string;
  /** Type of the resource or model that it reads, when the map says so. */
  readonly source: string | undefined;
  /** A table that the map may ask, by the name that it goes by in `translate`. */
  readonly table: (name: string) => Table | undefined;
  /** All rules that can fire, those of imported groups too: what coverage is measured against. */
  readonly rules: readonly RulePlace[];
  /** Reads what the map takes from XML, where that is a logical model with a namespace. Throws a ParseError. */
  readonly readXml: ReadModelXml | undefined;
  /** Writes what the map makes as ER7, where that is a message of HL7 v2. */
  readonly writeHl7: ((output: Hl7Part) => string) | undefined;
  /** Never changes its input; throws only when the input has no business here (not an object). */
  readonly run: (input: unknown, options?: RunOptions) => RunResult;
};

/**
 * Compiles maps that belong together; the first is the one that runs, the others are there to be imported.
 * Throws MapSyntaxError when a text can't be read, MapError when it can but makes no sense: each lists everything
 * that is wrong, with file, line, column, group and rule.
 */
export function compileMap(sources: readonly MapSource[], options: CompileOptions = {}): CompiledMap {
  const { program, main } = programOf(readAll(sources), options);
  const entry = main.file.groups[0]!;
  const types = entry.parameters.map((parameter) => parameterTypes(parameter, main));
  const group = program.compiled({ map: main, group: entry }, types);
  for (const other of main.file.groups) checkAlone(program, main, other);
  refuseProblems(program.problems);
  const rules = [...program.rules.values()].map(({ place }) => place);
  const expected = entry.parameters.map(({ mode }, at) =>
    mode === 'source' ? expectation(types[at], main) : anything,
  );
  const compiled = { group, rules, expected, parameters: entry.parameters, types, main, program };
  const typeOf = (mode: 'source' | 'target') =>
    types[entry.parameters.findIndex((parameter) => parameter.mode === mode)]?.[0];
  const source = typeOf('source');
  return {
    url: main.file.url,
    name: main.file.name,
    source: source === undefined ? undefined : shortName(source),
    rules,
    table: (name) => program.table(main, name),
    readXml: modelXmlReader(source, main.types),
    writeHl7: isHl7Model(typeOf('target')) ? (output) => writeHl7(output) : undefined,
    run: (input, asked = {}) => run(compiled, input, asked),
  };
}

/**
 * Parses one map to a StructureMap of R4; what only later versions have (`let`, a second group) is in their extensions.
 * Throws MapSyntaxError that lists every error with line, column and what may have been meant.
 */
export const parseMap = (text: string, path: string): StructureMap => toStructureMap(readOne({ text, path }));

/** The declared type, or the one that the map uses in that mode, when there is one only. */
function parameterTypes({ mode, type }: Parameter, { file, types }: LoadedMap): Static {
  const used = file.structures.filter((it) => it.mode === mode);
  const name = type ?? (used.length === 1 ? used[0]!.url : undefined);
  const full = name === undefined ? undefined : types.nameOf(name);
  return full === undefined ? undefined : [full];
}

/** A group that nobody calls is checked too, as far as its own types go. */
function checkAlone(program: Program, main: LoadedMap, group: MapFile['groups'][number]): void {
  if (group.parameters.every(({ type }) => type !== undefined)) {
    program.compiled(
      { map: main, group },
      group.parameters.map((it) => parameterTypes(it, main)),
    );
  }
}

type Entry = {
  group: CompiledGroup;
  rules: readonly RulePlace[];
  parameters: readonly Parameter[];
  /** What each of them has to be. */
  expected: readonly Expectation[];
  types: readonly Static[];
  main: LoadedMap;
  program: Program;
};

/** `resolve()` within a Bundle; it is indexed when a map first asks. */
function resolverOf(input: unknown): NonNullable<Program['message']['resolve']> {
  let graph: Graph | undefined;
  return (reference) => {
    if ((input as { resourceType?: unknown }).resourceType !== 'Bundle') return undefined;
    graph ??= graphOf(input as Bundle);
    return graph.resolve(typeof reference === 'string' ? { reference } : reference);
  };
}

function run(
  { group, rules, parameters, expected, types, main, program: { message, clock } }: Entry,
  input: unknown,
  { trace = false, seed, now, zone }: RunOptions,
): RunResult {
  const state: Run = {
    issues: [],
    unmapped: [],
    created: [],
    shared: new Map(),
    pinned: new Map(),
    newId: seededIds(() => seed ?? digestOf(input)),
    lineage: trace ? newLineage(rules.length) : undefined,
    made: 0,
    steps: 0,
    depth: 0,
  };
  const several = parameters.filter(({ mode }) => mode === 'source').length > 1;
  const nodes = parameters.map(({ name, mode }, index): Node => {
    const type = types[index]?.[0];
    if (mode === 'target') return rootNode(emptyOf(type, main), type);
    const value = several ? (input as Record<string, unknown> | null)?.[name] : input;
    return rootNode(value, (value as { resourceType?: string } | null)?.resourceType ?? type);
  });
  if (clock.asked && !now) report(state, 'map-time-missing', {});
  else if (expected.every((isExpected, index) => isExpected(state, nodes[index]!))) {
    message.resolve = resolverOf(input);
    Object.assign(clock, { now, zone });
    try {
      group.run(state, nodes);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    } finally {
      message.resolve = undefined;
    }
    prune(state.created);
  }
  const sources = nodes.filter((_, index) => parameters[index]!.mode === 'source');
  const targets = nodes.filter((_, index) => parameters[index]!.mode === 'target');
  return {
    output: outputOf(parameters, targets, main),
    ...(state.issues.length > 0 ? { issues: state.issues } : {}),
    ...(state.unmapped.length > 0 ? { unmapped: state.unmapped } : {}),
    ...(state.lineage ? { trace: traceOf(state.lineage, rules, sources, targets) } : {}),
  };
}

const emptyOf = (type: string | undefined, { types }: LoadedMap): object =>
  type !== undefined && types.model(type)?.kind === 'resource' ? { resourceType: type } : {};

type Expectation = (run: Run, node: Node) => boolean;

const anything: Expectation = () => true;

/** What a source has to be, from what the map says of its parameter. */
function expectation(expected: Static, { types }: LoadedMap): Expectation {
  const wanted = expected?.[0];
  const model = wanted === undefined ? undefined : types.model(wanted);
  const logical = wanted !== undefined && types.logical(wanted) !== undefined;
  return (run, { value }) => {
    const given = (value as { resourceType?: unknown } | null)?.resourceType;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    const fits = isObject && (wanted === undefined || typeof given !== 'string' || logical || types.isA(given, wanted));
    if (fits && (model?.kind !== 'resource' || typeof given === 'string')) return true;
    const found = !isObject
      ? 'no object'
      : typeof given === 'string' && types.model(given)
        ? given
        : 'an object without a known resourceType';
    report(run, 'map-input-type-mismatch', { expected: wanted === undefined ? 'an object' : shortName(wanted), found });
    return false;
  };
}

/** One target is the output; several stand under the names of their parameters. */
function outputOf(parameters: readonly Parameter[], targets: readonly Node[], { types }: LoadedMap): unknown {
  const written = targets.map((node) => logicalXml(node, types) ?? node.value);
  if (written.length <= 1) return written[0];
  const names = parameters.filter(({ mode }) => mode === 'target').map(({ name }) => name);
  return Object.fromEntries(names.map((name, index) => [name, written[index]]));
}

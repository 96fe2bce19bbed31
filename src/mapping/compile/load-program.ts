import { isError } from '../../fhir/issue.ts';
import { type Environment, FhirPathEvaluationError } from '../../fhirpath/index.ts';
import { type GroupCode, link, type Unit } from '../generate/unit.ts';
import { hl7Model } from '../hl7/message.ts';
import type { Clock, MapEnvironment } from '../program/environment.ts';
import type { CompiledGroup, FoundGroup, LoadedMap, Program } from '../program/program.ts';
import type { ConstantValue, KnownOfArgument } from '../program/scope.ts';
import { maxExpressionSteps } from '../run/run.ts';
import { MapError, type MapProblem, problem } from '../syntax/problem.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import type { MapFile } from '../syntax/tree.ts';
import { tableLookup } from '../tables/lookup.ts';
import { embeddedTable, type Table } from '../tables/table.ts';
import { codesIn, isMember } from '../types/terminology.ts';
import { definitionsOf, type PossibleTypes, typesOf } from '../types/types.ts';
import { constantsOf } from './constants.ts';
import { checkInheritance, compileGroup } from './group.ts';
import { checkGroups, visibleFrom } from './imports.ts';
import type { CompileOptions } from './options.ts';
import { commentProblems, conceptMapProblems, structureProblems } from './structures.ts';

type Loading = LoadedMap & { readonly visible: LoadedMap[]; readonly problems: MapProblem[] };

/** Loads maps that belong together; a group is compiled when it is first called. */
export function loadProgram(
  files: readonly MapFile[],
  { definitions = [], conceptMaps = [], tables = [], hl7Messages = [], terminology }: CompileOptions,
): { program: Program; main: LoadedMap } {
  const problems: MapProblem[] = [];
  const models = definitionsOf([...hl7Messages.map(hl7Model), ...definitions]);
  const loaded = files.map((file): Loading => {
    const problems: MapProblem[] = [];
    return {
      file,
      types: typesOf(file.structures, models),
      constants: constantsOf(file, problems),
      visible: [],
      problems,
    };
  });
  for (const map of loaded) map.visible.push(...visibleFrom(map, loaded, map.problems));
  // A map beside it that it does not import may have errors of its own.
  for (const map of loaded[0]!.visible) {
    problems.push(...(map as Loading).problems);
    if (map.file.url === '') problems.push(problem('map-url-missing', {}, { path: map.file.path, line: 1, column: 1 }));
    problems.push(...structureProblems(map), ...conceptMapProblems(map), ...commentProblems(map));
    checkGroups(map, problems);
  }
  const tableOf = tableLookup(conceptMaps, tables);
  const groups: Groups = { byKey: new Map(), code: [], linked: new Map(), compiled: new Set() };
  const message: Program['message'] = {};
  const clock: Clock = { used: false };
  const budget = { left: maxExpressionSteps };
  const program: Program = {
    problems,
    rules: new Map(),
    environment: {
      ...environmentOf(models.profiles),
      ...membership(terminology),
      resolve: (reference) => message.resolve?.(reference),
      clock,
      budget,
    },
    terminology,
    message,
    clock,
    budget,
    group: (map, name) => firstOf(map.visible, (it) => it.file.groups.find((group) => group.name === name)),
    groupNames: (map) => map.visible.flatMap((it) => it.file.groups.map(({ name }) => name)),
    defaultGroup: (map, from, to) => defaultGroup(map, from, to),
    isCompiled: (group) => groups.compiled.has(group),
    compiled: (found, types, constants = [], known = []) =>
      specialised(found, types, constants, known, groups, program),
    table: (map, name) => firstEmbedded(map, name) ?? tableOf(name),
    tableNames: (map) => [
      ...map.file.conceptMaps.map(({ name }) => `#${name}`),
      ...tables.map(({ name }) => name),
      ...conceptMaps.map(({ url }) => url ?? ''),
    ],
  };
  checkInheritance(program, loaded[0]!.visible);
  return { program, main: loaded[0]! };
}

/**
 * Throws MapError with all errors, in the order of the file; returns the warnings when there is none. A strict compilation has
 * no warnings: they are errors too.
 */
export function throwProblems(problems: readonly MapProblem[], strict: boolean): readonly MapProblem[] {
  const found = distinct(problems);
  const errors = strict ? found.map((it): MapProblem => ({ ...it, severity: 'error' })) : found.filter(isError);
  if (errors.length > 0) throw new MapError(errors);
  return found;
}

/** A group compiled for several types reports the same problem more than once. */
function distinct(problems: readonly MapProblem[]): MapProblem[] {
  const byText = new Map(problems.map((it) => [`${it.path}:${it.line}:${it.column}:${it.rule}:${it.message}`, it]));
  return [...byText.values()].sort(
    (a, b) => a.path.localeCompare(b.path) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

function firstOf<T extends FoundGroup['group']>(
  maps: readonly LoadedMap[],
  find: (map: LoadedMap) => T | undefined,
): FoundGroup | undefined {
  for (const map of maps) {
    const group = find(map);
    if (group) return { map, group };
  }
  return undefined;
}

/** The groups of a program. Code is generated once all are compiled; the traced variant at its first run. */
type Groups = {
  readonly byKey: Map<string, CompiledGroup>;
  readonly code: { readonly name: string; code: (unit: Unit) => GroupCode }[];
  readonly linked: Map<boolean, ReturnType<typeof link>>;
  readonly compiled: Set<FoundGroup['group']>;
};

const noCode = (): GroupCode => ({ text: '', parameters: 0, nodes: new Set() });

/** One compiled group per combination of argument types; registered before it is compiled, since groups may be recursive. */
function specialised(
  found: FoundGroup,
  types: readonly PossibleTypes[],
  constants: readonly (ConstantValue | undefined)[],
  known: readonly (KnownOfArgument | undefined)[],
  groups: Groups,
  program: Program,
): CompiledGroup {
  const values = JSON.stringify([constants.map((it) => it?.values ?? null), known.map(nameOfKnown)]);
  const key = `${found.map.file.path}#${found.group.name}(${types.map((it) => it?.join('|') ?? '').join(',')})${values}`;
  const existing = groups.byKey.get(key);
  if (existing) return existing;
  const entry: Groups['code'][number] = { name: `g${groups.byKey.size}`, code: noCode };
  const group: CompiledGroup = {
    name: entry.name,
    run: (run, values) => {
      const traced = run.lineage !== undefined;
      const linked = groups.linked.get(traced) ?? link(traced, groups.code);
      groups.linked.set(traced, linked);
      linked[entry.name]!(run, ...values);
    },
  };
  groups.byKey.set(key, group);
  groups.compiled.add(found.group);
  groups.code.push(entry);
  entry.code = compileGroup(found, types, constants, known, program)(entry.name);
  return group;
}

const nameOfKnown = (known: KnownOfArgument | undefined): unknown =>
  known ? [known.listed ?? null, known.element?.owner ?? null, known.element?.step.name ?? null] : null;

function defaultGroup(map: LoadedMap, from: string, to: string | undefined): (FoundGroup & { to: string }) | undefined {
  for (const each of map.visible) {
    for (const group of each.file.groups) {
      if (group.typeMode === undefined || (to === undefined && group.typeMode !== 'type+')) continue;
      const [source, target] = group.parameters.map(({ type }) =>
        type === undefined ? undefined : each.types.nameOf(type),
      );
      if (source === from && target !== undefined && (to === undefined || target === to))
        return { map: each, group, to: target };
    }
  }
  return undefined;
}

function firstEmbedded(map: LoadedMap, name: string): Table | undefined {
  if (!name.startsWith('#')) return undefined;
  for (const { file } of map.visible) {
    const found = file.conceptMaps.find((it) => it.name === name.slice(1));
    if (found) return embeddedTable(found);
  }
  return undefined;
}

/** memberOf() by the loaded value sets: what they cannot decide is an error, never an empty result. */
const membership = (terminology: CompileOptions['terminology']): MapEnvironment => ({
  memberOf: (value, canonical) => {
    const set = terminology?.().valueSet(canonical);
    const answer = set && isMember(set, codesIn(value));
    if (answer === undefined) throw new FhirPathEvaluationError('the loaded value sets cannot decide memberOf()');
    return answer;
  },
  valueSetProblem: (canonical) => {
    if (!terminology) return 'memberOf() cannot be decided: no value sets are loaded';
    // Opened while the map is compiled: a run does no I/O.
    const opened = terminology();
    if (canonical === undefined || opened.valueSet(canonical)) return undefined;
    const suggestion = didYouMean(canonical, opened.valueSets(), 200);
    return `value set ${canonical.slice(0, 200)} is not loaded${suggestion === '' ? '' : `:${suggestion}`}`;
  },
});

/** A resource conforms to the base definition of its own type; other profiles cannot be decided here. */
const environmentOf = (profiles: ReadonlyMap<string, string>): Environment => ({
  conformsTo: (value, profile) => {
    const type = (value as { resourceType?: unknown } | null)?.resourceType;
    if (profile === `http://hl7.org/fhir/StructureDefinition/${String(type)}`) return true;
    const constrained =
      profiles.get(profile) ?? /^http:\/\/hl7\.org\/fhir\/StructureDefinition\/(\w+)$/.exec(profile)?.[1];
    return constrained !== undefined && constrained !== type ? false : undefined;
  },
});

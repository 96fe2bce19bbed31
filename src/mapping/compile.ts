import type { ConceptMap } from '@medplum/fhirtypes';
import referralForm from '../../mappings/models/referral-form.json' with { type: 'json' };
import type { Resource } from '../fhir/resource.ts';
import type { Environment } from '../fhirpath/index.ts';
import { type Clock, compileExpression } from './expression.ts';
import { type GroupCode, link, type Unit } from './generate/unit.ts';
import { compileGroup } from './group.ts';
import { hl7Models } from './hl7/model.ts';
import { MapError, type MapProblem, problem } from './problem.ts';
import type { CompiledGroup, FoundGroup, LoadedMap, Program } from './program.ts';
import { type ConstantValue, scopeOf } from './scope.ts';
import type { MapFile } from './syntax/tree.ts';
import { conceptMapTable, embeddedTable, type Table } from './table.ts';
import { definitionsOf, type Static, typesOf } from './types.ts';

export type Surroundings = {
  readonly definitions?: readonly Resource[] | undefined;
  readonly conceptMaps?: readonly ConceptMap[] | undefined;
  readonly tables?: readonly Table[] | undefined;
};

/** The shapes that are no FHIR and that every map may read. */
const ownModels: readonly Resource[] = [...hl7Models(), referralForm as unknown as Resource];

/** All maps loaded together, their groups compiled as they are asked for. */
export function programOf(
  files: readonly MapFile[],
  { definitions = [], conceptMaps = [], tables = [] }: Surroundings,
): { program: Program; main: LoadedMap } {
  const problems: MapProblem[] = [];
  const known = definitionsOf([...ownModels, ...definitions]);
  const loaded = files.map((file): LoadedMap & { visible: LoadedMap[] } => ({
    file,
    types: typesOf(file.structures, known),
    constants: constantsOf(file, problems),
    visible: [],
  }));
  for (const map of loaded) map.visible.push(...visibleFrom(map, loaded, problems));
  for (const map of loaded) checkGroups(map, problems);
  const tableOf = tableFinder(conceptMaps, tables);
  const groups: Groups = { known: new Map(), code: [], linked: new Map() };
  const message: Program['message'] = {};
  const clock: Clock = { asked: false };
  const program: Program = {
    problems,
    rules: new Map(),
    environment: { ...environmentOf(known.profiles), resolve: (reference) => message.resolve?.(reference), clock },
    message,
    clock,
    group: (map, name) => firstOf(map.visible, (it) => it.file.groups.find((group) => group.name === name)),
    groupNames: (map) => map.visible.flatMap((it) => it.file.groups.map(({ name }) => name)),
    defaultGroup: (map, from, to) => defaultGroup(map, from, to),
    compiled: (found, types, constants = []) => specialised(found, types, constants, groups, program),
    table: (map, name) => firstEmbedded(map, name) ?? tableOf(name),
    tableNames: (map) => [
      ...map.file.conceptMaps.map(({ name }) => `#${name}`),
      ...tables.map(({ name }) => name),
      ...conceptMaps.map(({ url }) => url ?? ''),
    ],
  };
  return { program, main: loaded[0]! };
}

/** Throws all that is wrong, in the order of the file. */
export function refuseProblems(problems: readonly MapProblem[]): void {
  if (problems.length > 0) throw new MapError(distinct(problems));
}

/** A group compiled for several types says the same thing more than once. */
function distinct(problems: readonly MapProblem[]): MapProblem[] {
  const known = new Map(problems.map((it) => [`${it.path}:${it.line}:${it.column}:${it.rule}:${it.message}`, it]));
  return [...known.values()].sort(
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

/** The groups of a program: code is made of them when all are known, of the traced form when it is first asked for. */
type Groups = {
  readonly known: Map<string, CompiledGroup>;
  readonly code: { readonly name: string; code: (unit: Unit) => GroupCode }[];
  readonly linked: Map<boolean, ReturnType<typeof link>>;
};

const noCode = (): GroupCode => ({ text: '', parameters: 0, nodes: new Set() });

/** One compiled form a group and argument types; entered before it is compiled, since groups may call themselves. */
function specialised(
  found: FoundGroup,
  types: readonly Static[],
  constants: readonly (ConstantValue | undefined)[],
  groups: Groups,
  program: Program,
): CompiledGroup {
  const key = `${found.map.file.path}#${found.group.name}(${types.map((it) => it?.join('|') ?? '').join(',')})${JSON.stringify(constants.map((it) => it?.values ?? null))}`;
  const known = groups.known.get(key);
  if (known) return known;
  const made: Groups['code'][number] = { name: `g${groups.known.size}`, code: noCode };
  const group: CompiledGroup = {
    name: made.name,
    run: (run, values) => {
      const traced = run.lineage !== undefined;
      const linked = groups.linked.get(traced) ?? link(traced, groups.code);
      groups.linked.set(traced, linked);
      linked[made.name]!(run, ...values);
    },
  };
  groups.known.set(key, group);
  groups.code.push(made);
  made.code = compileGroup(found, types, constants, program)(made.name);
  return group;
}

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

/** A map sees itself and what it imports, `*` in a url standing for anything. */
function visibleFrom(map: LoadedMap, all: readonly LoadedMap[], problems: MapProblem[]): LoadedMap[] {
  const seen = new Set<LoadedMap>([map]);
  for (const each of seen) {
    for (const { url, ...at } of each.file.imports) {
      const found = all.filter((it) => matches(url, it.file.url));
      for (const other of found) seen.add(other);
      if (found.length === 0)
        problems.push(problem('map-import-unknown', {}, { path: each.file.path, line: at.line, column: at.column }));
    }
  }
  return [...seen];
}

function matches(pattern: string, url: string): boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return pattern === url;
  let at = parts[0]!.length;
  if (!url.startsWith(parts[0]!)) return false;
  for (const part of parts.slice(1, -1)) {
    const next = url.indexOf(part, at);
    if (next < 0) return false;
    at = next + part.length;
  }
  return url.length - at >= parts.at(-1)!.length && url.endsWith(parts.at(-1)!);
}

function checkGroups({ file }: LoadedMap, problems: MapProblem[]): void {
  const names = new Set<string>();
  for (const { name, line, column } of file.groups) {
    if (names.has(name))
      problems.push(
        problem('map-name-duplicate', { what: 'Group', name }, { path: file.path, line, column, group: name }),
      );
    names.add(name);
  }
}

/** Constants depend on nothing of the message: each is worked out once, in whatever order they refer to each other. */
function constantsOf(file: MapFile, problems: MapProblem[]): Map<string, ConstantValue> {
  const done = new Map<string, ConstantValue>();
  const busy = new Set<string>();
  const byName = new Map(file.constants.map((it) => [it.name, it]));
  const work = (name: string): ConstantValue | undefined => {
    const constant = byName.get(name);
    if (!constant || done.has(name)) return done.get(name);
    const at = { path: file.path, line: constant.line, column: constant.column };
    if (busy.has(name)) {
      problems.push(problem('map-circular', { name }, at));
      return undefined;
    }
    busy.add(name);
    const scope = { ...scopeOf(new Map()), constant: work };
    const compiled = compileExpression(constant.expression, scope, undefined, {});
    if ('problem' in compiled || !compiled.constant) {
      const told = 'problem' in compiled ? compiled.problem : 'a constant can refer to other constants only.';
      problems.push(problem('map-expression-invalid', { problem: told }, at));
      return undefined;
    }
    const value = { name, values: compiled.constant.map(({ type, value }) => ({ type, value })) };
    done.set(name, value);
    return value;
  };
  for (const { name } of file.constants) work(name);
  return done;
}

function tableFinder(
  conceptMaps: readonly ConceptMap[],
  tables: readonly Table[],
): (name: string) => Table | undefined {
  const made = new Map(tables.map((table) => [table.name, table]));
  const find = (name: string): Table | undefined => {
    const known = made.get(name) ?? made.get(name.replace(/\|.*$/, ''));
    if (known) return known;
    const map = conceptMaps.find(
      ({ url, id }) =>
        url === name || (url !== undefined && url === name.replace(/\|.*$/, '')) || `ConceptMap/${id}` === name,
    );
    if (!map) return undefined;
    const table = conceptMapTable(map, find);
    made.set(name, table);
    return table;
  };
  return find;
}

function firstEmbedded(map: LoadedMap, name: string): Table | undefined {
  if (!name.startsWith('#')) return undefined;
  for (const { file } of map.visible) {
    const found = file.conceptMaps.find((it) => it.name === name.slice(1));
    if (found) return embeddedTable(found);
  }
  return undefined;
}

/** A resource conforms to the base definition of its own type; other profiles are not known here. */
const environmentOf = (profiles: ReadonlyMap<string, string>): Environment => ({
  conformsTo: (value, profile) => {
    const type = (value as { resourceType?: unknown } | null)?.resourceType;
    if (profile === `http://hl7.org/fhir/StructureDefinition/${String(type)}`) return true;
    const constrained =
      profiles.get(profile) ?? /^http:\/\/hl7\.org\/fhir\/StructureDefinition\/(\w+)$/.exec(profile)?.[1];
    return constrained !== undefined && constrained !== type ? false : undefined;
  },
});

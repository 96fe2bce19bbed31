import { parseDocument } from 'yaml';
import { canonicalJson } from '../fhir/canonical-json.ts';
import type { ConfigurationFile } from '../store/port.ts';
import type { ConfigurationSet } from './set.ts';

/** The difference in one file: `+` added, `-` removed, `~` changed. */
export type FileDifference = {
  readonly part: string;
  readonly path: string;
  readonly change: '+' | '-' | '~';
  /** The values added, removed and changed in the file; empty when only layout or comments changed. */
  readonly within: readonly string[];
};

/** Labels for the parts of a set, by path. */
const partNames: readonly (readonly [RegExp, string])[] = [
  [/^network\/partners\.yaml$/, 'partners'],
  [/^network\/places\.yaml$/, 'places'],
  [/^network\/directory\//, 'directory'],
  [/^network\//, 'network'],
  [/^mappings\/routes\.yaml$/, 'routes'],
  [/^mappings\/ranking\.yaml$/, 'ranking'],
  [/^mappings\/grounds\.yaml$/, 'legal bases'],
  [/^mappings\/intake\.yaml$/, 'forms'],
  [/^mappings\/projections\//, 'projections'],
  [/^mappings\//, 'maps and tables'],
  [/^profiles\//, 'profiles'],
];

/** The differences between two sets, per file. In structured files a difference is identified by name, not by line. */
export function differences(before: ConfigurationSet, after: ConfigurationSet): readonly FileDifference[] {
  const old = new Map(before.files.map((it) => [it.path, it]));
  const fresh = new Map(after.files.map((it) => [it.path, it]));
  return [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((path): FileDifference[] => {
    const [was, is] = [old.get(path), fresh.get(path)];
    if (was?.digest === is?.digest) return [];
    const part = partNames.find(([of]) => of.test(path))?.[1] ?? 'other';
    const change = was === undefined ? '+' : is === undefined ? '-' : '~';
    return [{ part, path, change, within: was && is ? within(was, is) : [] }];
  });
}

function within(was: ConfigurationFile, is: ConfigurationFile): readonly string[] {
  const read = /\.ya?ml$/.test(is.path) ? yaml : is.path.endsWith('.json') ? json : undefined;
  if (!read) return lines(was.text, is.text);
  const [before, after] = [read(was.text), read(is.text)];
  return before === undefined || after === undefined ? lines(was.text, is.text) : values(before, after, '');
}

function yaml(text: string): unknown {
  const document = parseDocument(text);
  return document.errors.length ? undefined : document.toJS({ maxAliasCount: 100 });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Lines added and removed, regardless of their position. */
function lines(was: string, is: string): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of was.split('\n')) counts.set(line, (counts.get(line) ?? 0) - 1);
  for (const line of is.split('\n')) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts].flatMap(([line, count]) =>
    count === 0 || line.trim() === '' ? [] : [`${count > 0 ? '+' : '-'} ${line.trim()}`],
  );
}

function values(was: unknown, is: unknown, place: string): readonly string[] {
  if (canonicalJson(was) === canonicalJson(is)) return [];
  if (Array.isArray(was) && Array.isArray(is)) {
    const [old, fresh] = [named(was), named(is)];
    if (old && fresh) return [...members(old, fresh, (name) => `${place}[${name}]`), ...moved(old, fresh, place)];
  } else if (isObject(was) && isObject(is)) {
    const rest = 'snapshot' in was || 'snapshot' in is ? ['snapshot', 'text'] : [];
    const [old, fresh] = [was, is].map(
      (it) => new Map(Object.entries(it).filter(([name]) => !rest.includes(name) || !('differential' in it))),
    );
    return members(old!, fresh!, (name) => (place === '' ? name : `${place}.${name}`));
  }
  return [`~ ${place || 'the whole'}: ${shown(was)} -> ${shown(is)}`];
}

function members(
  old: ReadonlyMap<string, unknown>,
  fresh: ReadonlyMap<string, unknown>,
  placeOf: (name: string) => string,
): readonly string[] {
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((name) => {
    const place = placeOf(name);
    if (!old.has(name)) return [`+ ${place}${ofScalar(fresh.get(name))}`];
    if (!fresh.has(name)) return [`- ${place}${ofScalar(old.get(name))}`];
    return values(old.get(name), fresh.get(name), place);
  });
}

/** In a list of rules the first match decides, so a different order is a change. */
function moved(old: ReadonlyMap<string, unknown>, fresh: ReadonlyMap<string, unknown>, place: string): string[] {
  const [before, after] = [old, fresh].map((it) => [...it.keys()]);
  const stayed = (names: readonly string[]) => names.filter((it) => old.has(it) && fresh.has(it)).join(' ');
  return stayed(before!) === stayed(after!) ? [] : [`~ ${place}: now in the order ${after!.join(', ')}`];
}

/** The members of a list by name; undefined when a name is missing or not unique. */
function named(list: readonly unknown[]): ReadonlyMap<string, unknown> | undefined {
  const entries = list.map((it) => [nameOf(it), it] as const);
  if (entries.some(([name]) => name === undefined)) return undefined;
  const all = new Map(entries as readonly (readonly [string, unknown])[]);
  return all.size === list.length ? all : undefined;
}

function nameOf(it: unknown): string | undefined {
  if (!isObject(it)) return undefined;
  if (isObject(it.resource)) return nameOf(it.resource);
  const line = it.allow ?? it.withhold ?? it.types;
  if (line !== undefined)
    return [it.withhold ? 'withhold' : 'allow', line, it.as, it.when, it.where].filter(Boolean).join(' ');
  const name = it.id ?? it.code ?? it.constraint ?? it.key ?? it.url ?? it.sha256;
  if (typeof name !== 'string') return undefined;
  return typeof it.resourceType === 'string' ? `${it.resourceType}/${name}` : name;
}

const isObject = (it: unknown): it is Readonly<Record<string, unknown>> =>
  typeof it === 'object' && it !== null && !Array.isArray(it);

const ofScalar = (it: unknown): string => (typeof it === 'object' ? '' : `: ${shown(it)}`);

const shown = (it: unknown): string => {
  const text = JSON.stringify(it) ?? 'nothing';
  return text.length > 90 ? `${text.slice(0, 87)}...` : text;
};

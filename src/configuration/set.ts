import { digestOf } from '../fhir/digest.ts';
import type { ConfigurationFile } from '../store/port.ts';

/**
 * All files that decide: profiles, maps, tables, routes, ranking, network. A set is its files: the same files are the same
 * set wherever they lie, and its digest names it in every decision that it makes.
 */
export type ConfigurationSet = { readonly digest: string; readonly files: readonly ConfigurationFile[] };

/** The folders of a set, as the paths of its files begin. */
export const parts = ['network', 'mappings', 'profiles'] as const;
export type Part = (typeof parts)[number];

/** A set of files by path; which order they come in makes no difference. */
export function setOf(files: Iterable<{ readonly path: string; readonly text: string }>): ConfigurationSet {
  const named = [...files]
    .map(({ path, text }) => ({ path, text, digest: digestOf(text) }))
    .sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
  return { digest: digestOf(named.map(({ path, digest }) => [path, digest])), files: named };
}

/** A digest as people read it; any beginning that only one set has names it in commands. */
export const short = (digest: string): string => digest.slice(0, 12);

/** Files for a set, with the parts that they say nothing of from another one. */
export function complete(
  given: readonly { readonly path: string; readonly text: string }[],
  base: ConfigurationSet,
): ConfigurationSet {
  const told = parts.filter((part) => given.some(({ path }) => path.startsWith(`${part}/`)));
  const rest = base.files.filter(({ path }) => !told.some((part) => path.startsWith(`${part}/`)));
  return setOf([...given, ...rest]);
}

/** A path that stays within the folders that a set is laid out in. */
export const isSetPath = (path: unknown): path is string =>
  typeof path === 'string' && /^(?:network|mappings|profiles)(?:\/[\w@+-][\w.@+ -]*)+$/.test(path);

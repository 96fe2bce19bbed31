import { digestOf } from '../fhir/digest.ts';
import type { ConfigurationFile } from '../store/port.ts';

/**
 * A configuration set: all files that affect decisions (profiles, maps, tables, routes, ranking, network). Its digest,
 * over their content, identifies it in every decision.
 */
export type ConfigurationSet = { readonly digest: string; readonly files: readonly ConfigurationFile[] };

/** The folders of a set: the first segment of its paths. */
export const parts = ['network', 'mappings', 'profiles'] as const;
export type Part = (typeof parts)[number];

/** A set from files with their paths; their order does not matter. */
export function setOf(files: Iterable<{ readonly path: string; readonly text: string }>): ConfigurationSet {
  const named = [...files]
    .map(({ path, text }) => ({ path, text, digest: digestOf(text) }))
    .sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
  return { digest: digestOf(named.map(({ path, digest }) => [path, digest])), files: named };
}

/** A digest abbreviated for people; commands accept any unique prefix. */
export const short = (digest: string): string => digest.slice(0, 12);

/** A set from these files; parts without files are taken from another set. */
export function complete(
  files: readonly { readonly path: string; readonly text: string }[],
  base: ConfigurationSet,
): ConfigurationSet {
  const included = parts.filter((part) => files.some(({ path }) => path.startsWith(`${part}/`)));
  const rest = base.files.filter(({ path }) => !included.some((part) => path.startsWith(`${part}/`)));
  return setOf([...files, ...rest]);
}

/** A path inside the folders of a set. */
export const isSetPath = (path: unknown): path is string =>
  typeof path === 'string' && /^(?:network|mappings|profiles)(?:\/[\w@+-][\w.@+ -]*)+$/.test(path);

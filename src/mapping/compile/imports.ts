import type { LoadedMap } from '../program/program.ts';
import { type MapProblem, problem } from '../syntax/problem.ts';
/** The maps visible to a map: itself and its imports, where `*` in a url matches anything. */
export function visibleFrom(map: LoadedMap, all: readonly LoadedMap[], problems: MapProblem[]): LoadedMap[] {
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

export function matches(pattern: string, url: string): boolean {
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

export function checkGroups({ file }: LoadedMap, problems: MapProblem[]): void {
  const names = new Set<string>();
  for (const { name, line, column } of file.groups) {
    if (names.has(name))
      problems.push(
        problem('map-name-duplicate', { what: 'Group', name }, { path: file.path, line, column, group: name }),
      );
    names.add(name);
  }
}

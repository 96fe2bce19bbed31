import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** An editor writes a file in several steps: one run is enough for all of them. */
const settleFor = 150;

/** Runs `act` whenever something changes below one of the paths, or next to a file among them. */
export function watchPaths(paths: readonly string[], act: () => void): readonly FSWatcher[] {
  let timer: NodeJS.Timeout | undefined;
  const changed = (): void => {
    clearTimeout(timer);
    timer = setTimeout(act, settleFor);
  };
  const folders = new Set(paths.map((path) => (statSync(path).isDirectory() ? path : dirname(path))));
  return [...folders].map((folder) => watch(folder, { recursive: true }, changed));
}

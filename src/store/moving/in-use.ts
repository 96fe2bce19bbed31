import { readFileSync, statSync } from 'node:fs';

/**
 * A process that has the SQLite file open, as `process 4711`; undefined when there is none, and on systems that do not
 * list their locks. A connection in WAL mode locks a byte of the `-shm` file as long as it is open
 * (https://www.sqlite.org/walformat.html#locks).
 */
export function processUsing(file: string): string | undefined {
  const inodes = [file, `${file}-shm`].flatMap((path) => inodeOf(path) ?? []);
  for (const line of locks()) {
    // 1: POSIX  ADVISORY  READ 4711 08:01:131081 128 128
    const [, pid, inode] = /^\S+ POSIX\s+\S+\s+\S+\s+(\d+) [\da-f]+:[\da-f]+:(\d+) /.exec(line) ?? [];
    if (inode !== undefined && inodes.includes(Number(inode))) return `process ${pid}`;
  }
  return undefined;
}

const inodeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino;

function locks(): readonly string[] {
  try {
    return readFileSync('/proc/locks', 'utf8').split('\n');
  } catch {
    return [];
  }
}

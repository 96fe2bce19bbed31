import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Milliseconds: between two looks at the lock, until one that stays is reported, and until one that names nobody is stale. */
const [pause, patience, nameless] = [25, 5_000, 60_000];

/**
 * Runs `work` while no other process on `file` does: the others wait. A lock names its process and computer; that of a process that is
 * gone is removed. Throws when it stays: another writes, or did so on another computer.
 */
export function whileLocked<T>(file: string, work: () => T): T {
  const lock = `${file}.lock`;
  for (let waited = 0; !take(lock); waited += pause) {
    if (isStale(lock)) breakStale(lock);
    else if (waited >= patience)
      throw new Error(
        `${lock} exists${holderOf(lock)}: another mgn token writes there. Nothing was written. Remove it when none does.`,
      );
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** It has its content from the moment that it exists. */
function take(lock: string): boolean {
  const own = `${lock}.${randomBytes(8).toString('hex')}`;
  writeFileSync(own, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: 'wx', mode: 0o600 });
  try {
    linkSync(own, lock);
    return true;
  } catch (why) {
    if ((why as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw why;
  } finally {
    rmSync(own, { force: true });
  }
}

/** One at a time, and looked at again: the lock of whoever took it meanwhile stays. */
function breakStale(lock: string): void {
  const breaking = `${lock}.stale`;
  if (!take(breaking)) {
    // left by a process that was killed in the moment between
    if (isStale(breaking)) rmSync(breaking, { force: true });
    return;
  }
  try {
    if (isStale(lock)) rmSync(lock, { force: true });
  } finally {
    rmSync(breaking, { force: true });
  }
}

type Holder = { readonly pid: number; readonly host: string };

function readHolder(lock: string): Holder | undefined {
  try {
    const { pid, host } = JSON.parse(readFileSync(lock, 'utf8')) as Partial<Holder>;
    return Number.isSafeInteger(pid) && pid! > 0 && typeof host === 'string' ? { pid: pid!, host } : undefined;
  } catch {
    return undefined;
  }
}

function holderOf(lock: string): string {
  const holder = readHolder(lock);
  return holder ? ` (process ${holder.pid} on ${holder.host.replace(/[^\w.-]/g, '?')})` : '';
}

function isStale(lock: string): boolean {
  const holder = readHolder(lock);
  if (holder) return holder.host === hostname() && !isAlive(holder.pid);
  // an earlier version wrote no name
  const at = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  return at !== undefined && Date.now() - at > nameless;
}

/** Also one of another user, which may not be signalled. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (why) {
    return (why as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

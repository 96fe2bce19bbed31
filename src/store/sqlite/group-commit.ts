import type { Database } from './database.ts';

export type Group = {
  /**
   * Runs `work` inside a transaction; resolves with its value once that is on disk. Writes keep the order of the calls.
   */
  readonly write: <T>(work: () => T) => Promise<T>;
  /**
   * The same for writes that nobody awaits: part of the next write, or a little later on its own. Saves disk writes.
   */
  readonly writeSoon: <T>(work: () => T) => Promise<T>;
  /** Writes pending work; afterwards every write is refused. */
  close(): void;
};

type Job = {
  readonly run: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (why: unknown) => void;
};

/** Limits how long one transaction blocks the event loop. */
const maximumJobs = 256;
/** Milliseconds. */
const soon = 5;

/**
 * Writes of one turn of the event loop share one transaction and one fsync. When one of them throws, the group is rolled
 * back and each runs again in a transaction of its own, so that only the failing one is lost: a write must have no effect
 * outside the database, since it may run twice. A savepoint for each would copy every page it touches to a journal of
 * its own. Later writes of a group see the earlier ones.
 */
export function groupCommit(database: Database): Group {
  const pending: Job[] = [];
  let scheduled: NodeJS.Immediate | undefined;
  let later: NodeJS.Timeout | undefined;
  let closed = false;

  const flush = () => {
    scheduled = undefined;
    clearTimeout(later);
    later = undefined;
    const jobs = pending.splice(0, maximumJobs);
    if (pending.length) scheduled = setImmediate(flush);
    if (jobs.length) runTogether(database, jobs);
  };
  const add = <T>(run: () => T, schedule: () => void) =>
    new Promise<T>((resolve, reject) => {
      if (closed) return reject(new Error('The store is closed.'));
      pending.push({ run, resolve, reject });
      schedule();
    });

  return {
    write: (work) =>
      add(work, () => {
        scheduled ??= setImmediate(flush);
      }),
    writeSoon: (work) =>
      add(work, () => {
        later ??= setTimeout(flush, soon);
      }),
    close: () => {
      closed = true;
      if (scheduled) clearImmediate(scheduled);
      clearTimeout(later);
      while (pending.length) runTogether(database, pending.splice(0, maximumJobs));
    },
  };
}

function runTogether(database: Database, jobs: readonly Job[]): void {
  const endings: (() => void)[] = [];
  let isWriting = false;
  try {
    database.run('begin immediate');
    isWriting = true;
    for (const { run, resolve } of jobs) {
      const value = run() as never;
      endings.push(() => resolve(value));
    }
    isWriting = false;
    database.run('commit');
  } catch (why) {
    rollback(database);
    // When a transaction cannot begin or end, that holds for every member.
    if (isWriting && jobs.length > 1) for (const job of jobs) runTogether(database, [job]);
    else for (const job of jobs) job.reject(why);
    return;
  }
  for (const end of endings) end();
}

function rollback(database: Database): void {
  try {
    database.run('rollback');
  } catch {
    // No transaction is active (begin failed, or SQLite rolled back itself), as required.
  }
}

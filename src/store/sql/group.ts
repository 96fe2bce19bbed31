import { setTimeout as delay } from 'node:timers/promises';
import type { Job, JobResult } from './jobs.ts';

/** Writes jobs in groups. */
export type Group = {
  /**
   * Resolves with the result of the job once it is on disk. `soon`: nobody waits for it, so that it becomes part of the next
   * group, or of one of its own a little later.
   */
  readonly submit: (job: Job, when?: 'now' | 'soon') => Promise<JobResult>;
  /** Writes what waits; afterwards every job is refused. */
  close(): Promise<void>;
};

/**
 * Runs jobs in one transaction; a throw means that none of them was stored. `working` is called with true when the
 * transaction has begun, and with false before it ends.
 */
export type RunJobs = (jobs: readonly Job[], working: (is: boolean) => void) => Promise<readonly JobResult[]>;

type Waiting = {
  readonly job: Job;
  readonly resolve: (result: JobResult) => void;
  readonly reject: (why: unknown) => void;
};

/** Limits how long the first of a group waits for the last. */
const maximumJobs = 64;
/** Milliseconds: long enough for the next message to come, under load. */
const soon = 25;
/** Milliseconds: a group that follows another so soon is one of many. */
const busy = 20;

const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * What arrives while a group is written makes the next one, with one transaction and one fsync. When a job throws, the group
 * is rolled back and each runs again in a transaction of its own, so that only the failing one is lost.
 *
 * `gather` (milliseconds): under load a group waits that long for more. An fsync costs about as much, and pages that several
 * jobs change are written once; a job that comes alone does not wait.
 */
export function groupOf(run: RunJobs, { gather = 0 }: { readonly gather?: number } = {}): Group {
  const waiting: Waiting[] = [];
  let ended = Number.NEGATIVE_INFINITY;
  let later: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let isClosed = false;

  const write = async (): Promise<void> => {
    await turn(); // what arrives in this turn of the event loop is part of the group
    while (waiting.length > 0) {
      if (gather > 0 && waiting.length < maximumJobs && performance.now() - ended < busy) await delay(gather);
      clearTimeout(later);
      later = undefined;
      await runTogether(run, waiting.splice(0, maximumJobs));
      ended = performance.now();
      await turn();
    }
    writing = undefined;
  };
  const start = () => {
    writing ??= write();
  };
  return {
    submit: (job, when = 'now') =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(new Error('The store is closed.'));
        waiting.push({ job, resolve, reject });
        if (when === 'now') start();
        else if (!writing) later ??= setTimeout(start, soon);
      }),
    close: async () => {
      isClosed = true;
      clearTimeout(later);
      if (waiting.length) start();
      while (writing) await writing;
    },
  };
}

async function runTogether(run: RunJobs, group: readonly Waiting[]): Promise<void> {
  let isWorking = false;
  try {
    const results = await run(
      group.map(({ job }) => job),
      (is) => {
        isWorking = is;
      },
    );
    for (const [index, { resolve }] of group.entries()) resolve(results[index]);
  } catch (why) {
    // When a transaction cannot begin or end, that holds for every member.
    if (isWorking && group.length > 1) for (const one of group) await runTogether(run, [one]);
    else for (const { reject } of group) reject(why);
  }
}

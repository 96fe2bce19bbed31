import { faultFrom } from '../fault-data.ts';
import type { Group } from '../sql/group.ts';
import type { Jobs, Settled } from './protocol.ts';

/** A turn with more jobs than this does not delay them until it ends. */
const enough = 16;

/** The thread of the store, seen from a thread that writes to it. */
export type WritingOver = Pick<Group, 'submit'> & {
  readonly settle: (settled: readonly Settled[]) => void;
  /** Sends what was submitted in this turn of the event loop. */
  readonly flush: () => void;
  /** Rejects what waits for an answer, and every job from now on. */
  readonly fail: (why: Error) => void;
};

type Options = {
  readonly send: (jobs: Jobs) => void;
  /** Called when the first job waits for an answer, and when none does any more. */
  readonly waits?: (is: boolean) => void;
  /** Upper bound on the commits that wait: beyond it a slow disk would fill the memory. */
  readonly mayCommit?: (waiting: number) => Error | undefined;
};

type Waiting = {
  readonly resolve: (result: unknown) => void;
  readonly reject: (why: unknown) => void;
  readonly isCommit: boolean;
};

export function writingOver({ send, waits = () => {}, mayCommit = () => undefined }: Options): WritingOver {
  const waiting = new Map<number, Waiting>();
  let commits = 0;
  let failed: Error | undefined;
  let last = 0;
  let outgoing: Jobs['jobs'][number][] = [];

  const take = (id: number): Waiting | undefined => {
    const it = waiting.get(id);
    if (!waiting.delete(id)) return undefined;
    if (it?.isCommit) commits -= 1;
    return it;
  };
  const rest = () => {
    if (waiting.size === 0) waits(false);
  };
  // The jobs of one turn of the event loop leave together. A busy gateway handles many requests in a turn: if each commit
  // left by itself the thread would write most of them in a transaction of their own.
  const flush = () => {
    const jobs = outgoing;
    outgoing = [];
    if (jobs.length === 0) return;
    try {
      send({ kind: 'jobs', jobs });
    } catch {
      for (const job of jobs) sendAlone(job);
    }
  };
  /** A job with something that cannot be cloned fails alone. */
  const sendAlone = (job: (typeof outgoing)[number]) => {
    try {
      send({ kind: 'jobs', jobs: [job] });
    } catch (why) {
      take(job.id)?.reject(why);
      rest();
    }
  };
  return {
    submit: (job, when = 'now') => {
      const isCommit = job.kind === 'commit';
      const refused = failed ?? (isCommit ? mayCommit(commits) : undefined);
      if (refused) return Promise.reject(refused);
      return new Promise((resolve, reject) => {
        const id = ++last;
        if (isCommit) commits += 1;
        waiting.set(id, { resolve, reject, isCommit });
        if (waiting.size === 1) waits(true);
        if (outgoing.push({ id, job, when }) === 1) setImmediate(flush);
        else if (outgoing.length === enough) flush();
      });
    },
    settle: (settled) => {
      for (const it of settled) {
        const job = take(it.id);
        if ('fault' in it) job?.reject(faultFrom(it.fault));
        else job?.resolve(it.result);
      }
      rest();
    },
    flush,
    fail: (why) => {
      failed = why;
      for (const id of [...waiting.keys()]) take(id)?.reject(why);
    },
  };
}

import { once } from 'node:events';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { faultFrom } from '../fault-data.ts';
import type { Group } from '../sql/group.ts';
import { storeError } from '../store-problem.ts';
import type { FromWriter, ToWriter, WriterAddress } from './protocol.ts';

/** A turn with more jobs than this does not delay them until it ends. */
const enough = 16;

type Waiting = { readonly resolve: (result: unknown) => void; readonly reject: (why: unknown) => void };

export type ThreadOptions = {
  /** Called once, when the thread ends by itself. */
  readonly died: (why: Error) => void;
  readonly resourceLimits?: ResourceLimits;
  /** Upper bound on the commits that wait: beyond it a slow disk would fill the memory. */
  readonly mostCommits?: number;
};

/**
 * Opens the writer of a store in a thread of its own: commits, their fsync and the write-back of the log do not stop the
 * event loop. Throws when the store cannot be opened. `died` is called when the thread ends by itself: what it had not
 * answered may or may not be stored, so that the process must end.
 */
export async function openThread(
  address: WriterAddress,
  { died, resourceLimits, mostCommits = 2_000 }: ThreadOptions,
): Promise<Group> {
  const thread = new Worker(new URL('writer.ts', import.meta.url), {
    workerData: address,
    name: 'store',
    ...(resourceLimits ? { resourceLimits } : {}),
  });
  const waiting = new Map<number, Waiting>();
  let commits = 0;
  let isOpen = false;
  let isClosing = false;
  let dead: Error | undefined;
  let last = 0;
  let outgoing: Extract<ToWriter, { kind: 'jobs' }>['jobs'][number][] = [];

  const fail = (why: Error) => {
    for (const { reject } of waiting.values()) reject(why);
    waiting.clear();
  };
  const opened = once(thread, 'message') as Promise<[FromWriter]>;
  opened.catch(() => {}); // the thread failed before it opened: `ended` says so too
  const ended = new Promise<never>((_, reject) => {
    thread.once('error', (why: NodeJS.ErrnoException) => reject(endedBy(why.code ?? why.name)));
    thread.once('exit', (code) => reject(endedBy(`exit code ${code}`)));
  });
  ended.catch((why: Error) => {
    dead = why;
    fail(why);
    if (isOpen && !isClosing) died(why);
  });
  const [first] = await Promise.race([opened, ended]);
  if (first.kind === 'failed') {
    await thread.terminate();
    throw faultFrom(first.fault);
  }
  isOpen = true;
  thread.on('message', (message: FromWriter) => {
    if (message.kind === 'closed') {
      isOpen = false;
      void thread.terminate();
    }
    if (message.kind !== 'settled') return;
    for (const it of message.settled) {
      const job = waiting.get(it.id);
      waiting.delete(it.id);
      if ('fault' in it) job?.reject(faultFrom(it.fault));
      else job?.resolve(it.result);
    }
    if (waiting.size === 0 && !isClosing) thread.unref();
  });
  thread.unref();

  const send = (message: ToWriter) => thread.postMessage(message);
  // The jobs of one turn of the event loop leave together. A busy gateway handles many requests in a turn: if each commit
  // left by itself the thread would write most of them in a transaction of their own.
  const flush = () => {
    const jobs = outgoing;
    if (jobs.length === 0) return;
    outgoing = [];
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
      waiting.get(job.id)?.reject(why);
      waiting.delete(job.id);
      if (waiting.size === 0 && !isClosing) thread.unref();
    }
  };
  return {
    submit: (job, when = 'now') => {
      if (isClosing) return Promise.reject(new Error('The store is closed.'));
      if (dead) return Promise.reject(dead);
      const isCommit = job.kind === 'commit';
      if (isCommit && commits >= mostCommits)
        return Promise.reject(storeError('ERR_STORE_BUSY', 'Too many commits wait for the disk.'));
      if (isCommit) commits += 1;
      return new Promise((resolve, reject) => {
        const id = ++last;
        const leave = () => {
          if (isCommit) commits -= 1;
        };
        waiting.set(id, {
          resolve: (result) => {
            leave();
            resolve(result);
          },
          reject: (why) => {
            leave();
            reject(why);
          },
        });
        thread.ref();
        if (outgoing.push({ id, job, when }) === 1) setImmediate(flush);
        else if (outgoing.length === enough) flush();
      });
    },
    close: async () => {
      if (isClosing || dead) return;
      isClosing = true;
      thread.ref();
      if (outgoing.length) flush();
      const closed = once(thread, 'exit').catch(() => {});
      send({ kind: 'close' });
      await closed;
    },
  };
}

const endedBy = (what: string): Error => storeError('ERR_STORE_ENDED', `The thread of the store ended: ${what}.`);

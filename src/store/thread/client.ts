import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { faultFrom } from '../fault-data.ts';
import type { Group } from '../sql/group.ts';
import type { FromWriter, ToWriter, WriterAddress } from './protocol.ts';

type Waiting = { readonly resolve: (result: unknown) => void; readonly reject: (why: unknown) => void };

/**
 * Opens the writer of a store in a thread of its own: commits, their fsync and the write-back of the log do not stop the
 * event loop. Throws when the store cannot be opened. `died` is called when the thread ends by itself: what it had not
 * answered may or may not be stored, so that the process must end.
 */
export async function openThread(
  address: WriterAddress,
  { died }: { readonly died: (why: Error) => void },
): Promise<Group> {
  const thread = new Worker(new URL('writer.ts', import.meta.url), { workerData: address, name: 'store' });
  const waiting = new Map<number, Waiting>();
  let isOpen = false;
  let isClosing = false;
  let last = 0;
  let outgoing: Extract<ToWriter, { kind: 'jobs' }>['jobs'][number][] = [];

  const fail = (why: Error) => {
    for (const { reject } of waiting.values()) reject(why);
    waiting.clear();
  };
  const opened = once(thread, 'message') as Promise<[FromWriter]>;
  const ended = new Promise<never>((_, reject) => {
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`The thread of the store ended with ${code}.`)));
  });
  ended.catch((why: Error) => {
    fail(why);
    if (isOpen) died(why);
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
  // the jobs of one turn of the event loop wake the thread once
  const flush = () => {
    const jobs = outgoing;
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
    submit: (job, when = 'now') =>
      new Promise((resolve, reject) => {
        if (isClosing) return reject(new Error('The store is closed.'));
        const id = ++last;
        waiting.set(id, { resolve, reject });
        thread.ref();
        if (outgoing.push({ id, job, when }) === 1) queueMicrotask(flush);
      }),
    close: async () => {
      if (isClosing) return;
      isClosing = true;
      thread.ref();
      if (outgoing.length) flush();
      const closed = once(thread, 'exit');
      send({ kind: 'close' });
      await closed;
    },
  };
}

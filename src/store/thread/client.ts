import { once } from 'node:events';
import { MessageChannel, type MessagePort, type ResourceLimits, Worker } from 'node:worker_threads';
import { faultFrom } from '../fault-data.ts';
import type { Group } from '../sql/group.ts';
import { storeError } from '../store-problem.ts';
import type { FromWriter, ToWriter, WriterAddress } from './protocol.ts';
import { writingOver } from './writing-over.ts';

export type ThreadOptions = {
  /** Called once, when the thread ends by itself. */
  readonly died: (why: Error) => void;
  readonly resourceLimits?: ResourceLimits;
  /** Upper bound on the commits that wait: beyond it a slow disk would fill the memory. */
  readonly mostCommits?: number;
};

export type StoreThread = Group & {
  /** A port over which another thread writes to this store. */
  readonly link: () => MessagePort;
};

// TypeScript from source, JavaScript in the package.
const entry = new URL(`./writer${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url);

/**
 * Opens the writer of a store in a thread of its own: commits, their fsync and the write-back of the log do not stop the
 * event loop. Throws when the store cannot be opened. `died` is called when the thread ends by itself: what it had not
 * answered may or may not be stored, so that the process must end.
 */
export async function openThread(
  address: WriterAddress,
  { died, resourceLimits, mostCommits = 2_000 }: ThreadOptions,
): Promise<StoreThread> {
  const thread = new Worker(entry, {
    workerData: address,
    name: 'store',
    ...(resourceLimits ? { resourceLimits } : {}),
  });
  let isOpen = false;
  let isClosing = false;
  let dead: Error | undefined;

  const send = (message: ToWriter) => thread.postMessage(message);
  const writing = writingOver({
    send,
    // an idle thread does not keep the process running
    waits: (is) => {
      if (is) thread.ref();
      else if (!isClosing) thread.unref();
    },
    mayCommit: (waiting) =>
      waiting < mostCommits ? undefined : storeError('ERR_STORE_BUSY', 'Too many commits wait for the disk.'),
  });
  const opened = once(thread, 'message') as Promise<[FromWriter]>;
  opened.catch(() => {}); // the thread failed before it opened: `ended` says so too
  const ended = new Promise<never>((_, reject) => {
    thread.once('error', (why: NodeJS.ErrnoException) => reject(endedBy(why.code ?? why.name)));
    thread.once('exit', (code) => reject(endedBy(`exit code ${code}`)));
  });
  ended.catch((why: Error) => {
    dead = why;
    writing.fail(why);
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
    if (message.kind === 'settled') writing.settle(message.settled);
  });
  thread.unref();

  return {
    submit: (job, when) => (isClosing ? Promise.reject(new Error('The store is closed.')) : writing.submit(job, when)),
    link: () => {
      const { port1, port2 } = new MessageChannel();
      thread.postMessage({ kind: 'link', port: port1 } satisfies ToWriter, [port1]);
      return port2;
    },
    close: async () => {
      if (isClosing || dead) return;
      isClosing = true;
      thread.ref();
      writing.flush();
      const closed = once(thread, 'exit').catch(() => {});
      send({ kind: 'close' });
      await closed;
    },
  };
}

const endedBy = (what: string): Error => storeError('ERR_STORE_ENDED', `The thread of the store ended: ${what}.`);

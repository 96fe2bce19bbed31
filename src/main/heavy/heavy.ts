import { Worker } from 'node:worker_threads';
import type { HeavyWork, Transformed } from '../../exchange/maps/heavy-work.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { Report } from '../../validation/index.ts';
import type { Job, Message, ThreadOptions } from './jobs.ts';

export type HeavyLimits = {
  /** Time that one job may take (ms). */
  readonly deadline: number;
  /** Jobs that wait for the thread. */
  readonly queue: number;
};

const standard: HeavyLimits = { deadline: 5_000, queue: 20 };
/** Memory of the thread (MB): a job that needs more ends, and the gateway goes on. */
const memory = 768;
const retryAfterSeconds = 10;

// TypeScript from source, JavaScript in the package.
const entry = new URL(`./thread${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url);

/**
 * One thread for the work of partners that may take long. It starts with the first job, and again after a job that had to be
 * ended. Jobs are done in turn.
 */
export function openHeavyWork(options: ThreadOptions, limits: Partial<HeavyLimits> = {}): HeavyWork {
  const { deadline, queue } = { ...standard, ...limits };
  let thread: Worker | undefined;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  const inTurn = <T extends Transformed | Report>(job: Job): Promise<Result<T>> => {
    if (waiting > queue || isClosed)
      return Promise.resolve(failure(issue('work-queue-full', { seconds: retryAfterSeconds })));
    waiting += 1;
    const done = last
      .then(() => perform(job))
      .finally(() => {
        waiting -= 1;
      });
    last = done.catch(() => undefined);
    return done as Promise<Result<T>>;
  };

  const end = async (): Promise<void> => {
    const ending = thread;
    thread = undefined;
    await ending?.terminate();
  };

  const start = (): Worker => {
    const worker = new Worker(entry, { workerData: options, resourceLimits: { maxOldGenerationSizeMb: memory } });
    worker
      .on('error', () => undefined)
      .on('exit', () => {
        if (thread === worker) thread = undefined;
      });
    return worker;
  };

  const perform = (job: Job): Promise<Result<Transformed | Report>> =>
    new Promise((resolve, reject) => {
      if (isClosed) {
        resolve(failure(issue('work-queue-full', { seconds: retryAfterSeconds })));
        return;
      }
      thread ??= start();
      const worker = thread;
      worker.ref();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const settle = (result: () => void): void => {
        clearTimeout(timer);
        worker.off('message', received).off('error', failed).off('exit', stopped);
        // A gateway that stops does not wait for an idle thread.
        worker.unref();
        result();
      };
      const stopped = (): void => settle(() => end().then(() => resolve(failure(issue('work-stopped', {}))), reject));
      const received = (message: Message): void => {
        switch (message.kind) {
          case 'started':
            timer = setTimeout(stopped, deadline);
            return;
          case 'done':
            settle(() => resolve(success(message.value)));
            return;
          case 'exceeded':
            settle(() => resolve(failure(issue('work-stopped', {}))));
            return;
          case 'fault': {
            const fault = Object.assign(new Error('a job of heavy work failed'), message);
            settle(() => reject(fault));
          }
        }
      };
      const failed = (error: NodeJS.ErrnoException): void =>
        error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? stopped() : settle(() => end().then(() => reject(error), reject));
      worker.on('message', received).on('error', failed).on('exit', stopped);
      worker.postMessage(job);
    });

  return {
    transform: (job) => inTurn<Transformed>({ kind: 'transform', job }),
    validate: (resource, validateOptions) => inTurn<Report>({ kind: 'validate', resource, options: validateOptions }),
    close: async () => {
      isClosed = true;
      await end();
      await last;
    },
  };
}

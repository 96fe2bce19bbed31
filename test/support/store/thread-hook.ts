import { existsSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import workerThreads, { isMainThread, threadName, Worker } from 'node:worker_threads';

/**
 * Loaded before the gateway (`--import`): the thread that MGN_HOOK_THREAD names is given little memory, and fails in the way
 * that a file named by the others asks for.
 */
const { MGN_HOOK_THREAD, MGN_HOOK_THROW, MGN_HOOK_MEMORY, MGN_HOOK_EXIT } = process.env;
const is = (file: string | undefined) => file !== undefined && existsSync(file);

if (isMainThread) {
  workerThreads.Worker = class extends Worker {
    constructor(file: string | URL, options: ConstructorParameters<typeof Worker>[1] = {}) {
      super(
        file,
        options.name === MGN_HOOK_THREAD ? { ...options, resourceLimits: { maxOldGenerationSizeMb: 64 } } : options,
      );
    }
  };
  syncBuiltinESMExports();
} else if (threadName === MGN_HOOK_THREAD)
  setInterval(() => {
    if (is(MGN_HOOK_THROW)) throw new Error('Anna de Vries, 999900006'); // never in the log
    if (is(MGN_HOOK_EXIT)) process.exit(0);
    if (is(MGN_HOOK_MEMORY))
      for (const all: string[][] = []; ; ) all.push(Array.from({ length: 10_000 }, (_, n) => `text ${n}`));
  }, 20).unref();

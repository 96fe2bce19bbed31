import { setTimeout as sleep } from 'node:timers/promises';
import { StoreFault } from '../store/store-fault.ts';
import { isOutage } from '../store/store-problem.ts';

const isAway = (error: unknown): boolean => isOutage(error instanceof StoreFault ? error.cause : error);

/** Milliseconds between two attempts to record what was sent. */
const pause = 500;

export type Persisting = {
  /**
   * Repeats `write` until it resolves, while the store as a whole takes nothing. Rejects after any other fault, and when
   * the worker stops: then it is sent again, with the same ids.
   * `onFailure` is called once, after the first failure.
   */
  readonly persist: (write: () => Promise<boolean>, onFailure: () => void) => Promise<boolean>;
  /** Whether something sent is not recorded yet because the store does not take it. */
  readonly isBehind: () => boolean;
};

/** Records of attempts on a store that may be full or locked: a delivery that arrived is not sent again for that. */
export function persisting({
  fault,
  stopped,
}: {
  readonly fault: (error: unknown) => void;
  readonly stopped: AbortSignal;
}): Persisting {
  let behind = 0;
  return {
    persist: async (write, onFailure) => {
      try {
        return await write();
      } catch (error) {
        if (!isAway(error)) throw error;
        fault(error);
        onFailure();
      }
      behind += 1;
      try {
        for (;;) {
          await sleep(pause, undefined, { signal: stopped });
          const written = await write().catch((error: unknown) => {
            if (stopped.aborted || !isAway(error)) throw error;
            return undefined;
          });
          if (written !== undefined) return written;
        }
      } finally {
        behind -= 1;
      }
    },
    isBehind: () => behind > 0,
  };
}

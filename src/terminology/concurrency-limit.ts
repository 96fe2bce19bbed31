/** Runs `work` when a slot is free; undefined when `signal` aborts first or the queue is full. */
export type ConcurrencyLimit = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T | undefined>;

/** Runs at most `maxConcurrent` at once; the others wait in order of arrival, at most `maxWaiting` of them. */
export function concurrencyLimit(maxConcurrent: number, maxWaiting: number): ConcurrencyLimit {
  let busy = 0;
  const waiting = new Set<(mayGo: boolean) => void>();

  const turn = (signal: AbortSignal): Promise<boolean> => {
    if (signal.aborted || waiting.size >= maxWaiting) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (mayGo: boolean) => {
        waiting.delete(end);
        signal.removeEventListener('abort', late);
        resolve(mayGo);
      };
      const late = () => end(false);
      signal.addEventListener('abort', late);
      waiting.add(end);
    });
  };

  return async (signal, work) => {
    if (busy < maxConcurrent) busy++;
    // A waiting call takes over the slot of the one that ends, so `busy` does not change.
    else if (!(await turn(signal))) return undefined;
    try {
      return await work();
    } finally {
      const [next] = waiting;
      if (next) next(true);
      else busy--;
    }
  };
}

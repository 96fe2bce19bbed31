/** Does `work` when there is room; undefined when its turn did not come before `signal`, or too many wait already. */
export type Turns = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T | undefined>;

/** At most so many at once; the others wait in the order in which they came. */
export function turnsOf(atOnce: number, mostWaiting: number): Turns {
  let busy = 0;
  const waiting = new Set<(mayGo: boolean) => void>();

  const turn = (signal: AbortSignal): Promise<boolean> => {
    if (signal.aborted || waiting.size >= mostWaiting) return Promise.resolve(false);
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
    if (busy < atOnce) busy++;
    // Who is let in takes over the place of who leaves: `busy` stays as it is.
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

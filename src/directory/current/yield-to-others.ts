import { setImmediate as nextTurn } from 'node:timers/promises';

/** Maximum time (ms) that work on a directory blocks the event loop. */
const longest = 8;

/**
 * Call the returned function between small steps of long work: it returns a promise when it is time to let other work
 * run.
 */
export function yieldToOthers(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < longest) return undefined;
    return nextTurn().then(() => {
      since = performance.now();
    });
  };
}

import { setImmediate as nextTurn } from 'node:timers/promises';

/** Time (ms) that one part of long work may take before others have their turn. */
const longest = 8;

/**
 * Call the returned function between small parts of long work: it returns a promise when it is time to let other work
 * run. Of short work it costs a look at the clock.
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

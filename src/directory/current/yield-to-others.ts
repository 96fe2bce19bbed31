import { setImmediate as everybodyElse } from 'node:timers/promises';

/** Milliseconds that work on a directory may keep the process to itself: messages wait no longer for it. */
const longest = 8;

/** To be called between small pieces of long work: answers, now and then, with a moment in which others go first. */
export function yieldToOthers(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < longest) return undefined;
    return everybodyElse().then(() => {
      since = performance.now();
    });
  };
}

/** Milliseconds that the watchdog works without a pause, and how much longer each pause is. */
const [atOnce, rest] = [5, 4];

/**
 * A function to await between two small pieces of work in the background: at times it waits, so that requests are answered
 * meanwhile, and the work takes a fifth of the main thread at most. `isHurried`: something urgent waits for it.
 */
export function pace(isHurried: () => boolean): () => Promise<void> {
  let begin = performance.now();
  return async () => {
    const worked = performance.now() - begin;
    if (worked < atOnce) return;
    await new Promise((resolve) => (isHurried() ? setImmediate(resolve) : setTimeout(resolve, worked * rest)));
    begin = performance.now();
  };
}

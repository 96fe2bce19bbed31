/** Whether requests are refused because the gateway would answer them too late. */
export type Backpressure = {
  readonly isBusy: () => boolean;
  /** `delay`: milliseconds that a request waits for its turn. */
  readonly look: (delay: number) => void;
};

/**
 * Refuses from the moment that a request waits longer than `limit` milliseconds for its turn, until it waits less than half of
 * that: without the distance the gateway would accept and refuse by turns. `changed` is called at both.
 */
export function backpressure(limit: () => number, changed: (isBusy: boolean, delay: number) => void): Backpressure {
  let busy = false;
  return {
    isBusy: () => busy,
    look: (delay) => {
      const next = busy ? delay >= limit() / 2 : delay > limit();
      if (next === busy) return;
      busy = next;
      changed(busy, delay);
    },
  };
}

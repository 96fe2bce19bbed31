/** Counts of requests by name: of a partner, of an address. */
export type Rates = {
  /** Takes one of `perMinute`; false when none is left. What is not used is saved up, for a minute at most. */
  readonly take: (name: string, perMinute: number, now: number) => boolean;
  /** Whether one is left. */
  readonly has: (name: string, perMinute: number, now: number) => boolean;
};

type Bucket = { left: number; at: number };

/** Names that are counted apart. Beyond them, the one that was counted longest ago starts anew. */
const maximumNames = 20_000;
const minute = 60_000;

/** Token buckets (https://www.rfc-editor.org/rfc/rfc2697 names the idea): `now` in milliseconds on a clock that only advances. */
export function rates(): Rates {
  const buckets = new Map<string, Bucket>();
  const leftOf = (name: string, perMinute: number, now: number): number => {
    const bucket = buckets.get(name);
    if (!bucket) return perMinute;
    return Math.min(perMinute, bucket.left + (Math.max(0, now - bucket.at) * perMinute) / minute);
  };
  return {
    has: (name, perMinute, now) => leftOf(name, perMinute, now) >= 1,
    take: (name, perMinute, now) => {
      const left = leftOf(name, perMinute, now);
      // the order of a Map is that of insertion: the first one was counted longest ago
      buckets.delete(name);
      const [oldest] = buckets.size >= maximumNames ? buckets.keys() : [];
      if (oldest !== undefined) buckets.delete(oldest);
      buckets.set(name, { left: left >= 1 ? left - 1 : left, at: now });
      return left >= 1;
    },
  };
}

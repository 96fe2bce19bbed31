/** The decision of a terminology server on one code; `unknown`: it does not have the value set or code system. */
export type Decision = boolean | 'unknown';

export type DecisionCache = {
  readonly get: (key: string) => Decision | undefined;
  readonly set: (key: string, decision: Decision) => void;
};

type Settings = {
  readonly entries: number;
  readonly ttl: number;
  readonly negativeTtl: number;
  readonly now: () => number;
};

/** Decisions with an expiry, at most `entries`; the least recently used is evicted first. Times in milliseconds. */
export function decisionCache({ entries, ttl, negativeTtl, now }: Settings): DecisionCache {
  const cached = new Map<string, { readonly decision: Decision; readonly until: number }>();
  return {
    get: (key) => {
      const it = cached.get(key);
      if (!it) return undefined;
      cached.delete(key);
      if (it.until <= now()) return undefined;
      cached.set(key, it);
      return it.decision;
    },
    set: (key, decision) => {
      cached.delete(key);
      cached.set(key, { decision, until: now() + (decision === true ? ttl : negativeTtl) });
      for (const oldest of cached.keys()) {
        if (cached.size <= entries) break;
        cached.delete(oldest);
      }
    },
  };
}

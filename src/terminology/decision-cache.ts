/** What a terminology server can say of one code; `unknown`: it has not the value set or the code system. */
export type Decision = boolean | 'unknown';

export type Remembered = {
  readonly get: (key: string) => Decision | undefined;
  readonly set: (key: string, decision: Decision) => void;
};

type Settings = {
  readonly entries: number;
  readonly keep: number;
  readonly keepNegative: number;
  readonly now: () => number;
};

/** Answers for as long as they are good, up to so many; what was asked longest ago goes first. */
export function rememberedDecisions({ entries, keep, keepNegative, now }: Settings): Remembered {
  const known = new Map<string, { readonly decision: Decision; readonly until: number }>();
  return {
    get: (key) => {
      const it = known.get(key);
      if (!it) return undefined;
      known.delete(key);
      if (it.until <= now()) return undefined;
      known.set(key, it);
      return it.decision;
    },
    set: (key, decision) => {
      known.delete(key);
      known.set(key, { decision, until: now() + (decision === true ? keep : keepNegative) });
      for (const oldest of known.keys()) {
        if (known.size <= entries) break;
        known.delete(oldest);
      }
    },
  };
}

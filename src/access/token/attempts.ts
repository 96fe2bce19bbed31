/** Counts token requests, and says how many seconds to wait when there were too many. In this process only. */
export type Attempts = {
  readonly secondsToWait: (address: string, client: string, now: Date) => number | undefined;
  readonly note: (address: string, client: string, outcome: 'granted' | 'refused', now: Date) => void;
};

const minute = 60_000;

/**
 * In a minute. Refusals count for a client at one address, so that nobody else can lock a client out; and for an address, so
 * that naming another client each time does not help.
 */
const limits = { grantedToClient: 120, refusedToClient: 60, refusedToAddress: 600 };

/** Windows that are counted at the same time; more share one. */
const mostWindows = 10_000;

export function attempts(): Attempts {
  const windows = new Map<string, { since: number; count: number }>();
  const keyOf = (key: string): string => (windows.has(key) || windows.size < mostWindows ? key : 'others');
  const open = (key: string, now: number) => {
    const found = windows.get(key);
    if (found && now >= found.since && now - found.since < minute) return found;
    if (windows.size >= mostWindows)
      for (const [old, { since }] of windows) if (now - since >= minute) windows.delete(old);
    return undefined;
  };
  const count = (name: string, at: number) => {
    const key = keyOf(name);
    const found = open(key, at);
    if (found) found.count += 1;
    else windows.set(key, { since: at, count: 1 });
  };
  return {
    secondsToWait: (address, client, now) => {
      const at = now.getTime();
      const full = [
        [`granted ${client}`, limits.grantedToClient],
        [`refused ${client} ${address}`, limits.refusedToClient],
        [`refused ${address}`, limits.refusedToAddress],
      ] as const;
      for (const [name, limit] of full) {
        const found = open(keyOf(name), at);
        if (found && found.count >= limit) return Math.max(1, Math.ceil((found.since + minute - at) / 1000));
      }
      return undefined;
    },
    note: (address, client, outcome, now) => {
      const at = now.getTime();
      count(outcome === 'granted' ? `granted ${client}` : `refused ${client} ${address}`, at);
      if (outcome === 'refused') count(`refused ${address}`, at);
    },
  };
}

import { networkOf } from '../network-of.ts';

/** Counts token requests, and says how many seconds to wait when there were too many. In this process only. */
export type Attempts = {
  /** Before anything is verified: what was refused at this address, and in the name of the client that a request claims. */
  readonly secondsToWait: (address: string, claimed: string, now: Date) => number | undefined;
  readonly noteRefused: (address: string, claimed: string, now: Date) => void;
  /** Takes one of the grants of a client that was authenticated: nobody uses up those of another. */
  readonly takeGrant: (client: string, now: Date) => number | undefined;
};

const minute = 60_000;

/**
 * In a minute. Refusals count for a client at one address, so that nobody else can lock a client out; and for an address, so
 * that naming another client each time does not help.
 */
const limits = { grantedToClient: 120, refusedToClient: 60, refusedToAddress: 600 };

/** Windows that are counted at the same time; beyond them the one that began first is forgotten. */
const mostWindows = 10_000;

export function attempts(): Attempts {
  const refusals = windows();
  const grants = windows();
  return {
    secondsToWait: (address, claimed, now) =>
      refusals.secondsAt(`${networkOf(address)} ${claimed}`, limits.refusedToClient, now) ??
      refusals.secondsAt(networkOf(address), limits.refusedToAddress, now),
    noteRefused: (address, claimed, now) => {
      refusals.count(`${networkOf(address)} ${claimed}`, now);
      refusals.count(networkOf(address), now);
    },
    takeGrant: (client, now) => {
      const seconds = grants.secondsAt(client, limits.grantedToClient, now);
      if (seconds === undefined) grants.count(client, now);
      return seconds;
    },
  };
}

function windows() {
  const all = new Map<string, { readonly since: number; count: number }>();
  const openAt = (name: string, at: number) => {
    const found = all.get(name);
    return found && at >= found.since && at - found.since < minute ? found : undefined;
  };
  return {
    count: (name: string, now: Date): void => {
      const at = now.getTime();
      const found = openAt(name, at);
      if (found) {
        found.count += 1;
        return;
      }
      all.delete(name);
      // the order of a Map is that of insertion: one window for all that do not fit would let one address lock out the others
      const [oldest] = all.size >= mostWindows ? all.keys() : [];
      if (oldest !== undefined) all.delete(oldest);
      all.set(name, { since: at, count: 1 });
    },
    secondsAt: (name: string, limit: number, now: Date): number | undefined => {
      const found = openAt(name, now.getTime());
      return found && found.count >= limit
        ? Math.max(1, Math.ceil((found.since + minute - now.getTime()) / 1000))
        : undefined;
    },
  };
}

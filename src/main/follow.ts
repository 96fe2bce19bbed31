import type { Issue } from '../fhir/issue.ts';
import type { Result } from '../fhir/result.ts';
import type { ConfigurationUse, Store } from '../store/port.ts';
import type { Configuration } from './open-configuration.ts';

/** An activation that this gateway could not follow, and why; what decided before still does. */
export type RefusedActivation = { readonly digest: string; readonly issues: readonly Issue[] };

export type Follower = {
  /** Looks now, also when it looked a moment ago. */
  readonly check: () => Promise<void>;
  readonly refused: () => RefusedActivation | undefined;
  readonly stop: () => Promise<void>;
};

type Options = {
  readonly store: Store;
  readonly inForce: () => string;
  readonly open: (digest: string) => Promise<Result<Configuration>>;
  readonly take: (configured: Configuration) => Promise<void>;
  readonly refuse: (refused: RefusedActivation) => void;
  readonly report: (fault: unknown) => void;
  readonly every: number;
};

/**
 * Keeps to the set that was activated last on this store, by whichever gateway or command. One that does not compile here
 * is told once and leaves the set in force in its place; after a fault (the store is away) it is looked for again.
 */
export function follow({ store, inForce, open, take, refuse, report, every }: Options): Follower {
  let settled = 0;
  let refused: RefusedActivation | undefined;
  let looking: Promise<void> | undefined;

  const goTo = async ({ digest, seq }: ConfigurationUse): Promise<void> => {
    if (digest !== inForce()) {
      const opened = await open(digest);
      if (!opened.ok) {
        refused = { digest, issues: opened.issues };
        settled = seq;
        refuse(refused);
        return;
      }
      await take(opened.value);
    }
    refused = undefined;
    settled = seq;
  };
  const look = async (): Promise<void> => {
    const [last] = await store.configurationUses({ kind: 'activation', count: 1 });
    if (last && last.seq !== settled) await goTo(last);
  };
  /** One at a time: what was activated while a look went on is seen by the next. */
  const inTurn = async (): Promise<void> => {
    while (looking) await looking;
    looking = look()
      .catch(report)
      .finally(() => {
        looking = undefined;
      });
    await looking;
  };
  const timer = setInterval(() => {
    if (!looking) void inTurn();
  }, every);
  return {
    check: inTurn,
    refused: () => refused,
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}

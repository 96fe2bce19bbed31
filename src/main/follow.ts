import type { Issue } from '../fhir/issue.ts';
import type { Result } from '../fhir/result.ts';
import type { ConfigurationUse, Store } from '../store/port.ts';
import type { Configuration } from './open-configuration.ts';

/** An activated set that can't be used here, with the reasons; the previous set stays in force. */
export type RefusedActivation = { readonly digest: string; readonly issues: readonly Issue[] };

/** Follows the activations on a store. */
export type Follower = {
  /** Checks now, also when the last check was a moment ago. */
  readonly check: () => Promise<void>;
  readonly refused: () => RefusedActivation | undefined;
  readonly stop: () => Promise<void>;
};

type Options = {
  readonly store: Store;
  readonly inForce: () => string;
  readonly open: (digest: string) => Promise<Result<Configuration>>;
  readonly replace: (configured: Configuration) => Promise<void>;
  readonly refuse: (refused: RefusedActivation) => void;
  readonly report: (fault: unknown) => void;
  readonly every: number;
};

/**
 * Switches to the set that was activated last on this store, by any gateway or command. A set that does not compile
 * here is reported once and the set in force stays; after a fault (the store is unavailable) the check is repeated.
 */
export function follow({ store, inForce, open, replace, refuse, report, every }: Options): Follower {
  let lastSeq = 0;
  let refused: RefusedActivation | undefined;
  let running: Promise<void> | undefined;

  const switchTo = async ({ digest, seq }: ConfigurationUse): Promise<void> => {
    if (digest !== inForce()) {
      const opened = await open(digest);
      if (!opened.ok) {
        refused = { digest, issues: opened.issues };
        lastSeq = seq;
        refuse(refused);
        return;
      }
      await replace(opened.value);
    }
    refused = undefined;
    lastSeq = seq;
  };
  const checkOnce = async (): Promise<void> => {
    const [last] = await store.configurationUses({ kind: 'activation', count: 1 });
    if (last && last.seq !== lastSeq) await switchTo(last);
  };
  /** One check at a time: an activation during a check is found by the next. */
  const inTurn = async (): Promise<void> => {
    while (running) await running;
    running = checkOnce()
      .catch(report)
      .finally(() => {
        running = undefined;
      });
    await running;
  };
  const timer = setInterval(() => {
    if (!running) void inTurn();
  }, every);
  return {
    check: inTurn,
    refused: () => refused,
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

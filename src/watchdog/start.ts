import { urgentPriorities } from '../deadline/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { Elements } from '../fhir/resource.ts';
import type { Store } from '../store/port.ts';
import { watch } from './watch.ts';

export type Watchdog = {
  /** Looks now: after something urgent came in. */
  readonly wake: () => void;
  readonly stop: () => Promise<void>;
};

/**
 * Looks at the start and then as often as the network says, as long as no other gateway on the same store does. What is
 * due is in the store and in the configuration alone: after a crash, or at another gateway, the next look finds it.
 */
export function startWatchdog(gateway: Gateway): Watchdog {
  const { every, rules } = gateway.network.settings.watchdog;
  if (rules.length === 0) return { wake: () => {}, stop: async () => {} };
  const holder = gateway.world.newId();
  const period = every * 1000;
  let looking: Promise<unknown> | undefined;
  let again = false;
  let stopped = false;

  const look = (alone: boolean): void => {
    if (stopped) return;
    if (looking) {
      again ||= !alone;
      return;
    }
    looking = turn(alone)
      .catch((fault) => gateway.report(fault, 'watchdog'))
      .finally(() => {
        looking = undefined;
        if (again) {
          again = false;
          look(false);
        }
      });
  };
  const turn = async (alone: boolean): Promise<void> => {
    // The lease spares the others the work; that nothing is raised twice is the store's to see (raise.ts).
    const wish = { holder, now: gateway.world.now(), milliseconds: period * 2 };
    if (!alone || (await gateway.store.lease('watchdog', wish))) await watch(gateway);
  };
  const timer = setInterval(() => look(true), period);
  look(true);
  return {
    wake: () => look(false),
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await looking;
    },
  };
}

/** The store, with the watchdog woken when something urgent was stored: it is alerted at once, not at the next look. */
export const waking = (store: Store, wake: () => void): Store => ({
  ...store,
  commit: async (commit) => {
    const committed = await store.commit(commit);
    const urgent = (commit.changes ?? []).some(({ resource }) =>
      urgentPriorities.includes(String((resource as unknown as Elements).priority)),
    );
    if (urgent && commit.once === undefined && committed.kind === 'committed') wake();
    return committed;
  },
});

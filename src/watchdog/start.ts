import { urgentPriorities } from '../deadline/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { Elements } from '../fhir/resource.ts';
import type { Store } from '../store/port.ts';
import { type TaskCount, watch } from './watch.ts';
import { newWatchList } from './watch-list.ts';

export type Watchdog = {
  /** Runs now: after something urgent was received. */
  readonly wake: () => void;
  readonly stop: () => Promise<void>;
};

/**
 * Runs at the start and then at the configured interval, while no other gateway on the same store does. Deadlines
 * depend on store and configuration alone: after a crash, or at another gateway, the next run finds them.
 */
export function startWatchdog(
  gateway: Gateway,
  /** Gets what each run found; nothing while another gateway has the turn. */
  counted: (counts: readonly TaskCount[] | undefined) => void = () => {},
): Watchdog {
  const { every } = gateway.network.settings.watchdog;
  const holder = gateway.world.newId();
  const period = every * 1000;
  const list = newWatchList();
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
    // The lease only saves work: the store prevents raising a deadline twice (raise.ts).
    const wish = { holder, now: gateway.world.now(), milliseconds: period * 2 };
    if (!alone || (await gateway.store.lease('watchdog', wish)))
      // what is urgent is not to wait while a run rests, its own or the one before
      await watch(gateway, { list, counted, isStopped: () => stopped, isHurried: () => again || !alone });
    else counted(undefined);
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

/** Wraps the store to wake the watchdog on urgent changes: an alert is raised at once, not at the next run. */
export const withWakeUp = (store: Store, wake: () => void): Store => ({
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

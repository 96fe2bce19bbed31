import type { Store } from './port.ts';
import { StoreFault } from './store-fault.ts';

type AuditEvents = Parameters<Store['appendAudit']>[0];

/**
 * A store whose audit trail survives a full disk and a database that is away: events that cannot be written wait in memory, in their order, and are
 * written as soon as the disk takes them. When no more fit, appending fails as before, and so does what had to be recorded
 * (docs/decisions/0009-audit-on-a-full-disk.md).
 */
export type HeldAudit = {
  readonly store: Store;
  /** Tries to write what waits; resolves with how many events still wait. Never rejects. */
  readonly flush: () => Promise<number>;
  /** Events that wait now. */
  readonly waiting: () => number;
};

export type HeldAuditOptions = {
  readonly now: () => Date;
  /** Events that wait at most: one takes about 2 kB. */
  readonly most?: number;
  /** How soon after a failure a request tries the disk again, in milliseconds. */
  readonly pause?: number;
  /** Called when the first event has to wait, with what is wrong with the store, and when none waits any more. */
  readonly report?: (state: 'full' | 'away' | 'written', waiting: number) => void;
};

export function holdAudit(
  store: Store,
  { now, most = 10_000, pause = 1_000, report = () => {} }: HeldAuditOptions,
): HeldAudit {
  const waiting: AuditEvents[number][] = [];
  let lastTry = 0;
  let writing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    lastTry = now().getTime();
    while (waiting.length > 0) {
      const batch = waiting.slice(0, 500);
      await store.appendAudit(batch);
      waiting.splice(0, batch.length);
    }
    report('written', 0);
  };
  const tryAgain = (): Promise<void> => {
    writing ??= write()
      .catch(() => {})
      .finally(() => {
        writing = undefined;
      });
    return writing;
  };
  const hold = (events: AuditEvents, why: unknown): void => {
    if (waiting.length + events.length > most) throw why;
    if (waiting.length === 0) {
      lastTry = now().getTime();
      report(why instanceof StoreFault && why.problem === 'away' ? 'away' : 'full', events.length);
    }
    waiting.push(...events);
  };

  const appendAudit: Store['appendAudit'] = async (events) => {
    if (waiting.length > 0 && now().getTime() - lastTry >= pause) await tryAgain();
    if (waiting.length > 0) {
      hold(events, new StoreFault(new Error('The store cannot be written, and no more audit events can wait.')));
      return;
    }
    try {
      await store.appendAudit(events);
    } catch (why) {
      if (!(why instanceof StoreFault && (why.isFull || why.problem === 'away'))) throw why;
      hold(events, why);
    }
  };

  return {
    store: new Proxy(store, {
      get: (target, name) => (name === 'appendAudit' ? appendAudit : Reflect.get(target, name)),
    }),
    waiting: () => waiting.length,
    flush: async () => {
      if (waiting.length > 0) await tryAgain();
      return waiting.length;
    },
  };
}

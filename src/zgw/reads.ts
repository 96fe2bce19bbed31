import { setTimeout as sleep } from 'node:timers/promises';
import type { AttemptResult } from '../delivery/channel/channel.ts';

/** Milliseconds: between the starts of two reads of one zaak, and by which the clocks of two gateways may differ. */
const [pace, skew] = [1_000, 1_000];
/** Milliseconds after which a read is forgotten, and how many are remembered before that is looked at. */
const [term, many] = [60_000, 1_000];

type Reading = {
  /** By the clock that notifications are stored with, and by one that never goes back. */
  readonly at: Date;
  readonly since: number;
  readonly ended: Promise<AttemptResult>;
  /** It had an answer: the zaak is known as it was at `at`. */
  isKnown: boolean;
};

type Read = {
  /** Of the notification: when it was stored. */
  readonly createdAt: Date | undefined;
  readonly now: () => Date;
  readonly cut: AbortSignal;
  readonly read: () => Promise<AttemptResult>;
};

/**
 * Reads of zaken, one at a time for each and at most one a second. A notification that was stored before a read began, and that read
 * had an answer, needs none of its own: a municipality that notifies of everything twice a second is read once.
 */
export function oneAtATime(): (zaak: string, it: Read) => Promise<AttemptResult> {
  const readings = new Map<string, Reading>();
  return async (zaak, { createdAt, now, cut, read }) => {
    for (;;) {
      if (cut.aborted) return { kind: 'retry', reason: { rule: 'receiver-timeout' } };
      const last = readings.get(zaak);
      if (!last) break;
      await last.ended.catch(() => {});
      if (readings.get(zaak) !== last) continue;
      if (last.isKnown && createdAt && createdAt.getTime() + skew <= last.at.getTime()) return { kind: 'delivered' };
      const wait = last.since + pace - performance.now();
      if (wait <= 0) break;
      await sleep(wait, undefined, { signal: cut }).catch(() => {});
    }
    if (readings.size > many)
      for (const [name, { since }] of readings) if (performance.now() - since > term) readings.delete(name);
    // before it asks: what is stored from here on it may miss
    const [at, since] = [now(), performance.now()];
    const ended = read();
    const reading: Reading = { at, since, ended, isKnown: false };
    readings.set(zaak, reading);
    const done = await ended;
    reading.isKnown = done.kind !== 'retry';
    return done;
  };
}

import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Network } from '../directory/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { RetentionPlace, RetentionStep, RetentionTerms, Store } from '../store/port.ts';

/** Milliseconds: between two runs, from the start to the first, and between two steps of a run. */
const [every, first, pause] = [3_600_000, 60_000, 50];
/** Milliseconds: a gateway that stops in the middle of a run is followed by another after this time. */
const lease = 600_000;

/** The times of the terms in months; none without a term. An audit trail never goes before what it is about. */
export function retentionTerms(
  { contentMonths, auditMonths }: Network['settings']['retention'],
  now: Date,
): RetentionTerms {
  const before = (months: number) => {
    const day = new Date(now);
    day.setUTCMonth(day.getUTCMonth() - months);
    // the 31st of a shorter month would be a day of the next: the term would end before its months are over
    if (day.getUTCDate() !== now.getUTCDate()) day.setUTCDate(0);
    return day;
  };
  const longest = auditMonths === undefined ? undefined : Math.max(auditMonths, contentMonths ?? 0);
  return {
    ...(contentMonths === undefined ? {} : { content: before(contentMonths) }),
    ...(longest === undefined ? {} : { audit: before(longest) }),
  };
}

export type RetentionTotal = Omit<RetentionStep, 'next'>;

/** Takes all steps and adds up what they return. `step` returns undefined to stop before the end. */
export async function allSteps(
  step: (from: RetentionPlace) => Promise<RetentionStep | undefined>,
): Promise<RetentionTotal> {
  const total = { journeys: 0, messages: 0, resources: 0, deliveries: 0, bytes: 0, auditEntries: 0 };
  const kept: Record<string, number> = {};
  for (let from: RetentionPlace | undefined = { kind: 'entry', after: 0 }; from; ) {
    const taken: RetentionStep | undefined = await step(from);
    if (!taken) break;
    for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += taken[name];
    for (const [name, count] of Object.entries(taken.kept)) kept[name] = (kept[name] ?? 0) + count;
    from = taken.next;
  }
  return { ...total, kept };
}

/** What a run would remove; changes nothing. */
export const removableByNow = (store: Pick<Store, 'removable'>, terms: RetentionTerms): Promise<RetentionTotal> =>
  allSteps((from) => store.removable(terms, from));

type Running = { readonly holder: string; readonly isStopped?: () => boolean };

/**
 * Removes what the terms permit, in small steps, while no other gateway on the store does. Undefined without terms, or when
 * another gateway does it. A run that is cut off begins anew.
 */
export async function runRetention(
  { store, world, network }: Pick<Gateway, 'store' | 'world' | 'network'>,
  { holder, isStopped = () => false }: Running,
): Promise<RetentionTotal | undefined> {
  const { retention, name } = network.settings;
  const terms = retentionTerms(retention, world.now());
  if (!terms.content && !terms.audit) return undefined;
  const holds = () => store.lease('retention', { holder, now: world.now(), milliseconds: lease });
  if (!(await holds())) return undefined;
  return allSteps(async (from) => {
    if (isStopped() || !(await holds())) return undefined;
    const step = await store.removeExpired(terms, { from, now: world.now(), network: name });
    await pauseFor(pause, undefined, { ref: false }); // others write meanwhile
    return step;
  });
}

/** Runs every hour. Returns how to stop, after the step that is taken. */
export function startRetention(gateway: Gateway, log: (because: string) => void): () => Promise<void> {
  const holder = gateway.world.newId();
  let stopped = false;
  let running: Promise<void> | undefined;
  const start = () => {
    running ??= runRetention(gateway, { holder, isStopped: () => stopped })
      .then((total) => {
        if (total && total.journeys + total.auditEntries > 0)
          log(`${total.journeys} journeys, ${total.auditEntries} entries of the audit trail removed`);
      })
      .catch((fault) => gateway.report(fault, 'retention'))
      .finally(() => {
        running = undefined;
      });
  };
  const timers = [setTimeout(start, first).unref(), setInterval(start, every).unref()];
  return async () => {
    stopped = true;
    for (const timer of timers) clearTimeout(timer);
    await running;
  };
}

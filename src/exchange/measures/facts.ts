import type { Facts, Period } from '../../measure/index.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { conversationsIn } from './conversations.ts';
import { measureContext } from './measure-context.ts';
import { ordersIn } from './orders.ts';
import { movesIn } from './tasks.ts';
import { waitingTimesIn } from './waiting-times.ts';

/** Facts of ended periods never change, so they are cached; a few dozen periods are years of reports. */
const cache = new WeakMap<Gateway['store'], Map<string, Promise<Facts>>>();
const maximumPeriods = 24;

/**
 * Facts of an ended period, read from the store in small turns. Concurrent requests for the same period share one run.
 */
export function factsOf({ store, network }: Pick<Gateway, 'store' | 'network'>, period: Period): Promise<Facts> {
  const ofStore = cache.get(store) ?? new Map<string, Promise<Facts>>();
  cache.set(store, ofStore);
  const key = `${period.start} ${period.end} ${network.digest}`;
  const cached = ofStore.get(key);
  if (cached) return cached;
  const gathering = gather({ store, network }, period);
  ofStore.set(key, gathering);
  gathering.catch(() => ofStore.delete(key));
  const oldest = ofStore.keys().next().value;
  if (ofStore.size > maximumPeriods && oldest !== undefined) ofStore.delete(oldest);
  return gathering;
}

async function gather(gateway: Pick<Gateway, 'store' | 'network'>, period: Period): Promise<Facts> {
  const context = measureContext(gateway, period);
  return {
    ...(await ordersIn(context)),
    ...(await conversationsIn(context)),
    ...(await movesIn(context)),
    waiting: await waitingTimesIn(context),
  };
}

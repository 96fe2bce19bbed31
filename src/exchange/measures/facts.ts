import type { Facts, Period } from '../../measure/index.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { conversationsIn } from './conversations.ts';
import { measureContext } from './measure-context.ts';
import { ordersIn } from './orders.ts';
import { movesIn } from './tasks.ts';
import { waitingTimesIn } from './waiting-times.ts';

/** Facts of periods that are over never change, so they are gathered once; a few dozen hold years of reports. */
const cache = new WeakMap<Gateway['store'], Map<string, Promise<Facts>>>();
const maximumPeriods = 24;

/**
 * What happened in a period that is over, gathered from the store in small turns. Who asks while it is being gathered waits
 * for the same gathering.
 */
export function factsOf({ store, network }: Pick<Gateway, 'store' | 'network'>, period: Period): Promise<Facts> {
  const known = cache.get(store) ?? new Map<string, Promise<Facts>>();
  cache.set(store, known);
  const key = `${period.start} ${period.end} ${network.digest}`;
  const before = known.get(key);
  if (before) return before;
  const made = gather({ store, network }, period);
  known.set(key, made);
  made.catch(() => known.delete(key));
  const oldest = known.keys().next().value;
  if (known.size > maximumPeriods && oldest !== undefined) known.delete(oldest);
  return made;
}

async function gather(gateway: Pick<Gateway, 'store' | 'network'>, period: Period): Promise<Facts> {
  const looking = measureContext(gateway, period);
  return {
    ...(await ordersIn(looking)),
    ...(await conversationsIn(looking)),
    ...(await movesIn(looking)),
    waiting: await waitingTimesIn(looking),
  };
}

import type { Delivery } from '../store/port.ts';

/**
 * What a dispatch occupies while it is sent: no other with one of these in common is sent at the same time. A journey may
 * get a new name meanwhile, and one that was withdrawn is of no journey any more, so what it is about counts as well.
 * Notifications of one Subscription have numbers, in which its endpoint finds gaps: they are sent in turn, also those
 * of different journeys.
 */
const occupied = ({ journey, traceId, about = [], subscription }: Delivery): readonly string[] =>
  subscription === undefined ? [journey, traceId, ...about] : [`Subscription/${subscription}`];

/** The first of `queue` that need not wait for one being sent, or for one before it in the queue. */
export function firstFree(queue: readonly Delivery[], underWay: Iterable<Delivery>): Delivery | undefined {
  const taken = new Set<string>();
  for (const it of underWay) for (const name of occupied(it)) taken.add(name);
  for (const it of queue) {
    const names = occupied(it);
    if (!names.some((name) => taken.has(name))) return it;
    for (const name of names) taken.add(name);
  }
  return undefined;
}

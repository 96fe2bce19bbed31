import { notificationDispatch } from '../../subscription/index.ts';
import type { Store } from '../port.ts';
import { insertEntries } from './journal/append.ts';
import { noFacts } from './journal/facts.ts';
import { pack } from './journal/payload.ts';
import { dispatchKey, itemsPerEntry } from './keys.ts';
import { insertDispatches } from './outbox/insert.ts';
import { takeDueHeartbeats } from './subscriptions.ts';
import type { Writing } from './writing.ts';

/** Puts the heartbeats that are due in the outbox; returns their number. */
export async function heartbeat(
  w: Writing,
  now: Date,
  { base }: Parameters<Store['heartbeat']>[1],
  newId: (now: Date) => string,
): Promise<number> {
  const due = await takeDueHeartbeats(w, now);
  const context = { base, at: now, newId: () => newId(now) };
  const beats = due.map((it) => notificationDispatch(context, 'heartbeat', it));
  for (let start = 0; start < beats.length; start += itemsPerEntry) {
    const some = beats.slice(start, start + itemsPerEntry);
    const entry = w.nextEntry();
    const texts = pack(some.map(({ body }) => body));
    await insertEntries(w.sql, [{ seq: entry, at: now.getTime(), ...texts, facts: noFacts }]);
    await insertDispatches(
      w,
      some.map((dispatch, part) => ({ dispatch, now, key: dispatchKey(entry, part), part, own: false })),
    );
  }
  return due.length;
}

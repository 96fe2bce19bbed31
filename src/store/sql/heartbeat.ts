import { notificationDispatch } from '../../subscription/index.ts';
import type { Store } from '../port.ts';
import { insertEntries } from './journal/append.ts';
import { noFacts } from './journal/facts.ts';
import { pack } from './journal/payload.ts';
import { dispatchKey } from './keys.ts';
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
  if (beats.length === 0) return 0;
  const entry = w.nextEntry(beats.length);
  const texts = pack(beats.map(({ body }) => body));
  insertEntries(w.sql, [{ seq: entry, at: now.getTime(), ...texts, facts: noFacts }]);
  await insertDispatches(
    w,
    beats.map((dispatch, part) => ({ dispatch, now, key: dispatchKey(entry, part), entry, part, own: false })),
  );
  return due.length;
}

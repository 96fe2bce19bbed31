import { bulkSend } from '../bulk.ts';
import { subscriptionsDelivered } from '../subscriptions.ts';
import type { Writing } from '../writing.ts';
import { type Attempted, type AttemptedByPlace, attempted, recordAttempts } from './attempts.ts';
import type { Completed } from './ending.ts';
import { freeJourneys, leaveJourneys, setSuspectsAside } from './journeys.ts';

type Done = Completed & { readonly before: Attempted };

/** Records deliveries, a whole list with a few statements; `known`: as they were read before. One that was withdrawn meanwhile arrived all the same. */
export async function complete(
  w: Writing,
  items: readonly Completed[],
  known?: AttemptedByPlace,
): Promise<readonly boolean[]> {
  const { sql } = w;
  const found = known ?? (await attempted(sql, items));
  const done = new Map<number, Done>();
  const results = items.map((it, place) => {
    const before = found.get(place);
    if (!before || !['waiting', 'withdrawn'].includes(before.was) || done.has(before.key)) return false;
    done.set(before.key, { ...it, before });
    return true;
  });
  const all = [...done.values()];
  if (all.length === 0) return results;
  const waited = all.filter(({ before }) => before.was === 'waiting');
  bulkSend(
    sql,
    (rows) =>
      `update dispatch set state = 'delivered', attempts = attempts + 1, because = null, ended_at = w.at,
         location = w.address from ${rows} w where dispatch.key = w.dispatch`,
    { dispatch: 'integer', at: 'integer', address: 'text' },
    all.map(({ before, ending }) => [before.key, ending.at.getTime(), ending.location ?? null]),
  );
  recordAttempts(
    w,
    all.map((it) => ({ ...it, outcome: 'delivered' })),
  );
  leaveJourneys(
    sql,
    waited.map(({ before }) => before.key),
  );
  freeJourneys(
    sql,
    waited.flatMap(({ before }) => (before.isHeld ? before.key : [])),
  );
  recipientsReceived(w, all, waited);
  await subscriptionsDelivered(
    w,
    all.map(({ delivery, ending }) => ({ dispatch: delivery, at: ending.at })),
  );
  return results;
}

/** Each recipient received: it has fewer to wait for, and whatever failed before did so by itself. */
function recipientsReceived({ sql }: Writing, all: readonly Done[], waited: readonly Done[]): void {
  const fewer = new Map(all.map(({ claim }) => [claim.recipient, 0]));
  for (const { claim } of waited) fewer.set(claim.recipient, fewer.get(claim.recipient)! + 1);
  bulkSend(
    sql,
    (rows) =>
      `update recipient set waiting = waiting - w.fewer, failures = 0, refusals = 0
       from ${rows} w where recipient.id = w.recipient`,
    { recipient: 'text', fewer: 'integer' },
    [...fewer],
  );
  const recovered = all.flatMap(({ claim, before }) => (before.failures > 0 ? claim.recipient : []));
  setSuspectsAside(sql, [...new Set(recovered)]);
}

import { carriesContent } from '../../content-channel.ts';
import type { AuditEvent, Commit, DispatchStatus, Store } from '../../port.ts';
import { bulk, bulkRead } from '../bulk.ts';
import { first, number, type Row, type Sql, text } from '../sql.ts';
import { storable } from '../storable.ts';
import type { Writing } from '../writing.ts';
import { freeJourneys, leaveJourneys, renewFollowers } from './journeys.ts';
import { headOf, statusColumns, statusOf } from './row.ts';

/** Acts on the outbox from outside a delivery: by an operator, or because a right to read ended. */

type Found = { readonly key: number; readonly recipient: string; readonly state: 'dead' | 'waiting' };

/** A dead letter, or a dispatch that is set aside. */
async function heldBack(sql: Sql, id: string): Promise<Found | undefined> {
  const row = await first(
    sql.all(
      `select d.key, d.recipient, d.state from dispatch d join hold h on h.dispatch = d.key
       where d.id = ?1 and h.kind <> 'suspect'`,
      storable(id),
    ),
  );
  return row && { key: number(row.key), recipient: text(row.recipient), state: text(row.state) as Found['state'] };
}

export async function requeue(w: Writing, id: string, now: Date, audit: readonly AuditEvent[] = []): Promise<boolean> {
  const { sql } = w;
  const found = await heldBack(sql, id);
  if (!found) return false;
  const { key, recipient, state } = found;
  if (state === 'dead') {
    await sql.run(
      "update dispatch set state = 'waiting', queued_at = ?1, failures = 0, ended_at = null where key = ?2",
      now.getTime(),
      key,
    );
    freeJourneys(sql, [key]);
    await renewFollowers(sql, key, now);
    await sql.run('update recipient set waiting = waiting + 1 where id = ?1', recipient);
  } else await sql.run('update hold set not_before = 0 where dispatch = ?1', key);
  w.audit(audit, now);
  return true;
}

export async function skip(
  w: Writing,
  id: string,
  { now, because, audit = [] }: Parameters<Store['skip']>[1],
): Promise<boolean> {
  const found = await heldBack(w.sql, id);
  if (!found) return false;
  await end(w.sql, [found], { state: 'skipped', because, now });
  await renewFollowers(w.sql, found.key, now);
  w.audit(audit, now);
  return true;
}

/**
 * Withdraws what the commit names, and what waits for the readers of a Task or an order that it revokes; returns it as it
 * was. Notifications have no content and are judged when they are sent; what is read from or written at a placer
 * discloses nothing new.
 */
export async function withdrawAll(
  { sql }: Writing,
  { now, withdrawals = [], revocations = [] }: Pick<Commit, 'now' | 'withdrawals' | 'revocations'>,
): Promise<readonly DispatchStatus[]> {
  const ended = revocations
    .filter(({ type }) => type === 'Task' || type === 'ServiceRequest')
    .flatMap(({ type, id, readers }) => readers.map((recipient) => ({ recipient, about: [`${type}/${id}`] })));
  const names = [...withdrawals, ...ended].flatMap(({ recipient, about }, place) =>
    about.map((name) => [place, recipient, name] as const),
  );
  const rows = await bulkRead(
    sql,
    (rows) =>
      `select w.place, ${statusColumns} from ${rows} w
       join dispatch_subject s on s.recipient = w.recipient and s.name = w.name
       join dispatch d on d.key = s.dispatch
       where d.subscription is null and d.state in ('waiting', 'dead') order by w.place, d.key`,
    { place: 'integer', recipient: 'text', name: 'text' },
    names,
  );
  const found = new Map<number, Row>();
  for (const row of rows)
    if (carriesContent(headOf(row).channel) && !found.has(number(row.key))) found.set(number(row.key), row);
  const withdrawn = [...found.values()];
  await end(
    sql,
    withdrawn.map((row) => ({
      key: number(row.key),
      recipient: text(row.recipient),
      state: text(row.state) as Found['state'],
    })),
    { state: 'withdrawn', because: rightEnded, now },
  );
  return withdrawn.map(statusOf);
}

const rightEnded = 'delivery-forbidden: right-to-read-ended';

async function end(
  sql: Sql,
  found: readonly Found[],
  { state, because, now }: { readonly state: 'skipped' | 'withdrawn'; readonly because: string; readonly now: Date },
): Promise<void> {
  const keys = found.map(({ key }) => key);
  await bulk(
    sql,
    (rows) => `update dispatch set state = ?2, ended_at = ?3, because = ?4 where key in (select w.key from ${rows} w)`,
    { key: 'integer' },
    keys.map((key) => [key]),
    state,
    now.getTime(),
    storable(because),
  );
  leaveJourneys(sql, keys);
  freeJourneys(sql, keys);
  const fewer = new Map<string, number>();
  for (const { recipient, state: was } of found)
    if (was === 'waiting') fewer.set(recipient, (fewer.get(recipient) ?? 0) + 1);
  await bulk(
    sql,
    (rows) => `update recipient set waiting = waiting - w.fewer from ${rows} w where recipient.id = w.recipient`,
    { recipient: 'text', fewer: 'integer' },
    [...fewer],
  );
}

import type { Committed, Dispatch, StoredSubscription, SubscriptionChange, SubscriptionEvent } from '../port.ts';
import { bulk, bulkSend } from './bulk.ts';
import { date, first, number, optional, type Row, type Sql, text } from './sql.ts';
import { storable } from './storable.ts';
import type { Writing } from './writing.ts';

/** The conflict that prevents this change of a Subscription; undefined without one. */
export async function subscriptionConflict(sql: Sql, it: SubscriptionChange): Promise<Committed | undefined> {
  const row = await first(sql.all('select version from subscription where id = ?1', it.id));
  const current = row && number(row.version);
  const expected = it.expect === 'new' ? undefined : it.expect.version;
  const key = { type: 'Subscription', id: it.id };
  if (current !== expected)
    return expected === undefined
      ? { kind: 'exists', ...key, current: current ?? 0 }
      : { kind: 'stale', ...key, ...(current === undefined ? {} : { current }) };
  if (it.status === 'off') return undefined;
  const same = await first(
    sql.all(
      `select id from subscription
       where partner = ?1 and same = ?2 and id <> ?3 and status in ('requested', 'active')`,
      it.partner,
      it.key,
      it.id,
    ),
  );
  return same && { kind: 'subscribed', subscription: text(same.id) };
}

export async function writeSubscription(w: Writing, it: SubscriptionChange, now: Date): Promise<void> {
  const at = now.getTime();
  const agreed = [
    it.id,
    JSON.stringify(it.agreement),
    it.key,
    it.status,
    it.handshake ?? null,
    it.agreement.heartbeat ?? null,
    at,
  ];
  if (it.expect === 'new')
    await w.sql.run(
      `insert into subscription (key, id, agreement, same, status, handshake, heartbeat, last_updated, partner, heard_at,
         version)
       values ((select coalesce(max(key), 0) + 1 from subscription), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1)`,
      ...agreed,
      it.partner,
      at,
    );
  else
    await w.sql.run(
      `update subscription set agreement = ?2, same = ?3, status = ?4, handshake = ?5, heartbeat = ?6, error = null,
         version = version + 1, last_updated = ?7 where id = ?1`,
      ...agreed,
    );
  w.countAgreement();
}

type Result = { readonly dispatch: Pick<Dispatch, 'id' | 'subscription'>; readonly at: Date };

/** A delivered handshake activates its Subscription; any delivered notification clears its error. */
export async function subscriptionsDelivered(w: Writing, results: readonly Result[]): Promise<void> {
  const rows = results.flatMap(({ dispatch: { id, subscription }, at }) =>
    subscription === undefined ? [] : [[subscription, id, at.getTime()] as const],
  );
  const columns = { id: 'text', dispatch: 'text', at: 'integer' } as const;
  const cleared = await bulk(
    w.sql,
    (rows) => `update subscription set error = null where error is not null and id in (select w.id from ${rows} w)`,
    columns,
    rows,
  );
  const activated = await bulk(
    w.sql,
    (rows) =>
      `update subscription set status = 'active', version = version + 1, last_updated = w.at from ${rows} w
       where subscription.id = w.id and subscription.handshake = w.dispatch
         and subscription.status in ('requested', 'error')
         and (subscription.status = 'requested' or not exists (
           select 1 from subscription o where o.partner = subscription.partner and o.same = subscription.same
             and o.status in ('requested', 'active')))`,
    columns,
    rows,
  );
  if (cleared + activated > 0) w.countAgreement();
}

/**
 * A handshake that is given up puts the Subscription in error; after another notification it stays active, with the
 * reason.
 */
export async function subscriptionFailed(
  w: Writing,
  { dispatch, because, at }: Result & { readonly because: string },
): Promise<void> {
  if (dispatch.subscription === undefined) return;
  await w.sql.run('update subscription set error = ?1 where id = ?2', storable(because), dispatch.subscription);
  await w.sql.run(
    `update subscription set status = 'error', version = version + 1, last_updated = ?1
     where id = ?2 and handshake = ?3 and status = 'requested'`,
    at.getTime(),
    dispatch.subscription,
    dispatch.id,
  );
  w.countAgreement();
}

/** An active Subscription; `events` is counted on by what numbers its events in memory. */
type ActiveRow = StoredSubscription & { readonly key: number; events: number };

export const activeSubscriptions = async (sql: Sql): Promise<readonly ActiveRow[]> =>
  (await sql.all("select * from subscription where status = 'active' order by key")).map((row) => ({
    ...subscriptionOf(row),
    key: number(row.key),
  }));

/**
 * Writes events that have their numbers, of Subscriptions by their key. Copies of the active ones in the memory of other
 * gateways count them.
 */
export function writeEvents(
  w: Writing,
  events: readonly (SubscriptionEvent & { readonly subscription: number })[],
): void {
  if (events.length === 0) return;
  bulkSend(
    w.sql,
    (rows) =>
      `insert into subscription_event (subscription, number, at, focus)
       select subscription, number, at, focus from ${rows} w`,
    { subscription: 'integer', number: 'integer', at: 'integer', focus: 'text' },
    events.map(({ subscription, number, at, focus }) => [subscription, number, at.getTime(), focus]),
  );
  const last = new Map<number, readonly [number, number, number]>();
  for (const { subscription, number, at } of events) last.set(subscription, [subscription, number, at.getTime()]);
  bulkSend(
    w.sql,
    (rows) =>
      `update subscription set events = w.number, heard_at = w.at from ${rows} w where subscription.key = w.subscription`,
    { subscription: 'integer', number: 'integer', at: 'integer' },
    [...last.values()],
  );
  w.countAgreement();
}

/** Returns the Subscriptions whose heartbeat is due, and marks it as sent. */
export async function takeDueHeartbeats({ sql }: Writing, now: Date): Promise<readonly StoredSubscription[]> {
  const due = await sql.all(
    `update subscription set heard_at = ?1
     where status = 'active' and heartbeat is not null and heard_at + heartbeat * 1000 <= ?1
       and not exists (select 1 from recipient r where r.id = subscription.partner and r.waiting > 0)
     returning *`,
    now.getTime(),
  );
  return due.toSorted((a, b) => number(a.key) - number(b.key)).map(subscriptionOf);
}

export async function subscription(sql: Sql, id: string, partner?: string): Promise<StoredSubscription | undefined> {
  const row = await first(sql.all('select * from subscription where id = ?1', storable(id)));
  const found = row && subscriptionOf(row);
  return partner === undefined || found?.partner === partner ? found : undefined;
}

export async function subscriptions(sql: Sql, partner?: string): Promise<readonly StoredSubscription[]> {
  const rows =
    partner === undefined
      ? sql.all('select * from subscription order by key')
      : sql.all('select * from subscription where partner = ?1 order by key', storable(partner));
  return (await rows).map(subscriptionOf);
}

export async function subscriptionEvents(
  sql: Sql,
  id: string,
  { since, until, count }: { readonly since: number; readonly until: number; readonly count: number },
): Promise<readonly SubscriptionEvent[]> {
  const rows = await sql.all(
    `select e.* from subscription s join subscription_event e on e.subscription = s.key
     where s.id = ?1 and e.number between ?2 and ?3 order by e.number limit ?4`,
    storable(id),
    since,
    until,
    count,
  );
  return rows.map((row) => ({ number: number(row.number), at: date(row.at), focus: text(row.focus) }));
}

const subscriptionOf = (row: Row): StoredSubscription => ({
  id: text(row.id),
  partner: text(row.partner),
  agreement: JSON.parse(text(row.agreement)) as StoredSubscription['agreement'],
  status: text(row.status) as StoredSubscription['status'],
  ...optional('error', row.error, text),
  version: number(row.version),
  lastUpdated: date(row.last_updated),
  events: number(row.events),
});

import { activeByTopic } from '../../subscription/index.ts';
import { matches, notificationOf } from '../announcing.ts';
import type {
  Announced,
  Committed,
  Dispatch,
  StoredSubscription,
  SubscriptionChange,
  SubscriptionEvent,
  Unannounced,
} from '../port.ts';
import { type Database, date, number, optional, type Row, text } from './database.ts';

/** The conflict that prevents this change of a Subscription; undefined without one. */
export function subscriptionConflict(database: Database, it: SubscriptionChange): Committed | undefined {
  const row = database.get('select version from subscription where id = ?', it.id);
  const current = row && number(row.version);
  const expected = it.expect === 'new' ? undefined : it.expect.version;
  const key = { type: 'Subscription', id: it.id };
  if (current !== expected)
    return expected === undefined
      ? { kind: 'exists', ...key, current: current ?? 0 }
      : { kind: 'stale', ...key, ...(current === undefined ? {} : { current }) };
  if (it.status === 'off') return undefined;
  const same = database.get(
    "select id from subscription where partner = ? and same = ? and id <> ? and status in ('requested', 'active')",
    it.partner,
    it.key,
    it.id,
  );
  return same && { kind: 'subscribed', subscription: text(same.id) };
}

export function writeSubscription(database: Database, it: SubscriptionChange, now: Date): void {
  const at = now.getTime();
  const agreed = [
    JSON.stringify(it.agreement),
    it.key,
    it.status,
    it.handshake ?? null,
    it.agreement.heartbeat ?? null,
  ];
  if (it.expect === 'new')
    database.run(
      `insert into subscription (agreement, same, status, handshake, heartbeat, id, partner, version, last_updated, heard_at)
       values (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)`,
      ...agreed,
      it.id,
      it.partner,
      at,
      at,
    );
  else
    database.run(
      `update subscription set agreement = ?, same = ?, status = ?, handshake = ?, heartbeat = ?, error = null,
         version = version + 1, last_updated = ? where id = ?`,
      ...agreed,
      at,
      it.id,
    );
}

/** Numbers the events of the active Subscriptions that match, and returns their notifications. */
export function announce(
  database: Database,
  announced: Announced,
  { now, newId }: { readonly now: Date; readonly newId: () => string },
): { readonly dispatches: readonly Dispatch[]; readonly unannounced: readonly Unannounced[] } {
  const found = matches(announced, activeByTopic(activeSubscriptions(database)));
  const notifications = found.matches.flatMap((match) => {
    const { subscription, announcement } = match;
    const number = writeEvent(database, subscription.id, announcement.focus, now);
    return number === undefined ? [] : notificationOf(match, number, { base: announced.base, at: now, newId });
  });
  return {
    dispatches: notifications.filter((it) => 'body' in it),
    unannounced: [...found.unannounced, ...notifications.filter((it) => 'fault' in it)],
  };
}

const activeSubscriptions = (database: Database): readonly StoredSubscription[] =>
  database.all("select * from subscription where status = 'active' order by key").map(subscriptionOf);

/**
 * Numbers an event; undefined when the partner may not see the focus. Transactions are serial, so numbers are unique and
 * without gaps.
 */
function writeEvent(database: Database, subscription: string, focus: string, now: Date): number | undefined {
  const [type = '', id = ''] = focus.split('/');
  const row = database.get(
    `update subscription set events = events + 1, heard_at = ?1
     where id = ?2 and status = 'active' and exists (
       select 1 from resource r join reader a on a.resource = r.key and a.type = r.type
       where r.type = ?3 and r.id = ?4 and a.partner = subscription.partner
     ) returning key, events`,
    now.getTime(),
    subscription,
    type,
    id,
  );
  if (!row) return undefined;
  const events = number(row.events);
  database.run(
    'insert into subscription_event (subscription, number, at, focus) values (?, ?, ?, ?)',
    number(row.key),
    events,
    now.getTime(),
    focus,
  );
  return events;
}

/** A delivered handshake activates its Subscription; any delivered notification clears its error. */
export function subscriptionDelivered(database: Database, dispatch: Dispatch, at: Date): void {
  if (dispatch.subscription === undefined) return;
  database.run('update subscription set error = null where id = ? and error is not null', dispatch.subscription);
  database.run(
    `update subscription set status = 'active', version = version + 1, last_updated = ?
     where id = ? and handshake = ? and status in ('requested', 'error')`,
    at.getTime(),
    dispatch.subscription,
    dispatch.id,
  );
}

/**
 * A handshake that is given up puts the Subscription in error; after another notification it stays active, with the
 * reason.
 */
export function subscriptionFailed(database: Database, dispatch: Dispatch, because: string, at: Date): void {
  if (dispatch.subscription === undefined) return;
  database.run('update subscription set error = ? where id = ?', because, dispatch.subscription);
  database.run(
    `update subscription set status = 'error', version = version + 1, last_updated = ?
     where id = ? and handshake = ? and status = 'requested'`,
    at.getTime(),
    dispatch.subscription,
    dispatch.id,
  );
}

/** Returns the Subscriptions whose heartbeat is due, and marks it as sent. */
export const takeDueHeartbeats = (database: Database, now: Date): readonly StoredSubscription[] =>
  database
    .all(
      `update subscription set heard_at = ?1
     where status = 'active' and heartbeat is not null and heard_at + heartbeat * 1000 <= ?1
       and not exists (select 1 from recipient where id = subscription.partner and waiting > 0)
     returning *`,
      now.getTime(),
    )
    .map(subscriptionOf);

export function subscription(database: Database, id: string, partner?: string): StoredSubscription | undefined {
  const row = database.get(
    'select * from subscription where id = ?1 and (?2 is null or partner = ?2)',
    id,
    partner ?? null,
  );
  return row && subscriptionOf(row);
}

export const subscriptions = (database: Database, partner?: string): readonly StoredSubscription[] =>
  database
    .all('select * from subscription where ?1 is null or partner = ?1 order by key', partner ?? null)
    .map(subscriptionOf);

export const subscriptionEvents = (
  database: Database,
  id: string,
  { since, until, count }: { readonly since: number; readonly until: number; readonly count: number },
): readonly SubscriptionEvent[] =>
  database
    .all(
      `select e.* from subscription s join subscription_event e on e.subscription = s.key
       where s.id = ? and e.number between ? and ? order by e.number limit ?`,
      id,
      since,
      until,
      count,
    )
    .map((row) => ({ number: number(row.number), at: date(row.at), focus: text(row.focus) }));

const maximumAgreements = 5_000;
const agreements = new Map<string, StoredSubscription['agreement']>();

/** Cached: the active ones are read in every commit that moves a Task. */
function agreementOf(json: string): StoredSubscription['agreement'] {
  const known = agreements.get(json);
  if (known) return known;
  if (agreements.size >= maximumAgreements) agreements.clear();
  const made = JSON.parse(json);
  agreements.set(json, made);
  return made;
}

const subscriptionOf = (row: Row): StoredSubscription => ({
  id: text(row.id),
  partner: text(row.partner),
  agreement: agreementOf(text(row.agreement)),
  status: text(row.status) as StoredSubscription['status'],
  ...optional('error', row.error, String),
  version: number(row.version),
  lastUpdated: date(row.last_updated),
  events: number(row.events),
});

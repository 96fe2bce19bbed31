import type { Dispatch } from '../port.ts';
import { type Database, text } from './database.ts';

/**
 * The journeys of the outbox. Undelivered dispatches to one recipient with a trace or a resource in common have one
 * `journey`, in which their order is never broken. `dispatch_subject` has their names while they are undelivered; a
 * delivered dispatch binds nothing any more. `hold` names what a journey waits for: a dispatch that is suspect (it
 * failed, and may itself be the cause), set aside or dead.
 *
 * SQLite cannot change the check of a column, so the table of dispatches is built anew. Dead letters from before have
 * been overtaken already: they are listed, and hold nothing.
 */
export const journeysSchema = `
  create table dispatch_next (
    key integer primary key autoincrement,
    id text not null unique,
    recipient text not null,
    channel text not null,
    kind text not null,
    content_type text not null,
    size integer not null,
    message_id text,
    request_id text not null,
    correlation_id text,
    trace_id text not null,
    created_at integer not null,
    queued_at integer not null,
    state text not null default 'waiting'
      check (state in ('waiting', 'delivered', 'dead', 'skipped', 'withdrawn')),
    attempts integer not null default 0,
    failures integer not null default 0,
    ended_at integer,
    because text,
    location text,
    address text,
    subscription text,
    journey text not null,
    about text,
    task text
  );
  insert into dispatch_next
    select key, id, recipient, channel, kind, content_type, size, message_id, request_id, correlation_id, trace_id,
      created_at, queued_at, state, attempts, failures, ended_at, because, location, address, subscription,
      case state when 'waiting' then trace_id else id end, null, null
    from dispatch;
  drop table dispatch;
  alter table dispatch_next rename to dispatch;
  create index dispatch_waiting on dispatch (recipient, key) where state = 'waiting';
  create index dispatch_dead on dispatch (key) where state = 'dead';
  create index dispatch_by_message on dispatch (message_id, key) where message_id is not null;
  create index dispatch_by_trace on dispatch (trace_id, key);
  create index dispatch_by_task on dispatch (task, key) where task is not null;
  create index dispatch_by_journey on dispatch (recipient, journey, key) where state = 'waiting';
  create table dispatch_subject (
    recipient text not null,
    name text not null,
    dispatch integer not null,
    primary key (recipient, name, dispatch)
  ) without rowid;
  create index dispatch_subject_by_dispatch on dispatch_subject (dispatch);
  insert into dispatch_subject select recipient, trace_id, key from dispatch where state = 'waiting';
  create table hold (
    recipient text not null,
    journey text not null,
    dispatch integer not null unique,
    kind text not null check (kind in ('suspect', 'aside', 'dead')),
    not_before integer not null default 0,
    tried integer not null default 0,
    primary key (recipient, journey, dispatch)
  ) without rowid;
  create index hold_in_order on hold (dispatch) where kind <> 'suspect';
  insert into hold (recipient, journey, dispatch, kind) select recipient, journey, key, 'dead' from dispatch where state = 'dead';
  alter table recipient add column refusals integer not null default 0;
`;

/** No dispatch of its journey that is suspect, set aside or dead precedes `d`. */
export const isNotBehind = `not exists (
  select 1 from hold h where h.recipient = d.recipient and h.journey = d.journey and h.dispatch < d.key)`;

/** Set aside, and its pause is not over at time ?1. */
export const isAsideStill = `exists (
  select 1 from hold h where h.recipient = d.recipient and h.journey = d.journey and h.dispatch = d.key
    and h.kind = 'aside' and h.not_before > ?1)`;

/** Notifications have no content to be read in order with, and an address of their own: they hold up no delivery. */
const namesOf = ({ traceId, about = [], subscription }: Dispatch): readonly string[] =>
  subscription === undefined ? [...new Set([traceId, ...about])] : [`Subscription/${subscription} ${traceId}`];

/** The journey of a new dispatch. One that connects two journeys makes them one. */
export function journeyOf(database: Database, it: Dispatch): string {
  const found = database
    .all(
      `select distinct d.journey from dispatch_subject s join dispatch d on d.key = s.dispatch
       where s.recipient = ? and s.name in (select value from json_each(?))`,
      it.recipient,
      JSON.stringify(namesOf(it)),
    )
    .map((row) => text(row.journey));
  const [first = it.id, ...others] = found;
  for (const other of others) join(database, it.recipient, other, first);
  return first;
}

function join(database: Database, recipient: string, from: string, to: string): void {
  database.run(
    `update dispatch set journey = ? where recipient = ? and journey = ? and state = 'waiting'`,
    to,
    recipient,
    from,
  );
  database.run(
    `update dispatch set journey = ? where key in (select dispatch from hold where recipient = ? and journey = ?)`,
    to,
    recipient,
    from,
  );
  database.run('update hold set journey = ? where recipient = ? and journey = ?', to, recipient, from);
}

export function nameSubjects(database: Database, key: number, it: Dispatch): void {
  for (const name of namesOf(it))
    database.run('insert into dispatch_subject (recipient, name, dispatch) values (?, ?, ?)', it.recipient, name, key);
}

export type HoldKind = 'suspect' | 'aside' | 'dead';

export function holdJourney(
  database: Database,
  key: number,
  { kind, notBefore, tried }: { readonly kind: HoldKind; readonly notBefore?: Date; readonly tried: Date },
): void {
  database.run(
    `insert into hold (recipient, journey, dispatch, kind, not_before, tried)
       select recipient, journey, key, ?1, ?2, ?3 from dispatch where key = ?4
     on conflict (dispatch) do update set kind = ?1, not_before = ?2, tried = ?3`,
    kind,
    notBefore?.getTime() ?? 0,
    tried.getTime(),
    key,
  );
}

/** The recipient answered another dispatch: what failed before it did so by itself. It is tried again at once. */
export function setSuspectsAside(database: Database, recipient: string): void {
  database.run("update hold set kind = 'aside', not_before = 0 where recipient = ? and kind = 'suspect'", recipient);
}

/** A dispatch that is delivered, skipped or withdrawn binds nothing any more. */
export function leaveJourney(database: Database, key: number): void {
  database.run('delete from dispatch_subject where dispatch = ?', key);
  freeJourney(database, key);
}

export function freeJourney(database: Database, key: number): void {
  database.run('delete from hold where dispatch = ?', key);
}

/** The age of what waited behind a dispatch counts from now: it could not be sent before. */
export function renewFollowers(database: Database, key: number, now: Date): void {
  database.run(
    `update dispatch set queued_at = ?1 where state = 'waiting' and key > ?2
       and (recipient, journey) = (select recipient, journey from dispatch where key = ?2)`,
    now.getTime(),
    key,
  );
}

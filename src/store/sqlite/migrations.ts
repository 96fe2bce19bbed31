import type { Database } from './database.ts';
import { journeysSchema } from './journeys.ts';
import { messageKeysSchema } from './message-keys.ts';
import { placerSubscriptionsSchema } from './placer-subscriptions.ts';
import { unknownCodesSchema } from './unknown-codes.ts';

/**
 * The schema, one migration per line of the list; a released migration never changes. Times are milliseconds since
 * 1970.
 *
 * An index row (token, date) contains the number of its parameter (table parameter) and the key of its resource. The
 * key of a row has the resource right after the value, so that "does this resource have that value?" is one look-up.
 * The body of a dispatch has a table of its own, because SQLite rewrites a whole row at each change of its state.
 */
const migrations: readonly string[] = [
  `
  create table message (
    key integer primary key,
    id text not null unique,
    partner text not null,
    request_id text not null,
    correlation_id text,
    trace_id text not null,
    body_digest text not null,
    content_type text not null,
    body blob not null,
    received_at integer not null,
    configuration text not null,
    answer_status integer not null,
    answer_type text not null,
    answer_body text not null,
    record text not null,
    unique (partner, request_id)
  );
  create index message_by_trace on message (trace_id);

  create table resource (
    key integer primary key,
    type text not null,
    id text not null,
    version integer not null,
    last_updated integer not null,
    unique (type, id)
  );
  create index resource_by_time on resource (type, last_updated, key);
  create table version (
    resource integer not null,
    version integer not null,
    last_updated integer not null,
    message text,
    text text not null,
    unique (resource, version)
  );
  create table reader (
    partner text not null,
    type text not null,
    resource integer not null,
    since integer not null,
    primary key (partner, type, resource)
  ) without rowid;

  create table parameter (
    key integer primary key,
    type text not null,
    name text not null,
    unique (type, name)
  );
  create table token (
    parameter integer not null,
    value text not null,
    resource integer not null,
    system text not null,
    primary key (parameter, value, resource, system)
  ) without rowid;
  create table date (
    parameter integer not null,
    resource integer not null,
    low integer not null,
    high integer not null,
    primary key (parameter, resource, low, high)
  ) without rowid;

  create table dispatch (
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
    state text not null default 'waiting' check (state in ('waiting', 'delivered', 'dead')),
    attempts integer not null default 0,
    failures integer not null default 0,
    ended_at integer,
    because text,
    location text
  );
  create index dispatch_waiting on dispatch (recipient, key) where state = 'waiting';
  create index dispatch_dead on dispatch (key) where state = 'dead';
  create index dispatch_by_message on dispatch (message_id, key) where message_id is not null;
  create index dispatch_by_trace on dispatch (trace_id, key);
  create table dispatch_body (
    dispatch integer primary key,
    body text not null
  );
  create table recipient (
    id text primary key,
    waiting integer not null default 0,
    failures integer not null default 0,
    not_before integer not null default 0,
    worker text,
    fence integer not null default 0,
    claimed_until integer not null default 0
  ) without rowid;
  create table attempt (
    key integer primary key,
    dispatch integer not null,
    at integer not null,
    outcome text not null,
    status integer,
    milliseconds integer not null,
    because text
  );
  create index attempt_by_dispatch on attempt (dispatch);

  create table audit (
    seq integer primary key autoincrement,
    request_id text,
    correlation_id text,
    trace_id text,
    text text not null
  );
  create index audit_by_request on audit (request_id) where request_id is not null;
  create index audit_by_correlation on audit (correlation_id) where correlation_id is not null;
  create index audit_by_trace on audit (trace_id) where trace_id is not null;
  create table audit_entity (
    reference text not null,
    seq integer not null,
    primary key (reference, seq)
  ) without rowid;
  create trigger audit_stays before update on audit begin
    select raise(abort, 'the audit trail is only added to');
  end;
  create trigger audit_remains before delete on audit begin
    select raise(abort, 'the audit trail is only added to');
  end;
  `,
  `
  create table subscription (
    key integer primary key,
    id text not null unique,
    partner text not null,
    agreement text not null,
    same text not null,
    status text not null check (status in ('requested', 'active', 'error', 'off')),
    error text,
    version integer not null,
    last_updated integer not null,
    events integer not null default 0,
    handshake text,
    heartbeat integer,
    heard_at integer not null
  );
  create unique index subscription_open on subscription (partner, same) where status in ('requested', 'active');
  create index subscription_active on subscription (key) where status = 'active';
  create table subscription_event (
    subscription integer not null,
    number integer not null,
    at integer not null,
    focus text not null,
    primary key (subscription, number)
  ) without rowid;
  alter table dispatch add column address text;
  alter table dispatch add column subscription text;

  create table once (
    name text primary key,
    at integer not null
  ) without rowid;
  create table lease (
    name text primary key,
    holder text not null,
    until integer not null
  ) without rowid;
  `,
  `
  create table directory (
    seq integer primary key autoincrement,
    source text not null,
    type text not null,
    id text not null,
    version integer not null,
    at integer not null,
    text text,
    unique (type, id, version)
  );
  create index directory_by_time on directory (type, at);
  create trigger directory_stays before update on directory begin
    select raise(abort, 'the log of the directory is only added to');
  end;
  create trigger directory_remains before delete on directory begin
    select raise(abort, 'the log of the directory is only added to');
  end;
  `,
  `
  create table content (
    digest text primary key,
    text text not null
  );
  create table configuration (
    key integer primary key,
    digest text not null unique,
    at integer not null
  );
  create table configuration_file (
    configuration text not null,
    path text not null,
    content text not null,
    primary key (configuration, path)
  ) without rowid;
  create table configuration_use (
    seq integer primary key autoincrement,
    digest text not null,
    kind text not null check (kind in ('start', 'activation')),
    at integer not null,
    by text not null
  );
  create trigger configuration_use_stays before update on configuration_use begin
    select raise(abort, 'what decided when is only added to');
  end;
  create trigger configuration_use_remains before delete on configuration_use begin
    select raise(abort, 'what decided when is only added to');
  end;
  `,
  unknownCodesSchema,
  // rows are stored in log order: a page of one source is read without sorting
  'create index directory_by_source on directory (source, type)',
  messageKeysSchema,
  journeysSchema,
  placerSubscriptionsSchema,
];

/**
 * Migrates the schema step by step, each in its own transaction. Throws when the file was written by a newer gateway,
 * since an older one would damage it.
 */
export function migrate(database: Database): void {
  database.exec('create table if not exists meta (name text primary key, value text not null) without rowid');
  const found = schemaOf(database);
  if (found > migrations.length)
    throw new Error(
      `This store has schema ${found}; this version of the gateway knows schema ${migrations.length} at most. ` +
        'Start the version that wrote it, or restore a backup from before the upgrade.',
    );
  for (let step = found + 1; step <= migrations.length; step++) {
    database.exec('begin immediate');
    try {
      // Another process may have migrated between our check and our transaction.
      if (schemaOf(database) < step) {
        database.exec(migrations[step - 1]!);
        database.run("insert or replace into meta (name, value) values ('schema', ?)", String(step));
      }
      database.exec('commit');
    } catch (why) {
      database.exec('rollback');
      throw why;
    }
  }
}

/** Throws when the schema is not that of this version, which cannot be migrated while it is only read. */
export function checkSchema(database: Database): void {
  const isStore = database.get("select 1 as found from sqlite_master where name = 'meta'") !== undefined;
  const found = isStore ? schemaOf(database) : 0;
  if (found === migrations.length) return;
  throw new Error(
    found === 0
      ? 'it is not a store of the gateway'
      : `it has schema ${found}, and this version reads schema ${migrations.length}: use the version of the gateway that runs on it`,
  );
}

const schemaOf = (database: Database): number =>
  Number(database.get("select value from meta where name = 'schema'")?.value ?? 0);

import type { Dialect } from '../sql.ts';

/**
 * What operators do, beside single dead letters. `held_partner`: nothing is sent to it. `failure_note`: what was done about a
 * cause. `replay` with its items: what was sent again under a name, and how far it has come. `refused_message`: a message that
 * was refused, its body encrypted, until `until`. `configuration` of an attempt: the digest of the set that made what it sent. `draft`:
 * forms that people began and have not sent (docs/decisions/0022-drafts.md).
 */
export const operationsOf = ({ bytes, integer, byPrimaryKey }: Dialect): readonly string[] => [
  `create table held_partner (
    partner text primary key,
    at ${integer} not null,
    by_whom text not null,
    reason text not null
  ) ${byPrimaryKey}`,
  `create table failure_note (
    cause text primary key,
    content text not null,
    revision ${integer} not null
  ) ${byPrimaryKey}`,
  `create table replay (
    name text primary key,
    state text not null check (state in ('running', 'cancelled', 'done')),
    content text not null,
    revision ${integer} not null,
    at ${integer} not null
  ) ${byPrimaryKey}`,
  `create table replay_item (
    replay text not null,
    number ${integer} not null,
    source text not null,
    outcome text not null,
    dispatch text,
    primary key (replay, number)
  ) ${byPrimaryKey}`,
  'create unique index replay_item_of_source on replay_item (replay, source)',
  `create table refused_message (
    key ${integer} primary key,
    id text not null unique,
    partner text not null,
    request_id text not null,
    trace_id text not null,
    at ${integer} not null,
    until ${integer} not null,
    codes text not null,
    content_type text not null,
    configuration text not null,
    envelope text not null,
    is_sealed ${integer} not null,
    body ${bytes} not null
  )`,
  'create unique index refused_message_of_request on refused_message (partner, request_id)',
  'create index refused_message_until on refused_message (until)',
  'alter table attempt add column configuration text',
  `create table draft (
    id text primary key,
    holder text not null,
    form text not null,
    content text not null,
    revision ${integer} not null,
    changed ${integer} not null,
    ends ${integer} not null
  ) ${byPrimaryKey}`,
  'create index draft_of_holder on draft (holder, changed)',
  'create index draft_ends on draft (ends)',
];

import type { Dialect } from './sql.ts';

/**
 * The layout of a store, the same in every database (docs/decisions/0012-journal.md). Times are milliseconds since 1970.
 *
 * `entry` is the journal: what was received, decided, stored and sent, in the order of commits, never changed. The texts
 * of one entry are compressed together (store/sql/payload.ts); the other tables lead to them, and could be made anew from
 * them. Keys follow the order of the journal (store/sql/keys.ts): a message writes few pages.
 */
export const schemaOf = ({ bytes, integer, byPrimaryKey }: Dialect): readonly string[] => [
  'create table meta (name text primary key, value text not null)',

  // One row. It is changed by every transaction that writes: that makes them serial, over all gateways on the store.
  `create table head (
    id ${integer} primary key check (id = 1),
    seq ${integer} not null,
    agreements ${integer} not null
  )`,
  'insert into head (id, seq, agreements) values (1, 0, 0)',

  // `head`: JSON, see journal/entry.ts; `payload`: its texts; `facts`: its audit events.
  `create table entry (
    seq ${integer} primary key,
    at ${integer} not null,
    message text,
    partner text,
    head text not null,
    payload ${bytes},
    facts ${bytes}
  )`,
  'create unique index entry_of_message on entry (message) where message is not null',
  'create index entry_of_partner on entry (partner, seq) where message is not null',

  // a message by its X-Request-Id, unique for each sender
  `create table request (
    request_id text not null,
    partner text not null,
    entry ${integer} not null,
    digest text not null,
    primary key (request_id, partner)
  ) ${byPrimaryKey}`,

  // Entries by a trace, a request id, a correlation id or a resource concerned (as referenceKey), unless another table
  // leads from it to the entry.
  `create table mention (
    name text not null,
    entry ${integer} not null,
    primary key (name, entry)
  ) ${byPrimaryKey}`,

  `create table message_key (
    partner text not null,
    key text not null,
    content text not null,
    location text not null,
    entry ${integer} not null,
    primary key (partner, key)
  ) ${byPrimaryKey}`,

  // The current version: its text is part `part` of `entry`. `facets`: see index/facets.ts. `low` and `high`: the date
  // that the type is searched by.
  `create table resource (
    key ${integer} primary key,
    type text not null,
    id text not null,
    version ${integer} not null,
    updated ${integer} not null,
    entry ${integer} not null,
    part ${integer} not null,
    low ${integer},
    high ${integer},
    facets text not null
  )`,
  'create unique index resource_of_id on resource (id, type)',
  'create index resource_by_time on resource (type, updated, key)',

  // the versions before the current one
  `create table version (
    resource ${integer} not null,
    version ${integer} not null,
    updated ${integer} not null,
    entry ${integer} not null,
    part ${integer} not null,
    primary key (resource, version)
  ) ${byPrimaryKey}`,

  // who may read which of the 32 resources of a block, from its first version on
  `create table reader (
    partner text not null,
    block ${integer} not null,
    mask ${integer} not null,
    primary key (partner, block)
  ) ${byPrimaryKey}`,
  // of those, who may read it from a later version on
  `create table reader_since (
    resource ${integer} not null,
    partner text not null,
    since ${integer} not null,
    primary key (resource, partner)
  ) ${byPrimaryKey}`,

  // values that few resources have: references, identifiers
  `create table parameter (
    key ${integer} primary key,
    type text not null,
    name text not null,
    unique (type, name)
  )`,
  `create table token (
    value text not null,
    parameter ${integer} not null,
    resource ${integer} not null,
    system text not null,
    primary key (value, parameter, resource, system)
  ) ${byPrimaryKey}`,

  // The outbox, and the outcome of what left it. The body is part `part` of its entry; `head`: JSON, see outbox/lists.ts.
  // `own`: its message, correlation and trace are those of the message of its entry.
  `create table dispatch (
    key ${integer} primary key,
    id text not null unique,
    recipient text not null,
    entry ${integer} not null,
    part ${integer} not null,
    size ${integer} not null,
    head text not null,
    message_id text,
    trace_id text not null,
    own ${integer} not null,
    task text,
    subscription text,
    created_at ${integer} not null,
    queued_at ${integer} not null,
    state text not null default 'waiting'
      check (state in ('waiting', 'delivered', 'dead', 'skipped', 'withdrawn')),
    journey text not null,
    attempts ${integer} not null default 0,
    failures ${integer} not null default 0,
    ended_at ${integer},
    because text,
    location text
  )`,
  "create index dispatch_waiting on dispatch (recipient, key) where state = 'waiting'",
  "create index dispatch_by_journey on dispatch (recipient, journey, key) where state = 'waiting'",
  "create index dispatch_dead on dispatch (key) where state = 'dead'",
  'create index dispatch_by_message on dispatch (message_id, key) where message_id is not null',
  'create index dispatch_by_trace on dispatch (trace_id, key) where own = 0',
  'create index dispatch_by_task on dispatch (task, key) where task is not null',
  // what the undelivered ones are about, by which they belong to a journey
  `create table dispatch_subject (
    recipient text not null,
    name text not null,
    dispatch ${integer} not null,
    primary key (recipient, name, dispatch)
  ) ${byPrimaryKey}`,
  'create index dispatch_subject_by_dispatch on dispatch_subject (dispatch)',
  `create table hold (
    recipient text not null,
    journey text not null,
    dispatch ${integer} not null unique,
    kind text not null check (kind in ('suspect', 'aside', 'dead')),
    not_before ${integer} not null default 0,
    tried ${integer} not null default 0,
    primary key (recipient, journey, dispatch)
  ) ${byPrimaryKey}`,
  "create index hold_in_order on hold (dispatch) where kind <> 'suspect'",
  `create table recipient (
    id text primary key,
    waiting ${integer} not null default 0,
    failures ${integer} not null default 0,
    refusals ${integer} not null default 0,
    not_before ${integer} not null default 0,
    worker text,
    fence ${integer} not null default 0,
    claimed_until ${integer} not null default 0
  ) ${byPrimaryKey}`,
  `create table attempt (
    dispatch ${integer} not null,
    number ${integer} not null,
    at ${integer} not null,
    entry ${integer},
    outcome text not null,
    status ${integer},
    milliseconds ${integer} not null,
    because text,
    primary key (dispatch, number)
  ) ${byPrimaryKey}`,

  `create table subscription (
    key ${integer} primary key,
    id text not null unique,
    partner text not null,
    agreement text not null,
    same text not null,
    status text not null check (status in ('requested', 'active', 'error', 'off')),
    error text,
    version ${integer} not null,
    last_updated ${integer} not null,
    events ${integer} not null default 0,
    handshake text,
    heartbeat ${integer},
    heard_at ${integer} not null
  )`,
  "create unique index subscription_open on subscription (partner, same) where status in ('requested', 'active')",
  `create table subscription_event (
    subscription ${integer} not null,
    number ${integer} not null,
    at ${integer} not null,
    focus text not null,
    primary key (subscription, number)
  ) ${byPrimaryKey}`,
  `create table placer_subscription (
    partner text not null,
    subscription text not null,
    content text,
    events ${integer} not null,
    primary key (partner, subscription)
  ) ${byPrimaryKey}`,

  `create table once (
    name text primary key,
    at ${integer} not null
  ) ${byPrimaryKey}`,
  `create table lease (
    name text primary key,
    holder text not null,
    until ${integer} not null
  ) ${byPrimaryKey}`,

  `create table directory (
    seq ${integer} primary key,
    source text not null,
    type text not null,
    id text not null,
    version ${integer} not null,
    at ${integer} not null,
    text text,
    unique (type, id, version)
  )`,
  'create index directory_by_time on directory (type, at)',
  'create index directory_by_source on directory (source, type)',

  `create table content (
    digest text primary key,
    text text not null
  )`,
  `create table configuration (
    key ${integer} primary key,
    digest text not null unique,
    at ${integer} not null
  )`,
  `create table configuration_file (
    configuration text not null,
    path text not null,
    content text not null,
    primary key (configuration, path)
  ) ${byPrimaryKey}`,
  `create table configuration_use (
    seq ${integer} primary key,
    digest text not null,
    kind text not null check (kind in ('start', 'activation')),
    at ${integer} not null,
    by_whom text not null
  )`,

  `create table unknown_code (
    key ${integer} primary key,
    map text not null,
    name text not null,
    system text not null,
    code text not null,
    handling text not null,
    count ${integer} not null,
    first_seen ${integer} not null,
    last_seen ${integer} not null,
    unique (map, name, system, code)
  )`,
  `create table unknown_code_message (
    unknown_code ${integer} not null,
    at ${integer} not null,
    message text not null,
    primary key (unknown_code, at, message)
  ) ${byPrimaryKey}`,
];

/**
 * What the second step adds: the entries of the journal whose texts the retention removed (docs/decisions/0014-retention.md).
 * `digest`: SHA-256 of the payload. No entry loses its texts, and none its row, unless it is recorded here.
 */
export const removedOf = ({ integer, byPrimaryKey }: Dialect): readonly string[] => [
  `create table removed (
    entry ${integer} primary key,
    at ${integer} not null,
    digest text not null
  ) ${byPrimaryKey}`,
];

/**
 * What the third step adds: the chain over the journal (journal/chain.ts). It begins after the entries that are stored
 * then: `chain-from` of `meta`. `head`: the last entry of the chain, and the hash up to it. A gateway of the release before
 * writes entries without a link, which the next one to write adds to the chain.
 */
export const chainOf = ({ bytes, integer }: Dialect): readonly string[] => [
  `alter table entry add column link ${bytes}`,
  'alter table removed add column link text',
  `alter table head add column chained ${integer} not null default 0`,
  "alter table head add column hash text not null default ''",
  'update head set chained = seq',
  "insert into meta (name, value) select 'chain-from', cast(seq as text) from head",
];

/**
 * What the fourth step adds: the data keys of persons (docs/decisions/0019-at-rest.md). A person is a Patient as stored here,
 * numbered as that resource; 0 is nobody. `wrapped`: the data key under key `kid` of the key ring; null: it was destroyed.
 * `person` of a resource: whom it is about. `erasure`: the persons erased, which outlive their keys.
 * `former_patient`: by the keyed hash of its identifier, a Patient that the retention removed, until the audit event that says so
 * (in `entry`) goes too: the person may ask who saw the data.
 * `login_session`: people who are logged in (docs/decisions/0021-people.md).
 */
export const personsOf = ({ integer, byPrimaryKey }: Dialect): readonly string[] => [
  `create table person_key (
    key ${integer} primary key,
    kid text not null,
    wrapped text
  )`,
  `create table erasure (
    patient text primary key,
    at ${integer} not null,
    reason text not null,
    task text
  ) ${byPrimaryKey}`,
  `create table former_patient (
    value text not null,
    patient text not null,
    entry ${integer} not null,
    primary key (value, patient)
  ) ${byPrimaryKey}`,
  'create index former_patient_by_entry on former_patient (entry)',
  'create index former_patient_by_patient on former_patient (patient)',
  `alter table resource add column person ${integer} not null default 0`,
  'create index resource_of_person on resource (person, key) where person > 0',
  `create table login_session (
    id text primary key,
    person text not null,
    provider text,
    content text not null,
    revision ${integer} not null,
    idle ${integer} not null,
    ends ${integer} not null
  ) ${byPrimaryKey}`,
  'create index login_session_of_person on login_session (person)',
  'create index login_session_of_provider on login_session (provider) where provider is not null',
];

/** Tables of which a row is never changed or removed: but for an entry of the journal that the retention removes. */
export const lasting = ['entry', 'directory', 'configuration_use'] as const;

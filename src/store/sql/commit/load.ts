import type { ActiveByTopic } from '../../../subscription/index.ts';
import type { ResourceKey, StoredSubscription } from '../../port.ts';
import { bulkRead } from '../bulk.ts';
import type { EntryHead } from '../journal/entry.ts';
import { blockIn } from '../keys.ts';
import { type StoredJourneys, storedJourneys } from '../outbox/journeys.ts';
import { number, type Sql, text, together } from '../sql.ts';
import { storable } from '../storable.ts';
import type { PreparedCommit } from './prepare.ts';

/** Where the current version of a resource is. */
export type Current = {
  readonly key: number;
  readonly version: number;
  readonly updated: number;
  readonly entry: number;
  readonly part: number;
};

export type EarlierMessage = { readonly entry: number; readonly digest: string };

export type KeyOwner = {
  readonly entry: number;
  readonly content: string;
  readonly location: string;
  readonly receivedAt: number;
};

/**
 * What the commits of a group are decided on: read once for all, and brought up to date by each that is accepted. The
 * transaction excludes other writers, so that it stays true.
 */
export type Known = {
  /** By `requestName`. */
  readonly requests: Map<string, EarlierMessage>;
  /** By `keyName`. */
  readonly keys: Map<string, KeyOwner>;
  /** By `Type/id`. */
  readonly resources: Map<string, Current>;
  /** Masks of the readers that a commit may change or depends on, by `maskName`. */
  readonly masks: ReadonlyMap<string, number>;
  /** Of their dispatches. */
  readonly journeys: StoredJourneys;
};

const separator = '\u001f';
/** As the row is read, or an odd id would never be found again, and its row be written twice. */
export const requestName = (partner: string, requestId: string): string => storable(partner + separator + requestId);
export const keyName = (partner: string, key: string): string => storable(partner + separator + key);
export const maskName = (partner: string, block: number): string => partner + separator + block;

/** At most five statements, however many commits, of which none waits for another. */
export async function load(
  sql: Sql,
  commits: readonly PreparedCommit[],
  active: ActiveByTopic<StoredSubscription>,
): Promise<Known> {
  const [requests, keys, resources, masks, journeys] = await together(sql, [
    () => loadRequests(sql, commits),
    () => loadKeys(sql, commits),
    () => loadResources(sql, commits),
    () => loadMasks(sql, commits, active),
    () =>
      storedJourneys(
        sql,
        commits.flatMap(({ dispatches = [] }) => dispatches),
      ),
  ]);
  return { requests, keys, resources, masks, journeys };
}

async function loadRequests(sql: Sql, commits: readonly PreparedCommit[]): Promise<Map<string, EarlierMessage>> {
  const rows = await bulkRead(
    sql,
    (wanted) =>
      `select r.partner, r.request_id, r.entry, r.digest
       from ${wanted} w join request r on r.request_id = w.request_id and r.partner = w.partner`,
    { request_id: 'text', partner: 'text' },
    commits.flatMap(({ message }) => (message ? [[message.requestId, message.partner]] : [])),
  );
  return new Map(
    rows.map((row) => [
      requestName(text(row.partner), text(row.request_id)),
      { entry: number(row.entry), digest: text(row.digest) },
    ]),
  );
}

async function loadKeys(sql: Sql, commits: readonly PreparedCommit[]): Promise<Map<string, KeyOwner>> {
  const rows = await bulkRead(
    sql,
    (wanted) =>
      `select k.partner, k.key, k.content, k.location, k.entry, e.head
       from ${wanted} w join message_key k on k.partner = w.partner and k.key = w.key join entry e on e.seq = k.entry
       where e.message is not null`,
    { partner: 'text', key: 'text' },
    commits.flatMap(({ message, keys }) => (message && keys ? keys.keys.map((key) => [message.partner, key]) : [])),
  );
  return new Map(
    rows.map((row) => [
      keyName(text(row.partner), text(row.key)),
      {
        entry: number(row.entry),
        content: text(row.content),
        location: text(row.location),
        receivedAt: (JSON.parse(text(row.head)) as EntryHead).message?.receivedAt ?? 0,
      },
    ]),
  );
}

function keyOf(reference: string): ResourceKey {
  const [type = '', id = ''] = reference.split('/');
  return { type, id };
}

async function loadResources(sql: Sql, commits: readonly PreparedCommit[]): Promise<Map<string, Current>> {
  const named = commits.flatMap(({ changes, guards = [], grants = [], revocations = [], announce }) => [
    ...changes,
    ...guards,
    ...grants,
    ...revocations,
    ...(announce?.announcements ?? []).map(({ focus }) => keyOf(focus)),
  ]);
  const keys = new Map(named.map(({ type, id }) => [`${type}/${id}`, [id, type] as const]));
  const rows = await bulkRead(
    sql,
    (wanted) =>
      `select r.type, r.id, r.key, r.version, r.updated, r.entry, r.part
       from ${wanted} w join resource r on r.id = w.id and r.type = w.type`,
    { id: 'text', type: 'text' },
    [...keys.values()],
  );
  return new Map(
    rows.map((row) => [
      `${text(row.type)}/${text(row.id)}`,
      {
        key: number(row.key),
        version: number(row.version),
        updated: number(row.updated),
        entry: number(row.entry),
        part: number(row.part),
      },
    ]),
  );
}

/** Those of resources that exist: one that a commit creates has no readers yet, or the commit is refused. */
async function loadMasks(
  sql: Sql,
  commits: readonly PreparedCommit[],
  active: ActiveByTopic<StoredSubscription>,
): Promise<ReadonlyMap<string, number>> {
  const wanted = new Map<string, readonly [string, string, string]>();
  for (const { changes, grants = [], revocations = [], announce } of commits) {
    const created = new Set(changes.flatMap(({ isNew, type, id }) => (isNew ? `${type}/${id}` : [])));
    const want = (reference: string, partners: Iterable<string>): void => {
      if (created.has(reference)) return;
      const { type, id } = keyOf(reference);
      for (const partner of partners) wanted.set(`${reference}${separator}${partner}`, [id, type, partner]);
    };
    for (const { type, id, readers } of [...changes, ...grants, ...revocations]) want(`${type}/${id}`, readers);
    for (const { focus, topics } of announce?.announcements ?? [])
      for (const topic of topics)
        want(
          focus,
          (active.get(topic) ?? []).map(({ partner }) => partner),
        );
  }
  const rows = await bulkRead(
    sql,
    (rows) =>
      `select a.partner, a.block, a.mask
       from ${rows} w join resource r on r.id = w.id and r.type = w.type
       join reader a on a.partner = w.partner and a.block = ${blockIn('r.key')}`,
    { id: 'text', type: 'text', partner: 'text' },
    [...wanted.values()],
  );
  return new Map(rows.map((row) => [maskName(text(row.partner), number(row.block)), number(row.mask)]));
}

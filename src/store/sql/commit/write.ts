import type { Resource } from '../../../fhir/resource.ts';
import { bulkSend } from '../bulk.ts';
import type { IndexRows } from '../index/indexing.ts';
import { difference } from '../index/rows.ts';
import { insertEntries, insertMentions } from '../journal/append.ts';
import { formerReferences } from '../journal/mentions.ts';
import { bitOf, blockOf } from '../keys.ts';
import { insertDispatches } from '../outbox/insert.ts';
import { type Sql, together } from '../sql.ts';
import { writeEvents } from '../subscriptions.ts';
import type { Writing } from '../writing.ts';
import type { Reading } from './context.ts';
import type { Known } from './load.ts';
import type { ResourceRow, Rows } from './rows.ts';

/** Writes the rows of a group: one statement a table. */
export async function writeRows(w: Writing, rows: Rows, { journeys }: Known, it: Reading): Promise<void> {
  const { sql } = w;
  insertEntries(sql, rows.entries);
  writeMessages(sql, rows);
  writeRights(sql, rows);
  writeEvents(w, rows.events);
  await together(sql, [() => writeResources(sql, rows, it), () => insertDispatches(w, rows.dispatches, journeys)]);
}

function writeMessages(sql: Sql, { requests, keys }: Rows): void {
  bulkSend(
    sql,
    (rows) =>
      `insert into request (request_id, partner, entry, digest) select request_id, partner, entry, digest from ${rows} w`,
    { request_id: 'text', partner: 'text', entry: 'integer', digest: 'text' },
    requests.map(({ requestId, partner, entry, digest }) => [requestId, partner, entry, digest]),
  );
  bulkSend(
    sql,
    (rows) =>
      `insert into message_key (partner, key, content, location, entry)
       select partner, key, content, location, entry from ${rows} w where true
       on conflict (partner, key) do update set
         content = excluded.content, location = excluded.location, entry = excluded.entry`,
    { partner: 'text', key: 'text', content: 'text', location: 'text', entry: 'integer' },
    [...keys.values()].map(({ partner, key, content, location, entry }) => [partner, key, content, location, entry]),
  );
}

/** Also those that `mgn store migrate` writes. */
export const resourceColumns = {
  key: 'integer',
  type: 'text',
  id: 'text',
  version: 'integer',
  updated: 'integer',
  entry: 'integer',
  part: 'integer',
  low: 'integer',
  high: 'integer',
  facets: 'text',
} as const;
export const versionColumns = {
  resource: 'integer',
  version: 'integer',
  updated: 'integer',
  entry: 'integer',
  part: 'integer',
} as const;
export const tokenColumns = { value: 'text', parameter: 'integer', resource: 'integer', system: 'text' } as const;

const resourceValues = ({ key, type, id, version, updated, entry, part, index }: ResourceRow) =>
  [key, type, id, version, updated, entry, part, index.low, index.high, index.facets] as const;

async function writeResources(sql: Sql, { resources, versions, texts }: Rows, it: Reading): Promise<void> {
  const { indexing } = it;
  const all = [...resources.values()];
  const created = all.filter(({ before }) => !before);
  const updated = all.filter(({ before }) => before);
  const names = Object.keys(resourceColumns).join(', ');
  bulkSend(
    sql,
    (rows) => `insert into resource (${names}) select ${names} from ${rows} w`,
    resourceColumns,
    created.map(resourceValues),
  );
  bulkSend(
    sql,
    (rows) =>
      `update resource set version = w.version, updated = w.updated, entry = w.entry, part = w.part, low = w.low,
         high = w.high, facets = w.facets from ${rows} w where resource.key = w.key`,
    resourceColumns,
    updated.map(resourceValues),
  );
  bulkSend(
    sql,
    (rows) =>
      `insert into version (resource, version, updated, entry, part)
       select resource, version, updated, entry, part from ${rows} w`,
    versionColumns,
    versions.map(({ resource, version, updated, entry, part }) => [resource, version, updated, entry, part]),
  );
  const before = await indexBefore(sql, updated, texts, it);
  const changed = all.map((row) => ({ row, ...difference(before.get(row.key)?.tokens ?? [], row.index.tokens) }));
  const tokens = (of: 'gone' | 'come') =>
    changed.flatMap(({ row, ...it }) =>
      it[of].map(({ parameter, value, system }) => [value, indexing.key(row.type, parameter), row.key, system]),
    );
  const former = versions.flatMap(({ resource, entry, part }) => {
    const row = resources.get(resource)!;
    const text = texts.get(entry)?.[part];
    const index = text === undefined ? before.get(resource) : indexing.of(JSON.parse(String(text)) as Resource);
    return index ? formerReferences(index, row.index).map((name) => [name, entry] as const) : [];
  });
  insertMentions(sql, former);
  bulkSend(
    sql,
    (rows) =>
      `delete from token where (value, parameter, resource, system) in (
         select value, parameter, resource, system from ${rows} w)`,
    tokenColumns,
    tokens('gone'),
  );
  bulkSend(
    sql,
    (rows) =>
      `insert into token (value, parameter, resource, system)
       select value, parameter, resource, system from ${rows} w where true on conflict do nothing`,
    tokenColumns,
    tokens('come'),
  );
}

/** Index rows of the versions before: only what differs is written, as an update of a Task mostly changes its status. */
async function indexBefore(
  sql: Sql,
  updated: readonly ResourceRow[],
  texts: Rows['texts'],
  { indexing, entries }: Reading,
): Promise<ReadonlyMap<number, IndexRows>> {
  const stored = await entries(sql).of(
    updated.flatMap(({ before }) => (before && !texts.has(before.entry) ? before.entry : [])),
  );
  return new Map(
    updated.flatMap(({ key, before }) => {
      const text = before && (texts.get(before.entry)?.[before.part] ?? stored.get(before.entry)?.parts[before.part]);
      return text === undefined ? [] : [[key, indexing.of(JSON.parse(String(text)) as Resource)] as const];
    }),
  );
}

function writeRights(sql: Sql, { rights }: Rows): void {
  const changed = [...rights.changed()];
  const ended = changed.filter(({ cleared }) => cleared);
  const given = changed.flatMap(({ since, ...it }) => (since === undefined ? [] : { ...it, since }));
  const columns = { partner: 'text', block: 'integer', mask: 'integer' } as const;
  bulkSend(
    sql,
    (rows) =>
      `update reader set mask = reader.mask & ~w.mask from ${rows} w
       where reader.partner = w.partner and reader.block = w.block`,
    columns,
    masksOf(ended),
  );
  bulkSend(
    sql,
    (rows) => `delete from reader_since where (resource, partner) in (select resource, partner from ${rows} w)`,
    { resource: 'integer', partner: 'text' },
    ended.map(({ resource, partner }) => [resource, partner]),
  );
  bulkSend(
    sql,
    (rows) =>
      `insert into reader (partner, block, mask) select partner, block, mask from ${rows} w where true
       on conflict (partner, block) do update set mask = reader.mask | excluded.mask`,
    columns,
    masksOf(given),
  );
  bulkSend(
    sql,
    (rows) => `insert into reader_since (resource, partner, since) select resource, partner, since from ${rows} w`,
    { resource: 'integer', partner: 'text', since: 'integer' },
    given.filter(({ since }) => since > 1).map(({ resource, partner, since }) => [resource, partner, since]),
  );
}

/** The bits of the resources of a block together: a statement may change a row once. */
function masksOf(rights: readonly { readonly partner: string; readonly resource: number }[]) {
  const masks = new Map<string, [string, number, number]>();
  for (const { partner, resource } of rights) {
    const block = blockOf(resource);
    const name = `${partner}\u001f${block}`;
    const row = masks.get(name) ?? [partner, block, 0];
    row[2] += bitOf(resource);
    masks.set(name, row);
  }
  return [...masks.values()];
}

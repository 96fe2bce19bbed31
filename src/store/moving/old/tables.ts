import { bulk } from '../../sql/bulk.ts';
import { bitOf, blockOf } from '../../sql/keys.ts';
import { type ColumnType, number, type Row, type Sql, text } from '../../sql/sql.ts';
import type { OldStore } from './file.ts';
import { type NewKeys, newKey } from './new-keys.ts';

type Cell = string | number | null;

/** A table whose rows move one by one: what is selected, in the order of the new columns. */
export type MovedTable = {
  readonly table: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly select: string;
  /** A column with a key of the previous layout, and what becomes of it. */
  readonly key?: { readonly column: string; readonly of: (keys: NewKeys, old: number) => number };
};

const i = 'integer' as const;
const t = 'text' as const;

const dispatch = {
  column: 'dispatch',
  of: (keys: NewKeys, old: number) => newKey(keys.dispatches, old, 'dispatch'),
} as const;

/** Claims and leases of running processes do not move: there are none. */
export const movedTables: readonly MovedTable[] = [
  {
    table: 'message_key',
    columns: { partner: t, key: t, content: t, location: t, entry: i },
    select:
      'select k.*, m.key as entry from message_key k join message m on m.id = k.message order by k.partner, k.key',
    key: { column: 'entry', of: (keys, old) => newKey(keys.messages, old, 'message') },
  },
  {
    table: 'dispatch_subject',
    columns: { recipient: t, name: t, dispatch: i },
    select: 'select * from dispatch_subject order by dispatch',
    key: dispatch,
  },
  {
    table: 'hold',
    columns: { recipient: t, journey: t, dispatch: i, kind: t, not_before: i, tried: i },
    select: 'select * from hold order by dispatch',
    key: dispatch,
  },
  {
    table: 'recipient',
    columns: { id: t, waiting: i, failures: i, refusals: i, not_before: i, fence: i },
    select: 'select * from recipient',
  },
  {
    table: 'attempt',
    columns: { dispatch: i, number: i, at: i, outcome: t, status: i, milliseconds: i, because: t },
    select: `select *, row_number() over (partition by dispatch order by key) as number from attempt
      order by dispatch, key`,
    key: dispatch,
  },
  {
    table: 'subscription',
    columns: {
      key: i,
      id: t,
      partner: t,
      agreement: t,
      same: t,
      status: t,
      error: t,
      version: i,
      last_updated: i,
      events: i,
      handshake: t,
      heartbeat: i,
      heard_at: i,
    },
    select: 'select * from subscription order by key',
  },
  {
    table: 'subscription_event',
    columns: { subscription: i, number: i, at: i, focus: t },
    select: 'select * from subscription_event order by subscription, number',
  },
  {
    table: 'placer_subscription',
    columns: { partner: t, subscription: t, content: t, events: i },
    select: 'select * from placer_subscription',
  },
  { table: 'once', columns: { name: t, at: i }, select: 'select * from once order by name' },
  {
    table: 'directory',
    columns: { seq: i, source: t, type: t, id: t, version: i, at: i, text: t },
    select: 'select * from directory order by seq',
  },
  { table: 'content', columns: { digest: t, text: t }, select: 'select * from content' },
  { table: 'configuration', columns: { key: i, digest: t, at: i }, select: 'select * from configuration order by key' },
  {
    table: 'configuration_file',
    columns: { configuration: t, path: t, content: t },
    select: 'select * from configuration_file',
  },
  {
    table: 'configuration_use',
    columns: { seq: i, digest: t, kind: t, at: i, by_whom: t },
    select: 'select *, "by" as by_whom from configuration_use order by seq',
  },
  {
    table: 'unknown_code',
    columns: {
      key: i,
      map: t,
      name: t,
      system: t,
      code: t,
      handling: t,
      count: i,
      first_seen: i,
      last_seen: i,
    },
    select: 'select * from unknown_code order by key',
  },
  {
    table: 'unknown_code_message',
    columns: { unknown_code: i, at: i, message: t },
    select: 'select * from unknown_code_message',
  },
];

const pageSize = 1_000;

/** The rows of a table as they are in the new layout. */
export function* rowsOf(old: OldStore, { columns, select, key }: MovedTable, keys: NewKeys): Generator<Cell[]> {
  for (const row of old.rows(select))
    yield Object.keys(columns).map((name) =>
      name === key?.column ? key.of(keys, number(row[name])) : (row[name] as Cell),
    );
}

export async function moveTable(sql: Sql, old: OldStore, it: MovedTable, keys: NewKeys): Promise<void> {
  const names = Object.keys(it.columns).join(', ');
  for (const page of pages(rowsOf(old, it, keys), pageSize))
    await bulk(sql, (rows) => `insert into ${it.table} (${names}) select ${names} from ${rows} w`, it.columns, page);
}

export type Reader = { readonly partner: string; readonly resource: number; readonly since: number };

export function* readersOf(old: OldStore, keys: NewKeys): Generator<Reader> {
  for (const row of old.rows('select partner, resource, since from reader order by partner, type, resource'))
    yield readerOf(row, keys);
}

const readerOf = (row: Row, keys: NewKeys): Reader => ({
  partner: text(row.partner),
  resource: newKey(keys.resources, number(row.resource), 'resource'),
  since: number(row.since),
});

/** Those of 32 resources become one row. */
export async function moveReaders(sql: Sql, old: OldStore, keys: NewKeys): Promise<void> {
  for (const page of pages(readersOf(old, keys), 20_000)) {
    const masks = new Map<string, [string, number, number]>();
    for (const { partner, resource } of page) {
      const block = blockOf(resource);
      const name = `${partner}\u001f${block}`;
      const row = masks.get(name) ?? [partner, block, 0];
      row[2] += bitOf(resource);
      masks.set(name, row);
    }
    await bulk(
      sql,
      (rows) =>
        `insert into reader (partner, block, mask) select partner, block, mask from ${rows} w where true
         on conflict (partner, block) do update set mask = reader.mask | excluded.mask`,
      { partner: t, block: i, mask: i },
      [...masks.values()],
    );
    await bulk(
      sql,
      (rows) => `insert into reader_since (resource, partner, since) select resource, partner, since from ${rows} w`,
      { resource: i, partner: t, since: i },
      page.filter(({ since }) => since > 1).map(({ resource, partner, since }) => [resource, partner, since]),
    );
  }
}

/** Pages of so many items, fewer when they are large. */
export function* pages<T>(
  items: Iterable<T>,
  count: number,
  size?: { readonly most: number; readonly of: (item: T) => number },
): Generator<T[]> {
  let page: T[] = [];
  let total = 0;
  for (const item of items) {
    page.push(item);
    total += size?.of(item) ?? 0;
    if (page.length < count && total < (size?.most ?? 1)) continue;
    yield page;
    page = [];
    total = 0;
  }
  if (page.length) yield page;
}

import type { Message } from '../../port.ts';
import { type Entry, entriesIn, entriesOf } from '../../sql/journal/entry.ts';
import { unpackFacts } from '../../sql/journal/facts.ts';
import { messageOf } from '../../sql/journal/message.ts';
import { isSet } from '../../sql/keys.ts';
import { bytes, number, type Row, type Sql, text } from '../../sql/sql.ts';
import { type RowsHash, rowsHasher } from '../rows-hash.ts';
import { pagesOf, tablesOf } from '../tables.ts';
import type { OldStore } from './file.ts';
import type { NewKeys } from './new-keys.ts';
import { dispatchesOf, messagesOf, versionsOf } from './rows.ts';
import { movedTables, readersOf, rowsOf } from './tables.ts';
import { sameColumns } from './write-entries.ts';

/** By table: what a store contains, comparable between the two layouts. */
export type Contents = ReadonlyMap<string, RowsHash>;

const pageSize = 200;

/** Rows of the lists that have an order are hashed with their place in it. */
export function contentsOfOld(old: OldStore, keys: NewKeys, step: (rows: number) => void): Contents {
  const contents = new Map<string, RowsHash>();
  const add = (table: string, rows: Iterable<readonly unknown[]>): void => {
    const hasher = rowsHasher();
    for (const row of rows) {
      hasher.add(row);
      step(1);
    }
    contents.set(table, hasher.result());
  };
  add('message', numbered(map(messagesOf(old), ({ message }) => messageCells(message))));
  add('audit event', numbered(map(old.rows('select text from audit order by seq'), (row) => [row.text])));
  add(
    'resource version',
    map(versionsOf(old), (it) => [it.type, it.id, it.version, it.at, it.isCurrent ? 1 : 0, it.text]),
  );
  add('dispatch', numbered(map(dispatchesOf(old), ({ row, body }) => [...sameColumns.map((name) => row[name]), body])));
  add(
    'reader',
    map(readersOf(old, keys), ({ partner, resource, since }) => [partner, resource, since]),
  );
  for (const it of movedTables) add(it.table, rowsOf(old, it, keys));
  return contents;
}

/** The same of the new store. */
export async function contentsOfNew(sql: Sql, step: (rows: number) => void): Promise<Contents> {
  const contents = new Map<string, RowsHash>();
  const add = async (table: string, rows: AsyncIterable<readonly unknown[]>): Promise<void> => {
    const hasher = rowsHasher();
    for await (const row of rows) {
      hasher.add(row);
      step(1);
    }
    contents.set(table, hasher.result());
  };
  const entries = entriesOf(sql);
  const textAt = (row: Row, found: ReadonlyMap<number, Entry>): string =>
    String(found.get(number(row.entry))?.parts[number(row.part)]);

  async function* messages() {
    let place = 0;
    for await (const row of paged(sql, 'select * from entry where seq > ?1 and message is not null', 'seq')) {
      const message = messageOf((await entriesIn(sql, [row]))[0]!);
      if (message) yield [place++, ...messageCells(message)];
    }
  }
  async function* events() {
    let place = 0;
    for await (const row of paged(sql, 'select seq, facts from entry where seq > ?1 and facts is not null', 'seq'))
      for (const it of unpackFacts(bytes(row.facts))) yield [place++, it];
  }
  async function* versions() {
    const current = 'select key, type, id, version, updated, entry, part from resource where key > ?1';
    for await (const page of pagesBy(sql, current, 'key')) {
      const before = await sql.all(
        `select v.*, r.type, r.id from resource r join version v on v.resource = r.key where r.key between ?1 and ?2`,
        number(page[0]?.key),
        number(page.at(-1)?.key),
      );
      const found = await entries.of([...page, ...before].map((row) => number(row.entry)));
      const cells = (row: Row, isCurrent: 0 | 1) =>
        [row.type, row.id, row.version, row.updated, isCurrent, textAt(row, found)] as const;
      for (const row of page) yield cells(row, 1);
      for (const row of before) yield cells(row, 0);
    }
  }
  async function* dispatches() {
    let place = 0;
    for await (const page of pagesBy(sql, 'select * from dispatch where key > ?1', 'key')) {
      const found = await entries.of(page.map((row) => number(row.entry)));
      for (const row of page) yield [place++, ...sameColumns.map((name) => row[name]), textAt(row, found)];
    }
  }
  async function* readers() {
    for await (const row of rowsIn(sql, 'reader')) {
      const first = number(row.block) * 32;
      const since = new Map(
        (
          await sql.all(
            'select resource, since from reader_since where partner = ?1 and resource between ?2 and ?3',
            text(row.partner),
            first,
            first + 31,
          )
        ).map((it) => [number(it.resource), number(it.since)]),
      );
      for (let key = first; key < first + 32; key++)
        if (isSet(number(row.mask), key)) yield [text(row.partner), key, since.get(key) ?? 1];
    }
  }
  await add('message', messages());
  await add('audit event', events());
  await add('resource version', versions());
  await add('dispatch', dispatches());
  await add('reader', readers());
  for (const { table, columns } of movedTables) await add(table, cellsIn(sql, table, Object.keys(columns)));
  return contents;
}

const messageCells = (it: Message): readonly unknown[] => [
  it.id,
  it.partner,
  it.requestId,
  it.correlationId,
  it.traceId,
  it.bodyDigest,
  it.contentType,
  it.body,
  it.receivedAt.getTime(),
  it.configuration,
  it.answer.status,
  it.answer.contentType,
  it.answer.body,
  it.messageLog,
];

function* map<A, B>(items: Iterable<A>, read: (item: A) => B): Generator<B> {
  for (const item of items) yield read(item);
}

function* numbered(rows: Iterable<readonly unknown[]>): Generator<readonly unknown[]> {
  let place = 0;
  for (const row of rows) yield [place++, ...row];
}

async function* pagesBy(sql: Sql, select: string, key: string): AsyncGenerator<readonly Row[]> {
  for (let after = 0, more = true; more; ) {
    const page = await sql.all(`${select} order by ${key} limit ?2`, after, pageSize);
    if (page.length) yield page;
    after = number(page.at(-1)?.[key] ?? after);
    more = page.length === pageSize;
  }
}

async function* paged(sql: Sql, select: string, key: string): AsyncGenerator<Row> {
  for await (const page of pagesBy(sql, select, key)) yield* page;
}

async function* rowsIn(sql: Sql, name: string): AsyncGenerator<Row> {
  const table = tablesOf(sql.dialect).find((it) => it.name === name)!;
  for await (const page of pagesOf(sql, table)) yield* page;
}

async function* cellsIn(sql: Sql, table: string, columns: readonly string[]): AsyncGenerator<readonly unknown[]> {
  for await (const row of rowsIn(sql, table)) yield columns.map((name) => row[name]);
}

import { statSync } from 'node:fs';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { openIndexing } from '../sql/index/open.ts';
import { chainFrom, noHash } from '../sql/journal/chain.ts';
import { setMeta } from '../sql/meta.ts';
import { number, type Sql, text } from '../sql/sql.ts';
import type { SqliteConnection } from '../sqlite/driver.ts';
import { processUsing } from './in-use.ts';
import { makeStore, mustHaveRoom, mustNotExist } from './new-file.ts';
import { contentsOfNew, contentsOfOld } from './old/contents.ts';
import { type OldEntry, oldEntries } from './old/entries.ts';
import { type OldStore, openOld } from './old/file.ts';
import type { NewKeys } from './old/new-keys.ts';
import { oldRows } from './old/rows.ts';
import { movedTables, moveReaders, moveTable, pages } from './old/tables.ts';
import { writeEntries } from './old/write-entries.ts';
import { type Report, silence } from './progress.ts';
import type { RowsHash } from './rows-hash.ts';

/** A table that was compared with the one that it came from. */
export type VerifiedTable = RowsHash & { readonly table: string };

/** Of one transaction: entries, and characters of texts. */
const together = { entries: 500, text: 8_000_000 };
/** Bytes besides the new store. */
const margin = 64_000_000;

/**
 * Moves a store of the previous release (schema 9) to a new file of the present layout: ids, versions, times, texts byte
 * for byte, states and orders stay. The old file is only read. Issues: `store-read-failed`, `store-too-old`,
 * `store-current`, `store-exists`, `store-in-use`, `store-changed`, `store-disk-too-small`, `store-not-written`,
 * `store-differs`, `store-corrupt`.
 */
export async function migrateStore(
  from: string,
  to: string,
  report: Report = silence,
): Promise<Result<readonly VerifiedTable[]>> {
  const process = processUsing(from);
  if (process !== undefined) return failure(issue('store-in-use', { store: from, process }));
  const opened = openOld(from);
  if (!opened.ok) return opened;
  const old = opened.value;
  try {
    const free = mustNotExist(to);
    if (!free.ok) return free;
    const room = mustHaveRoom(to, sizeOf(from) / 2 + margin);
    if (!room.ok) return room;
    return await makeStore(to, (connection) => fill(connection, old, report));
  } catch (why) {
    const { errcode, message } = why as { errcode?: number; message: string };
    if (errcode === undefined || !damaged.has(errcode & 0xff)) throw why;
    return failure(issue('store-corrupt', { place: from, problem: message }));
  } finally {
    old.close();
  }
}

/** SQLITE_CORRUPT, SQLITE_NOTADB. */
const damaged: ReadonlySet<number> = new Set([11, 26]);

const sizeOf = (file: string): number =>
  statSync(file).size + (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0);

async function fill(
  connection: SqliteConnection,
  old: OldStore,
  report: Report,
): Promise<Result<readonly VerifiedTable[]>> {
  const last = (table: string) => number(old.get(`select coalesce(max(key), 0) as n from ${table}`)?.n);
  const total = ['message', 'version', 'dispatch', 'audit'].reduce((sum, table) => sum + countOf(old, table), 0);
  const keys: NewKeys = {
    messages: new Float64Array(last('message') + 1),
    resources: new Float64Array(last('resource') + 1),
    dispatches: new Float64Array(last('dispatch') + 1),
  };
  await connection.writing((sql) => moveSecret(sql, old));
  const { indexing } = await connection.writing((sql) => openIndexing(sql));
  const chain = chainFrom({ seq: 0, hash: noHash });
  let next = 1;
  let done = 0;
  for (const page of pages(oldEntries(oldRows(old)), together.entries, { most: together.text, of: sizeOfEntry })) {
    await connection.writing(async (sql) => {
      next = await writeEntries(sql, page, next, { indexing, keys, chain });
      const hash = chain.end().hash.toString('base64url');
      await sql.run('update head set seq = ?1, chained = ?1, hash = ?2 where id = 1', next - 1, hash);
    });
    for (const { message, versions, dispatches, events } of page)
      done += (message ? 1 : 0) + versions.length + dispatches.length + events.length;
    report('move', done, total);
  }
  await connection.writing(async (sql) => {
    await moveReaders(sql, old, keys);
    for (const table of movedTables) await moveTable(sql, old, table, keys);
  });
  return verified(connection, old, keys, report);
}

const countOf = (old: OldStore, table: string): number => number(old.get(`select count(*) as n from ${table}`)?.n);

const comparedTables = [
  ...['message', 'version', 'dispatch', 'audit', 'reader'],
  ...movedTables.map(({ table }) => table),
];

const sizeOfEntry = ({ message, versions, dispatches }: OldEntry): number =>
  (message?.message.body.length ?? 0) +
  versions.reduce((sum, { text }) => sum + text.length, 0) +
  dispatches.reduce((sum, { body }) => sum + body.length, 0);

/** Hidden values of the index are found by it, and keys derived from it stay. */
async function moveSecret(sql: Sql, old: OldStore): Promise<void> {
  const row = old.get("select value from meta where name = 'secret'");
  if (row) await setMeta(sql, 'secret', text(row.value));
}

async function verified(
  connection: SqliteConnection,
  old: OldStore,
  keys: NewKeys,
  report: Report,
): Promise<Result<readonly VerifiedTable[]>> {
  const total = 2 * comparedTables.reduce((sum, table) => sum + countOf(old, table), 0);
  let rows = 0;
  const step = () => {
    rows += 1;
    if (rows % 1_000 === 0) report('verify', rows, total);
  };
  const before = contentsOfOld(old, keys, step);
  const after = await contentsOfNew(connection.read, step);
  if (old.hasChanged()) return failure(issue('store-changed', { store: old.file }));
  const tables: VerifiedTable[] = [];
  for (const [table, expected] of before) {
    const found = after.get(table);
    if (found?.hash !== expected.hash || found.rows !== expected.rows)
      return failure(issue('store-differs', { table, found: found?.rows ?? 0, expected: expected.rows }));
    tables.push({ table, ...expected });
  }
  return success(tables);
}

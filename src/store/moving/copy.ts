import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { bulk } from '../sql/bulk.ts';
import { first, number, type Row, type Sql } from '../sql/sql.ts';
import { openSource, openTarget } from './database.ts';
import type { VerifiedTable } from './migrate.ts';
import { type Place, type Source, shown } from './place.ts';
import { type Report, silence } from './progress.ts';
import { rowsHasher } from './rows-hash.ts';
import { isCopied, pagesOf, type Table, tablesOf } from './tables.ts';

/** Bytes besides the copied ones. */
const margin = 64_000_000;

/**
 * Copies a store to an empty one of the same layout, table by table: from SQLite to PostgreSQL, back, or within one. The
 * source is read in one transaction, and both are compared. Issues: `store-read-failed`, `store-in-use`,
 * `store-changed`, `store-exists`, `store-not-empty`, `store-disk-too-small`, `store-not-written`, `store-differs`.
 */
export async function copyStore(
  from: Place,
  to: Place,
  report: Report = silence,
): Promise<Result<readonly VerifiedTable[]>> {
  const target = openTarget(to);
  const opened = await openSource(from);
  if (!opened.ok) return opened;
  const source = opened.value;
  try {
    const process = await source.usedBy();
    if (process !== undefined) return failure(issue('store-in-use', { store: shown(from), process }));
    const room = await target.check((await source.size()) + margin);
    if (!room.ok) return room;
    const tables = tablesOf(source.dialect);
    const last = await lastEntry(source.sql);
    let total = 0;
    for (const { name } of tables)
      total += 2 * number((await first(source.sql.all(`select count(*) as n from ${name}`)))?.n);
    const copied = await target.fill((into) =>
      copyInto(into, source, tables, (phase, done) => report(phase, done, total)),
    );
    if (!copied.ok) return copied;
    // from the second read on another process may have been quick
    return (await lastEntry(source.sql)) === last ? copied : failure(issue('store-changed', { store: shown(from) }));
  } finally {
    await source.close();
  }
}

async function copyInto(
  into: Sql,
  source: Source,
  tables: readonly Table[],
  report: (phase: string, done: number) => void,
): Promise<Result<readonly VerifiedTable[]>> {
  await clear(into);
  const verified: VerifiedTable[] = [];
  const different = await source.reading(async (sql) => {
    let done = 0;
    for (const table of tables) {
      const read = rowsHasher();
      for await (const rows of pagesOf(sql, table)) {
        for (const row of rows) read.add(cellsOf(row, table));
        await insert(into, table, rows);
        done += rows.length;
        report('copy', done);
      }
      const written = rowsHasher();
      for await (const rows of pagesOf(into, table)) {
        for (const row of rows) written.add(cellsOf(row, table));
        done += rows.length;
        report('verify', done);
        await lastEntry(sql); // a server ends a transaction that is idle
      }
      const [expected, found] = [read.result(), written.result()];
      if (found.hash !== expected.hash || found.rows !== expected.rows)
        return issue('store-differs', { table: table.name, found: found.rows, expected: expected.rows });
      verified.push({ table: table.name, ...expected });
    }
    return undefined;
  });
  if (different) return failure(different);
  return success(verified);
}

const lastEntry = async (sql: Sql): Promise<number> => number((await first(sql.all('select seq from head')))?.seq);

/** An empty store has rows that the copy brings too. */
async function clear(sql: Sql): Promise<void> {
  for (const table of ['head', 'parameter']) await sql.run(`delete from ${table}`);
  await sql.run(`delete from meta where ${isCopied}`);
}

/** An integer of 64 bits comes as a text from some drivers. */
const cellsOf = (row: Row, { columns }: Table): readonly unknown[] =>
  Object.entries(columns).map(([column, type]) => {
    const value = row[column];
    return type === 'integer' && value !== null ? Number(value) : value;
  });

async function insert(sql: Sql, { name, columns }: Table, rows: readonly Row[]): Promise<void> {
  const plain = Object.entries(columns).filter(([, type]) => type !== 'bytes') as [string, 'text' | 'integer'][];
  const blobColumns = Object.keys(columns).filter((column) => columns[column] === 'bytes');
  const blobs: Uint8Array[] = [];
  let size = 0;
  // where the bytes are in the blob of this page: place from 1, and length; -1 for null
  const placeOf = (value: unknown): readonly [number, number] => {
    if (!(value instanceof Uint8Array)) return [0, -1];
    blobs.push(value);
    size += value.length;
    return [size - value.length + 1, value.length];
  };
  const cells = rows.map((row) => [
    ...plain.map(([column, type]) =>
      type === 'integer' && row[column] !== null ? Number(row[column]) : (row[column] as string | null),
    ),
    ...blobColumns.flatMap((column) => placeOf(row[column])),
  ]);
  const places = Object.fromEntries(
    blobColumns.flatMap((column) => [
      [`${column}_start`, 'integer'],
      [`${column}_size`, 'integer'],
    ]),
  ) as Record<string, 'integer'>;
  const values = [
    ...plain.map(([column]) => column),
    ...blobColumns.map(
      (column) =>
        `case when ${column}_size >= 0 then substr(?2, cast(${column}_start as int), cast(${column}_size as int)) end`,
    ),
  ];
  const names = [...plain.map(([column]) => column), ...blobColumns].join(', ');
  await bulk(
    sql,
    (it) => `insert into ${name} (${names}) select ${values.join(', ')} from ${it} w`,
    { ...Object.fromEntries(plain), ...places },
    cells,
    ...(blobColumns.length ? [Buffer.concat(blobs)] : []),
  );
}

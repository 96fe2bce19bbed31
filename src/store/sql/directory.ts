import { readCursor } from '../cursor.ts';
import type { Committed, DirectoryChange, DirectoryEntry, DirectoryQuery, Page } from '../port.ts';
import { pageOf } from './page.ts';
import { all, type Fragment, piece, statement, value } from './read/fragment.ts';
import { date, first, number, optional, type Row, type Sql, text } from './sql.ts';
import { storable } from './storable.ts';

export async function directoryConflict(
  sql: Sql,
  { type, id, expect }: DirectoryChange,
): Promise<Committed | undefined> {
  const row = await first(
    sql.all('select max(version) as version from directory where type = ?1 and id = ?2', type, id),
  );
  const current = number(row?.version ?? 0);
  if (current === expect) return undefined;
  return { kind: 'stale', type, id, ...(current === 0 ? {} : { current }) };
}

/** Runs in a transaction that excludes other writers: `seq` has no gaps. */
export async function writeDirectory(sql: Sql, it: DirectoryChange, now: Date): Promise<void> {
  await sql.run(
    `insert into directory (seq, source, type, id, version, at, text)
     values ((select coalesce(max(seq), 0) + 1 from directory), ?1, ?2, ?3, ?4, ?5, ?6)`,
    it.source,
    it.type,
    it.id,
    it.expect + 1,
    now.getTime(),
    it.text ?? null,
  );
}

/** A query by time uses the index on time, any other the log itself. */
export async function directory(sql: Sql, query: DirectoryQuery): Promise<Page<DirectoryEntry>> {
  const cursor = query.cursor === undefined ? [0] : readCursor(query.cursor, 1);
  if (!cursor) return { items: [] };
  const { type, id, source, since, latest } = query;
  const where: readonly Fragment[] = [
    piece`d.seq > ${value(Math.max(cursor[0] ?? 0, query.after ?? 0))}`,
    ...(type === undefined ? [] : [piece`d.type = ${value(storable(type))}`]),
    ...(id === undefined ? [] : [piece`d.id = ${value(storable(id))}`]),
    ...(source === undefined ? [] : [piece`d.source = ${value(source)}`]),
    ...(since === undefined ? [] : [piece`d.at >= ${value(since.getTime())}`]),
    ...(latest
      ? [piece`d.version = (select max(version) from directory l where l.type = d.type and l.id = d.id)`]
      : []),
  ];
  const rows = await sql.all(
    ...statement(piece`select d.* from directory d where ${all(where)} order by d.seq limit ${value(query.count + 1)}`),
  );
  return pageOf(rows, query.count, ({ seq }) => number(seq), entryOf);
}

const entryOf = (row: Row): DirectoryEntry => ({
  seq: number(row.seq),
  source: text(row.source),
  type: text(row.type),
  id: text(row.id),
  version: number(row.version),
  at: date(row.at),
  ...optional('text', row.text, String),
});

import type { SQLInputValue } from 'node:sqlite';
import { readCursor } from '../cursor.ts';
import type { Committed, DirectoryChange, DirectoryEntry, DirectoryQuery, Page, ResourceKey } from '../port.ts';
import { type Database, date, number, optional, type Row, text } from './database.ts';
import { pageOf } from './page.ts';

export function directoryConflict(database: Database, { type, id, expect }: DirectoryChange): Committed | undefined {
  const current = versionOf(database, { type, id });
  if (current === expect) return undefined;
  return { kind: 'stale', type, id, ...(current === 0 ? {} : { current }) };
}

export function writeDirectory(database: Database, it: DirectoryChange, now: Date): void {
  database.run(
    'insert into directory (source, type, id, version, at, text) values (?, ?, ?, ?, ?, ?)',
    it.source,
    it.type,
    it.id,
    it.expect + 1,
    now.getTime(),
    it.text ?? null,
  );
}

const versionOf = (database: Database, { type, id }: ResourceKey): number =>
  number(
    database.get('select coalesce(max(version), 0) as version from directory where type = ? and id = ?', type, id)
      ?.version,
  );

/** A query by time uses the index on time, any other the log itself. */
export function directory(database: Database, query: DirectoryQuery): Page<DirectoryEntry> {
  const cursor = query.cursor === undefined ? [0] : readCursor(query.cursor, 1);
  if (!cursor) return { items: [] };
  const conditions: readonly (readonly [string, SQLInputValue | undefined])[] = [
    ['seq > ?', Math.max(cursor[0] ?? 0, query.after ?? 0)],
    ['type = ?', query.type],
    ['id = ?', query.id],
    ['source = ?', query.source],
    ['at >= ?', query.since?.getTime()],
  ];
  const given = conditions.filter(([, value]) => value !== undefined) as [string, SQLInputValue][];
  const latest = 'version = (select max(version) from directory l where l.type = d.type and l.id = d.id)';
  const where = [...given.map(([condition]) => condition), ...(query.latest ? [latest] : [])];
  const rows = database.all(
    `select * from directory d where ${where.join(' and ')} order by seq limit ?`,
    ...given.map(([, value]) => value),
    query.count + 1,
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

import { readCursor, writeCursor } from '../../cursor.ts';
import type { ResourceKey, Store, StoredResource } from '../../port.ts';
import type { Entries } from '../journal/entry.ts';
import { date, number, type Sql, text } from '../sql.ts';
import { storable } from '../storable.ts';
import { readableBy } from './conditions.ts';
import { all, type Fragment, piece, statement, value } from './fragment.ts';
import { storedIn } from './stored.ts';

/** The current version; undefined when the resource does not exist, or not for this reader. */
export async function current(
  sql: Sql,
  entries: Entries,
  { type, id }: ResourceKey,
  reader?: string,
): Promise<StoredResource | undefined> {
  const where = all([
    piece`r.type = ${value(type)} and r.id = ${value(storable(id))}`,
    ...(reader === undefined ? [] : [readableBy(reader)('r')]),
  ]);
  const rows = await sql.all(
    ...statement(piece`select r.id, r.version, r.updated, r.entry, r.part from resource r where ${where}`),
  );
  return (await storedIn(entries, type, rows))[0];
}

/** Current versions from a time on, by time, without texts: the index has all that is looked for. */
export async function changedSince(
  sql: Sql,
  type: string,
  since: Date,
  { count, cursor }: { readonly count: number; readonly cursor?: string },
): ReturnType<Store['changedSince']> {
  const [time, key] = (cursor === undefined ? undefined : readCursor(cursor, 2)) ?? [since.getTime(), -1];
  const rows = await sql.all(
    ...statement(
      piece`select r.key, r.id, r.version, r.updated from resource r
        where r.type = ${value(type)} and (r.updated, r.key) > (${value(time!)}, ${value(key!)})
        order by r.updated, r.key limit ${value(count + 1)}`,
    ),
  );
  const page = rows.slice(0, count);
  const last = page.at(-1);
  return {
    items: page.map((row) => ({
      id: text(row.id),
      version: number(row.version),
      lastUpdated: date(row.updated),
    })),
    ...(rows.length > count && last ? { next: writeCursor([number(last.updated), number(last.key)]) } : {}),
  };
}

/** Versions that the reader may see, newest first. */
export const history = (
  sql: Sql,
  entries: Entries,
  key: ResourceKey,
  reader?: string,
): Promise<readonly StoredResource[]> => versions(sql, entries, { key, reader, version: undefined });

/** One of those versions. */
export async function version(
  sql: Sql,
  entries: Entries,
  key: ResourceKey,
  number: number,
  reader?: string,
): Promise<StoredResource | undefined> {
  return (await versions(sql, entries, { key, reader, version: number }))[0];
}

async function versions(sql: Sql, entries: Entries, wanted: Wanted): Promise<readonly StoredResource[]> {
  const rows = await sql.all(
    ...statement(
      piece`select * from (
          ${select('r', '', wanted)}
          union all
          ${select('v', 'join version v on v.resource = r.key', wanted)}
        ) all_versions order by version desc`,
    ),
  );
  return storedIn(entries, wanted.key.type, rows);
}

type Wanted = {
  readonly key: ResourceKey;
  readonly reader: string | undefined;
  readonly version: number | undefined;
};

function select(from: 'r' | 'v', join: string, { key: { type, id }, reader, version }: Wanted): Fragment {
  const where = all([
    piece`r.type = ${value(type)} and r.id = ${value(storable(id))}`,
    ...(version === undefined ? [] : [piece`${from}.version = ${value(version)}`]),
    ...(reader === undefined ? [] : [readableBy(reader)('r'), sinceRightOf(reader, from)]),
  ]);
  return piece`select r.id, ${from}.version, ${from}.updated, ${from}.entry, ${from}.part
    from resource r ${join} where ${where}`;
}

/** No version from before the reader's right. */
const sinceRightOf = (reader: string, from: string): Fragment =>
  piece`not exists (select 1 from reader_since s
    where s.resource = r.key and s.partner = ${value(reader)} and s.since > ${from}.version)`;

import { issue } from '../../../fhir/issue.ts';
import { type Entries, entriesOf } from '../../sql/journal/entry.ts';
import { first, number, type Row, type Sql, text } from '../../sql/sql.ts';
import type { Problems } from './problems.ts';

const pageSize = 200;

/** Whether the rows that lead to a text lead to theirs. Returns the number of texts of resources. */
export async function checkTexts(sql: Sql, problems: Problems): Promise<number> {
  let texts = 0;
  const entries = quietly(entriesOf(sql));
  const at = { entries, problems };
  const versions = (of: string) => `select ${of} order by key limit 200`;
  await problems.part('resource', async () => {
    const select = 'key, type, id, version, entry, part from resource where key > ?1';
    const isThere = (it: Row) =>
      found(sql, 'resource where key = ?1 and version = ?2', number(it.key), number(it.version));
    for await (const rows of pagesOf(sql, versions(select))) texts += await checkVersions(rows, at, isThere);
  });
  await problems.part('version', async () => {
    // by resource, all versions of one at once
    const select = `r.key, r.type, r.id, v.version, v.entry, v.part from
      (select distinct resource from version where resource > ?1 order by resource limit 50) w
      join version v on v.resource = w.resource join resource r on r.key = v.resource`;
    const isThere = (it: Row) =>
      found(sql, 'version where resource = ?1 and version = ?2', number(it.key), number(it.version));
    for await (const rows of pagesOf(sql, `select ${select} order by key`, 1))
      texts += await checkVersions(rows, at, isThere);
  });
  await problems.part('dispatch', async () => {
    const select = 'select key, id, state, entry, part from dispatch where key > ?1 order by key limit 200';
    for await (const rows of pagesOf(sql, select)) {
      const texts = await entries.of(rows.map((row) => number(row.entry)));
      for (const row of rows)
        if (!texts.get(number(row.entry))?.parts[number(row.part)])
          if (await found(sql, 'dispatch where key = ?1', number(row.key)))
            problems.add('dispatch body', missingText(`dispatch ${row.id}`, row));
    }
  });
  return texts;
}

const found = async (sql: Sql, where: string, ...keys: number[]): Promise<boolean> =>
  (await first(sql.all(`select 1 as found from ${where}`, ...keys))) !== undefined;

/**
 * `isThere`: whether a row is there after its text was read. The retention and an erasure remove both together, next to
 * this check; what became an older version meanwhile is checked among those.
 */
async function checkVersions(
  rows: readonly Row[],
  { entries, problems }: { readonly entries: Entries; readonly problems: Problems },
  isThere: (row: Row) => Promise<boolean>,
): Promise<number> {
  const found = await entries.of(rows.map((row) => number(row.entry)));
  let texts = 0;
  for (const row of rows) {
    const place = `${row.type}/${row.id}, version ${row.version}`;
    const part = found.get(number(row.entry))?.parts[number(row.part)];
    const problem = part && differenceOf(part.toString(), row);
    if (part && problem === undefined) texts += 1;
    else if (await isThere(row))
      problems.add('text', problem ? issue('store-text-differs', { place, problem }) : missingText(place, row));
  }
  return texts;
}

const missingText = (place: string, row: Row) =>
  issue('store-row-orphaned', { place, table: `entry (${row.entry}, part ${row.part})` });

function differenceOf(json: string, row: Row): string | undefined {
  try {
    const { resourceType, id, meta } = JSON.parse(json);
    if (resourceType !== row.type || id !== row.id) return 'it is another resource';
    return meta?.versionId === text(row.version) ? undefined : 'it is another version';
  } catch {
    return 'it is no JSON';
  }
}

/** An entry that cannot be read is reported by the check of the entries, and is missing here. */
const quietly = (entries: Entries): Entries => ({
  of: async (seqs) => {
    const all = [...new Set(seqs)];
    try {
      return await entries.of(all);
    } catch {
      const found = new Map<
        number,
        Awaited<ReturnType<Entries['of']>> extends ReadonlyMap<number, infer E> ? E : never
      >();
      for (const seq of all)
        for (const [key, entry] of await entries.of([seq]).catch(() => new Map<number, never>())) found.set(key, entry);
      return found;
    }
  },
});

async function* pagesOf(sql: Sql, select: string, least = pageSize): AsyncGenerator<readonly Row[]> {
  for (let after = 0, more = true; more; ) {
    const rows = await sql.all(select, after);
    if (rows.length) yield rows;
    after = number(rows.at(-1)?.key ?? after);
    more = rows.length >= least;
  }
}

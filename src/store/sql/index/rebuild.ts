import type { Resource } from '../../../fhir/resource.ts';
import { insertMentions } from '../journal/append.ts';
import type { Entries } from '../journal/entry.ts';
import { outsideReferences } from '../journal/mentions.ts';
import { number, type Row, type Sql } from '../sql.ts';
import type { Indexing } from './indexing.ts';

const pageSize = 500;

/** Makes the index of every resource anew, from the texts in the journal. */
export async function rebuild(sql: Sql, entries: Entries, indexing: Indexing): Promise<void> {
  await sql.run('delete from token');
  for (let after = 0, more = true; more; ) {
    const rows = await sql.all(
      'select key, entry, part from resource where key > ?1 order by key limit ?2',
      after,
      pageSize,
    );
    if (rows.length) await rewrite(sql, await textsOf(entries, rows), indexing);
    after = number(rows.at(-1)?.key ?? after);
    more = rows.length === pageSize;
  }
}

type Text = { readonly key: number; readonly entry: number; readonly resource: Resource };

async function textsOf(entries: Entries, rows: readonly Row[]): Promise<readonly Text[]> {
  const found = await entries.of(rows.map((row) => number(row.entry)));
  return rows.map((row) => {
    const part = found.get(number(row.entry))?.parts[number(row.part)];
    if (!part) throw new Error(`Entry ${number(row.entry)} of the journal lacks part ${number(row.part)}.`);
    return { key: number(row.key), entry: number(row.entry), resource: JSON.parse(part.toString()) as Resource };
  });
}

async function rewrite(sql: Sql, texts: readonly Text[], indexing: Indexing): Promise<void> {
  const made = texts.map((it) => ({ ...it, rows: indexing.of(it.resource) }));
  const values = { key: 'integer', facets: 'text', low: 'integer', high: 'integer' } as const;
  await sql.run(
    `update resource set facets = w.facets, low = w.low, high = w.high
     from ${sql.dialect.rows('?1', values)} w where resource.key = w.key`,
    JSON.stringify(made.map(({ key, rows: { facets, low, high } }) => [key, facets, low ?? null, high ?? null])),
  );
  const tokens = { value: 'text', parameter: 'integer', resource: 'integer', system: 'text' } as const;
  await sql.run(
    `insert into token (value, parameter, resource, system)
     select value, parameter, resource, system from ${sql.dialect.rows('?1', tokens)} w`,
    JSON.stringify(
      made.flatMap(({ key, resource, rows }) =>
        rows.tokens.map((it) => [it.value, indexing.key(resource.resourceType, it.parameter), key, it.system]),
      ),
    ),
  );
  // a parameter that is no longer indexed led back from its references: the retention still has to find them
  insertMentions(
    sql,
    made.flatMap(({ entry, resource, rows: index }) => {
      const { resourceType: type, id = '' } = resource;
      const names = outsideReferences([{ type, id, text: JSON.stringify(resource), index }]);
      return names.map((name) => [name, entry] as const);
    }),
  );
}

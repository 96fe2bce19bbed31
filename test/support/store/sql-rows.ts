import type { Resource } from '../../../src/fhir/resource.ts';
import type { Query, SearchResult } from '../../../src/store/port.ts';
import { openIndexing } from '../../../src/store/sql/index/open.ts';
import { entriesOf } from '../../../src/store/sql/journal/entry.ts';
import { pack } from '../../../src/store/sql/journal/payload.ts';
import { bitOf, blockOf, resourceKey } from '../../../src/store/sql/keys.ts';
import { search } from '../../../src/store/sql/read/search.ts';
import { schemaOf } from '../../../src/store/sql/schema.ts';
import type { Sql, Value } from '../../../src/store/sql/sql.ts';
import { connect, sqlite } from '../../../src/store/sqlite/driver.ts';
import { at } from './samples.ts';

export type Written = { readonly resource: Resource & { readonly id: string }; readonly readers?: readonly string[] };

/** The rows of resources in a database in memory, without the rest of a store. */
export async function rowsInMemory() {
  const database = connect(':memory:', 1_000);
  for (const statement of schemaOf(sqlite)) database.exec(statement);
  const { indexing, hide } = await database.writing((sql) => openIndexing(sql, 'secret'));
  const entries = entriesOf(database.read);

  const write = async (sql: Sql, entry: number, written: readonly Written[]) => {
    const { sizes, payload } = pack(written.map(({ resource }) => JSON.stringify(resource)));
    await sql.run(
      'insert into entry (seq, at, head, payload) values (?1, ?2, ?3, ?4)',
      entry,
      at(entry).getTime(),
      JSON.stringify({ sizes }),
      payload,
    );
    for (const [part, { resource, readers = [] }] of written.entries()) {
      const key = resourceKey(entry, part);
      const { tokens, facets, low, high } = indexing.of(resource);
      await sql.run(
        `insert into resource (key, type, id, version, updated, entry, part, low, high, facets)
         values (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8, ?9)`,
        ...[key, resource.resourceType, resource.id, at(entry).getTime(), entry, part, low, high, facets],
      );
      for (const it of tokens)
        await sql.run(
          'insert into token (value, parameter, resource, system) values (?1, ?2, ?3, ?4)',
          ...[it.value, indexing.key(resource.resourceType, it.parameter), key, it.system],
        );
      for (const partner of readers)
        await sql.run(
          `insert into reader (partner, block, mask) values (?1, ?2, ?3)
           on conflict (partner, block) do update set mask = reader.mask | excluded.mask`,
          ...[partner, blockOf(key), bitOf(key)],
        );
    }
  };

  const statements: [string, ...Value[]][] = [];
  const read: Sql = {
    ...database.read,
    all: (...given) => {
      statements.push(given);
      return database.read.all(...given);
    },
  };

  return {
    /** Connection of the searches. */
    read,
    /** What the searches ran. */
    statements,
    indexing,
    hide,
    write: (entry: number, written: readonly Written[]) => database.writing((sql) => write(sql, entry, written)),
    search: (type: string, query: Query, reader?: string): Promise<SearchResult> =>
      search(read, entries, type, query, { reader, indexing, hide }),
    close: () => database.close(),
  };
}

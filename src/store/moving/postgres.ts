import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { notOpened } from '../opening-issue.ts';
import { postgres } from '../postgres/dialect.ts';
import { connect, type PostgresDatabase } from '../postgres/driver.ts';
import { checkSchema, migrate } from '../postgres/schema.ts';
import { first, number, type Sql } from '../sql/sql.ts';
import { vaultWith, withVault } from '../sql/vault/vault.ts';
import { type PostgresPlace, type Source, shown, type Target } from './place.ts';
import { tablesOf } from './tables.ts';

/** No statement of a copy is short of time, and none is tried again: that would start the copy anew. */
const options = { notify: false, retryFor: 0, readers: 1, timeouts: { statement: 600_000 } } as const;

/** Throws when the server cannot be reached, or has no store of this version. */
export async function postgresSource(place: PostgresPlace): Promise<Source> {
  const database = withVault(await connect(place.url, options), place.ring && vaultWith(place.ring));
  try {
    await checkSchema(database);
    const user = await usedBy(database.read);
    return {
      place,
      dialect: postgres,
      sql: database.read,
      // such a transaction excludes all writers of the store
      reading: (work) => database.writing(work),
      usedBy: async () => user,
      size: async () => number((await first(database.read.all('select pg_database_size(current_database()) as n')))?.n),
      close: () => database.close(),
    };
  } catch (why) {
    await database.close();
    throw why;
  }
}

/** Another gateway, or command on the store, that is connected. Called on the first connection. */
async function usedBy(sql: Sql): Promise<string | undefined> {
  const other = await first(
    sql.all(
      `select pid from pg_stat_activity where datname = current_database() and application_name = 'mgn-gateway'
         and pid <> pg_backend_pid() limit 1`,
    ),
  );
  return other && `connection ${number(other.pid)}`;
}

export const postgresTarget = (place: PostgresPlace): Target => ({
  place,
  // how much room a server has is not to be seen from here
  check: () => on(place, async (database) => mustBeEmpty(database.read, place)),
  fill: (work) =>
    on(place, async (database) => {
      const refused = new Map<'result', Result<never>>();
      try {
        return await database.writing(async (sql) => {
          const result = await work(sql);
          if (result.ok) return result;
          refused.set('result', result);
          throw rollback;
        });
      } catch (why) {
        const result = refused.get('result');
        if (why === rollback && result) return result;
        throw why;
      }
    }),
});

const rollback = new Error('The copy differs.');

async function on<T>(
  place: PostgresPlace,
  work: (database: PostgresDatabase) => Promise<Result<T>>,
): Promise<Result<T>> {
  let database: PostgresDatabase | undefined;
  try {
    database = await connect(place.url, options);
    await migrate(database);
    return await work(database);
  } catch (why) {
    return notOpened(why, shown(place), 'store-not-written');
  } finally {
    await database?.close();
  }
}

/** Tables that a new store has rows in, too. */
const filledAnyway: ReadonlySet<string> = new Set(['head', 'meta', 'parameter']);

async function mustBeEmpty(sql: Sql, place: PostgresPlace): Promise<Result<undefined>> {
  for (const { name } of tablesOf(postgres)) {
    if (filledAnyway.has(name)) continue;
    if (await first(sql.all(`select 1 as found from ${name} limit 1`)))
      return failure(issue('store-not-empty', { store: shown(place), table: name }));
  }
  return success(undefined);
}

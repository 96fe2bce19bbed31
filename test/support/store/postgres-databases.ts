import { afterEach } from 'vitest';
import { connect, type PostgresDatabase, type PostgresOptions } from '../../../src/store/postgres/driver.ts';
import { PostgresFault } from '../../../src/store/postgres/faults.ts';
import { migrate } from '../../../src/store/postgres/schema.ts';
import type { Sql } from '../../../src/store/sql/sql.ts';
import { emptyPostgres } from './postgres.ts';

/** Databases of a test file, closed after each test. */
export function postgresDatabases() {
  const opened: PostgresDatabase[] = [];
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
  });

  async function open(url: string, options: PostgresOptions = {}): Promise<PostgresDatabase> {
    const database = await connect(url, { notify: false, ...options });
    opened.push(database);
    return database;
  }

  /** A store with a table of its own. */
  async function store(options: PostgresOptions = {}): Promise<{ url: string; database: PostgresDatabase }> {
    const url = await emptyPostgres();
    const database = await open(url, options);
    await migrate(database);
    await database.script((run) => run('create table thing (name text collate "C" primary key, n bigint, b bytea)'));
    return { url, database };
  }
  return { open, store };
}

export const names = async ({ read }: PostgresDatabase) =>
  (await read.all('select name from thing order by name')).map(({ name }) => name);
export const insert = (sql: Sql, name: string) => sql.run('insert into thing (name) values (?1)', name);
export const schemaOf = (url: string): string => /store_\d+/.exec(url)![0];
export const faultOf = async (of: Promise<unknown>): Promise<PostgresFault> => {
  const why = await of.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(why instanceof PostgresFault)) throw new Error(`No fault of PostgreSQL: ${why}`);
  return why;
};
export const pidOf = async (sql: Sql): Promise<number> =>
  Number((await sql.all('select pg_backend_pid() as pid'))[0]?.pid);
export const raise = (code: string) =>
  `do $$ begin raise exception 'of mevrouw Proefpersoon' using errcode = '${code}'; end $$`;

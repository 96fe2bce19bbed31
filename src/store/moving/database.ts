import { existsSync, statSync } from 'node:fs';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { Dialect, Sql } from '../sql/sql.ts';
import { connectToRead, sqlite } from '../sqlite/driver.ts';
import { checkSchema } from '../sqlite/schema.ts';
import { processUsing } from './in-use.ts';
import { makeStore, mustHaveRoom, mustNotExist } from './new-file.ts';

/** Where a store is, from its address. */
export type Place = { readonly kind: 'sqlite'; readonly file: string } | { readonly kind: 'postgres'; readonly url: string };

/** Issue: `store-type-unsupported`. */
export function placeOf(address: string): Result<Place> {
  const file = /^sqlite:(.+)$/.exec(address)?.[1];
  if (file !== undefined && file !== ':memory:') return success({ kind: 'sqlite', file });
  if (/^postgres(ql)?:\/\//.test(address)) return success({ kind: 'postgres', url: address });
  return failure(issue('store-type-unsupported', { store: address.replace(/:.*/, ':…') }));
}

/** The address as it may be printed: without user and password. */
export function shown(place: Place): string {
  if (place.kind === 'sqlite') return place.file;
  const url = URL.parse(place.url);
  return url ? `postgres://${url.host}${url.pathname}` : 'postgres:…';
}

/** A store that is only read. */
export type Source = {
  readonly place: Place;
  readonly dialect: Dialect;
  /** Reads outside a transaction. */
  readonly sql: Sql;
  /** Runs reads that all see the same state of the store. */
  readonly reading: <T>(work: (sql: Sql) => Promise<T>) => Promise<T>;
  /** Another process that has it open, as far as can be seen. */
  readonly usedBy: () => Promise<string | undefined>;
  /** Bytes. */
  readonly size: () => Promise<number>;
  readonly close: () => Promise<void>;
};

/** A store that does not exist yet, or an empty database. */
export type Target = {
  readonly place: Place;
  /** Fails when it is not empty, or has less room than `bytes`. */
  readonly check: (bytes: number) => Promise<Result<undefined>>;
  /** Runs `work` in one transaction on an empty store with its schema. Nothing is left when it fails or throws. */
  readonly fill: <T>(work: (sql: Sql) => Promise<Result<T>>) => Promise<Result<T>>;
};

/** Opens a store to read it. Issue: `store-read-failed`. */
export async function openSource(place: Place): Promise<Result<Source>> {
  try {
    return place.kind === 'sqlite' ? success(await sqliteSource(place)) : noPostgres(place);
  } catch (why) {
    const problem = why instanceof Error ? why.message : 'error';
    return failure(issue('store-read-failed', { store: shown(place), problem }));
  }
}

export const openTarget = (place: Place): Result<Target> =>
  place.kind === 'sqlite' ? success(sqliteTarget(place)) : noPostgres(place);

// TODO at the merge: the driver of PostgreSQL
const noPostgres = (place: Place): Result<never> => failure(issue('store-type-unsupported', { store: shown(place) }));

async function sqliteSource(place: Place & { readonly kind: 'sqlite' }): Promise<Source> {
  const { file } = place;
  // before our own connection, which has the same locks
  const user = existsSync(file) ? processUsing(file) : undefined;
  const connection = connectToRead(file, 2_000);
  try {
    await checkSchema(connection);
  } catch (why) {
    await connection.close();
    throw why;
  }
  return {
    place,
    dialect: sqlite,
    sql: connection.read,
    reading: async (work) => {
      connection.exec('begin');
      try {
        return await work(connection.read);
      } finally {
        connection.exec('commit');
      }
    },
    usedBy: async () => user,
    size: async () => statSync(file).size + (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0),
    close: () => connection.close(),
  };
}

const sqliteTarget = (place: Place & { readonly kind: 'sqlite' }): Target => ({
  place,
  check: async (bytes) => {
    const free = mustNotExist(place.file);
    return free.ok ? mustHaveRoom(place.file, bytes) : free;
  },
  fill: (work) => makeStore(place.file, (connection) => connection.writing(work)),
});

import { existsSync, statSync } from 'node:fs';
import { type Result, success } from '../../fhir/result.ts';
import { notOpened } from '../opening-issue.ts';
import { vaultWith, withVault } from '../sql/vault/vault.ts';
import { connectToRead, sqlite } from '../sqlite/driver.ts';
import { checkSchema } from '../sqlite/schema.ts';
import { processUsing } from './in-use.ts';
import { makeStore, mustHaveRoom, mustNotExist } from './new-file.ts';
import { type Place, type Source, type SqlitePlace, shown, type Target } from './place.ts';
import { postgresSource, postgresTarget } from './postgres.ts';

/** Opens a store to read it. Issue: `store-read-failed`. */
export async function openSource(place: Place): Promise<Result<Source>> {
  try {
    return place.kind === 'sqlite' ? success(await sqliteSource(place)) : success(await postgresSource(place));
  } catch (why) {
    return notOpened(why, shown(place), 'store-read-failed');
  }
}

export const openTarget = (place: Place): Target =>
  place.kind === 'sqlite' ? sqliteTarget(place) : postgresTarget(place);

async function sqliteSource(place: SqlitePlace): Promise<Source> {
  const { file } = place;
  // before our own connection, which has the same locks
  const user = existsSync(file) ? processUsing(file) : undefined;
  const connection = withVault(connectToRead(file, 2_000), place.ring && vaultWith(place.ring));
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

const sqliteTarget = (place: SqlitePlace): Target => ({
  place,
  check: async (bytes) => {
    const free = mustNotExist(place.file);
    return free.ok ? mustHaveRoom(place.file, bytes) : free;
  },
  fill: (work) => makeStore(place.file, (connection) => connection.writing(work)),
});

import type { Store } from '../port.ts';
import type { Group } from '../sql/group.ts';
import { type OpenedIndexing, readIndexing } from '../sql/index/open.ts';
import { storeOf } from '../sql/store.ts';
import type { KeyRing } from '../sql/vault/ring.ts';
import { vaultWith, withVault } from '../sql/vault/vault.ts';
import { openThread } from '../thread/client.ts';
import { connect, type PostgresDatabase, type PostgresOptions } from './driver.ts';
import { openPostgresWriter } from './open-writer.ts';
import { checkSchema, type Step } from './schema.ts';

export type PostgresStoreOptions = Omit<PostgresOptions, 'Client'> & {
  /**
   * The key for hidden index values, when it must not be in the database. It must not change during the life of the store.
   */
  readonly secret?: string;
  /** The keys of the installation: texts are then stored encrypted. */
  readonly ring?: KeyRing;
  /**
   * For tests, which write in the thread of the caller: ids of what the store adds to a commit, how it connects, and the schema
   * of another release.
   */
  readonly inTest?: Pick<PostgresOptions, 'Client'> & {
    readonly newId?: (now: Date) => string;
    readonly steps?: readonly Step[];
  };
  /** Called when the thread ends by itself: the process must end. Default: it does, with an error. */
  readonly died?: (why: Error) => void;
};

/**
 * Opens the store in a database of PostgreSQL, which several gateways may share. Creates or migrates its schema, and
 * rebuilds its index when the search parameters changed. `url`: see connect. Throws when the server cannot be reached, does
 * not store durably, or when a newer gateway wrote the store.
 */
export async function openPostgresStore(url: string, options: PostgresStoreOptions = {}): Promise<Store> {
  const { secret, ring, inTest, died = end, ...connecting } = options;
  const withSecret = { ...(secret === undefined ? {} : { secret }), ...(ring ? { ring } : {}) };
  if (inTest) {
    const { writer, database, indexing, hide } = await openPostgresWriter({
      url,
      ...connecting,
      ...inTest,
      ...withSecret,
    });
    return storeOn(database, writer, { indexing, hide });
  }
  const address = { kind: 'postgres', url, ...connecting, ...withSecret } as const;
  const writer = await openThread(address, { died });
  const database = withVault(await connect(url, connecting), ring && vaultWith(ring));
  const store = storeOn(database, writer, await readIndexing(database.read, secret));
  return { ...store, link: () => ({ address, port: writer.link() }) };
}

const storeOn = (database: PostgresDatabase, writer: Group, { indexing, hide }: OpenedIndexing): Store =>
  storeOf({
    read: database.read,
    writer,
    indexing,
    hide,
    notice: database.notify,
    onNotice: (listener) => database.onNotify(() => listener('anyone')),
    close: async () => {
      await writer.close();
      await database.close();
    },
  });

const end = (why: Error): void => {
  setImmediate(() => {
    throw why;
  });
};

/**
 * Opens an existing store to read it, next to running gateways: every write fails. Throws when the server cannot be
 * reached, or when it has no store of this version. A standby will do.
 */
export async function openPostgresStoreToRead(url: string, options: PostgresStoreOptions = {}): Promise<Store> {
  const { secret, ring, inTest, died: _, ...connecting } = options;
  const connected = await connect(url, { ...connecting, ...inTest, notify: false });
  const database = withVault(connected, ring && vaultWith(ring));
  try {
    await checkSchema(database);
    const { indexing, hide } = await readIndexing(database.read, secret);
    const writer = { submit: () => Promise.reject(new Error('The store was opened to read it.')) };
    return storeOf({ read: database.read, writer, indexing, hide, close: () => database.close() });
  } catch (why) {
    await database.close();
    throw why;
  }
}

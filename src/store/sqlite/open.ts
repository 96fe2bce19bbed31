import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Store } from '../port.ts';
import { readIndexing } from '../sql/index/open.ts';
import { storeOf } from '../sql/store.ts';
import type { KeyRing } from '../sql/vault/ring.ts';
import { vaultWith, withVault } from '../sql/vault/vault.ts';
import { openThread } from '../thread/client.ts';
import { connectToRead } from './driver.ts';
import { openSqliteWriter } from './open-writer.ts';
import { checkSchema } from './schema.ts';

export type SqliteOptions = {
  /** Maximum wait for a transaction of another process (ms). */
  readonly busyTimeout?: number;
  /**
   * The key for hidden index values, when it must not be in the file. It must not change during the life of the store.
   */
  readonly secret?: string;
  /** The keys of the installation: texts are then stored encrypted. */
  readonly ring?: KeyRing;
  /** Ids of the notifications and AuditEvents that the store adds to a commit; not with a thread. */
  readonly newId?: (now: Date) => string;
  /**
   * `store` (default for a file): writes in a thread of their own. `none`: in this one, as in memory; for commands that
   * write little.
   */
  readonly thread?: 'store' | 'none';
  /** Called when the thread ends by itself: the process must end. Default: it does, with an error. */
  readonly died?: (why: Error) => void;
};

/**
 * Opens the embedded store: one file, or `:memory:` for tests. Migrates its schema, and rebuilds its index when the
 * search parameters changed. Throws when the file is not a store or was written by a newer gateway.
 */
export async function openSqliteStore(file: string, options: SqliteOptions = {}): Promise<Store> {
  const { busyTimeout = 2_000, secret, ring, newId, died = end } = options;
  const keys = { ...(secret === undefined ? {} : { secret }), ...(ring ? { ring } : {}) };
  const hasThread = file !== ':memory:' && newId === undefined && options.thread !== 'none';
  if (!hasThread) {
    const { writer, connection, indexing, hide } = await openSqliteWriter({
      file,
      busyTimeout,
      ...keys,
      ...(newId ? { newId } : {}),
    });
    return storeOf({
      read: connection.read,
      writer,
      indexing,
      hide,
      close: async () => {
        await writer.close();
        await connection.close();
      },
    });
  }
  const address = { kind: 'sqlite', file, busyTimeout, ...keys } as const;
  const writer = await openThread(address, { died });
  const connection = withVault(connectToRead(file, busyTimeout), ring && vaultWith(ring));
  const { indexing, hide } = await readIndexing(connection.read, secret);
  const store = storeOf({
    read: connection.read,
    writer,
    indexing,
    hide,
    // the writer last: only the last connection writes the log back, and this one cannot write
    close: async () => {
      await connection.close();
      await writer.close();
    },
  });
  return {
    ...store,
    ready: async () => (await mustHaveRoom(file)) && (await store.ready()),
    link: () => ({ address, port: writer.link() }),
  };
}

/** Bytes. Below it one page may still be written, and a large message not. */
const leastRoom = 1_000_000;

async function mustHaveRoom(file: string): Promise<true> {
  const { bavail, bsize } = await statfs(dirname(file));
  if (bavail * bsize < leastRoom) throw Object.assign(new Error('The disk is full.'), { code: 'ENOSPC' });
  return true;
}

const end = (why: Error): void => {
  setImmediate(() => {
    throw why;
  });
};

/**
 * Opens an existing store to read it, next to a running gateway: every write fails. Throws when there is no such file, or
 * when it is not a store of this version.
 */
export async function openSqliteStoreToRead(file: string, options: SqliteOptions = {}): Promise<Store> {
  const { ring } = options;
  const connection = withVault(connectToRead(file, options.busyTimeout ?? 2_000), ring && vaultWith(ring));
  try {
    await checkSchema(connection);
    const { indexing, hide } = await readIndexing(connection.read, options.secret);
    const writer = { submit: () => Promise.reject(new Error('The store was opened to read it.')) };
    return storeOf({ read: connection.read, writer, indexing, hide, close: () => connection.close() });
  } catch (why) {
    await connection.close();
    throw why;
  }
}

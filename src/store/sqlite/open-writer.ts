import type { Group } from '../sql/group.ts';
import { openIndexing } from '../sql/index/open.ts';
import type { KeyRing } from '../sql/vault/ring.ts';
import { vaultWith, withVault } from '../sql/vault/vault.ts';
import { writerOn } from '../sql/writer.ts';
import { connect } from './driver.ts';
import { migrate } from './schema.ts';

export type SqliteWriterOptions = {
  readonly file: string;
  readonly busyTimeout: number;
  readonly secret?: string;
  /** Without it texts are stored in clear. */
  readonly ring?: KeyRing;
  readonly newId?: (now: Date) => string;
  readonly gather?: number;
};

/** Opens a store to write, migrates its schema and rebuilds its index when the search parameters changed. */
export async function openSqliteWriter({ file, busyTimeout, secret, ring, newId, gather }: SqliteWriterOptions) {
  const connected = connect(file, busyTimeout);
  const vault = ring && vaultWith(ring);
  const connection = withVault(connected, vault);
  try {
    await migrate(connected);
    const { indexing, hide } = await connection.writing((sql) => openIndexing(sql, secret));
    const writer: Group = writerOn(connection, { indexing, newId, gather });
    return { writer, indexing, hide, connection, close: () => connection.close() };
  } catch (why) {
    await connection.close();
    throw why;
  }
}

import type { Group } from '../sql/group.ts';
import { openIndexing } from '../sql/index/open.ts';
import type { KeyRing } from '../sql/vault/ring.ts';
import { vaultWith, withVault } from '../sql/vault/vault.ts';
import { writerOn } from '../sql/writer.ts';
import { connect, type PostgresOptions } from './driver.ts';
import { migrate, type Step, stepsWithChain } from './schema.ts';

export type PostgresWriterOptions = PostgresOptions & {
  readonly url: string;
  readonly secret?: string;
  readonly ring?: KeyRing;
  readonly newId?: (now: Date) => string;
  readonly gather?: number;
  /** Steps of the schema of another release, for tests. */
  readonly steps?: readonly Step[];
};

/** Connects to a store to write, migrates its schema and rebuilds its index when the search parameters changed. */
export async function openPostgresWriter({
  url,
  secret,
  ring,
  newId,
  gather,
  steps,
  ...options
}: PostgresWriterOptions) {
  const database = withVault(await connect(url, options), ring && vaultWith(ring));
  try {
    await migrate(database, steps);
    const { indexing, hide } = await database.writing((sql) => openIndexing(sql, secret));
    const writer: Group = writerOn(database, {
      indexing,
      newId,
      gather,
      hasChain: steps === undefined || steps.length >= stepsWithChain,
    });
    return { writer, indexing, hide, database, close: () => database.close() };
  } catch (why) {
    await database.close();
    throw why;
  }
}

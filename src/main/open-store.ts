import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { notOpened } from '../store/opening-issue.ts';
import type { Store } from '../store/port.ts';
import type { KeyRing } from '../store/sql/vault/ring.ts';
import { openSqliteStore, openSqliteStoreToRead } from '../store/sqlite/open.ts';
import { keyRingFor } from './key-ring.ts';

/**
 * Opens `sqlite:FILE`, `sqlite::memory:` or `postgres://USER@HOST:PORT/DATABASE`. A command that writes little takes no
 * thread for it, which takes longer to start than to write. Issues: `store-type-unsupported`, `store-open-failed`.
 */
export const openStore = (address: string, { thread = 'store', died }: Writing = {}): Promise<Result<Store>> =>
  opened(address, 'store-open-failed', (keys) => {
    const options = { ...keys, ...(died ? { died } : {}) };
    return {
      sqlite: (file) => openSqliteStore(file, { thread, ...options }),
      postgres: async (url) => (await import('../store/postgres/open.ts')).openPostgresStore(url, options),
    };
  });

type Writing = {
  readonly thread?: 'store' | 'none';
  /** Called when the thread of the store ends by itself: the process must end. */
  readonly died?: (why: Error) => void;
};

/** Opens an existing store that is only read. Issues: `store-type-unsupported`, `store-read-failed`. */
export const openStoreToRead = (address: string): Promise<Result<Store>> =>
  opened(address, 'store-read-failed', (keys) => ({
    sqlite: (file) => openSqliteStoreToRead(file, keys),
    postgres: async (url) => (await import('../store/postgres/open.ts')).openPostgresStoreToRead(url, keys),
  }));

/** The address of a store as it may be printed: without a password. */
export const printedStore = (address: string): string =>
  isPostgres(address) ? (readUrl(address) ?? 'postgres:…') : address;

const isPostgres = (address: string): boolean => /^postgres(ql)?:\/\//.test(address);

function readUrl(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, username, host, pathname } = new URL(address);
  return `${protocol}//${username ? `${username}@` : ''}${host}${pathname}`;
}

async function opened(
  address: string,
  rule: 'store-open-failed' | 'store-read-failed',
  opening: (keys: {
    readonly ring?: KeyRing;
  }) => Readonly<Record<'sqlite' | 'postgres', (address: string) => Promise<Store>>>,
): Promise<Result<Store>> {
  const file = /^sqlite:(.+)$/.exec(address)?.[1];
  if (!file && !isPostgres(address))
    return failure(issue('store-type-unsupported', { store: address.replace(/:.*/, ':…') }));
  const ring = keyRingFor(address);
  if (!ring.ok) return ring;
  const open = opening(ring.value ? { ring: ring.value } : {});
  try {
    return success(await (file ? open.sqlite(file) : open.postgres(address)));
  } catch (error) {
    return notOpened(error, file ?? printedStore(address), rule);
  }
}

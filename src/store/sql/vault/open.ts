import { randomBytes } from 'node:crypto';
import { storeError } from '../../store-problem.ts';
import { metaOf, setMeta } from '../meta.ts';
import type { Sql, Vault } from '../sql.ts';
import { derived, type KeyRing, missingKey, unwrap, type Wrapped, wrap } from './ring.ts';
import { nobody } from './sealed.ts';

/** What a store knows of its key ring, in `meta`: no key, and nothing that one could be computed from. */
export type StoredRing = {
  /** The secret of the index, under a key of the ring. */
  readonly index: Wrapped;
  /** By kid, of each key of the ring under which anything is wrapped: a value by which a wrong one is recognised. */
  readonly checks: Readonly<Record<string, string>>;
};

const name = 'ring';
/** What the wrapped secret of the index belongs to. */
export const indexName = 'index';

export async function storedRing(sql: Sql): Promise<StoredRing | undefined> {
  const stored = await metaOf(sql, name);
  return stored === undefined ? undefined : (JSON.parse(stored) as StoredRing);
}

export const setStoredRing = (sql: Sql, ring: StoredRing): Promise<void> => setMeta(sql, name, JSON.stringify(ring));

/**
 * The secret of the index, of a store that is only read. Undefined: it is in clear. Throws when the store is encrypted and a
 * key is missing or another one.
 */
export async function readKeys(sql: Sql): Promise<string | undefined> {
  const stored = await storedRing(sql);
  const ring = sql.vault?.ring;
  if (!stored) return undefined;
  if (!ring) throw storeError('ERR_STORE_KEY_NEEDED', 'The store is encrypted, and no key ring was given.');
  verify(stored, ring);
  return unwrap(ring, indexName, stored.index).toString('base64url');
}

/**
 * The same of a store that is opened to write, with the vault of `sql`. A store in clear gets a new secret for its index, since
 * that in it was readable: the index is then made anew. Runs in a transaction that writes.
 */
export async function openKeys(sql: Sql): Promise<string | undefined> {
  const known = await readKeys(sql);
  const { vault } = sql;
  if (!vault) return known;
  const { ring } = vault;
  const stored = await storedRing(sql);
  if (stored && known !== undefined) {
    if (!stored.checks[ring.current])
      await setStoredRing(sql, { ...stored, checks: { ...stored.checks, ...checkOf(ring, ring.current) } });
    return known;
  }
  const secret = randomBytes(32);
  await setStoredRing(sql, { index: wrap(ring, indexName, secret), checks: checkOf(ring, ring.current) });
  await sql.run("delete from meta where name = 'secret'");
  makeNobody(sql, vault);
  return secret.toString('base64url');
}

function makeNobody(sql: Sql, vault: Vault): void {
  vault.make(nobody);
  vault.write(sql);
}

/** Wraps the secret of the index under the current key. */
export async function rewrapIndex(sql: Sql, ring: KeyRing): Promise<void> {
  const stored = await storedRing(sql);
  if (!stored || stored.index.kid === ring.current) return;
  const secret = unwrap(ring, indexName, stored.index);
  await setStoredRing(sql, { ...stored, index: wrap(ring, indexName, secret) });
}

export const checkOf = (ring: KeyRing, kid: string): Record<string, string> => {
  const key = ring.keys.get(kid);
  if (!key) throw missingKey(kid);
  return { [kid]: derived(key, 'check').toString('base64url').slice(0, 22) };
};

function verify({ checks }: StoredRing, ring: KeyRing): void {
  for (const [kid, check] of Object.entries(checks)) {
    if (!ring.keys.has(kid)) throw missingKey(kid);
    if (checkOf(ring, kid)[kid] !== check)
      throw storeError('ERR_STORE_KEY_WRONG', `The key ${kid} is not the one that this store was encrypted with.`);
  }
}

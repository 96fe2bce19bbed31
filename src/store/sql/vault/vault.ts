import { randomBytes } from 'node:crypto';
import { bulkRead, bulkSend } from '../bulk.ts';
import { type Database, number, type Sql, text, type Vault } from '../sql.ts';
import { type KeyRing, keySize, unwrap, wrap } from './ring.ts';

/** Keys in memory: some 100 bytes each. */
const mostKnown = 50_000;
/** Milliseconds. Another gateway may have destroyed a key: it is read again after this time. */
const known = 30_000;

export function vaultWith(ring: KeyRing, now: () => number = () => performance.now()): Vault {
  let keys = new Map<number, { readonly key: Uint8Array | undefined; readonly at: number }>();
  let made = new Map<number, Uint8Array>();
  return {
    ring,
    keyOf: (person) => made.get(person) ?? keys.get(person)?.key,
    load: async (sql, persons, when) => {
      const at = now();
      const missing = [...new Set(persons)].filter((it) => {
        const found = keys.get(it);
        return !made.has(it) && (found === undefined || when === 'now' || at - found.at > known);
      });
      if (missing.length === 0) return;
      if (keys.size > mostKnown) keys = new Map();
      const rows = await bulkRead(
        sql,
        (wanted) => `select k.key, k.kid, k.wrapped from ${wanted} w join person_key k on k.key = w.key`,
        { key: 'integer' },
        missing.map((key) => [key]),
      );
      const found = new Map(rows.map((row) => [number(row.key), row]));
      for (const person of missing) {
        const row = found.get(person);
        const isThere = row !== undefined && row.wrapped !== null;
        const key = isThere
          ? unwrap(ring, nameOf(person), { kid: text(row.kid), wrapped: text(row.wrapped) })
          : undefined;
        keys.set(person, { key, at });
      }
    },
    make: (person) => {
      made.set(person, randomBytes(keySize));
    },
    write: (sql) => {
      const rows = [...made].map(([person, key]) => {
        const { kid, wrapped } = wrap(ring, nameOf(person), key);
        return [person, kid, wrapped];
      });
      bulkSend(
        sql,
        (it) => `insert into person_key (key, kid, wrapped) select key, kid, wrapped from ${it} w`,
        { key: 'integer', kid: 'text', wrapped: 'text' },
        rows,
      );
      const at = now();
      for (const [person, key] of made) keys.set(person, { key, at });
      made = new Map();
    },
    forget: () => {
      keys = new Map();
      made = new Map();
    },
  };
}

/** What a wrapped key belongs to. */
export const nameOf = (person: number): string => `person ${person}`;

/** The same database, whose statements know the data keys. */
export function withVault<T extends Database>(database: T, vault: Vault | undefined): T {
  if (!vault) return database;
  return {
    ...database,
    read: { ...database.read, vault },
    writing: <Result, Before>(
      work: (sql: Sql, before: Before) => Promise<Result>,
      before?: (sql: Sql) => Promise<Before>,
    ) =>
      database.writing<Result, Before>(
        (sql, known) => work({ ...sql, vault }, known),
        before && ((sql) => before({ ...sql, vault })),
      ),
  };
}

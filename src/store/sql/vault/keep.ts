import { randomBytes } from 'node:crypto';
import type { KeyStatus } from '../../port.ts';
import { bulk } from '../bulk.ts';
import { first, number, type Sql, text } from '../sql.ts';
import { checkOf, indexName, rewrapIndex, setStoredRing, storedRing } from './open.ts';
import { keySize, unwrap, wrap } from './ring.ts';
import { nobody, sealedFormat } from './sealed.ts';
import { nameOf } from './vault.ts';

/** Data keys of one step: other writers wait meanwhile. */
const atOnce = 500;

/** Wraps the next data keys under the current key of the ring; at the end the secret of the index, and forgets the other keys. */
export async function rewrapKeys(sql: Sql, after: number): Promise<number | undefined> {
  const { vault } = sql;
  const stored = await storedRing(sql);
  if (!vault || !stored) return undefined;
  const { ring } = vault;
  const rows = await sql.all(
    'select key, kid, wrapped from person_key where key >= ?1 order by key limit ?2',
    after,
    atOnce,
  );
  const old = rows.filter((row) => row.wrapped !== null && text(row.kid) !== ring.current);
  await bulk(
    sql,
    (it) => `update person_key set kid = w.kid, wrapped = w.wrapped from ${it} w where person_key.key = w.key`,
    { key: 'integer', kid: 'text', wrapped: 'text' },
    old.map((row) => {
      const person = number(row.key);
      const key = unwrap(ring, nameOf(person), { kid: text(row.kid), wrapped: text(row.wrapped) });
      const made = wrap(ring, nameOf(person), key);
      return [person, made.kid, made.wrapped];
    }),
  );
  if (rows.length === atOnce) return number(rows.at(-1)?.key) + 1;
  await rewrapIndex(sql, ring);
  const { index } = (await storedRing(sql)) ?? stored;
  // another gateway whose current key is another one has wrapped something meanwhile
  const others = await sql.all(
    'select distinct kid from person_key where wrapped is not null and kid <> ?1',
    ring.current,
  );
  const kids = [ring.current, index.kid, ...others.map((row) => text(row.kid))];
  await setStoredRing(sql, { index, checks: Object.assign({}, ...kids.map((kid) => checkOf(ring, kid))) });
  return undefined;
}

/** False without a key ring. The old secret permitted to try identifiers against a copy of the index. */
export async function renewIndex(sql: Sql): Promise<boolean> {
  const { vault } = sql;
  const stored = await storedRing(sql);
  if (!vault || !stored) return false;
  await setStoredRing(sql, { ...stored, index: wrap(vault.ring, indexName, randomBytes(keySize)) });
  await sql.run("delete from meta where name = 'search'");
  // their values cannot be hidden anew: the Patients are gone
  await sql.run('delete from former_patient');
  return true;
}

export async function keyStatus(sql: Sql): Promise<KeyStatus> {
  const stored = await storedRing(sql);
  const rows = await sql.all(
    'select kid, wrapped is null as erased, count(*) as n from person_key where key <> ?1 group by kid, wrapped is null',
    nobody,
  );
  const kids = new Set([...Object.keys(stored?.checks ?? {}), ...rows.map((row) => text(row.kid))]);
  const isErased = (row: (typeof rows)[number]) => row.erased === true || Number(row.erased) === 1;
  const count = (which: (row: (typeof rows)[number]) => boolean) =>
    rows.filter(which).reduce((sum, row) => sum + number(row.n), 0);
  return {
    ...(sql.vault ? { current: sql.vault.ring.current } : {}),
    wrapped: [...kids].map((kid) => ({
      kid,
      persons: count((row) => text(row.kid) === kid && !isErased(row)),
      index: stored?.index.kid === kid,
    })),
    erased: count(isErased),
    inClear: number((await first(sql.all(`select count(*) as n from entry where ${isInClear(sql)}`)))?.n),
  };
}

/** SQL: whether the texts of an entry are in clear. */
export const isInClear = ({ dialect }: Sql): string =>
  `payload is not null and ${dialect.firstByte('payload')} <> '0${sealedFormat}'`;

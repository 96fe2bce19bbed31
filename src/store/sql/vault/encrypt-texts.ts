import type { Resource } from '../../../fhir/resource.ts';
import { bulk, bulkRead } from '../bulk.ts';
import { type Entry, entriesIn } from '../journal/entry.ts';
import { number, type Sql, text, type Vault } from '../sql.ts';
import { isInClear } from './keep.ts';
import { type Described, personsIn, referencesToKnow } from './persons.ts';
import { nobody, seal } from './sealed.ts';

/** Entries of one step: other writers wait meanwhile. */
const atOnce = 50;

/**
 * Encrypts the texts of the next entries that an earlier release stored in clear. The chain over the journal begins after them,
 * so that it is not broken; an entry in clear that it covers stays as it is. In the order of the journal: what an entry is
 * about may be known by what it refers to.
 */
export async function encryptTexts(sql: Sql, after: number): Promise<number | undefined> {
  const { vault } = sql;
  if (!vault) return undefined;
  const rows = await sql.all(
    `select * from entry where seq > ?1 and link is null and ${isInClear(sql)} order by seq limit ?2`,
    after,
    atOnce,
  );
  for (const entry of await entriesIn(sql, rows)) await encryptEntry(sql, vault, entry);
  return rows.length === atOnce ? number(rows.at(-1)?.seq) : undefined;
}

async function encryptEntry(sql: Sql, vault: Vault, { seq, head, parts }: Entry): Promise<void> {
  const count = versionsIn(head.message?.parts.body ?? parts.length, parts);
  const changes = parts.slice(0, count).map((part) => {
    const { resourceType, id = '' } = JSON.parse(part.toString()) as Resource;
    return { type: resourceType as string, id, text: part.toString() };
  });
  const described: Described = { changes, others: parts.slice(count).map(String) };
  const known = await knownIn(sql, vault, described);
  const persons = personsIn(described, (reference) => known.get(reference)?.person);
  await vault.load(sql, [nobody, ...persons.flat()]);
  vault.write(sql);
  const { payload } = seal(seq, parts, persons, vault.keyOf);
  await sql.run('update entry set payload = ?2 where seq = ?1', seq, payload);
  await bulk(
    sql,
    (it) => `update resource set person = w.person from ${it} w where resource.key = w.key and resource.person = 0`,
    { key: 'integer', person: 'integer' },
    changes.flatMap(({ type, id }, place) => {
      const [resource, person] = [known.get(`${type}/${id}`), persons[place]?.[0]];
      return resource && person ? [[resource.key, person]] : [];
    }),
  );
}

/** Versions of resources come first; a text of another kind ends them. */
function versionsIn(most: number, parts: readonly Buffer[]): number {
  const other = parts.slice(0, most).findIndex((part) => {
    try {
      const { resourceType, id } = JSON.parse(part.toString()) as Partial<Resource>;
      return typeof resourceType !== 'string' || typeof id !== 'string' || resourceType === 'Bundle';
    } catch {
      return true;
    }
  });
  return other < 0 ? most : other;
}

type Known = { readonly key: number; person?: number };

/** Stored resources that the entry names, with whom they are about. A Patient without a data key gets one. */
async function knownIn(sql: Sql, vault: Vault, { changes, others }: Described): Promise<ReadonlyMap<string, Known>> {
  const names = new Set([...changes.map(({ type, id }) => `${type}/${id}`), ...referencesToKnow(changes, others)]);
  const rows = await bulkRead(
    sql,
    (wanted) =>
      `select r.type, r.id, r.key, r.person from ${wanted} w join resource r on r.id = w.id and r.type = w.type`,
    { id: 'text', type: 'text' },
    [...names].map((name) => [name.slice(name.indexOf('/') + 1), name.slice(0, name.indexOf('/'))]),
  );
  const known = new Map<string, Known>(
    rows.map((row) => [
      `${text(row.type)}/${text(row.id)}`,
      { key: number(row.key), ...(number(row.person) ? { person: number(row.person) } : {}) },
    ]),
  );
  const fresh = [...known].filter(([name, { person }]) => name.startsWith('Patient/') && person === undefined);
  for (const [, it] of fresh) {
    vault.make(it.key);
    it.person = it.key;
  }
  await bulk(
    sql,
    (it) => `update resource set person = key where key in (select key from ${it} w)`,
    { key: 'integer' },
    fresh.map(([, { key }]) => [key]),
  );
  return known;
}

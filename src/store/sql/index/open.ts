import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { HideValue } from '../../search-index.ts';
import { searchParameters } from '../../search-parameters.ts';
import { entriesOf } from '../journal/entry.ts';
import { metaOf, setMeta } from '../meta.ts';
import { number, type Sql, text } from '../sql.ts';
import { openKeys, readKeys } from '../vault/open.ts';
import type { Indexing } from './indexing.ts';
import { parametersWithRows, storedParameter } from './parameters.ts';
import { rebuild } from './rebuild.ts';
import { rowsOf } from './rows.ts';

export type OpenedIndexing = { readonly indexing: Indexing; readonly hide: HideValue };

/**
 * Parameter numbers, the key for hidden values, and an index that matches the parameters of this version. Runs in a
 * transaction that writes.
 */
export async function openIndexing(sql: Sql, givenSecret?: string): Promise<OpenedIndexing> {
  const hide = hidingWith((await openKeys(sql)) ?? givenSecret ?? (await ownSecret(sql)));
  const indexing = indexingOf(hide, await parameterKeys(sql));
  const definition = definitionOf(hide);
  if ((await metaOf(sql, 'search')) === definition) return { indexing, hide };
  await rebuild(sql, entriesOf(sql), indexing);
  await setMeta(sql, 'search', definition);
  return { indexing, hide };
}

/** The same for a store that is only read: this version of the gateway must have opened it before. Throws when it has not. */
export async function readIndexing(sql: Sql, givenSecret?: string): Promise<OpenedIndexing> {
  const hide = hidingWith((await readKeys(sql)) ?? givenSecret ?? (await metaOf(sql, 'secret')) ?? '');
  if ((await metaOf(sql, 'search')) !== definitionOf(hide))
    throw new Error('its index is that of another version: start the gateway of this version on it once');
  return { indexing: indexingOf(hide, await knownKeys(sql)), hide };
}

function hidingWith(secret: string): HideValue {
  const key = createSecretKey(secret, 'utf8');
  return (value) => createHmac('sha256', key).update(value).digest('base64url');
}

/** Rises with the form of the rows. */
const form = 3;

/** Includes the secret: with another one no hidden value would be found. */
const definitionOf = (hide: HideValue): string => `${form} ${JSON.stringify(searchParameters)} ${hide('')}`;

async function ownSecret(sql: Sql): Promise<string> {
  const known = await metaOf(sql, 'secret');
  if (known !== undefined) return known;
  const made = randomBytes(32).toString('base64url');
  await setMeta(sql, 'secret', made);
  return made;
}

async function knownKeys(sql: Sql): Promise<Map<string, number>> {
  const rows = await sql.all('select key, type, name from parameter');
  return new Map(rows.map((row) => [`${text(row.type)} ${text(row.name)}`, number(row.key)]));
}

async function parameterKeys(sql: Sql): Promise<ReadonlyMap<string, number>> {
  const keys = await knownKeys(sql);
  const missing = parametersWithRows.filter(([type, name]) => !keys.has(`${type} ${name}`));
  const last = Math.max(0, ...keys.values());
  const added = missing.map(([type, name], index) => [last + 1 + index, type, name] as const);
  if (added.length === 0) return keys;
  const columns = { key: 'integer', type: 'text', name: 'text' } as const;
  await sql.run(
    `insert into parameter (key, type, name) select key, type, name from ${sql.dialect.rows('?1', columns)} w`,
    JSON.stringify(added),
  );
  for (const [key, type, name] of added) keys.set(`${type} ${name}`, key);
  return keys;
}

function indexingOf(hide: HideValue, keys: ReadonlyMap<string, number>): Indexing {
  return {
    hide,
    of: (resource) => rowsOf(resource, hide),
    key: (type, parameter) => {
      const key = keys.get(`${type} ${storedParameter(type, parameter).name}`);
      if (key === undefined) throw new Error(`The search parameter ${parameter} of ${type} has no rows.`);
      return key;
    },
  };
}

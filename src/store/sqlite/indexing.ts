import { createHmac, randomBytes } from 'node:crypto';
import type { Resource } from '../../fhir/resource.ts';
import { type HideValue, indexOf } from '../search-index.ts';
import { searchParameters } from '../search-parameters.ts';
import { type Database, number, text } from './database.ts';
import { type Indexing, writeIndex } from './resources.ts';

/** Parameter numbers, the key for hidden values, and an index that matches the parameters of this version. */
export function openIndexing(database: Database, givenSecret?: string): { indexing: Indexing; hide: HideValue } {
  database.exec('begin immediate');
  try {
    const secret = givenSecret ?? ownSecret(database);
    const hide: HideValue = (value) => createHmac('sha256', secret).update(value).digest('base64url');
    const indexing: Indexing = { of: (resource) => indexOf(resource, hide), key: parameterKeys(database) };
    const definition = definitionOf(hide);
    if (metaOf(database, 'search') !== definition) {
      rebuild(database, indexing);
      setMeta(database, 'search', definition);
    }
    database.exec('commit');
    return { indexing, hide };
  } catch (why) {
    database.exec('rollback');
    throw why;
  }
}

/** The same for a store that is only read: this version of the gateway must have opened it before. Throws when it has not. */
export function readIndexing(database: Database, givenSecret?: string): { indexing: Indexing; hide: HideValue } {
  const secret = givenSecret ?? metaOf(database, 'secret') ?? '';
  const hide: HideValue = (value) => createHmac('sha256', secret).update(value).digest('base64url');
  if (metaOf(database, 'search') !== definitionOf(hide))
    throw new Error('its index is that of another version: start the gateway of this version on it once');
  const rows = database.all('select key, type, name from parameter');
  const keys = new Map(rows.map((row) => [`${text(row.type)} ${text(row.name)}`, number(row.key)]));
  return { indexing: { of: (resource) => indexOf(resource, hide), key: keyIn(keys) }, hide };
}

/** Includes the secret: with another one no hidden value would be found. */
const definitionOf = (hide: HideValue): string => `${JSON.stringify(searchParameters)} ${hide('')}`;

function ownSecret(database: Database): string {
  const known = metaOf(database, 'secret');
  if (known !== undefined) return known;
  const made = randomBytes(32).toString('base64url');
  setMeta(database, 'secret', made);
  return made;
}

function parameterKeys(database: Database): Indexing['key'] {
  const keys = new Map<string, number>();
  for (const [type, parameters] of Object.entries(searchParameters))
    for (const name of Object.keys(parameters)) {
      database.run('insert into parameter (type, name) values (?, ?) on conflict do nothing', type, name);
      const row = database.get('select key from parameter where type = ? and name = ?', type, name);
      keys.set(`${type} ${name}`, number(row?.key));
    }
  return keyIn(keys);
}

const keyIn =
  (keys: ReadonlyMap<string, number>): Indexing['key'] =>
  (type, parameter) => {
    const key = keys.get(`${type} ${parameter}`);
    if (key === undefined) throw new Error(`${type} has no search parameter ${parameter}`);
    return key;
  };

function rebuild(database: Database, indexing: Indexing): void {
  database.exec('delete from token; delete from date');
  const nothing = { tokens: [], dates: [] };
  const page = 500;
  for (let after = 0, more = true; more; ) {
    const rows = database.all(
      `select r.key, r.type, v.text from resource r join version v on v.resource = r.key and v.version = r.version
       where r.key > ? order by r.key limit ?`,
      after,
      page,
    );
    for (const row of rows) {
      const resource = JSON.parse(text(row.text)) as Resource;
      writeIndex(database, text(row.type), number(row.key), nothing, indexing.of(resource), indexing);
    }
    after = number(rows.at(-1)?.key ?? after);
    more = rows.length === page;
  }
}

function metaOf(database: Database, name: string): string | undefined {
  const row = database.get('select value from meta where name = ?', name);
  return row && text(row.value);
}

const setMeta = (database: Database, name: string, value: string): void => {
  database.run('insert or replace into meta (name, value) values (?, ?)', name, value);
};

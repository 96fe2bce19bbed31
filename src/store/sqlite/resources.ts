import type { Resource } from '../../fhir/resource.ts';
import type { Change, Committed, Grant, Guard, ResourceKey, Revocation, StoredResource } from '../port.ts';
import type { Indexed, IndexedDate, IndexedToken } from '../search-index.ts';
import { textOf as textOfChange, versionOf } from '../text.ts';
import { type Database, date, number, type Row, text } from './database.ts';

/** Dependencies of resources besides the connection: the index function and the parameter numbers. */
export type Indexing = {
  readonly of: (resource: Resource) => Indexed;
  readonly key: (type: string, parameter: string) => number;
};

/** A change ready to be written: prepared outside the transaction, to keep that short. */
export type Prepared = {
  readonly change: Change;
  readonly stored: StoredResource;
  readonly index: Indexed;
};

export function prepare(change: Change, now: Date, index: Indexing): Prepared {
  const { resource } = change;
  return {
    change,
    stored: {
      type: resource.resourceType,
      id: resource.id,
      version: versionOf(change),
      lastUpdated: now,
      text: textOfChange(change, now),
    },
    index: index.of(resource),
  };
}

/** The conflict that prevents this change; undefined without one. */
export function conflictOf(database: Database, { change: { expect }, stored }: Prepared): Committed | undefined {
  const { type, id } = stored;
  if (expect === 'new') {
    const current = currentOf(database, stored)?.version;
    return current === undefined ? undefined : { kind: 'exists', type, id, current };
  }
  return staleOf(database, { type, id, version: expect.version });
}

/** The conflict of a guard whose resource has changed; undefined without one. */
export function staleOf(database: Database, { type, id, version }: Guard): Committed | undefined {
  const current = currentOf(database, { type, id })?.version;
  return current === version ? undefined : { kind: 'stale', type, id, ...(current === undefined ? {} : { current }) };
}

export function writeResource(
  database: Database,
  { change, stored, index }: Prepared,
  message: string | undefined,
  indexing: Indexing,
): void {
  const at = stored.lastUpdated.getTime();
  const existing = change.expect === 'new' ? undefined : currentOf(database, stored); // already checked to be new
  let key: number;
  if (existing) {
    key = existing.key;
    database.run('update resource set version = ?, last_updated = ? where key = ?', stored.version, at, key);
  } else {
    key = database.run(
      'insert into resource (type, id, version, last_updated) values (?, ?, ?, ?)',
      stored.type,
      stored.id,
      stored.version,
      at,
    ).key;
  }
  const before = existing ? indexing.of(JSON.parse(textOf(database, existing)) as Resource) : nothing;
  database.run(
    'insert into version (resource, version, last_updated, message, text) values (?, ?, ?, ?, ?)',
    key,
    stored.version,
    at,
    message ?? null,
    stored.text,
  );
  letRead(database, change.readers, { type: stored.type, key, since: stored.version });
  writeIndex(database, stored.type, key, before, index, indexing);
}

type Since = { readonly type: string; readonly key: number; readonly since: number };

function letRead(database: Database, readers: readonly string[], { type, key, since }: Since): void {
  for (const partner of readers)
    database.run(
      'insert into reader (partner, type, resource, since) values (?, ?, ?, ?) on conflict do nothing',
      partner,
      type,
      key,
      since,
    );
}

/** A resource that does not exist gets no readers. */
export function writeGrant(database: Database, { type, id, readers }: Grant): void {
  const at = currentOf(database, { type, id });
  if (at) letRead(database, readers, { type, key: at.key, since: at.version });
}

export function writeRevocation(database: Database, { type, id, readers }: Revocation): void {
  const at = currentOf(database, { type, id });
  if (!at) return;
  for (const partner of readers)
    database.run('delete from reader where partner = ? and type = ? and resource = ?', partner, type, at.key);
}

const nothing: Indexed = { tokens: [], dates: [] };

/** Writes only the rows that differ: an update of a Task mostly changes its status. */
export function writeIndex(
  database: Database,
  type: string,
  resource: number,
  before: Indexed,
  after: Indexed,
  indexing: Indexing,
): void {
  const tokens = difference(before.tokens, after.tokens, tokenName);
  const dates = difference(before.dates, after.dates, dateName);
  for (const it of tokens.gone)
    database.run(
      'delete from token where parameter = ? and value = ? and resource = ? and system = ?',
      indexing.key(type, it.parameter),
      it.value,
      resource,
      it.system,
    );
  for (const it of tokens.come)
    database.run(
      'insert into token (parameter, value, resource, system) values (?, ?, ?, ?)',
      indexing.key(type, it.parameter),
      it.value,
      resource,
      it.system,
    );
  for (const it of dates.gone)
    database.run(
      'delete from date where parameter = ? and resource = ? and low = ? and high = ?',
      indexing.key(type, it.parameter),
      resource,
      it.low,
      it.high,
    );
  for (const it of dates.come)
    database.run(
      'insert or ignore into date (parameter, resource, low, high) values (?, ?, ?, ?)',
      indexing.key(type, it.parameter),
      resource,
      it.low,
      it.high,
    );
}

const tokenName = (it: IndexedToken): string => `${it.parameter}|${it.system}|${it.value}`;
const dateName = (it: IndexedDate): string => `${it.parameter}|${it.low}|${it.high}`;

function difference<T>(before: readonly T[], after: readonly T[], name: (it: T) => string) {
  if (!before.length) return { gone: [], come: after };
  const [old, young] = [new Set(before.map(name)), new Set(after.map(name))];
  return { gone: before.filter((it) => !young.has(name(it))), come: after.filter((it) => !old.has(name(it))) };
}

type Current = { readonly key: number; readonly version: number };

function currentOf(database: Database, { type, id }: ResourceKey): Current | undefined {
  const row = database.get('select key, version from resource where type = ? and id = ?', type, id);
  return row && { key: number(row.key), version: number(row.version) };
}

const textOf = (database: Database, { key, version }: Current): string =>
  text(database.get('select text from version where resource = ? and version = ?', key, version)?.text);

/** Versions of a resource that the reader may see, newest first; with `version`, only that one. */
export function versions(
  database: Database,
  { type, id }: ResourceKey,
  { reader, version }: { readonly reader?: string | undefined; readonly version?: number } = {},
): readonly StoredResource[] {
  const rows = database.all(
    `select r.type, r.id, v.version, v.last_updated, v.text
     from resource r join version v on v.resource = r.key
     where r.type = ?1 and r.id = ?2 and (?3 is null or v.version = ?3)
       and (?4 is null or v.version >= (select since from reader where partner = ?4 and type = r.type and resource = r.key))
     order by v.version desc`,
    type,
    id,
    version ?? null,
    reader ?? null,
  );
  return rows.map(storedOf);
}

export function current(database: Database, { type, id }: ResourceKey, reader?: string): StoredResource | undefined {
  const row = database.get(
    `select r.type, r.id, v.version, v.last_updated, v.text
     from resource r join version v on v.resource = r.key and v.version = r.version
     where r.type = ?1 and r.id = ?2
       and (?3 is null or exists (select 1 from reader where partner = ?3 and type = r.type and resource = r.key))`,
    type,
    id,
    reader ?? null,
  );
  return row && storedOf(row);
}

export const storedOf = (row: Row): StoredResource => ({
  type: text(row.type),
  id: text(row.id),
  version: number(row.version),
  lastUpdated: date(row.last_updated),
  text: text(row.text),
});

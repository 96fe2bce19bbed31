import { mgnNaming } from '../../../fhir/canonical.ts';
import { readCursor, writeCursor } from '../../cursor.ts';
import type { AuditEvent, AuditQuery, AuditRow, Page, Store } from '../../port.ts';
import { noHash } from '../journal/chain.ts';
import { unpackFacts } from '../journal/facts.ts';
import { unpackWhole } from '../journal/payload.ts';
import { auditSeq, numberOfAudit, referenceKey } from '../keys.ts';
import { bytes, first, number, type Row, type Sql, text } from '../sql.ts';
import { storable } from '../storable.ts';
import { type Fragment, piece, statement, value } from './fragment.ts';

/**
 * Events of the trail, in the order of writing. An index leads to entries of the journal that may have such events; each
 * of their events is compared with the query.
 */
export async function audit(sql: Sql, query: AuditQuery): Promise<Page<AuditRow>> {
  const place = query.cursor === undefined ? [0] : readCursor(query.cursor, 1);
  if (!place) return { items: [] };
  const after = place[0]!;
  const isAsked = comparisonWith(query);
  const entities = entitiesOf(query);
  const found: AuditRow[] = [];
  const pageSize = Math.min(query.count + 1, mostEntries);
  let from = query.cursor === undefined ? 0 : await entryOf(sql, after);
  for (let more = true; more && found.length <= query.count; ) {
    const rows = await entriesFrom(sql, query, from, pageSize);
    found.push(...rows.flatMap((row) => eventsOf(row, entities)).filter((it) => it.seq > after && isAsked(it.text)));
    from = number(rows.at(-1)?.seq) + 1;
    more = rows.length === pageSize;
  }
  const items = found.slice(0, query.count);
  const last = items.at(-1);
  return { items, ...(found.length > query.count && last ? { next: writeCursor([last.seq]) } : {}) };
}

/** The last entry of the journal, and the hash of the chain up to it. */
export async function journalHead(sql: Sql): ReturnType<Store['journalHead']> {
  // the last entry that has a hash: a large one takes the numbers that follow it too
  const row = await first(
    sql.all(
      'select h.hash, (select max(e.seq) from entry e where e.seq <= h.chained) as seq from head h where h.id = 1',
    ),
  );
  return { entry: number(row?.seq), hash: text(row?.hash) || noHash.toString('base64url') };
}

const mostEntries = 200;

/** The entry that has the event of this number. */
async function entryOf(sql: Sql, seq: number): Promise<number> {
  const row = await first(sql.all('select max(seq) as seq from entry where seq <= ?1', numberOfAudit(seq)));
  return number(row?.seq);
}

/** The events of an entry; with `entities` those that may name one of them. */
const eventsOf = (row: Row, entities: ReadonlySet<string> | undefined): readonly AuditRow[] => {
  const rowOf = (text: string, index: number) => ({ seq: auditSeq(number(row.seq), index), text });
  if (!entities) return unpackFacts(bytes(row.facts)).map(rowOf);
  return linesNaming(unpackWhole(bytes(row.facts)), entities).map(({ line, index }) => rowOf(line, index));
};

const before = Buffer.from('"reference":"');
const [quote, feed] = [34, 10];

/** An entry has events of many persons: those of others are neither decoded nor parsed. */
function linesNaming(whole: Buffer, entities: ReadonlySet<string>) {
  const found: { readonly line: string; readonly index: number }[] = [];
  let [index, start, ended] = [0, 0, -1];
  for (const at of entities.size <= few ? placesOfFew(whole, entities) : placesOf(whole, entities)) {
    if (at < ended) continue; // another entity of the same line
    for (let end = whole.indexOf(feed, start); end >= 0 && end < at; end = whole.indexOf(feed, start)) {
      index += 1;
      start = end + 1;
    }
    const end = whole.indexOf(feed, at);
    ended = end < 0 ? whole.length : end;
    found.push({ line: whole.toString('utf8', start, ended), index });
  }
  return found;
}

/** A name is long: to look for each of so few passes most bytes by, where a look at every reference would not. */
const few = 12;

function placesOfFew(whole: Buffer, entities: ReadonlySet<string>): readonly number[] {
  const places: number[] = [];
  for (const entity of entities) {
    const name = `"reference":"${entity}"`;
    for (let at = whole.indexOf(name); at >= 0; at = whole.indexOf(name, at + name.length)) places.push(at);
  }
  return places.sort((one, other) => one - other);
}

function* placesOf(whole: Buffer, entities: ReadonlySet<string>): Generator<number> {
  for (let at = whole.indexOf(before); at >= 0; ) {
    const name = at + before.length;
    const end = whole.indexOf(quote, name);
    if (entities.has(whole.toString('latin1', name, end))) yield at;
    at = whole.indexOf(before, end);
  }
}

function comparisonWith({ requestId, correlationId, traceId, ...about }: AuditQuery): (text: string) => boolean {
  const ids = Object.entries({ 'request-id': requestId, 'correlation-id': correlationId, 'trace-id': traceId });
  const asked = ids.filter(([, id]) => id !== undefined);
  const entities = entitiesOf(about);
  if (asked.length === 0 && !entities) return () => true;
  return (text) => {
    const event = JSON.parse(text) as AuditEvent;
    return (
      asked.every(([name, id]) => identifierOf(event, name) === id) &&
      (!entities || (event.entity ?? []).some(({ what }) => entities.has(what?.reference ?? '')))
    );
  };
}

const identifierOf = (event: AuditEvent, name: string): string | undefined =>
  event.entity?.find((it) => it.what?.identifier?.system === mgnNaming(name))?.what?.identifier?.value;

async function entriesFrom(sql: Sql, query: AuditQuery, from: number, count: number): Promise<readonly Row[]> {
  const sources = sourcesOf(query, from);
  if (sources.length === 0)
    return sql.all(
      'select seq, facts from entry where facts is not null and seq >= ?1 order by seq limit ?2',
      from,
      count,
    );
  const candidates = sources.reduce((one, other) => piece`${one} union ${other}`);
  return sql.all(
    ...statement(
      // only the events of this page are read: sorted with them, each page would read those of all pages after it
      piece`with candidates as materialized (${candidates}), page as materialized (
          select e.seq from candidates c join entry e on e.seq = c.entry
          where e.facts is not null order by e.seq limit ${value(count)})
        select e.seq, e.facts from page p join entry e on e.seq = p.seq order by e.seq`,
    ),
  );
}

/** Selects of entries, of which none has an event that is asked for and is in none of them. Nothing without a filter. */
function sourcesOf({ requestId, correlationId, traceId, ...about }: AuditQuery, from: number): readonly Fragment[] {
  // the rarest first: one filter leads to the entries, the others are compared
  const id = requestId ?? correlationId;
  if (id !== undefined) return [mentioning(id, from), ofRequest(id, from), deliveriesOfRequest(id, from)];
  if (traceId !== undefined) return [mentioning(traceId, from), deliveriesOfTrace(traceId, from)];
  return [...(entitiesOf(about) ?? [])].flatMap((it) => [mentioning(referenceKey(it), from), ...ofResource(it, from)]);
}

function entitiesOf({ entity, entities }: Pick<AuditQuery, 'entity' | 'entities'>): ReadonlySet<string> | undefined {
  return entity === undefined && !entities
    ? undefined
    : new Set([...(entity === undefined ? [] : [entity]), ...(entities ?? [])]);
}

const mentioning = (name: string, from: number): Fragment =>
  piece`select entry from mention where name = ${value(storable(name))} and entry >= ${value(from)}`;

const ofRequest = (id: string, from: number): Fragment =>
  piece`select entry from request where request_id = ${value(storable(id))} and entry >= ${value(from)}`;

/** Attempts of dispatches with the trace of their message, or its request id as their correlation. */
const deliveriesOf = (messages: Fragment, from: number): Fragment =>
  piece`select t.entry from ${messages}
    join dispatch d on d.message_id = e.message and d.own = 1
    join attempt t on t.dispatch = d.key where t.entry >= ${value(from)}`;

const deliveriesOfRequest = (id: string, from: number): Fragment =>
  deliveriesOf(
    piece`(select q.entry from request q where q.request_id = ${value(storable(id))}) q
      join entry e on e.seq = q.entry`,
    from,
  );

const deliveriesOfTrace = (id: string, from: number): Fragment =>
  deliveriesOf(
    piece`(select m.entry from mention m where m.name = ${value(storable(id))}) m join entry e on e.seq = m.entry`,
    from,
  );

/** Entries that wrote a version of the resource. */
function ofResource(reference: string, from: number): readonly Fragment[] {
  const [type = '', id, ...more] = reference.split('/');
  if (id === undefined || more.length) return [];
  const own = piece`r.id = ${value(storable(id))} and r.type = ${value(storable(type))}`;
  return [
    piece`select r.entry from resource r where ${own}`,
    piece`select v.entry from resource r join version v on v.resource = r.key where ${own}`,
  ].map((it) => piece`select entry from (${it}) o where entry >= ${value(from)}`);
}

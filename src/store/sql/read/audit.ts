import { mgnNaming } from '../../../fhir/canonical.ts';
import { readCursor, writeCursor } from '../../cursor.ts';
import type { AuditEvent, AuditQuery, AuditRow, Page, Store } from '../../port.ts';
import { noHash } from '../journal/chain.ts';
import { unpackFacts } from '../journal/facts.ts';
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
  const found: AuditRow[] = [];
  const pageSize = Math.min(query.count + 1, mostEntries);
  let from = query.cursor === undefined ? 0 : await entryOf(sql, after);
  for (let more = true; more && found.length <= query.count; ) {
    const rows = await entriesFrom(sql, query, from, pageSize);
    found.push(...rows.flatMap(eventsOf).filter((it) => it.seq > after && isAsked(it.text)));
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

const eventsOf = (row: Row): readonly AuditRow[] =>
  unpackFacts(bytes(row.facts)).map((text, index) => ({ seq: auditSeq(number(row.seq), index), text }));

function comparisonWith({ requestId, correlationId, traceId, entity }: AuditQuery): (text: string) => boolean {
  const ids = Object.entries({ 'request-id': requestId, 'correlation-id': correlationId, 'trace-id': traceId });
  const asked = ids.filter(([, id]) => id !== undefined);
  if (asked.length === 0 && entity === undefined) return () => true;
  return (text) => {
    const event = JSON.parse(text) as AuditEvent;
    return (
      asked.every(([name, id]) => identifierOf(event, name) === id) &&
      (entity === undefined || (event.entity ?? []).some(({ what }) => what?.reference === entity))
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
      piece`with candidates as materialized (${candidates})
        select e.seq, e.facts from candidates c join entry e on e.seq = c.entry
        where e.facts is not null order by e.seq limit ${value(count)}`,
    ),
  );
}

/** Selects of entries, of which none has an event that is asked for and is in none of them. Nothing without a filter. */
function sourcesOf({ requestId, correlationId, traceId, entity }: AuditQuery, from: number): readonly Fragment[] {
  // the rarest first: one filter leads to the entries, the others are compared
  const id = requestId ?? correlationId;
  if (id !== undefined) return [mentioning(id, from), ofRequest(id, from), deliveriesOfRequest(id, from)];
  if (traceId !== undefined) return [mentioning(traceId, from), deliveriesOfTrace(traceId, from)];
  return entity === undefined ? [] : [mentioning(referenceKey(entity), from), ...ofResource(entity, from)];
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

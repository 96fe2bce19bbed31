import { auditEvent, removedEntries } from '../../../audit/event.ts';
import type { AuditEvent } from '../../port.ts';
import { bulk, bulkRead } from '../bulk.ts';
import { rememberPatients } from '../former-patients.ts';
import type { Indexing } from '../index/indexing.ts';
import { insertMentions } from '../journal/append.ts';
import { mentionsOfEvents, referencesInText } from '../journal/mentions.ts';
import { bitOf, blockOf, referenceKey } from '../keys.ts';
import { rangesOf } from '../ranges.ts';
import { number, type Sql, text } from '../sql.ts';
import type { Writing } from '../writing.ts';
import { dispatchesOf } from './in-use.ts';
import { entriesAt, type JournalEntry, type Journey, type Member, resourceOf } from './journey.ts';

export type Removing = {
  readonly indexing: Indexing;
  readonly newId: (now: Date) => string;
  readonly now: Date;
  readonly network: string;
};

/** Removes journeys but for their audit trail, which says so of each. Returns the number of their deliveries. */
export async function removeJourneys(w: Writing, journeys: readonly Journey[], it: Removing): Promise<number> {
  const { sql } = w;
  const journey: Journey = {
    entries: new Map(journeys.flatMap(({ entries }) => [...entries])),
    members: new Map(journeys.flatMap(({ members }) => [...members])),
  };
  const entries = [...journey.entries.values()];
  const members = [...journey.members.values()];
  const dispatches = (await dispatchesOf(sql, entries)).map(({ key }) => key);
  await mentionAnew(sql, entries, dispatches);
  await removeResources(sql, journey, it.indexing);
  await removeReaders(sql, members);
  for (const [table, column] of [
    ['attempt', 'dispatch'],
    ['dispatch_subject', 'dispatch'],
    ['dispatch', 'key'],
  ])
    await bulk(
      sql,
      (rows) => `delete from ${table} where ${column} in (select key from ${rows} w)`,
      { key: 'integer' },
      dispatches.map((key) => [key]),
    );
  await bulk(
    sql,
    (rows) =>
      `delete from request where (request_id, partner) in (select request_id, partner from ${rows} w)
       and entry in (select entry from ${rows} w)`,
    { request_id: 'text', partner: 'text', entry: 'integer' },
    entries.flatMap(({ seq, partner, head: { message } }) =>
      message && partner !== undefined ? [[message.requestId, partner, seq]] : [],
    ),
  );
  await recordRemoved(sql, entries, it.now);
  await bulk(
    sql,
    (rows) =>
      `update entry set message = null, partner = null, head = '{"sizes":[]}', payload = null
       where seq in (select seq from ${rows} w)`,
    { seq: 'integer' },
    entries.map(({ seq }) => [seq]),
  );
  const entry = w.audit(
    journeys.flatMap((one) => eventOf(one, it) ?? []),
    it.now,
  );
  if (entry !== undefined) {
    const patients = members.filter(({ type }) => type === 'Patient').map((one) => resourceOf(journey, one));
    await rememberPatients(sql, patients, { entry, hide: it.indexing.hide });
  }
  return dispatches.length;
}

/** Only an entry that is recorded here lets go of its texts: see the triggers of the journal. */
const recordRemoved = (sql: Sql, entries: readonly JournalEntry[], now: Date) =>
  bulk(
    sql,
    (rows) =>
      `insert into removed (entry, at, digest) select entry, ?2, digest from ${rows} w where true on conflict do nothing`,
    { entry: 'integer', digest: 'text' },
    entries.map(({ seq, digest }) => [seq, digest]),
    now.getTime(),
  );

function eventOf({ entries, members }: Journey, { newId, now, network }: Removing): AuditEvent | undefined {
  const message = [...entries.values()].sort((a, b) => a.seq - b.seq).find(({ head }) => head.message)?.head.message;
  if (!message && members.size === 0) return undefined;
  return auditEvent({
    id: newId(now),
    at: now,
    action: 'D',
    interaction: 'retention',
    outcome: 'success',
    codes: [],
    partner: { id: 'mgn-gateway', name: network },
    ...(message ? { requestId: message.requestId, traceId: message.traceId } : {}),
    references: [...members.values()].map(({ type, id }) => `${type}/${id}`),
    details: { [removedEntries]: rangesOf(entries.keys()) },
  });
}

/** Audit events are found by rows that go (requests, resources, deliveries): those names then lead to them directly. */
export async function mentionAnew(
  sql: Sql,
  entries: readonly JournalEntry[],
  dispatches: readonly number[],
): Promise<void> {
  const attempts = await bulkRead(
    sql,
    (rows) => `select distinct a.entry from ${rows} w join attempt a on a.dispatch = w.key where a.entry is not null`,
    { key: 'integer' },
    dispatches.map((key) => [key]),
  );
  const others = attempts.map((row) => number(row.entry)).filter((seq) => !entries.some((it) => it.seq === seq));
  const all = [...entries, ...(await entriesAt(sql, others))];
  insertMentions(
    sql,
    all.flatMap(({ seq, events }) => namesOf(events).map((name) => [name, seq] as const)),
  );
  // names that no event of the entry has would outlive it
  await removeMentions(
    sql,
    entries.flatMap(({ seq, events, parts, head: { message } }) => {
      const lasting = new Set(namesOf(events));
      const texts = parts.slice(0, message?.parts.body).map(String);
      const names = [...texts.flatMap(referencesInText).map(referenceKey), ...(message ? [message.traceId] : [])];
      return [...new Set(names)].filter((name) => !lasting.has(name)).map((name) => [name, seq] as const);
    }),
  );
}

const namesOf = (events: readonly string[]): readonly string[] =>
  mentionsOfEvents(events.map((it) => JSON.parse(it) as AuditEvent));

const removeMentions = (sql: Sql, names: readonly (readonly [string, number])[]) =>
  bulk(
    sql,
    (rows) => `delete from mention where (name, entry) in (select name, entry from ${rows} w)`,
    { name: 'text', entry: 'integer' },
    names,
  );

export async function removeResources(sql: Sql, journey: Journey, indexing: Indexing): Promise<void> {
  const members = [...journey.members.values()];
  await bulk(
    sql,
    (rows) =>
      `delete from token where (value, parameter, resource, system) in (
         select value, parameter, resource, system from ${rows} w)`,
    { value: 'text', parameter: 'integer', resource: 'integer', system: 'text' },
    members.flatMap((member) =>
      indexing
        .of(resourceOf(journey, member))
        .tokens.map((it) => [it.value, indexing.key(member.type, it.parameter), member.key, it.system]),
    ),
  );
  for (const [table, column] of [
    ['version', 'resource'],
    ['reader_since', 'resource'],
    ['resource', 'key'],
  ])
    await bulk(
      sql,
      (rows) => `delete from ${table} where ${column} in (select key from ${rows} w)`,
      { key: 'integer' },
      members.map(({ key }) => [key]),
    );
}

/** Of every partner: the table is in the order of partners, of which there are few. */
export async function removeReaders(sql: Sql, members: readonly Member[]): Promise<void> {
  const masks = new Map<number, number>();
  for (const { key } of members) masks.set(blockOf(key), (masks.get(blockOf(key)) ?? 0) + bitOf(key));
  const partners = await sql.all(
    `with recursive p (partner) as (
       select min(partner) from reader
       union all select (select min(r.partner) from reader r where r.partner > p.partner) from p where p.partner is not null
     ) select partner from p where partner is not null`,
  );
  const columns = { partner: 'text', block: 'integer', mask: 'integer' } as const;
  const wanted = partners.flatMap((row) => [...masks].map(([block, mask]) => [text(row.partner), block, mask]));
  await bulk(
    sql,
    (rows) =>
      `update reader set mask = reader.mask & ~w.mask from ${rows} w
       where reader.partner = w.partner and reader.block = w.block`,
    columns,
    wanted,
  );
  await bulk(
    sql,
    (rows) => `delete from reader where mask = 0 and (partner, block) in (select partner, block from ${rows} w)`,
    columns,
    wanted,
  );
}

/** Removes entries without content, with the names that lead to them. What is left of each in the chain is recorded. */
export async function removeAudit(
  w: Writing,
  seqs: readonly number[],
  it: Pick<Removing, 'newId' | 'now' | 'network'>,
): Promise<number> {
  const { sql } = w;
  const { now, network, newId } = it;
  const entries = await entriesAt(sql, seqs);
  await removeMentions(
    sql,
    entries.flatMap(({ seq, events }) => namesOf(events).map((name) => [name, seq] as const)),
  );
  await bulk(
    sql,
    (rows) => `delete from former_patient where entry in (select entry from ${rows} w)`,
    { entry: 'integer' },
    entries.map(({ seq }) => [seq]),
  );
  await recordRemoved(sql, entries, now);
  await bulk(
    sql,
    (rows) => `update removed set link = w.link from ${rows} w where removed.entry = w.entry`,
    { entry: 'integer', link: 'text' },
    entries.flatMap(({ seq, stub }) => (stub === undefined ? [] : [[seq, stub]])),
  );
  w.audit(
    [
      auditEvent({
        id: newId(now),
        at: now,
        action: 'D',
        interaction: 'retention-audit',
        outcome: 'success',
        codes: [],
        partner: { id: 'mgn-gateway', name: network },
        details: { [removedEntries]: rangesOf(entries.map(({ seq }) => seq)) },
      }),
    ],
    now,
  );
  return bulk(
    sql,
    (rows) => `delete from entry where seq in (select seq from ${rows} w)`,
    { seq: 'integer' },
    entries.map(({ seq }) => [seq]),
  );
}

import { auditEvent } from '../../../audit/event.ts';
import type { Erasure, ErasureRequest, ErasureResult, ErasureWish, RecordedErasure } from '../../port.ts';
import { bulk, bulkRead } from '../bulk.ts';
import { forgetPatients } from '../former-patients.ts';
import type { Indexing } from '../index/indexing.ts';
import { dispatchKey, numbersOf, referenceKey } from '../keys.ts';
import { openAmong } from '../retention/in-use.ts';
import { entriesAt, type JournalEntry, type Journey, type Member, resourceOf } from '../retention/journey.ts';
import { mentionAnew, removeReaders, removeResources } from '../retention/remove.ts';
import { date, number, type Sql, text } from '../sql.ts';
import { keyText } from '../storable.ts';
import type { Writing } from '../writing.ts';

type Erasing = { readonly indexing: Indexing; readonly newId: (now: Date) => string };

type Delivery = {
  readonly key: number;
  readonly recipient: string;
  readonly state: string;
  readonly id: string;
  readonly task: string | undefined;
};

/**
 * Erases a person, in the transaction of `w`: the data keys of its Patients are destroyed, so that no text about it can be read
 * any more, not in the journal either, and what leads to those texts is removed. The stored bytes of the journal stay, and with
 * them the chain; so do the audit events, which name ids only. Again without effect.
 */
export async function erasePerson(w: Writing, wish: ErasureWish, it: Erasing): Promise<ErasureResult> {
  const { sql } = w;
  const persons = await personsOf(sql, wish.patients);
  if (persons.some(({ person }) => person === 0)) return { kind: 'in clear' };
  const members = await membersOf(sql, persons);
  const entries = await entriesAbout(sql, members);
  const journey: Journey = { entries: new Map(entries.map((it) => [it.seq, it])), members };
  const former = await formerAmong(sql, wish.patients, persons);
  const numbers = new Set(persons.map(({ person }) => person));
  const deliveries = await deliveriesAbout(sql, entries, numbers);
  const resources = [...members.values()].map((it) => resourceOf(journey, it));
  const waiting = deliveries.filter(({ state }) => state === 'waiting' || state === 'dead');
  const messages = entries.filter((entry) => isMessageAbout(entry, numbers));
  const erasure: Erasure = {
    patients: [...persons.map(({ patient }) => patient), ...former],
    resources: members.size,
    deliveries: deliveries.length,
    messages: messages.length,
    open: [...openAmong(resources, wish.now), ...waiting.map(({ id }) => id)],
    recipients: [
      ...new Set(deliveries.flatMap(({ recipient, state }) => (state === 'delivered' ? recipient : []))),
    ].sort(),
  };
  if (erasure.open.length > 0 && !wish.evenIfOpen) return { kind: 'open', erasure };
  if (wish.dryRun) return { kind: 'would erase', erasure };
  if (erasure.patients.length === 0) return { kind: 'erased', erasure };
  await mentionAnew(
    sql,
    entries,
    deliveries.map(({ key }) => key),
  );
  await removeResources(sql, journey, it.indexing);
  await removeReaders(sql, [...members.values()]);
  await removeDeliveries(sql, deliveries);
  await removeMessages(sql, messages);
  // whom a refused message is about is not known: none stays
  await sql.run('delete from refused_message');
  await destroyKeys(sql, [...numbers]);
  await forgetPatients(sql, former.map(idOf), resources, it.indexing.hide);
  await bulk(
    sql,
    (rows) =>
      `insert into erasure (patient, at, reason, task) select patient, ?2, ?3, task from ${rows} w where true
       on conflict do nothing`,
    { patient: 'text', task: 'text' },
    erasure.patients.map((patient, index) => [
      patient,
      index === 0 ? JSON.stringify(requestsOf(erasure, deliveries, [...members.values()])) : null,
    ]),
    wish.now.getTime(),
    wish.reason,
  );
  w.audit(
    [
      auditEvent({
        id: it.newId(wish.now),
        at: wish.now,
        action: 'D',
        interaction: 'erase-person',
        outcome: 'success',
        codes: [],
        partner: { id: 'mgn-gateway', name: wish.network },
        references: [...erasure.patients, ...[...members.values()].map(({ type, id }) => `${type}/${id}`)],
      }),
    ],
    wish.now,
  );
  return { kind: 'erased', erasure };
}

export async function erasures(sql: Sql): Promise<readonly RecordedErasure[]> {
  const rows = await sql.all('select patient, at, reason, task from erasure order by at, patient');
  return rows.map((row) => ({
    patient: text(row.patient),
    at: date(row.at),
    reason: text(row.reason),
    requests: row.task === null ? [] : (JSON.parse(text(row.task)) as readonly ErasureRequest[]),
  }));
}

/** What each partner that got something is requested to erase: recorded with the erasure, so that no request is lost. */
function requestsOf(
  { recipients }: Erasure,
  deliveries: readonly Delivery[],
  members: readonly Member[],
): readonly ErasureRequest[] {
  const order = members.find(({ type }) => type === 'ServiceRequest');
  return recipients.flatMap((recipient) => {
    const tasks = deliveries.flatMap((it) => (it.recipient === recipient ? (it.task ?? []) : []));
    const [focus, ...others] = new Set([...tasks, ...(order ? [`${order.type}/${order.id}`] : [])]);
    return focus === undefined ? [] : [{ recipient, focus, others }];
  });
}

type PersonOf = { readonly patient: string; readonly id: string; readonly person: number };

async function personsOf(sql: Sql, patients: readonly string[]): Promise<readonly PersonOf[]> {
  const rows = await bulkRead(
    sql,
    (wanted) => `select r.id, r.person from ${wanted} w join resource r on r.id = w.id and r.type = 'Patient'`,
    { id: 'text' },
    [...new Set(patients.map(idOf))].map((id) => [id]),
  );
  return rows.map((row) => ({ patient: `Patient/${text(row.id)}`, id: text(row.id), person: number(row.person) }));
}

/** Patients that the retention removed: all that is left of them is what leads to their audit trail. */
async function formerAmong(
  sql: Sql,
  patients: readonly string[],
  stored: readonly PersonOf[],
): Promise<readonly string[]> {
  const here = new Set(stored.map(({ id }) => id));
  const rows = await bulkRead(
    sql,
    (wanted) => `select distinct f.patient from ${wanted} w join former_patient f on f.patient = w.id`,
    { id: 'text' },
    [...new Set(patients.map(idOf))].filter((id) => !here.has(id)).map((id) => [id]),
  );
  return rows.map((row) => `Patient/${text(row.patient)}`).sort();
}

const idOf = (patient: string): string => patient.replace(/^Patient\//, '');

/** Resources about these persons, and those that name one of them beside another. */
async function membersOf(sql: Sql, persons: readonly PersonOf[]): Promise<ReadonlyMap<number, Member>> {
  const columns = 'r.key, r.type, r.id, r.entry, r.part';
  const own = await bulkRead(
    sql,
    (wanted) => `select ${columns} from ${wanted} w join resource r on r.person = w.person and r.person > 0`,
    { person: 'integer' },
    persons.map(({ person }) => [person]),
  );
  const naming = await bulkRead(
    sql,
    (wanted) =>
      `select distinct ${columns} from ${wanted} w join token t on t.value = w.value join resource r on r.key = t.resource`,
    { value: 'text' },
    persons.map(({ patient }) => [keyText(referenceKey(patient))]),
  );
  return new Map(
    [...own, ...naming].map((row) => [
      number(row.key),
      {
        key: number(row.key),
        type: text(row.type),
        id: text(row.id),
        entry: number(row.entry),
        part: number(row.part),
      },
    ]),
  );
}

/** The entries with a version of them. */
async function entriesAbout(sql: Sql, members: ReadonlyMap<number, Member>): Promise<readonly JournalEntry[]> {
  const rows = await bulkRead(
    sql,
    (wanted) => `select distinct v.entry from ${wanted} w join version v on v.resource = w.key`,
    { key: 'integer' },
    [...members.keys()].map((key) => [key]),
  );
  const seqs = new Set([...rows.map((row) => number(row.entry)), ...[...members.values()].map(({ entry }) => entry)]);
  return entriesAt(sql, [...seqs]);
}

/** Deliveries of which the body is about one of the persons. */
async function deliveriesAbout(
  sql: Sql,
  entries: readonly JournalEntry[],
  persons: ReadonlySet<number>,
): Promise<readonly Delivery[]> {
  const rows = await bulkRead(
    sql,
    (wanted) =>
      `select d.key, d.id, d.recipient, d.state, d.entry, d.part, d.task from ${wanted} w
       join dispatch d on d.key >= w.low and d.key < w.high and d.entry = w.seq`,
    { seq: 'integer', low: 'integer', high: 'integer' },
    entries.map(({ seq, parts }) => [seq, dispatchKey(seq, 0), dispatchKey(seq + numbersOf(parts.length), 0)]),
  );
  const byEntry = new Map(entries.map((it) => [it.seq, it]));
  return rows.flatMap((row) => {
    const about = byEntry.get(number(row.entry))?.persons?.[number(row.part)] ?? [];
    if (!about.some((it) => persons.has(it))) return [];
    const task = row.task === null ? undefined : text(row.task);
    return [{ key: number(row.key), id: text(row.id), recipient: text(row.recipient), state: text(row.state), task }];
  });
}

const isMessageAbout = ({ head: { message }, persons = [] }: JournalEntry, erased: ReadonlySet<number>): boolean =>
  message !== undefined && (persons[message.parts.body] ?? []).some((it) => erased.has(it));

async function removeDeliveries(sql: Sql, deliveries: readonly Delivery[]): Promise<void> {
  const waiting = new Map<string, number>();
  for (const { recipient, state } of deliveries)
    if (state === 'waiting') waiting.set(recipient, (waiting.get(recipient) ?? 0) + 1);
  await bulk(
    sql,
    (rows) => `update recipient set waiting = recipient.waiting - w.waiting from ${rows} w where recipient.id = w.id`,
    { id: 'text', waiting: 'integer' },
    [...waiting],
  );
  for (const [table, column] of [
    ['attempt', 'dispatch'],
    ['dispatch_subject', 'dispatch'],
    ['hold', 'dispatch'],
    ['dispatch', 'key'],
  ])
    await bulk(
      sql,
      (rows) => `delete from ${table} where ${column} in (select key from ${rows} w)`,
      { key: 'integer' },
      deliveries.map(({ key }) => [key]),
    );
}

/** A message that is sent again after this is a new one. */
async function removeMessages(sql: Sql, entries: readonly JournalEntry[]): Promise<void> {
  const rows = entries.map(({ seq }) => [seq]);
  await bulk(
    sql,
    (it) =>
      `delete from request where (request_id, partner) in (select request_id, partner from ${it} w)
       and entry in (select entry from ${it} w)`,
    { request_id: 'text', partner: 'text', entry: 'integer' },
    entries.flatMap(({ seq, partner, head: { message } }) =>
      message && partner !== undefined ? [[message.requestId, partner, seq]] : [],
    ),
  );
  await bulk(sql, (it) => `delete from message_key where entry in (select seq from ${it} w)`, { seq: 'integer' }, rows);
}

async function destroyKeys(sql: Sql, persons: readonly number[]): Promise<void> {
  await bulk(
    sql,
    (rows) => `update person_key set wrapped = null where key in (select key from ${rows} w)`,
    { key: 'integer' },
    persons.map((person) => [person]),
  );
  sql.vault?.forget();
}

import { issue } from '../../../fhir/issue.ts';
import { bulkRead } from '../../sql/bulk.ts';
import { bitOf, isSet } from '../../sql/keys.ts';
import { number, type Sql, text } from '../../sql/sql.ts';
import type { Problems } from './problems.ts';

/** A column that leads to a row of another table; `place`: SQL that names a row of the first. */
type Relation = {
  readonly table: string;
  readonly column: string;
  readonly to: string;
  readonly key: string;
  readonly place: string;
};

const relations: readonly Relation[] = [
  { table: 'resource', column: 'entry', to: 'entry', key: 'seq', place: "t.type || '/' || t.id" },
  { table: 'version', column: 'entry', to: 'entry', key: 'seq', place: "t.resource || ', version ' || t.version" },
  {
    table: 'version',
    column: 'resource',
    to: 'resource',
    key: 'key',
    place: "t.resource || ', version ' || t.version",
  },
  { table: 'request', column: 'entry', to: 'entry', key: 'seq', place: 't.request_id' },
  { table: 'message_key', column: 'entry', to: 'entry', key: 'seq', place: "t.partner || ' ' || t.key" },
  { table: 'mention', column: 'entry', to: 'entry', key: 'seq', place: 't.name' },
  { table: 'former_patient', column: 'entry', to: 'entry', key: 'seq', place: 't.patient' },
  { table: 'token', column: 'resource', to: 'resource', key: 'key', place: 't.resource' },
  { table: 'token', column: 'parameter', to: 'parameter', key: 'key', place: 't.resource' },
  {
    table: 'reader_since',
    column: 'resource',
    to: 'resource',
    key: 'key',
    place: "t.partner || ', resource ' || t.resource",
  },
  { table: 'dispatch', column: 'entry', to: 'entry', key: 'seq', place: 't.id' },
  { table: 'dispatch_subject', column: 'dispatch', to: 'dispatch', key: 'key', place: 't.dispatch' },
  { table: 'dispatch', column: 'recipient', to: 'recipient', key: 'id', place: 't.id' },
  { table: 'hold', column: 'dispatch', to: 'dispatch', key: 'key', place: 't.dispatch' },
  { table: 'attempt', column: 'dispatch', to: 'dispatch', key: 'key', place: "t.dispatch || ', number ' || t.number" },
  {
    table: 'subscription_event',
    column: 'subscription',
    to: 'subscription',
    key: 'key',
    place: "t.subscription || ', number ' || t.number",
  },
  { table: 'configuration_file', column: 'configuration', to: 'configuration', key: 'digest', place: 't.path' },
  { table: 'configuration_file', column: 'content', to: 'content', key: 'digest', place: 't.path' },
  { table: 'configuration_use', column: 'digest', to: 'configuration', key: 'digest', place: 't.seq' },
  { table: 'unknown_code_message', column: 'unknown_code', to: 'unknown_code', key: 'key', place: 't.unknown_code' },
];

/** Beyond this number of rows of one relation it makes no difference how many. */
const most = 1_000;

/** Whether rows lead to rows that exist, and counts that are stored are true. */
export async function checkRelations(sql: Sql, problems: Problems): Promise<void> {
  for (const { table, column, to, key, place } of relations)
    await problems.part(table, async () => {
      const rows = await sql.all(
        `select ${place} as place from ${table} t
         where t.${column} is not null and not exists (select 1 from ${to} o where o.${key} = t.${column}) limit ${most}`,
      );
      for (const row of rows)
        problems.add(
          `${table}.${column}`,
          issue('store-row-orphaned', { place: `${table} ${text(row.place)}`, table: to }),
        );
    });
  await problems.part('request', async () => {
    const rows = await sql.all(
      `select q.request_id from request q join entry e on e.seq = q.entry where e.message is null limit ${most}`,
    );
    for (const row of rows)
      problems.add(
        'request.message',
        issue('store-row-orphaned', { place: `request ${row.request_id}`, table: 'entry (one with a message)' }),
      );
  });
  await problems.part('reader', () => checkReaders(sql, problems));
  await problems.part('recipient', async () => {
    const rows = await sql.all(
      `select r.id, r.waiting, (select count(*) from dispatch d where d.recipient = r.id and d.state = 'waiting') as counted
       from recipient r`,
    );
    for (const row of rows)
      if (number(row.waiting) !== number(row.counted))
        problems.add('waiting', counted(`recipient ${row.id}: waiting`, row.waiting, row.counted));
  });
  await problems.part('subscription', async () => {
    const rows = await sql.all(
      `select s.id, s.events, (select coalesce(max(e.number), 0) from subscription_event e where e.subscription = s.key)
         as counted from subscription s`,
    );
    for (const row of rows)
      if (number(row.events) !== number(row.counted))
        problems.add('events', counted(`subscription ${row.id}: events`, row.events, row.counted));
  });
}

const counted = (place: string, stored: unknown, found: unknown) =>
  issue('store-count-differs', { place, stored: number(stored), counted: number(found) });

/** Each bit of a mask stands for a resource. */
async function checkReaders(sql: Sql, problems: Problems): Promise<void> {
  let after: readonly [string, number] = ['', -1];
  for (let more = true; more; ) {
    const rows = await sql.all(
      'select partner, block, mask from reader where (partner, block) > (?1, ?2) order by partner, block limit 500',
      ...after,
    );
    const bits = rows.flatMap((row) =>
      Array.from({ length: 32 }, (_, bit) => number(row.block) * 32 + bit).flatMap((key) =>
        isSet(number(row.mask), key) ? [[text(row.partner), number(row.block), bitOf(key), key] as const] : [],
      ),
    );
    // compared with the mask as it is by then: the retention removes resources and bits together
    const orphans = await bulkRead(
      sql,
      (wanted) =>
        `select w.partner, w.resource from ${wanted} w
         join reader d on d.partner = w.partner and d.block = w.block and (d.mask & w.bit) <> 0
         where not exists (select 1 from resource r where r.key = w.resource)`,
      { partner: 'text', block: 'integer', bit: 'integer', resource: 'integer' },
      bits,
    );
    for (const row of orphans)
      problems.add(
        'reader',
        issue('store-row-orphaned', { place: `reader ${row.partner}, resource ${row.resource}`, table: 'resource' }),
      );
    const last = rows.at(-1);
    if (last) after = [text(last.partner), number(last.block)];
    more = rows.length === 500;
  }
}

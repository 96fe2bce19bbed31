import { type Issue, issue } from '../../../fhir/issue.ts';
import type { AuditEvent } from '../../port.ts';
import { bulkRead } from '../../sql/bulk.ts';
import type { EntryHead } from '../../sql/journal/entry.ts';
import { unpackFacts } from '../../sql/journal/facts.ts';
import { mentionsOfEvents } from '../../sql/journal/mentions.ts';
import { isSet, numberOfAudit, resourceKey } from '../../sql/keys.ts';
import { bytes, first, number, type Row, type Sql, text } from '../../sql/sql.ts';
import { type ExpectedRights, expectedRights } from './expected-rights.ts';
import type { Problems } from './problems.ts';

/**
 * What leads to the journal is not covered by its chain: `mention` and others, by which an audit event is found, and `reader`,
 * who may read what. Both are compared with what the entries say, next to a running gateway, page by page.
 */
export async function verifyIndexes(
  sql: Sql,
  problems: Problems,
  report: (done: number, last: number) => void = () => {},
): Promise<void> {
  const rights = expectedRights();
  try {
    let read = 0;
    /** Reads the entries up to this number: their events are looked for, their rights added. */
    const readUpTo = async (last: number): Promise<void> => {
      while (read < last) {
        const rows = await sql.all(
          `select seq, head, facts from entry where seq > ?1 and seq <= ?2 order by seq limit ${pageSize}`,
          read,
          last,
        );
        for (const row of rows) {
          const head = headOf(row);
          if (head?.rights) rights.add(number(row.seq), head.rights);
        }
        for (const it of await missingNames(sql, rows)) problems.add('names', it);
        read = rows.length < pageSize ? last : number(rows.at(-1)?.seq);
        report(read, last);
      }
    };
    await readUpTo(number((await first(sql.all('select seq from head where id = 1')))?.seq));
    const comparing = { sql, problems, rights, readUpTo };
    await compareReaders(comparing);
    await compareUnseen(comparing);
    await compareLater(comparing);
  } finally {
    rights.close();
  }
}

const pageSize = 200;

function headOf(row: Row): EntryHead | undefined {
  try {
    return JSON.parse(text(row.head)) as EntryHead;
  } catch {
    return undefined; // reported by the chain
  }
}

/** Events of delivery attempts: what their ids lead to is found by the delivery, and by its message. */
const deliveries: ReadonlySet<string> = new Set(['deliver', 'notify']);

function eventsOf(row: Row): readonly AuditEvent[] {
  try {
    return row.facts === null ? [] : unpackFacts(bytes(row.facts)).map((it) => JSON.parse(it) as AuditEvent);
  } catch {
    return []; // reported by the chain
  }
}

type Name = readonly [name: string, entry: number, id: string, type: string];

function namesIn(row: Row): readonly Name[] {
  const events = eventsOf(row);
  const isAttempt = events.some(({ subtype = [] }) => subtype.some(({ code = '' }) => deliveries.has(code)));
  return mentionsOfEvents(events).flatMap((name) => {
    const [id = '', type = ''] = name.split('/');
    return type === '' && isAttempt ? [] : [[name, number(row.seq), id, type] as const];
  });
}

/** What no row leads from to the entry of an event that names it: a search, and the person's report, would lack the event. */
async function missingNames(sql: Sql, rows: readonly Row[]): Promise<readonly Issue[]> {
  const names = rows.flatMap(namesIn);
  if (names.length === 0) return [];
  const led = new Set(
    (
      await bulkRead(
        sql,
        (wanted) => `select w.name, w.entry from ${wanted} w join mention m on m.name = w.name and m.entry = w.entry`,
        { name: 'text', entry: 'integer' },
        names.map(([name, entry]) => [name, entry]),
      )
    ).map((row) => `${text(row.entry)} ${text(row.name)}`),
  );
  const others = names.filter(([name, entry]) => !led.has(`${entry} ${name}`));
  // in one statement: the retention exchanges these rows for others, in a transaction
  const missing = await bulkRead(
    sql,
    (wanted) =>
      `select w.name, w.entry, e.at from ${wanted} w join entry e on e.seq = w.entry
       where not exists (select 1 from request q where q.request_id = w.name and q.entry = w.entry)
         and not exists (select 1 from resource r where r.id = w.id and r.type = w.type and (r.entry = w.entry
           or exists (select 1 from version v where v.resource = r.key and v.entry = w.entry)))
         and not exists (select 1 from mention m where m.name = w.name and m.entry = w.entry)
       order by w.entry, w.name`,
    { name: 'text', entry: 'integer', id: 'text', type: 'text' },
    others,
  );
  return missing.map((row) =>
    issue('audit-name-missing', {
      entry: number(row.entry),
      at: new Date(number(row.at)).toISOString(),
      name: referenceIn(text(row.name)),
    }),
  );
}

const referenceIn = (name: string): string => name.split('/').reverse().join('/');

type Comparing = {
  readonly sql: Sql;
  readonly problems: Problems;
  readonly rights: ExpectedRights;
  /** A gateway writes meanwhile: what a statement read is compared with the journal of that moment. */
  readonly readUpTo: (entry: number) => Promise<void>;
};

const upTo = '(select seq from head where id = 1) as up_to';

/** Each row of `reader`: nobody reads what no entry opened, and who may read has the row. */
async function compareReaders({ sql, problems, rights, readUpTo }: Comparing): Promise<void> {
  for (let after: readonly [string, number] = ['', -1], more = true; more; ) {
    const rows = await sql.all(
      `select partner, block, mask, ${upTo} from reader where (partner, block) > (?1, ?2)
       order by partner, block limit 500`,
      ...after,
    );
    const last = rows.at(-1);
    await readUpTo(number(last?.up_to ?? 0));
    const differing = rows.flatMap((row) => {
      const [partner, block, mask] = [text(row.partner), number(row.block), number(row.mask)];
      const expected = rights.see(partner, block);
      return mask === expected
        ? []
        : bitsOf(partner, block).filter(([, key]) => isSet(mask, key) !== isSet(expected, key));
    });
    await judge({ sql, problems, rights, readUpTo }, differing);
    if (last) after = [text(last.partner), number(last.block)];
    more = rows.length === 500;
  }
}

/** Rights in the journal of which the whole row is gone. */
async function compareUnseen({ sql, problems, rights, readUpTo }: Comparing): Promise<void> {
  for (let after: readonly [string, number] = ['', -1], more = true; more; ) {
    const rows = rights.unseen(after, 500);
    await judge(
      { sql, problems, rights, readUpTo },
      rows.flatMap(({ partner, block, mask }) => bitsOf(partner, block).filter(([, key]) => isSet(mask, key))),
    );
    const last = rows.at(-1);
    if (last) after = [last.partner, last.block];
    more = rows.length === 500;
  }
}

type Bit = readonly [partner: string, resource: number];

const bitsOf = (partner: string, block: number): readonly Bit[] =>
  Array.from({ length: 32 }, (_, bit) => [partner, block * 32 + bit] as const);

/** Looks at rights that differ once more, with the entry that created the resource, all of one moment. */
async function judge({ sql, problems, rights, readUpTo }: Comparing, bits: readonly Bit[]): Promise<void> {
  const rows = await bulkRead(
    sql,
    (wanted) =>
      `select w.partner, w.resource, r.type, r.id, ${upTo}, d.mask,
         (select e.head from entry e where e.seq <= w.number order by e.seq desc limit 1) as head
       from ${wanted} w left join resource r on r.key = w.resource
       left join reader d on d.partner = w.partner and d.block = w.resource / 32
       order by w.partner, w.resource`,
    { partner: 'text', resource: 'integer', number: 'integer' },
    bits.map(([partner, resource]) => [partner, resource, numberOfAudit(resource)]),
  );
  await readUpTo(number(rows.at(-1)?.up_to ?? 0));
  for (const row of rows) {
    const [partner, resource] = [text(row.partner), number(row.resource)];
    const isHere = row.mask !== null && isSet(number(row.mask), resource);
    const isExpected = isSet(rights.see(partner, Math.floor(resource / 32)), resource);
    if (isHere === isExpected) continue;
    const place = row.id === null ? `resource ${resource}` : `${text(row.type)}/${text(row.id)}`;
    if (isExpected && row.id !== null) problems.add('right gone', issue('audit-right-missing', { partner, place }));
    // what was created before rights were recorded
    const isKnown = row.head !== null && headOf(row)?.rights !== undefined;
    const isAhead = resource >= resourceKey(number(row.up_to) + 1, 0);
    if (isHere && (isKnown || isAhead)) problems.add('right', issue('audit-right-unexplained', { partner, place }));
  }
}

/** A right from a later version on must not reach further back. */
async function compareLater({ sql, problems, rights, readUpTo }: Comparing): Promise<void> {
  for (let after: readonly [number, string] = [-1, ''], more = true; more; ) {
    const page = rights.later(after, 500);
    const rows = await bulkRead(
      sql,
      (wanted) =>
        `select w.partner, w.resource, r.type, r.id, ${upTo}, d.mask, s.since from ${wanted} w
         join resource r on r.key = w.resource
         join reader d on d.partner = w.partner and d.block = w.resource / 32
         left join reader_since s on s.resource = w.resource and s.partner = w.partner`,
      { partner: 'text', resource: 'integer' },
      page.map(({ partner, resource }) => [partner, resource]),
    );
    await readUpTo(number(rows.at(-1)?.up_to ?? 0));
    for (const row of rows) {
      const [partner, resource] = [text(row.partner), number(row.resource)];
      const since = row.since === null ? 1 : number(row.since);
      if (!isSet(number(row.mask), resource) || since >= rights.sinceOf(partner, resource)) continue;
      const place = `${text(row.type)}/${text(row.id)}, version ${since}`;
      problems.add('right', issue('audit-right-unexplained', { partner, place }));
    }
    const last = page.at(-1);
    if (last) after = [last.resource, last.partner];
    more = page.length === 500;
  }
}

import { issue } from '../../../fhir/issue.ts';
import { type Entry, entriesIn } from '../../sql/journal/entry.ts';
import { unpackFacts } from '../../sql/journal/facts.ts';
import { messageOf } from '../../sql/journal/message.ts';
import { bytes, first, number, type Row, type Sql } from '../../sql/sql.ts';
import { isDamage, type Problems } from './problems.ts';

export type EntriesRead = { readonly entries: number; readonly unreadable: number };

const pageSize = 100;

/** Reads each entry of the journal: its texts, and its audit events. */
export async function checkEntries(
  sql: Sql,
  problems: Problems,
  report: (done: number, last: number) => void,
): Promise<EntriesRead> {
  const last = await lastEntry(sql);
  let [entries, unreadable, biggest] = [0, 0, 0];
  for (let from = 1; from <= last; from += pageSize) {
    for await (const { seq, row } of rowsFrom(sql, from, Math.min(from + pageSize - 1, last))) {
      biggest = Math.max(biggest, seq);
      const problem = typeof row === 'string' ? row : await problemOf(sql, row);
      if (problem === undefined) entries += 1;
      else {
        unreadable += 1;
        problems.add('entry', issue('store-entry-damaged', { place: `entry ${seq}`, problem }));
      }
    }
    report(from, last);
  }
  await problems.part('head', async () => {
    const stored = number((await first(sql.all('select seq from head')))?.seq);
    if (stored < biggest)
      problems.add('head', issue('store-count-differs', { place: 'head.seq', stored, counted: biggest }));
  });
  return { entries, unreadable };
}

async function lastEntry(sql: Sql): Promise<number> {
  const known = [];
  for (const select of ['select seq from head', 'select max(seq) as seq from entry'])
    try {
      known.push(number((await first(sql.all(select)))?.seq));
    } catch (why) {
      if (!isDamage(why)) throw why;
    }
  return Math.max(0, ...known);
}

/** A page that cannot be read is read row by row: the damage often is in one row. */
async function* rowsFrom(
  sql: Sql,
  from: number,
  to: number,
): AsyncGenerator<{ readonly seq: number; readonly row: Row | string }> {
  try {
    const rows = await sql.all('select * from entry where seq between ?1 and ?2 order by seq', from, to);
    for (const row of rows) yield { seq: number(row.seq), row };
    return;
  } catch (why) {
    if (!isDamage(why)) throw why;
  }
  for (let seq = from; seq <= to; seq++) {
    try {
      const row = await first(sql.all('select * from entry where seq = ?1', seq));
      if (row) yield { seq, row };
    } catch (why) {
      if (!isDamage(why)) throw why;
      yield { seq, row: why.message };
    }
  }
}

/** Undefined when all of its texts are readable. */
async function problemOf(sql: Sql, row: Row): Promise<string | undefined> {
  let entry: Entry;
  try {
    [entry] = (await entriesIn(sql, [row])) as [Entry];
    if (row.facts !== null) for (const text of unpackFacts(bytes(row.facts))) JSON.parse(text);
  } catch (why) {
    return why instanceof Error ? why.message : String(why);
  }
  const { message } = entry.head;
  if (!message || entry.erased) return undefined;
  const missing = Object.entries(message.parts).find(([, part]) => !entry.parts[part]);
  if (missing) return `its ${missing[0]} is missing`;
  return messageOf(entry) ? undefined : 'its message has no id or no sender';
}

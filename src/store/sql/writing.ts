import type { AuditEvent } from '../port.ts';
import { type EntryRow, insertEntries } from './journal/append.ts';
import { type Facts, factsOf } from './journal/facts.ts';
import { numbersOf } from './keys.ts';
import { first, number, type Sql } from './sql.ts';

/** A transaction that writes: several commits and results of deliveries together. */
export type Writing = {
  readonly sql: Sql;
  /** Numbers a new entry of the journal, with at most `items` resources, dispatches or audit events (default 1). */
  readonly nextEntry: (items?: number) => number;
  /**
   * Records audit events that belong to no commit, in an entry that they have in common. Returns its number; undefined
   * without events.
   */
  readonly audit: (events: readonly AuditEvent[], at: Date) => number | undefined;
  /** The same for events as texts. */
  readonly record: (facts: Facts, at: number) => number | undefined;
  /** Counts changes of Subscriptions, over all gateways. */
  readonly agreements: () => number;
  readonly countAgreement: () => void;
};

/**
 * Runs work on the row `head` that all writers lock: numbers that it assigns follow the order of commits, and what it reads
 * stays as it is.
 */
export async function writeTogether<T>(sql: Sql, work: (w: Writing) => Promise<T>): Promise<T> {
  const head =
    sql.locked ?? (await first(sql.all(`select seq, agreements from head where id = 1${sql.dialect.forUpdate}`)));
  const before = { seq: number(head?.seq), agreements: number(head?.agreements) };
  let { seq, agreements } = before;
  const nextEntry = (items = 1) => {
    const entry = seq + 1;
    seq += numbersOf(items);
    return entry;
  };
  const recorded: (EntryRow & { readonly texts: string[]; readonly names: string[] })[] = [];

  const record: Writing['record'] = ({ texts, names }, at) => {
    if (texts.length === 0) return undefined;
    let entry = recorded.at(-1);
    if (!entry || numbersOf(entry.texts.length + texts.length) > 1) {
      const own = { texts: [] as string[], names: [] as string[] };
      entry = { seq: nextEntry(texts.length), at, sizes: [], facts: own, ...own };
      recorded.push(entry);
    }
    entry.texts.push(...texts);
    entry.names.push(...names);
    return entry.seq;
  };
  const result = await work({
    sql,
    nextEntry,
    record,
    audit: (events, at) => record(factsOf(events), at.getTime()),
    agreements: () => agreements,
    countAgreement: () => {
      agreements += 1;
    },
  });
  insertEntries(sql, recorded);
  if (seq !== before.seq || agreements !== before.agreements)
    sql.send('update head set seq = ?1, agreements = ?2 where id = 1', seq, agreements);
  return result;
}

import type { AuditEvent } from '../port.ts';
import { type EntryRow, insertEntries } from './journal/append.ts';
import { type Facts, factsOf } from './journal/facts.ts';
import { itemsPerEntry } from './keys.ts';
import { first, number, type Sql, together } from './sql.ts';

/** A transaction that writes: several commits and results of deliveries together. */
export type Writing = {
  readonly sql: Sql;
  /** Numbers a new entry of the journal. */
  readonly nextEntry: () => number;
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
  const head = await first(sql.all(`select seq, agreements from head where id = 1${sql.dialect.forUpdate}`));
  const before = { seq: number(head?.seq), agreements: number(head?.agreements) };
  let { seq, agreements } = before;
  const nextEntry = () => ++seq;
  const recorded: (EntryRow & { readonly texts: string[]; readonly names: string[] })[] = [];

  const record: Writing['record'] = ({ texts, names }, at) => {
    if (texts.length === 0) return undefined;
    if (texts.length > itemsPerEntry) {
      const [some, others] = [texts.slice(0, itemsPerEntry), texts.slice(itemsPerEntry)];
      record({ texts: others, names }, at);
      return record({ texts: some, names }, at);
    }
    let entry = recorded.at(-1);
    if (!entry || entry.texts.length + texts.length > itemsPerEntry) {
      const own = { texts: [] as string[], names: [] as string[] };
      entry = { seq: nextEntry(), at, sizes: [], facts: own, ...own };
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
  await together(sql, [
    () => insertEntries(sql, recorded),
    async () => {
      if (seq !== before.seq || agreements !== before.agreements)
        await sql.run('update head set seq = ?1, agreements = ?2 where id = 1', seq, agreements);
    },
  ]);
  return result;
}

import type { AuditEvent } from '../port.ts';
import { addMissedLinks, type ChainHead, chainAt } from './journal/add-links.ts';
import { type EntryRow, insertEntries } from './journal/append.ts';
import { type Facts, factsOf } from './journal/facts.ts';
import { numbersOf } from './keys.ts';
import { first, number, type Sql } from './sql.ts';

/**
 * Audit events without a commit that share an entry, at most: who looks for one of them unpacks all of them. More in one call
 * stay together.
 */
const eventsTogether = 128;

/** A transaction that writes: several commits and results of deliveries together. */
export type Writing = {
  readonly sql: Sql;
  /** Numbers a new entry of the journal, with at most `items` resources, dispatches or audit events (default 1). */
  readonly nextEntry: (items?: number) => number;
  /** Adds numbered entries to the journal: those with a lower number are there, or among them. */
  readonly insert: (entries: readonly EntryRow[]) => void;
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
export async function writeTogether<T>(
  sql: Sql,
  work: (w: Writing) => Promise<T>,
  { hasChain = true }: { readonly hasChain?: boolean } = {},
): Promise<T> {
  const columns = hasChain ? 'seq, agreements, chained, hash' : 'seq, agreements';
  const head = sql.locked ?? (await first(sql.all(`select ${columns} from head where id = 1${sql.dialect.forUpdate}`)));
  const before = { seq: number(head?.seq), agreements: number(head?.agreements) };
  let { seq, agreements } = before;
  const chain = hasChain ? chainAt(head as ChainHead) : undefined;
  if (chain) await addMissedLinks(sql, chain, before.seq);
  const nextEntry = (items = 1) => {
    const entry = seq + 1;
    seq += numbersOf(items);
    return entry;
  };
  let recorded: (EntryRow & { readonly texts: string[]; readonly names: string[] })[] = [];
  const insert = (entries: readonly EntryRow[]): void => {
    const all = [...recorded, ...entries].sort((one, other) => one.seq - other.seq);
    recorded = [];
    insertEntries(sql, all, chain);
  };

  const record: Writing['record'] = ({ texts, names }, at) => {
    if (texts.length === 0) return undefined;
    let entry = recorded.at(-1);
    if (!entry || entry.texts.length + texts.length > eventsTogether) {
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
    insert,
    record,
    audit: (events, at) => record(factsOf(events), at.getTime()),
    agreements: () => agreements,
    countAgreement: () => {
      agreements += 1;
    },
  });
  insert([]);
  const isChained = !chain || number(head?.chained) === seq;
  if (seq !== before.seq || agreements !== before.agreements || !isChained)
    sql.send(
      `update head set seq = ?1, agreements = ?2${chain ? ', chained = ?1, hash = ?3' : ''} where id = 1`,
      seq,
      agreements,
      ...(chain ? [chain.end().hash.toString('base64url')] : []),
    );
  return result;
}

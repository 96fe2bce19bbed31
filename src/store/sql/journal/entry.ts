import { yieldToOthers } from '../../../turns.ts';
import type { Message } from '../../port.ts';
import { storeError } from '../../store-problem.ts';
import { bytes, number, type Row, type Sql, text, type Vault } from '../sql.ts';
import { isSealed, nobody, openSealed, type Persons, personsOf } from '../vault/sealed.ts';
import { unpack } from './payload.ts';
import type { EntryRights } from './rights.ts';

/** What of an entry is stored as JSON, in clear: nothing of a person. */
export type EntryHead = {
  /** Sizes of its texts in bytes. */
  readonly sizes: readonly number[];
  /** Absent: from before rights were recorded, or nothing was written that anybody reads. */
  readonly rights?: EntryRights;
  /** The message that was received; its three texts are the parts with these numbers. */
  readonly message?: Omit<Message, 'id' | 'partner' | 'body' | 'answer' | 'messageLog' | 'receivedAt'> & {
    readonly receivedAt: number;
    readonly answer: { readonly status: number; readonly contentType: string };
    readonly parts: { readonly body: number; readonly answer: number; readonly log: number };
  };
};

/** An entry of the journal with its texts. */
export type Entry = {
  readonly seq: number;
  readonly at: number;
  /** Id of the message. */
  readonly message?: string;
  readonly partner?: string;
  readonly head: EntryHead;
  readonly parts: readonly Buffer[];
  /** Whom each part is about, by their numbers; absent: the entry is in clear. */
  readonly persons?: readonly Persons[];
  /** Parts that cannot be read any more, since a person was erased: they are empty. */
  readonly erased?: ReadonlySet<number>;
};

/** The texts of entries by their number, with those read last in memory: a page of resources often shares entries. */
export type Entries = {
  /** Entries that do not exist are left out. */
  of(seqs: Iterable<number>): Promise<ReadonlyMap<number, Entry>>;
};

/** Bytes of texts. */
const mostCached = 16_000_000;

/** Entries in memory, those written or read last. */
export type EntryCache = {
  readonly get: (seq: number) => Entry | undefined;
  readonly put: (entry: Entry) => void;
  readonly clear: () => void;
};

export function entryCache(): EntryCache {
  const entries = new Map<number, Entry>();
  let size = 0;
  return {
    get: (seq) => entries.get(seq),
    put: (entry) => {
      if (entries.has(entry.seq)) return;
      entries.set(entry.seq, entry);
      size += sizeOf(entry);
      for (const [seq, oldest] of entries) {
        if (size <= mostCached) break;
        entries.delete(seq);
        size -= sizeOf(oldest);
      }
    },
    clear: () => {
      entries.clear();
      size = 0;
    },
  };
}

export const entriesOf = (sql: Sql, cache: EntryCache = entryCache(), how?: Opening): Entries => ({
  of: async (seqs) => {
    const found = new Map<number, Entry>();
    const missing: number[] = [];
    for (const seq of new Set(seqs)) {
      const known = cache.get(seq);
      if (known) found.set(seq, known);
      else missing.push(seq);
    }
    for (const entry of await readEntries(sql, missing, how)) {
      cache.put(entry);
      found.set(entry.seq, entry);
    }
    return found;
  },
});

export async function readEntries(sql: Sql, seqs: readonly number[], how?: Opening): Promise<readonly Entry[]> {
  if (seqs.length === 0) return [];
  const rows = await sql.all(
    `select e.* from ${sql.dialect.rows('?1', { seq: 'integer' })} w join entry e on e.seq = w.seq`,
    JSON.stringify(seqs.map((seq) => [seq])),
  );
  return entriesIn(sql, rows, how);
}

/**
 * The entries of rows of `entry`, opened with the data keys of the store. `now`: keys are read again, for a text that no row
 * leads to which goes with an erasure, so that a key in memory would still open it. `in turns`: others have their turn between
 * two entries; not within a transaction.
 */
export async function entriesIn(sql: Sql, rows: readonly Row[], how?: Opening): Promise<readonly Entry[]> {
  const persons = rows.flatMap((row) => {
    if (row.payload === null || !isSealed(bytes(row.payload))) return [];
    const { sizes } = JSON.parse(text(row.head)) as EntryHead;
    return personsOf(bytes(row.payload), sizes.length).flatMap((it) => (it.length ? it : [nobody]));
  });
  const load = async (): Promise<void> => {
    if (persons.length === 0) return;
    if (!sql.vault) throw storeError('ERR_STORE_KEY_NEEDED', 'The store is encrypted, and no key ring was given.');
    await sql.vault.load(sql, persons, how === 'now' ? how : undefined);
  };
  await load();
  if (how !== 'in turns') return rows.map((row) => entryOf(row, sql.vault));
  const yieldIfDue = yieldToOthers();
  const entries: Entry[] = [];
  for (const row of rows) {
    const due = yieldIfDue();
    if (due) {
      await due;
      await load(); // others may have put theirs in the place of ours
    }
    entries.push(entryOf(row, sql.vault));
  }
  return entries;
}

type Opening = 'now' | 'in turns';

function entryOf(row: Row, vault: Vault | undefined): Entry {
  const head = JSON.parse(text(row.head)) as EntryHead;
  return {
    seq: number(row.seq),
    at: number(row.at),
    ...(row.message === null ? {} : { message: text(row.message) }),
    ...(row.partner === null ? {} : { partner: text(row.partner) }),
    head,
    ...partsOf(row, head, vault),
  };
}

type Parts = Pick<Entry, 'parts' | 'persons' | 'erased'>;

function partsOf(row: Row, { sizes }: EntryHead, vault: Vault | undefined): Parts {
  if (row.payload === null) return { parts: [] };
  const payload = bytes(row.payload);
  if (!isSealed(payload) || !vault) return { parts: unpack(payload, sizes) };
  const opened = openSealed(number(row.seq), payload, sizes, vault.keyOf);
  const erased = new Set(opened.flatMap((it, place) => (it ? [] : [place])));
  return {
    parts: opened.map((it) => it ?? Buffer.alloc(0)),
    persons: personsOf(payload, sizes.length),
    ...(erased.size ? { erased } : {}),
  };
}

const sizeOf = ({ head }: Entry): number => head.sizes.reduce((sum, it) => sum + it, 200);

import { bulkSend } from '../bulk.ts';
import type { Sql } from '../sql.ts';
import { type Chain, linkSize } from './chain.ts';
import type { EntryHead } from './entry.ts';
import { type Facts, packFacts } from './facts.ts';

/** An entry to be added to the journal. */
export type EntryRow = EntryHead & {
  readonly seq: number;
  readonly at: number;
  /** Id of the message, and its sender. */
  readonly id?: string;
  readonly partner?: string;
  readonly payload?: Uint8Array;
  readonly facts: Facts;
};

/**
 * Adds entries, in the order of their numbers, with the names by which their audit events are found: two statements for all.
 * Without a chain they get no link: a store of the release before has none.
 */
export function insertEntries(sql: Sql, entries: readonly EntryRow[], chain: Chain | undefined): void {
  if (entries.length === 0) return;
  const blobs: Uint8Array[] = [];
  let size = 0;
  const place = (blob: Uint8Array | null): readonly [number, number] => {
    if (!blob) return [0, 0];
    blobs.push(blob);
    size += blob.length;
    return [size - blob.length + 1, blob.length];
  };
  const rows = entries.map(({ seq, at, id, partner, payload = null, facts, sizes, rights, message: ofHead }) => {
    const packed = facts.texts.length ? packFacts(facts.texts) : null;
    const message = id ?? null;
    const sender = partner ?? null;
    const head = JSON.stringify({ sizes, rights, message: ofHead });
    const link = chain?.add({ seq, at, message, partner: sender, head, payload, facts: packed });
    return [seq, at, message, sender, head, ...place(payload), ...place(packed), place(link ?? null)[0]];
  });
  const bytesAt = (start: string, size: string) =>
    `substr(cast(?2 as ${sql.dialect.bytes}), cast(${start} as int), cast(${size} as int))`;
  sql.send(
    `insert into entry (seq, at, message, partner, head, payload, facts${chain ? ', link' : ''})
     select seq, at, message, partner, head,
       case when p_size > 0 then ${bytesAt('p_start', 'p_size')} end,
       case when f_size > 0 then ${bytesAt('f_start', 'f_size')} end
       ${chain ? `, ${bytesAt('link', String(linkSize))}` : ''}
     from ${sql.dialect.rows('?1', {
       seq: 'integer',
       at: 'integer',
       message: 'text',
       partner: 'text',
       head: 'text',
       p_start: 'integer',
       p_size: 'integer',
       f_start: 'integer',
       f_size: 'integer',
       link: 'integer',
     })} w`,
    JSON.stringify(rows),
    Buffer.concat(blobs),
  );
  insertMentions(
    sql,
    entries.flatMap(({ seq, facts }) => [...new Set(facts.names)].map((name) => [name, seq] as const)),
  );
}

/** Names by which entries are found. */
export const insertMentions = (sql: Sql, names: readonly (readonly [name: string, entry: number])[]) =>
  bulkSend(
    sql,
    (rows) => `insert into mention (name, entry) select name, entry from ${rows} w where true on conflict do nothing`,
    { name: 'text', entry: 'integer' },
    names,
  );

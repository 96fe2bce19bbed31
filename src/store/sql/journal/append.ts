import { bulkSend } from '../bulk.ts';
import type { Sql } from '../sql.ts';
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

/** Adds entries with the names by which their audit events are found: two statements for all. */
export function insertEntries(sql: Sql, entries: readonly EntryRow[]): void {
  if (entries.length === 0) return;
  const blobs: Uint8Array[] = [];
  let size = 0;
  const place = (blob: Uint8Array | undefined): readonly [number, number] => {
    if (!blob) return [0, 0];
    blobs.push(blob);
    size += blob.length;
    return [size - blob.length + 1, blob.length];
  };
  const rows = entries.map(({ seq, at, id, partner, payload, facts, sizes, message }) => [
    seq,
    at,
    id ?? null,
    partner ?? null,
    JSON.stringify({ sizes, message }),
    ...place(payload),
    ...place(facts.texts.length ? packFacts(facts.texts) : undefined),
  ]);
  sql.send(
    `insert into entry (seq, at, message, partner, head, payload, facts)
     select seq, at, message, partner, head,
       case when p_size > 0 then substr(cast(?2 as ${sql.dialect.bytes}), cast(p_start as int), cast(p_size as int)) end,
       case when f_size > 0 then substr(cast(?2 as ${sql.dialect.bytes}), cast(f_start as int), cast(f_size as int)) end
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

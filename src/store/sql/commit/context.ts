import type { Indexing } from '../index/indexing.ts';
import type { Entries, Entry } from '../journal/entry.ts';
import type { Sql } from '../sql.ts';
import type { ActiveCopy } from './active.ts';

/** What entries are read and indexed with. */
export type Reading = { readonly indexing: Indexing; readonly entries: (sql: Sql) => Entries };

export type CommitContext = Reading & {
  readonly active: ActiveCopy;
  readonly newId: (now: Date) => string;
  /** Called with entries that can be read once the transaction has ended. */
  readonly wrote: (entries: readonly Entry[]) => void;
};

import type { Dispatch, SubscriptionEvent } from '../../port.ts';
import type { IndexRows } from '../index/indexing.ts';
import type { EntryRow } from '../journal/append.ts';
import type { Entry } from '../journal/entry.ts';
import type { Current, EarlierMessage, KeyOwner } from './load.ts';
import type { Rights } from './rights.ts';

/** The current version of a resource after a group of commits. */
export type ResourceRow = Current & {
  readonly type: string;
  readonly id: string;
  readonly index: IndexRows;
  /** Where its current version was before the group; absent: created by it. */
  readonly before?: Pick<Current, 'entry' | 'part'>;
};

export type NewDispatch = {
  readonly dispatch: Dispatch;
  readonly now: Date;
  readonly key: number;
  readonly entry: number;
  readonly part: number;
  readonly own: boolean;
  /** Of a body that is in the journal already; absent: that of the dispatch. */
  readonly size?: number;
};

/** An event of a Subscription, by its key. */
export type NewEvent = SubscriptionEvent & { readonly subscription: number };

/** The rows that a group of commits writes, each table in one statement. */
export type Rows = {
  readonly entries: EntryRow[];
  /** Texts of the entries of this group, which are not stored yet. */
  readonly texts: Map<number, readonly (string | Uint8Array)[]>;
  /** Entries with something to deliver, as they will be read. */
  readonly written: Entry[];
  readonly requests: (EarlierMessage & { readonly partner: string; readonly requestId: string })[];
  /** By `keyName`. */
  readonly keys: Map<string, KeyOwner & { readonly partner: string; readonly key: string }>;
  /** By key. */
  readonly resources: Map<number, ResourceRow>;
  /** Versions that are no longer the current ones. */
  readonly versions: (Current & { readonly resource: number })[];
  readonly rights: Rights;
  readonly dispatches: NewDispatch[];
  readonly events: NewEvent[];
};

export const emptyRows = (rights: Rights): Rows => ({
  entries: [],
  texts: new Map(),
  written: [],
  requests: [],
  keys: new Map(),
  resources: new Map(),
  versions: [],
  rights,
  dispatches: [],
  events: [],
});

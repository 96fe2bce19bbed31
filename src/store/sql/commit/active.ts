import { activeSubscriptions } from '../subscriptions.ts';
import type { Writing } from '../writing.ts';
import type { Active } from './accept.ts';
import type { PreparedCommit } from './prepare.ts';

/**
 * A copy of the active Subscriptions in memory, with the numbers of their last events. It is read anew when a Subscription
 * changed, here or at another gateway on the store.
 */
export type ActiveCopy = {
  /** Those that the commits may announce anything to. */
  readonly read: (w: Writing, commits: readonly PreparedCommit[]) => Promise<readonly Active[]>;
  /** What `read` returns unless a Subscription was changed; undefined when it must be read. */
  readonly last: (commits: readonly PreparedCommit[]) => readonly Active[] | undefined;
  /** The events of this transaction were numbered in the copy itself. */
  readonly keep: (w: Writing) => void;
  /** After a transaction that was rolled back: the numbers in memory may be ahead. */
  readonly forget: () => void;
};

const nothing: readonly Active[] = [];

export function activeCopy(): ActiveCopy {
  let copy: { readonly at: number; readonly active: readonly Active[] } | undefined;
  return {
    read: async (w, commits) => {
      if (!commits.some(({ announce }) => announce)) return nothing;
      if (copy?.at !== w.agreements()) copy = { at: w.agreements(), active: await activeSubscriptions(w.sql) };
      return copy.active;
    },
    last: (commits) => (commits.some(({ announce }) => announce) ? copy?.active : nothing),
    keep: (w) => {
      // else a Subscription changed since it was read, by a commit of the same transaction
      if (copy?.at === w.agreements() - 1) copy = { ...copy, at: w.agreements() };
    },
    forget: () => {
      copy = undefined;
    },
  };
}

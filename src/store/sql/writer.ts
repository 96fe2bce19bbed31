import { timeOrderedId } from '../../world.ts';
import { activeCopy } from './commit/active.ts';
import { type Group, groupOf, type RunJobs } from './group.ts';
import type { Indexing } from './index/indexing.ts';
import { runJobs } from './jobs.ts';
import { entriesOf } from './journal/entry.ts';
import type { Database } from './sql.ts';

export type WriterOptions = {
  readonly indexing: Indexing;
  /** Ids of the notifications and AuditEvents that the store adds to a commit; UUIDv7 of the time of the commit by default. */
  readonly newId?: ((now: Date) => string) | undefined;
  /** How long a group waits for more under load, in milliseconds. */
  readonly gather?: number | undefined;
};

/** The writer of a store: jobs in groups, each in one transaction. */
export function writerOn(database: Database, { indexing, newId, gather }: WriterOptions): Group {
  const active = activeCopy();
  const context = {
    indexing,
    active,
    newId: newId ?? ((now: Date) => timeOrderedId(now.getTime())),
    entries: entriesOf,
  };
  const run: RunJobs = async (jobs, working) => {
    let runs = 0;
    try {
      return await database.writing(async (sql) => {
        if (runs++) active.forget();
        working(true);
        const results = await runJobs(sql, jobs, context);
        working(false);
        return results;
      });
    } catch (why) {
      active.forget();
      if (database.isOutage?.(why)) working(false);
      throw why;
    }
  };
  return groupOf(run, gather === undefined ? {} : { gather });
}

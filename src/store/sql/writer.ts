import { timeOrderedId } from '../../world.ts';
import { activeCopy } from './commit/active.ts';
import { type Group, groupOf, type RunJobs } from './group.ts';
import type { Indexing } from './index/indexing.ts';
import { readBefore, runJobs } from './jobs.ts';
import { type Entry, entriesOf, entryCache } from './journal/entry.ts';
import type { Database, Sql } from './sql.ts';

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
  const cache = entryCache();
  let written: Entry[] = [];
  const context = {
    indexing,
    active,
    newId: newId ?? ((now: Date) => timeOrderedId(now.getTime())),
    entries: (sql: Sql) => entriesOf(sql, cache),
    wrote: (entries: readonly Entry[]) => void written.push(...entries),
  };
  // a number that was rolled back is given again
  const forget = () => {
    active.forget();
    cache.clear();
  };
  const run: RunJobs = async (jobs, working) => {
    let runs = 0;
    try {
      const before = (sql: Sql) => {
        written = [];
        if (runs++) forget();
        working(true);
        return readBefore(sql, jobs, context);
      };
      const results = await database.writing(async (sql, known) => {
        const results = await runJobs(sql, jobs, context, known);
        // the faults of what PostgreSQL was sent last come with its commit
        if (sql.dialect.name === 'sqlite') working(false);
        return results;
      }, before);
      for (const entry of written) cache.put(entry);
      return results;
    } catch (why) {
      forget();
      if (database.isOutage?.(why)) working(false);
      throw why;
    }
  };
  return groupOf(run, gather === undefined ? {} : { gather });
}

import type { AuditEvent } from '../port.ts';
import type { Sql } from './sql.ts';

/** A transaction that writes: several commits and results of deliveries together. */
export type Writing = {
  readonly sql: Sql;
  /** Numbers a new entry of the journal. */
  readonly nextEntry: () => number;
  /**
   * Records audit events that belong to no commit, in the entry that they have in common. Returns its number; undefined
   * without events.
   */
  readonly audit: (events: readonly AuditEvent[], at: Date) => number | undefined;
};

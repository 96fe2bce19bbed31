import type { ResourceOf } from '../../fhir/resource.ts';
import type { Page } from './resource.ts';

/**
 * Searchable by its entities: the ids of the exchange (identifiers of mgnNaming('request-id'), 'correlation-id',
 * 'trace-id', as written by audit/event.ts) and references to the resources concerned.
 */
export type AuditEvent = ResourceOf<'AuditEvent'>;

export type AuditQuery = {
  readonly requestId?: string;
  readonly correlationId?: string;
  readonly traceId?: string;
  /** `Task/1`: an entity of the event. */
  readonly entity?: string;
  /** Any of these is an entity of the event; at most 50. */
  readonly entities?: readonly string[];
  readonly cursor?: string;
  readonly count: number;
};

export type PersonIdentifier = { readonly system: string; readonly value: string };

/** `seq` is the order of writing. */
export type AuditRow = { readonly seq: number; readonly text: string };

/** The audit trail (logging volgens NEN 7513). */
export type AuditTrail = {
  /** For events without a commit: refusals, reads. */
  appendAudit(events: readonly AuditEvent[]): Promise<void>;

  /**
   * The end of the journal: its last number, and the hash of the chain up to it (base64url), which covers every event
   * before.
   */
  journalHead(): Promise<{ readonly entry: number; readonly hash: string }>;

  /**
   * Ids of Patients with one of these identifiers that the retention removed, as long as the audit trail says so. Compared by a
   * keyed hash; without those that the retention removed before the index was given another key.
   */
  formerPatients(identifiers: readonly PersonIdentifier[]): Promise<readonly string[]>;

  /** In the order of writing. */
  audit(query: AuditQuery): Promise<Page<AuditRow>>;
};

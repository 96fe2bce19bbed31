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
  readonly cursor?: string;
  readonly count: number;
};

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

  /** In the order of writing. */
  audit(query: AuditQuery): Promise<Page<AuditRow>>;
};

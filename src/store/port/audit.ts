import type { ResourceOf } from '../../fhir/resource.ts';
import type { Page } from './resource.ts';

/**
 * Found again by its entities: the ids of the exchange (identifiers of mgnNaming('request-id'), 'correlation-id',
 * 'trace-id', as audit/event.ts writes them) and the references of what was touched.
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

/** `seq` is the order of writing; a chain of hashes will run along it. */
export type AuditRow = { readonly seq: number; readonly text: string };

/** What was done by whom. */
export type AuditTrail = {
  /** For what is told without anything being stored: refusals, reads. */
  appendAudit(events: readonly AuditEvent[]): Promise<void>;

  /** In the order of writing. */
  audit(query: AuditQuery): Promise<Page<AuditRow>>;
};

import type { AuditEvent, AuditEventAgent, AuditEventEntity, Coding } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnNaming } from '../fhir/canonical.ts';

/** The auditable part of an interaction: parties, type, trace ids and outcome. Never content. */
export type AuditedInteraction = {
  readonly id: string;
  readonly at: Date;
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  /** The interaction or step: `accept`, `deliver`, `read`, `search-type`, `update`, `patch`, `validate`. */
  readonly interaction: string;
  readonly outcome: 'success' | 'refused' | 'failed';
  /** Stable codes of the error catalogue. */
  readonly codes: readonly string[];
  /** The step of the pipeline that refused. */
  readonly step?: string;
  readonly partner?: { readonly id: string; readonly name: string };
  readonly address?: string;
  readonly requestId?: string;
  readonly correlationId?: string;
  readonly traceId?: string;
  /** `Type/id` of resources read, written or sent. */
  readonly references?: readonly string[];
  /** Digest of the configuration set concerned. */
  readonly configuration?: string;
  /** How many of the same kind this event stands for, and since when; absent: it stands for itself. */
  readonly summary?: { readonly count: number; readonly since: Date };
  /** Further details by name: codes, numbers, digests; never content. */
  readonly details?: Readonly<Record<string, string>>;
  /** The recipient of a delivery. */
  readonly recipient?: { readonly id: string; readonly name: string };
};

/** The detail of an event of the retention: numbers of the entries that it removed, as ranges. */
export const removedEntries = 'removed-entries';

const restful: Coding = { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' };
const sourceRole: Coding = { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110153' };
const destinationRole: Coding = { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110152' };

/** FHIR's outcome indicator: 0 success, 4 minor failure (refused by a rule), 8 serious failure. */
const indicator = { success: '0', refused: '4', failed: '8' } as const;

const partnerSystem = mgnNaming('partner');

/**
 * The audit event of an interaction (NEN 7513; https://hl7.org/fhir/R4/auditevent.html). X-Request-Id, X-Correlation-Id
 * and X-Trace-Id are entities, so that an event is found by any of them.
 */
export function auditEvent(it: AuditedInteraction): AuditEvent {
  return {
    resourceType: 'AuditEvent',
    id: it.id,
    type: restful,
    subtype: [{ system: mgnCodeSystem('interaction'), code: it.interaction }],
    action: it.action,
    ...(it.summary ? { period: { start: it.summary.since.toISOString(), end: it.at.toISOString() } } : {}),
    recorded: it.at.toISOString(),
    outcome: indicator[it.outcome],
    ...(it.codes.length || it.step ? { outcomeDesc: [it.step, ...it.codes].filter(Boolean).join(' ') } : {}),
    agent: [requestor(it), ...(it.recipient ? [agentOf(it.recipient, false, destinationRole)] : [])],
    source: { observer: { display: 'mgn-gateway' } },
    ...entities(it),
  };
}

function requestor({ partner, address }: AuditedInteraction): AuditEventAgent {
  const network = address ? { network: { address, type: '2' as const } } : {};
  return partner
    ? { ...agentOf(partner, true, sourceRole), ...network }
    : { requestor: true, who: { display: 'unknown' }, ...network };
}

const agentOf = (
  partner: { readonly id: string; readonly name: string },
  isRequestor: boolean,
  role: Coding,
): AuditEventAgent => ({
  type: { coding: [role] },
  who: { identifier: { system: partnerSystem, value: partner.id }, display: partner.name },
  requestor: isRequestor,
});

function entities(it: AuditedInteraction): { entity?: AuditEventEntity[] } {
  const traces = [
    ['request-id', it.requestId],
    ['correlation-id', it.correlationId],
    ['trace-id', it.traceId],
    ['configuration', it.configuration],
  ] as const;
  const entity: AuditEventEntity[] = [
    ...traces.flatMap(([name, value]) => (value ? [{ what: { identifier: { system: mgnNaming(name), value } } }] : [])),
    ...(it.references ?? []).map((reference) => ({ what: { reference } })),
    ...(it.summary ? [{ detail: [{ type: 'count', valueString: String(it.summary.count) }] }] : []),
    ...Object.entries(it.details ?? {}).map(([type, valueString]) => ({ detail: [{ type, valueString }] })),
  ];
  return entity.length ? { entity } : {};
}

import type { AuditEvent, AuditEventAgent, AuditEventEntity, CodeableConcept, Coding } from '@medplum/fhirtypes';
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
  readonly partner?: {
    readonly id: string;
    readonly name: string;
    readonly roles?: readonly string[];
    /** Who of its people did it; absent: its system. */
    readonly person?: { readonly id: string; readonly roles: readonly string[]; readonly assurance?: string };
  };
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
  /** The recipient of a delivery or disclosure. */
  readonly recipient?: { readonly id: string; readonly name: string; readonly roles?: readonly string[] };
  /** Emergency access (noodtoegang) under which it was done: its id, and the reason where it begins. */
  readonly emergency?: { readonly id: string; readonly reason?: string };
  /** The legal basis (grondslag) on which something was disclosed: a code of mgn-legal-basis. */
  readonly legalBasis?: string;
};

/** The detail of an event of the retention: numbers of the entries that it removed, as ranges. */
export const removedEntries = 'removed-entries';

const terminology = (name: string): string => `http://terminology.hl7.org/CodeSystem/${name}`;
const restful: Coding = { system: terminology('audit-event-type'), code: 'rest' };
const login: Coding = { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110114' };
const logins: ReadonlySet<string> = new Set(['login', 'logout']);
const sourceRole: Coding = { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110153' };
const destinationRole: Coding = { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110152' };
const applicationServer: Coding = { system: terminology('security-source-type'), code: '4' };

/** FHIR's outcome indicator: 0 success, 4 minor failure (refused by a rule), 8 serious failure. */
const indicator = { success: '0', refused: '4', failed: '8' } as const;

const partnerSystem = mgnNaming('partner');
/** The gateway itself, as a party of its own events. */
const gatewayId = 'mgn-gateway';

/**
 * Purpose of use (https://terminology.hl7.org/ValueSet-v3-PurposeOfUse.html): care, the disclosure of its results to the
 * person, or the operation of the gateway.
 */
function purposeOf({ interaction, emergency }: AuditedInteraction): CodeableConcept[] {
  // BTG, break the glass: a policy was overridden
  const code = emergency
    ? 'BTG'
    : reports.has(interaction)
      ? 'PATRQT'
      : operating.has(interaction)
        ? 'HSYSADMIN'
        : 'TREAT';
  return [{ coding: [{ system: terminology('v3-ActReason'), code }] }];
}

const reports: ReadonlySet<string> = new Set(['disclosures', 'erase-person']);
const operating: ReadonlySet<string> = new Set([
  'activate-configuration',
  'start-configuration',
  'retention',
  'retention-audit',
  'sign-journal',
  'login',
  'logout',
  'requeue',
  'skip',
  'waiting-times',
  ...['hold-partner', 'release-partner', 'note-failure', 'test-message'],
  ...['start-replay', 'cancel-replay', 'continue-replay', 'replay'],
]);

/**
 * The audit event of an interaction (NEN 7513; https://hl7.org/fhir/R4/auditevent.html). X-Request-Id, X-Correlation-Id
 * and X-Trace-Id are entities, so that an event is found by any of them.
 */
export function auditEvent(it: AuditedInteraction): AuditEvent {
  return {
    resourceType: 'AuditEvent',
    id: it.id,
    type: logins.has(it.interaction) ? login : restful,
    subtype: [{ system: mgnCodeSystem('interaction'), code: it.interaction }],
    action: it.action,
    ...(it.summary ? { period: { start: it.summary.since.toISOString(), end: it.at.toISOString() } } : {}),
    recorded: it.at.toISOString(),
    outcome: indicator[it.outcome],
    ...(it.codes.length || it.step ? { outcomeDesc: [it.step, ...it.codes].filter(Boolean).join(' ') } : {}),
    agent: [requestor(it), ...(it.recipient ? [agentOf(it.recipient, false, destinationRole)] : [])],
    purposeOfEvent: purposeOf(it),
    source: {
      observer: { identifier: { system: partnerSystem, value: gatewayId }, display: gatewayId },
      type: [applicationServer],
    },
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
  partner: NonNullable<AuditedInteraction['partner']>,
  isRequestor: boolean,
  role: Coding,
): AuditEventAgent => ({
  type: { coding: [role] },
  ...rolesOf(partner),
  ...(partner.person ? { altId: partner.person.id } : {}),
  who: { identifier: { system: partnerSystem, value: partner.id }, display: partner.name },
  requestor: isRequestor,
});

/** Roles of the partner, and of the person who acts for it: `altId` names that person as its organisation does. */
function rolesOf({ roles = [], person }: NonNullable<AuditedInteraction['partner']>): Pick<AuditEventAgent, 'role'> {
  const coded = [
    ...roles.map((code) => ({ system: mgnCodeSystem('partner-role'), code })),
    ...(person?.roles ?? []).map((code) => ({ system: mgnCodeSystem('person-role'), code })),
  ];
  return coded.length ? { role: coded.map((coding) => ({ coding: [coding] })) } : {};
}

/** Details of emergency access: its id and its reason. */
export const emergencyDetail = 'emergency';
export const reasonDetail = 'reason';

/** The detail with the legal basis: a code of mgn-legal-basis. */
export const legalBasisDetail = 'legal-basis';

const objectType = (code: string): Coding => ({ system: terminology('audit-entity-type'), code });
const objectRole = (code: string): Coding => ({ system: terminology('object-role'), code });
const person = { type: objectType('1'), role: objectRole('1') };
const domainResource = { type: objectType('2'), role: objectRole('4') };
const lifecycles = { C: '1', R: '6', U: '3', D: '15', E: '6' } as const;

/** A resource concerned; a Patient is the person whom it is about (betrokkene). */
const referred = (reference: string, action: AuditedInteraction['action']): AuditEventEntity => ({
  what: { reference },
  ...(reference.startsWith('Patient/') ? person : domainResource),
  lifecycle: { system: terminology('dicom-audit-lifecycle'), code: lifecycles[action] },
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
    ...(it.references ?? []).map((reference) => referred(reference, it.action)),
    ...(it.legalBasis ? [{ detail: [{ type: legalBasisDetail, valueString: it.legalBasis }] }] : []),
    ...(it.summary ? [{ detail: [{ type: 'count', valueString: String(it.summary.count) }] }] : []),
    ...Object.entries({ ...assuranceOf(it), ...emergencyOf(it), ...it.details }).map(([type, valueString]) => ({
      detail: [{ type, valueString }],
    })),
  ];
  return entity.length ? { entity } : {};
}

const assuranceOf = ({ partner }: AuditedInteraction): Readonly<Record<string, string>> =>
  partner?.person?.assurance === undefined ? {} : { assurance: partner.person.assurance };

const emergencyOf = ({ emergency }: AuditedInteraction): Readonly<Record<string, string>> =>
  emergency
    ? { [emergencyDetail]: emergency.id, ...(emergency.reason ? { [reasonDetail]: emergency.reason } : {}) }
    : {};

import { personElements } from '../vocabulary/clinical-types.ts';

/**
 * Search parameters (https://hl7.org/fhir/R4/searchparameter-registry.html): resource type -> name -> path. After a
 * change here a store rebuilds its index when opened.
 */
export type SearchParameter = (
  | {
      readonly kind: 'token';
      readonly path: string;
      readonly system?: string;
      /**
       * The index contains an HMAC of the value, under a secret of the store that is itself under the key ring. With only a
       * few hundred million possible BSNs a plain hash could be reversed in a minute. So are all identifiers: a requester
       * may be the person, and an order number leads to one at its sender.
       */
      readonly hidden?: true;
      /** Values of few resources, of a parameter whose other values many have: found without reading every resource. */
      readonly rare?: readonly string[];
    }
  | { readonly kind: 'reference'; readonly path: string; readonly targets: readonly string[] }
  | { readonly kind: 'date'; readonly path: string }
  /** What a resource states about the one that it refers to: see statements.ts. */
  | { readonly kind: 'statement'; readonly path: string }
) & {
  /** For the gateway itself: partners can't search by it. */
  readonly internal?: true;
};

const actors = [
  'Organization',
  'HealthcareService',
  'PractitionerRole',
  'Practitioner',
  'Patient',
  'RelatedPerson',
  'CareTeam',
  'Device',
] as const;

const patient = ['Patient'] as const;

/** Clinical data is searched by its person. */
const clinical = Object.fromEntries(
  Object.entries(personElements).map(([type, path]) => [
    type,
    { patient: { kind: 'reference', path, targets: patient } },
  ]),
) as unknown as Record<
  keyof typeof personElements,
  { readonly patient: SearchParameter & { readonly kind: 'reference' } }
>;

/** Few Tasks of a store are open at a time; the deadlines of all of them are watched. */
const openTaskStatuses = ['requested', 'received', 'accepted', 'in-progress', 'on-hold'] as const;

export const searchParameters = {
  ...clinical,
  Task: {
    owner: { kind: 'reference', path: 'owner', targets: actors },
    'owner:identifier': { kind: 'token', path: 'owner.identifier', hidden: true },
    requester: { kind: 'reference', path: 'requester', targets: actors },
    'requester:identifier': { kind: 'token', path: 'requester.identifier', hidden: true },
    focus: { kind: 'reference', path: 'focus', targets: ['ServiceRequest', 'Task', 'CarePlan'] },
    'part-of': { kind: 'reference', path: 'partOf', targets: ['Task'] },
    'part-of:identifier': { kind: 'token', path: 'partOf.identifier', hidden: true },
    patient: { kind: 'reference', path: 'for', targets: patient },
    subject: { kind: 'reference', path: 'for', targets: patient },
    code: { kind: 'token', path: 'code' },
    intent: { kind: 'token', path: 'intent', system: 'http://hl7.org/fhir/request-intent' },
    status: { kind: 'token', path: 'status', system: 'http://hl7.org/fhir/task-status', rare: openTaskStatuses },
    'business-status': { kind: 'token', path: 'businessStatus', rare: ['delivery-failed'] },
    identifier: { kind: 'token', path: 'identifier', hidden: true },
    'authored-on': { kind: 'date', path: 'authoredOn' },
    // the partner that sent it, which is its requester for a search by `requester:identifier`
    _source: { kind: 'token', path: 'meta.source', internal: true },
  },
  ServiceRequest: {
    identifier: { kind: 'token', path: 'identifier', hidden: true },
    patient: { kind: 'reference', path: 'subject', targets: patient },
    subject: { kind: 'reference', path: 'subject', targets: patient },
    status: { kind: 'token', path: 'status', system: 'http://hl7.org/fhir/request-status' },
    requester: { kind: 'reference', path: 'requester', targets: actors },
    'based-on': { kind: 'reference', path: 'basedOn', targets: ['ServiceRequest', 'CarePlan'] },
    replaces: { kind: 'reference', path: 'replaces', targets: ['ServiceRequest'] },
    authored: { kind: 'date', path: 'authoredOn' },
  },
  Provenance: {
    target: { kind: 'reference', path: 'target', targets: ['Task', 'ServiceRequest'] },
  },
  Patient: {
    identifier: { kind: 'token', path: 'identifier', hidden: true },
  },
  // Used by the gateway itself, to load an order completely; http/interactions.ts does not offer them to partners.
  PractitionerRole: {
    organization: { kind: 'reference', path: 'organization', targets: ['Organization'] },
    'organization:identifier': { kind: 'token', path: 'organization.identifier', hidden: true },
  },
  Organization: { identifier: { kind: 'token', path: 'identifier', hidden: true } },
  RelatedPerson: { patient: { kind: 'reference', path: 'patient', targets: patient } },
  Consent: {
    patient: { kind: 'reference', path: 'patient', targets: patient },
    _statement: { kind: 'statement', path: 'patient', internal: true },
  },
  Goal: { patient: { kind: 'reference', path: 'subject', targets: patient } },
  Condition: { patient: { kind: 'reference', path: 'subject', targets: patient } },
  DocumentReference: { patient: { kind: 'reference', path: 'subject', targets: patient } },
  QuestionnaireResponse: { patient: { kind: 'reference', path: 'subject', targets: patient } },
  Encounter: { 'based-on': { kind: 'reference', path: 'basedOn', targets: ['ServiceRequest'] } },
  CarePlan: { encounter: { kind: 'reference', path: 'encounter', targets: ['Encounter'] } },
  Appointment: {
    'based-on': { kind: 'reference', path: 'basedOn', targets: ['ServiceRequest'] },
    status: { kind: 'token', path: 'status', system: 'http://hl7.org/fhir/appointmentstatus' },
    date: { kind: 'date', path: 'start' },
  },
  Composition: { patient: { kind: 'reference', path: 'subject', targets: patient } },
  CareTeam: { patient: { kind: 'reference', path: 'subject', targets: patient } },
  EpisodeOfCare: { 'incoming-referral': { kind: 'reference', path: 'referralRequest', targets: ['ServiceRequest'] } },
  Communication: { 'based-on': { kind: 'reference', path: 'basedOn', targets: ['ServiceRequest', 'CarePlan'] } },
} as const satisfies Record<string, Record<string, SearchParameter>>;

const table: Readonly<Record<string, Readonly<Record<string, SearchParameter>>>> = searchParameters;
const none: Readonly<Record<string, SearchParameter>> = {};

/** Date prefixes (https://hl7.org/fhir/R4/search.html#prefix). */
export const prefixes = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const;
export type Prefix = (typeof prefixes)[number];

/** Modifiers of a parameter, as the store carries them out; none for `_id` and `_lastUpdated`. */
export function modifiersOf(type: string, name: string): readonly string[] {
  const parameters = parametersOf(type);
  const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (!parameter) return [];
  const own = parameter.kind === 'token' ? ['not'] : parameter.kind === 'reference' ? parameter.targets : [];
  return ['missing', ...own, ...(Object.hasOwn(parameters, `${name}:identifier`) ? ['identifier'] : [])];
}

/**
 * Whether few resources have one value of the parameter, as with references and identifiers: a search starts from it.
 * Other values (status, code) are a condition on what it found.
 */
export const isSelective = (parameter: SearchParameter): boolean =>
  parameter.kind === 'reference' ||
  parameter.kind === 'statement' ||
  (parameter.kind === 'token' && (parameter.hidden === true || /(^|\.)identifier$/.test(parameter.path)));

/** Parameters that a partner may search a type by, without those of every type. */
export const offeredParameters = (type: string): readonly string[] =>
  Object.entries(parametersOf(type)).flatMap(([name, { internal }]) => (name.includes(':') || internal ? [] : name));

/** Parameters that a type can be sorted by. */
export const sortableBy = (type: string): readonly string[] => [
  '_lastUpdated',
  ...offeredParameters(type).filter((name) => parametersOf(type)[name]?.kind === 'date'),
];

/** The parameters of a type; `_id` and `_lastUpdated` apply to every type and are not included. */
export const parametersOf = (type: string): Readonly<Record<string, SearchParameter>> =>
  Object.hasOwn(table, type) ? table[type]! : none;

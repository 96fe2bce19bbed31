import { canonicalBase } from '../fhir/canonical.ts';
import { typeModel, typeNames } from '../fhir/model.ts';
import type { Elements, Resource } from '../fhir/resource.ts';
import { offeredParameters, parametersOf } from '../store/search-parameters.ts';
import { backport } from '../subscription/index.ts';
import { clinicalTypes } from '../vocabulary/clinical-types.ts';

/**
 * The interactions of the gateway over HTTP, in one table: it generates the routes of app.ts, the CapabilityStatement
 * of metadata.ts and the Allow header of a 405. handlers.ts has a handler for each name here, or does not compile.
 */
export type Interactions = {
  /**
   * Where the resources are: the directory of the network, or a collection of the gateway; absent: the message store.
   */
  readonly from?: 'directory' | Collection;
  /** `post only` where identifiers of persons must stay out of addresses. */
  readonly search?: 'get and post' | 'post only';
  /** A single create outside a message, by its handler. */
  readonly create?: Supported<CreateHandler>;
  readonly update?: Supported<UpdateHandler>;
  readonly patch?: Supported<UpdateHandler>;
  readonly operations?: readonly Operation[];
};

/** Resources of the gateway itself: Subscriptions of its partners, its maps, and the definitions of its profiles. */
export type Collection = 'Subscription' | 'StructureMap' | 'Measure' | DefinitionType;

/** Definitions in the package of the profiles, the same for every partner. */
export const definitionTypes = [
  'Questionnaire',
  'StructureDefinition',
  'ValueSet',
  'CodeSystem',
  'OperationDefinition',
] as const;
export type DefinitionType = (typeof definitionTypes)[number];

type Supported<Handler> = { readonly handler: Handler; readonly documentation?: string };

export type CreateHandler =
  | 'create Task'
  | 'create ServiceRequest'
  | 'create Appointment'
  | 'create QuestionnaireResponse'
  | 'create Subscription';
export type UpdateHandler =
  | 'update Task'
  | 'patch Task'
  | 'update ServiceRequest'
  | 'patch ServiceRequest'
  | 'update Appointment'
  | 'update Consent'
  | 'update HealthcareService'
  | 'update Subscription';

export type OperationHandler =
  | 'silent'
  | 'transition Task'
  | 'transition ServiceRequest'
  | 'propose-transfer'
  | 'explain'
  | 'project'
  | 'case'
  | 'disclosures'
  | 'find-place'
  | 'status'
  | 'events'
  | 'transform'
  | 'unknown-codes'
  | 'evaluate-measure';

/** An operation of a type or of its instances (https://hl7.org/fhir/R4/operations.html). */
export type Operation = {
  readonly name: string;
  readonly handler: OperationHandler;
  readonly definition: string;
  readonly at: readonly ('type' | 'instance')[];
  readonly methods: readonly Method[];
};

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH';

const own = (name: string): string => `${canonicalBase}/OperationDefinition/mgn-${name}`;

const operation = (
  name: string,
  at: 'type' | 'instance',
  methods: readonly Method[],
  more: Partial<Operation> = {},
): Operation => ({ name, handler: name as OperationHandler, definition: own(name), at: [at], methods, ...more });

const both = ['GET', 'POST'] as const;
const patchDocumentation = 'JSON Patch or FHIRPath Patch, with If-Match.';
const moveDocumentation = 'With If-Match, by the moves of the Task state machine.';

const offered: Readonly<Record<string, Interactions>> = {
  Task: {
    operations: [
      operation('silent', 'type', ['GET']),
      operation('project', 'instance', ['GET']),
      operation('transition', 'instance', ['POST'], { handler: 'transition Task' }),
    ],
    search: 'get and post',
    update: { handler: 'update Task', documentation: moveDocumentation },
    patch: { handler: 'patch Task', documentation: patchDocumentation },
    create: {
      handler: 'create Task',
      documentation:
        'Of an order that was created alone: fulfill. About another Task: abort, by its requester; complete-questionnaire, by its owner. About an order: abort, by its owner.',
    },
  },
  ServiceRequest: {
    operations: [
      operation('propose-transfer', 'instance', both),
      operation('explain', 'instance', both),
      operation('project', 'instance', ['GET']),
      operation('case', 'instance', both),
      operation('transition', 'instance', ['POST'], { handler: 'transition ServiceRequest' }),
    ],
    search: 'get and post',
    create: {
      handler: 'create ServiceRequest',
      documentation: 'An order before its Task: nothing is routed until the Task is created.',
    },
    update: { handler: 'update ServiceRequest', documentation: moveDocumentation },
    patch: { handler: 'patch ServiceRequest', documentation: patchDocumentation },
  },
  Patient: { search: 'post only', operations: [operation('disclosures', 'instance', ['GET'])] },
  RelatedPerson: {},
  PractitionerRole: {},
  Practitioner: {},
  Organization: { from: 'directory' },
  HealthcareService: {
    operations: [operation('find-place', 'type', both)],
    update: {
      handler: 'update HealthcareService',
      documentation: 'With If-Match, by its provider: waiting times and capacity only.',
    },
    from: 'directory',
  },
  Location: { from: 'directory' },
  Endpoint: { from: 'directory' },
  OrganizationAffiliation: { from: 'directory' },
  Composition: {},
  Consent: {
    update: { handler: 'update Consent', documentation: 'With If-Match, by the partner that recorded it: its end.' },
  },
  Appointment: {
    create: { handler: 'create Appointment', documentation: 'By the owner of the order that it is basedOn.' },
    update: {
      handler: 'update Appointment',
      documentation: 'With If-Match, by the partner that created it; the Task of its order follows.',
    },
    search: 'get and post',
  },
  Encounter: {},
  CarePlan: {},
  Goal: {},
  CareTeam: {},
  EpisodeOfCare: {},
  Communication: {},
  Bundle: {},
  QuestionnaireResponse: {
    search: 'get and post',
    create: {
      handler: 'create QuestionnaireResponse',
      documentation: 'While a Task complete-questionnaire waits for you; basedOn names the order.',
    },
  },
  Subscription: {
    from: 'Subscription',
    create: { handler: 'create Subscription' },
    update: {
      handler: 'update Subscription',
      documentation: 'With If-Match: status off ends it, requested renews it.',
    },
    operations: [
      operation('status', 'instance', both, { definition: backport.statusOperation }),
      operation('events', 'instance', ['GET'], { definition: backport.eventsOperation }),
    ],
  },
  StructureMap: {
    from: 'StructureMap',
    operations: [
      operation('transform', 'type', ['POST'], {
        at: ['type', 'instance'],
        definition: 'http://hl7.org/fhir/OperationDefinition/StructureMap-transform',
      }),
      operation('unknown-codes', 'type', ['GET']),
    ],
  },
  Measure: {
    from: 'Measure',
    operations: [
      operation('evaluate-measure', 'instance', both, {
        definition: 'http://hl7.org/fhir/OperationDefinition/Measure-evaluate-measure',
      }),
    ],
  },
};

/** Types of which the gateway stores no resource under an address of their own. */
const neverStored: readonly string[] = [
  'Parameters',
  'OperationOutcome',
  'MessageHeader',
  'AuditEvent',
  'CapabilityStatement',
  'SubscriptionStatus',
  'SubscriptionTopic',
];

/**
 * What a referral delivers can be read by its receiver, whatever its type; clinical data can be searched by its person.
 */
const delivered = (): Record<string, Interactions> =>
  Object.fromEntries(
    typeNames()
      .filter(
        (name) => typeModel(name)?.kind === 'resource' && !typeModel(name)?.abstract && !neverStored.includes(name),
      )
      .map((name) => [name, clinicalTypes.includes(name) ? ({ search: 'get and post' } as const) : {}]),
  );

const definitions = Object.fromEntries(definitionTypes.map((type) => [type, { from: type }]));

export const interactions: Readonly<Record<string, Interactions>> = { ...delivered(), ...definitions, ...offered };

/** A search parameter of a collection: the value of a resource, and whether it matches one that is searched. */
export type CollectionParameter = {
  readonly kind: 'token' | 'uri' | 'string' | 'reference';
  readonly valueOf: (resource: Resource) => string | undefined;
  readonly matches: (value: string | undefined, searched: string) => boolean;
};

const equal = (value: string | undefined, searched: string): boolean => value === searched;

/** A code with or without its system, of which these elements have one only. */
const equalCode = (value: string | undefined, searched: string): boolean =>
  value !== undefined && searched.replace(/^.*\|/, '') === value;

const startsSo = (value: string | undefined, searched: string): boolean =>
  value?.toLowerCase().startsWith(searched.toLowerCase()) ?? false;

const valueAt =
  (...path: readonly string[]) =>
  (resource: Resource): string | undefined => {
    let value: unknown = resource;
    for (const name of path) value = (value as Elements | undefined)?.[name];
    return typeof value === 'string' ? value : undefined;
  };

const byCanonical: Readonly<Record<string, CollectionParameter>> = {
  _id: { kind: 'token', valueOf: valueAt('id'), matches: equal },
  url: { kind: 'uri', valueOf: valueAt('url'), matches: equal },
  name: { kind: 'string', valueOf: valueAt('name'), matches: startsSo },
  status: { kind: 'token', valueOf: valueAt('status'), matches: equalCode },
};

const ofSubscriptions: Readonly<Record<string, CollectionParameter>> = {
  _id: { kind: 'token', valueOf: valueAt('id'), matches: equal },
  status: { kind: 'token', valueOf: valueAt('status'), matches: equalCode },
  criteria: { kind: 'string', valueOf: valueAt('criteria'), matches: startsSo },
  url: { kind: 'uri', valueOf: valueAt('channel', 'endpoint'), matches: equal },
  type: { kind: 'token', valueOf: valueAt('channel', 'type'), matches: equalCode },
  payload: { kind: 'token', valueOf: valueAt('channel', 'payload'), matches: equalCode },
};

/** The search parameters of a collection by name. */
export const collectionParameters = (type: Collection): Readonly<Record<string, CollectionParameter>> =>
  type === 'Subscription' ? ofSubscriptions : byCanonical;

/** Whether a type is a collection of the gateway's own: these have no versions to read and no search by criteria. */
export const isCollection = ({ from }: Interactions): boolean => from !== undefined && from !== 'directory';

/** Names of the search parameters of a type, `_id` and `_lastUpdated` among them, without those of a modifier. */
export const searchable = (type: string): string[] => ['_id', '_lastUpdated', ...offeredParameters(type)];

/** A reference that an answer can follow (https://hl7.org/fhir/R4/search.html#include): `Task:focus`. */
export type Inclusion = { readonly source: string; readonly parameter: string; readonly targets: readonly string[] };

/** References of a type that `_include` follows. */
export const inclusionsFrom = (type: string): readonly Inclusion[] =>
  interactions[type]?.search
    ? offeredParameters(type).flatMap((parameter) => {
        const found = parametersOf(type)[parameter];
        return found?.kind === 'reference' ? [{ source: type, parameter, targets: found.targets }] : [];
      })
    : [];

/** References to a type that `_revinclude` follows back. */
export const inclusionsTo = (type: string): readonly Inclusion[] =>
  Object.keys(interactions).flatMap((source) => inclusionsFrom(source).filter(({ targets }) => targets.includes(type)));

export const inclusionName = ({ source, parameter }: Inclusion): string => `${source}:${parameter}`;

import type { CapabilityStatement, CapabilityStatementRestResource } from '@medplum/fhirtypes';
import { directoryParameters } from '../directory/index.ts';
import { patchFormats } from '../exchange/move/requested-move.ts';
import { canonicalBase, mgnProfile } from '../fhir/canonical.ts';
import { parametersOf } from '../store/search-parameters.ts';
import { backport, topics } from '../subscription/index.ts';
import { type Interactions, interactions, searchable } from './interactions.ts';

/** The gateway's own profile of a type, where it has one. */
const profiles: Readonly<Record<string, string>> = {
  Task: 'coordination-task',
  ServiceRequest: 'referral',
  Patient: 'patient',
  RelatedPerson: 'related-person',
  PractitionerRole: 'practitioner-role',
  Practitioner: 'practitioner',
  Organization: 'organization',
  HealthcareService: 'healthcare-service',
  Location: 'location',
  Endpoint: 'endpoint',
  Condition: 'condition',
  Composition: 'referral-letter',
  Consent: 'consent',
  EpisodeOfCare: 'episode',
  Appointment: 'conversation-appointment',
  Bundle: 'feedback-document',
};

const operation = (name: string) => ({ name, definition: `http://hl7.org/fhir/OperationDefinition/Resource-${name}` });

/** What this gateway offers, made from the same table as its routes (https://hl7.org/fhir/R4/capabilitystatement.html). */
export const capabilityStatement = (base: string, version: string, started: Date): CapabilityStatement => ({
  resourceType: 'CapabilityStatement',
  url: `${canonicalBase}/CapabilityStatement/mgn-gateway`,
  version,
  name: 'MgnGateway',
  title: 'mgn-gateway: FHIR R4 gateway of a mental-health network',
  status: 'active',
  date: started.toISOString(),
  kind: 'instance',
  software: { name: 'mgn-gateway', version },
  implementation: { description: 'Gateway of a mental-health network', url: base },
  fhirVersion: '4.0.1',
  format: ['application/fhir+json', 'application/fhir+xml'],
  patchFormat: [...patchFormats],
  rest: [
    {
      mode: 'server',
      documentation:
        'POST a referral to the base as transaction, collection or message Bundle. Every write carries X-Request-Id (UUID). A partner sees only what concerns it.',
      security: { description: 'Bearer token of the network (RFC 6750).' },
      resource: [
        ...Object.entries(interactions).map(([type, offered]) => resource(type, offered)),
        subscription,
        structureMap,
        measure,
      ],
      interaction: [
        {
          code: 'transaction',
          documentation:
            'One referral, each entry a POST; a collection is taken alike. Or moves of several orders, each entry a PUT or PATCH with ifMatch.',
        },
      ],
      operation: [
        operation('validate'),
        { name: 'explain', definition: `${canonicalBase}/OperationDefinition/mgn-explain` },
        {
          name: 'process-message',
          definition: 'http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message',
        },
      ],
    },
  ],
});

function resource(
  type: string,
  { search, update, create, directory, operations = [] }: Interactions,
): CapabilityStatementRestResource {
  const profile = profiles[type];
  return {
    type: type as CapabilityStatementRestResource['type'],
    ...(profile ? { supportedProfile: [mgnProfile(profile)] } : {}),
    interaction: [
      { code: 'read' },
      { code: 'vread' },
      { code: 'history-instance' },
      ...(directory ? [{ code: 'history-type' as const }, { code: 'search-type' as const }] : []),
      ...(search
        ? [
            {
              code: 'search-type' as const,
              ...(search === 'post only'
                ? { documentation: 'By POST _search only: identifiers stay out of addresses.' }
                : {}),
            },
          ]
        : []),
      ...(create ? [{ code: 'create' as const, documentation: create }] : []),
      ...(update === 'figures'
        ? [
            {
              code: 'update' as const,
              documentation:
                'With If-Match, by its provider: waiting times and capacity only (docs/guide/waiting-times.md).',
            },
          ]
        : []),
      ...(update === 'appointments'
        ? [{ code: 'update' as const, documentation: 'With If-Match, by who made it; the Task of its order follows.' }]
        : []),
      ...(update === 'withdrawal'
        ? [{ code: 'update' as const, documentation: 'With If-Match, by who recorded it: its end.' }]
        : []),
      ...(update === 'moves'
        ? [
            { code: 'update' as const, documentation: 'With If-Match, by the moves of the Task state machine.' },
            { code: 'patch' as const, documentation: 'JSON Patch or FHIRPath Patch, with If-Match.' },
          ]
        : []),
    ],
    versioning: update ? 'versioned-update' : 'versioned',
    updateCreate: false,
    ...(search ? { searchParam: searchable(type).map((name) => ({ name, type: kindOf(type, name) })) } : {}),
    ...(directory ? { searchParam: directorySearch } : {}),
    operation: [
      operation('validate'),
      ...operations.map((name) => ({ name, definition: `${canonicalBase}/OperationDefinition/mgn-${name}` })),
    ],
  };
}

/** As the backport asks (STU1.1): the topics in an extension, the operations by their definitions. */
const subscription: CapabilityStatementRestResource = {
  type: 'Subscription',
  extension: topics.map((topic) => ({ url: backport.capability, valueCanonical: topic })),
  supportedProfile: [backport.subscription, mgnProfile('subscription')],
  documentation:
    'Asked for with status requested and a filter on your own services; rest-hook, empty or id-only. Ended by an update to status off.',
  interaction: [
    { code: 'create' },
    { code: 'read' },
    { code: 'update', documentation: 'With If-Match: status off ends it, requested asks for it anew.' },
    { code: 'search-type', documentation: 'All of your own; no parameters.' },
  ],
  versioning: 'versioned-update',
  updateCreate: false,
  operation: [
    { name: 'status', definition: backport.statusOperation },
    { name: 'events', definition: backport.eventsOperation },
  ],
};

/** How what is published under a canonical address is searched. */
const byCanonical: NonNullable<CapabilityStatementRestResource['searchParam']> = [
  { name: '_id', type: 'token' },
  { name: 'url', type: 'uri' },
  { name: 'name', type: 'string' },
  { name: 'status', type: 'token' },
];

/** The maps of the network, for who wants to know what becomes of a message, or to try it. */
const structureMap: CapabilityStatementRestResource = {
  type: 'StructureMap',
  documentation:
    'Made from the mapping language of mappings/. $transform with a map in the request is for the operator.',
  interaction: [{ code: 'read' }, { code: 'search-type' }],
  searchParam: byCanonical,
  operation: [
    operation('validate'),
    { name: 'transform', definition: 'http://hl7.org/fhir/OperationDefinition/StructureMap-transform' },
    { name: 'unknown-codes', definition: `${canonicalBase}/OperationDefinition/mgn-unknown-codes` },
  ],
};

/** What the network counts, and its figures over a period that is over. */
const measure: CapabilityStatementRestResource = {
  type: 'Measure',
  documentation:
    '$evaluate-measure: summaries only, for members of the network, as MeasureReport or text/csv (docs/operate/measures.md).',
  interaction: [{ code: 'read' }, { code: 'search-type' }],
  searchParam: byCanonical,
  operation: [
    { name: 'evaluate-measure', definition: 'http://hl7.org/fhir/OperationDefinition/Measure-evaluate-measure' },
  ],
};

const directorySearch: NonNullable<CapabilityStatementRestResource['searchParam']> = directoryParameters.map(
  (name) => ({
    name,
    type: name === 'name' ? 'string' : name === '_lastUpdated' ? 'date' : 'token',
  }),
);

const kindOf = (type: string, name: string): 'token' | 'reference' | 'date' =>
  name === '_id' ? 'token' : name === '_lastUpdated' ? 'date' : (parametersOf(type)[name]?.kind ?? 'token');

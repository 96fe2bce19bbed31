import type { CapabilityStatement, CapabilityStatementRestResource } from '@medplum/fhirtypes';
import { directoryParameters } from '../directory/index.ts';
import { patchFormats } from '../exchange/move/requested-move.ts';
import { canonicalBase, mgnProfile } from '../fhir/canonical.ts';
import { parametersOf } from '../store/search-parameters.ts';
import { backport, topics } from '../subscription/index.ts';
import {
  type Collection,
  type DefinitionType,
  definitionTypes,
  type Interactions,
  interactions,
  searchable,
} from './interactions.ts';

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

const core = (name: string) => ({ name, definition: `http://hl7.org/fhir/OperationDefinition/Resource-${name}` });

/** Generated from the same table as the routes (https://hl7.org/fhir/R4/capabilitystatement.html). */
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
      resource: [...Object.entries(interactions).map(([type, offered]) => resource(type, offered))],
      interaction: [
        {
          code: 'transaction',
          documentation:
            'One referral, each entry a POST; a collection is accepted too. Or moves of several orders, each entry a PUT or PATCH with ifMatch.',
        },
      ],
      operation: [
        core('validate'),
        { name: 'explain', definition: `${canonicalBase}/OperationDefinition/mgn-explain` },
        {
          name: 'process-message',
          definition: 'http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message',
        },
      ],
    },
  ],
});

function resource(type: string, offered: Interactions): CapabilityStatementRestResource {
  const { from, search, create, update, patch, operations = [] } = offered;
  const profile = profiles[type];
  const collection = from && from !== 'directory' ? collections[from] : undefined;
  return {
    type: type as CapabilityStatementRestResource['type'],
    ...(profile ? { supportedProfile: [mgnProfile(profile)] } : {}),
    ...collection?.statement,
    interaction: [
      { code: 'read' },
      ...(collection ? [] : [{ code: 'vread' as const }, { code: 'history-instance' as const }]),
      ...(from === 'directory' ? [{ code: 'history-type' as const }] : []),
      ...(from || search
        ? [interactionOf('search-type', { documentation: collection?.search ?? searchBy[search ?? ''] })]
        : []),
      ...(create ? [interactionOf('create', create)] : []),
      ...(update ? [interactionOf('update', update)] : []),
      ...(patch ? [interactionOf('patch', patch)] : []),
    ],
    ...(collection && !update
      ? {}
      : { versioning: update ? ('versioned-update' as const) : ('versioned' as const), updateCreate: false }),
    ...(search ? { searchParam: searchable(type).map((name) => ({ name, type: kindOf(type, name) })) } : {}),
    ...(from === 'directory' ? { searchParam: directorySearch } : {}),
    operation: [...operations.map(({ name, definition }) => ({ name, definition })), core('validate')],
  };
}

type StatedInteraction = NonNullable<CapabilityStatementRestResource['interaction']>[number];

const interactionOf = (
  code: StatedInteraction['code'],
  { documentation }: { readonly documentation?: string | undefined },
): StatedInteraction => ({
  code,
  ...(documentation ? { documentation } : {}),
});

const searchBy: Readonly<Record<string, string>> = {
  'post only': 'By POST _search only: identifiers stay out of addresses.',
};

/** Search parameters of resources with a canonical URL. */
const byCanonical: NonNullable<CapabilityStatementRestResource['searchParam']> = [
  { name: '_id', type: 'token' },
  { name: 'url', type: 'uri' },
  { name: 'name', type: 'string' },
  { name: 'status', type: 'token' },
];

const definitionStatement = {
  statement: {
    documentation: 'The definitions of the profiles of this network, by canonical.',
    searchParam: byCanonical,
  },
};

/** The statement on a collection, besides its interactions. */
const collections: Readonly<
  Record<Collection, { readonly statement: Partial<CapabilityStatementRestResource>; readonly search?: string }>
> = {
  // topics in an extension and operations by their definitions, as the Subscriptions backport (STU 1.1) requires
  Subscription: {
    statement: {
      extension: topics.map((topic) => ({ url: backport.capability, valueCanonical: topic })),
      supportedProfile: [backport.subscription, mgnProfile('subscription')],
      documentation:
        'Requested with status requested and a filter on your own services; rest-hook, empty or id-only. Ended by an update to status off.',
    },
    search: 'All of your own; no parameters.',
  },
  StructureMap: {
    statement: {
      documentation: 'The maps of the network. $transform with a map in the request is for the operator.',
      searchParam: byCanonical,
    },
  },
  ...(Object.fromEntries(definitionTypes.map((type) => [type, definitionStatement])) as Record<
    DefinitionType,
    { readonly statement: Partial<CapabilityStatementRestResource> }
  >),
  Measure: {
    statement: {
      documentation: '$evaluate-measure: summaries only, for members of the network, as MeasureReport or text/csv.',
      searchParam: byCanonical,
    },
  },
};

const directorySearch: NonNullable<CapabilityStatementRestResource['searchParam']> = directoryParameters.map(
  (name) => ({
    name,
    type: name === 'name' ? 'string' : name === '_lastUpdated' ? 'date' : 'token',
  }),
);

const kindOf = (type: string, name: string): 'token' | 'reference' | 'date' =>
  name === '_id' ? 'token' : name === '_lastUpdated' ? 'date' : (parametersOf(type)[name]?.kind ?? 'token');

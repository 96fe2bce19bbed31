import type { CapabilityStatement, CapabilityStatementRestResource } from '@medplum/fhirtypes';
import { directoryParameters } from '../directory/index.ts';
import { patchFormats } from '../exchange/move/requested-move.ts';
import { canonicalBase, mgnProfile } from '../fhir/canonical.ts';
import { modifiersOf, parametersOf, prefixes, sortableBy } from '../store/search-parameters.ts';
import { backport, topics } from '../subscription/index.ts';
import {
  type Collection,
  collectionParameters,
  type DefinitionType,
  definitionTypes,
  type Interactions,
  inclusionName,
  inclusionsFrom,
  inclusionsTo,
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
        'POST a referral to the base as transaction, collection or message Bundle. Every write carries X-Request-Id (UUID). A partner sees only what concerns it. Searches are paged by next links, for GET; an unsupported parameter is refused, or ignored with Prefer: handling=lenient; no chained search, no _has.',
      security: {
        service: [
          {
            coding: [
              { system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' },
            ],
          },
        ],
        description: 'Access token of SMART Backend Services: .well-known/smart-configuration beside this statement.',
      },
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
        { name: 'project', definition: `${canonicalBase}/OperationDefinition/mgn-project` },
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
    ...(collection && from ? { searchParam: searchParamsOf(from as Collection) } : {}),
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
    ...(collection ? {} : { conditionalRead: 'full-support' as const, readHistory: true }),
    ...searchOf(type, offered),
    operation: [...operations.map(({ name, definition }) => ({ name, definition })), core('validate')],
  };
}

type StatedInteraction = NonNullable<CapabilityStatementRestResource['interaction']>[number];

/** Parameters, modifiers and inclusions, from the tables that searching itself reads. */
function searchOf(type: string, { from, search }: Interactions): Partial<CapabilityStatementRestResource> {
  if (!search && from !== 'directory') return {};
  const [include, revinclude] = [inclusionsFrom(type), inclusionsTo(type)].map((it) => it.map(inclusionName));
  return {
    ...(include?.length ? { searchInclude: include } : {}),
    ...(revinclude?.length ? { searchRevInclude: revinclude } : {}),
    searchParam: from === 'directory' ? directorySearch : searchable(type).map((name) => parameterOf(type, name)),
  };
}

function parameterOf(type: string, name: string): SearchParam {
  const kind = kindOf(type, name);
  const modifiers = modifiersOf(type, name).map((it) => `:${it}`);
  const documentation = [
    ...(modifiers.length ? [`Modifiers: ${modifiers.join(', ')}.`] : []),
    ...(kind === 'date' ? [`Prefixes: ${prefixes.join(', ')}.`] : []),
    ...(sortableBy(type).includes(name) ? ['Also for _sort.'] : []),
    ...(widened[`${type}.${name}`] ?? []),
  ].join(' ');
  return { name, type: kind, ...(documentation ? { documentation } : {}) };
}

/** What is found beside the element itself (party-criteria.ts). */
const widened: Readonly<Record<string, readonly string[]>> = {
  'Task.owner': [
    'An Organization finds the Tasks of its services too; owner:identifier finds by the identifiers of the directory, of a service or of its organization.',
  ],
  'Task.requester': [
    'requester:identifier finds by the organization of the requester, also where the requester is a PractitionerRole.',
  ],
};

type SearchParam = NonNullable<CapabilityStatementRestResource['searchParam']>[number];

const interactionOf = (
  code: StatedInteraction['code'],
  { documentation }: { readonly documentation?: string | undefined },
): StatedInteraction => ({
  code,
  ...(documentation ? { documentation } : {}),
});

const searchBy: Readonly<Record<string, string>> = {
  'post only':
    'By POST _search only: identifiers stay out of addresses. Its self and next links are sealed, for the same partner, and valid for 15 minutes.',
};

const searchParamsOf = (type: Collection): SearchParam[] =>
  Object.entries(collectionParameters(type)).map(([name, { kind }]) => ({ name, type: kind }));

const definitionStatement = {
  statement: { documentation: 'The definitions of the profiles of this network, by canonical.' },
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
    search: 'Your own, also those that have ended.',
  },
  StructureMap: {
    statement: {
      documentation: 'The maps of the network. $transform with a map in the request is for the operator.',
    },
  },
  ...(Object.fromEntries(definitionTypes.map((type) => [type, definitionStatement])) as Record<
    DefinitionType,
    { readonly statement: Partial<CapabilityStatementRestResource> }
  >),
  Measure: {
    statement: {
      documentation: '$evaluate-measure: summaries only, for members of the network, as MeasureReport or text/csv.',
    },
  },
};

const directorySearch: NonNullable<CapabilityStatementRestResource['searchParam']> = directoryParameters.map(
  (name) => ({
    name,
    type: name === 'name' ? 'string' : name === '_lastUpdated' ? 'date' : 'token',
  }),
);

function kindOf(type: string, name: string): 'token' | 'reference' | 'date' {
  if (name === '_lastUpdated') return 'date';
  const kind = name === '_id' ? undefined : parametersOf(type)[name]?.kind;
  return kind === 'reference' || kind === 'date' ? kind : 'token';
}

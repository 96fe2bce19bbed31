import type { Bundle, CodeableConcept, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Partner } from '../../directory/index.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import type { Prepared } from '../../exchange/prepared.ts';
import { type ProjectedDisclosure, projectMessage } from '../../exchange/project/project.ts';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { mgnCodeSystem, mgnExtension } from '../../fhir/canonical.ts';
import { isType, type Resource } from '../../fhir/resource.ts';

/** What one recipient would get of the registration, and what not. */
export type Consequence = {
  readonly about: 'team' | 'care' | 'social';
  /** Who it is, or an example of who it may become. */
  readonly name: string;
  readonly isExample: boolean;
  readonly sent: readonly Bilingual[];
  readonly kept: readonly Bilingual[];
  /** The person said no: nothing goes. */
  readonly isDenied: boolean;
};

type Deciding = { readonly partner: Partner; readonly now: Date };

/**
 * For the team of the conversation, for a provider that may be chosen later, and for the social domain: by the projection of the
 * recipient, as `$project` tells it. What goes to the social domain is a request of its own, hence it is looked at as one.
 */
export function consequencesOf(
  gateway: Gateway,
  { graph, disclosures }: Prepared,
  deciding: Deciding,
): readonly Consequence[] {
  const planned = disclosures.find(({ purpose }) => purpose === 'referral');
  const others = [...gateway.network.partners.values()].filter(
    ({ id }) => id !== planned?.partner && id !== deciding.partner.id,
  );
  const message = { graph, planned: disclosures, isSentTogether: true };
  const ask = (about: Consequence['about'], recipient: Partner, source: typeof message): Consequence[] => {
    const found = projectMessage(gateway, source, {
      recipient: recipient.id,
      phase: 'selected',
      partner: deciding.partner,
      now: deciding.now,
    });
    return found && found.length > 0
      ? [consequence(about, recipient, found, about === 'team' ? 'planned' : 'example')]
      : [];
  };
  const asRequest = { ...message, graph: asSocialRequest(graph), planned: [] };
  const team = planned && gateway.network.partners.get(planned.partner);
  return [
    ...(team ? ask('team', team, message) : []),
    ...firstOf(others, 'care', (it) => ask('care', it, { ...message, planned: [] })),
    ...firstOf(others, 'social', (it) => ask('social', it, asRequest)),
  ];
}

function firstOf(
  partners: readonly Partner[],
  domain: Partner['domain'],
  ask: (it: Partner) => readonly Consequence[],
): readonly Consequence[] {
  for (const it of partners) {
    const found = it.domain === domain && (domain !== 'care' || it.roles.includes('provider')) ? ask(it) : [];
    if (found.length > 0) return found;
  }
  return [];
}

const consequence = (
  about: Consequence['about'],
  { name }: Partner,
  found: readonly ProjectedDisclosure[],
  as: 'planned' | 'example',
): Consequence => {
  const isDenied = found.every(({ refused }) => refused !== undefined);
  const items = found.flatMap(({ resources }) => resources).flatMap(itemsOf);
  const itemsThat = (isOut: boolean) => [...new Set(items.filter((it) => it.isOut === isOut).map(({ item }) => item))];
  const goes = itemsThat(true);
  // of a name, its parts go and its text does not: for people that is the name
  const stays = itemsThat(false).flatMap((it) => (goes.includes(it) ? (partWords[it] ?? []) : (itemWords[it] ?? [])));
  const sent = goes.flatMap((it) => itemWords[it] ?? []);
  return { about, name, isExample: as === 'example', sent, kept: stays, isDenied };
};

type Item = { readonly item: string; readonly isOut: boolean };

/** Values as people call them: a resource that is withheld as a whole by its name, others by their elements. */
const itemsOf = ({ type, reason, decided }: ProjectedDisclosure['resources'][number]): readonly Item[] =>
  reason === undefined
    ? decided.flatMap(({ because, paths }) =>
        paths.flatMap((path) => {
          const element = /^[A-Za-z]+/.exec(path)?.[0] ?? '';
          const item = itemWords[`${type}.${element}`]
            ? `${type}.${element}`
            : wholes.includes(type)
              ? type
              : undefined;
          return item ? [{ item, isOut: because === undefined }] : [];
        }),
      )
    : [{ item: type, isOut: false }];

/** Types of which every element counts as the whole. */
const wholes: readonly string[] = ['Condition', 'RelatedPerson', 'Practitioner'];

const itemWords: Readonly<Record<string, Bilingual>> = {
  'Patient.name': { nl: 'naam', en: 'name' },
  'Patient.telecom': { nl: 'telefoon en e-mail', en: 'telephone and e-mail' },
  'Patient.address': { nl: 'adres', en: 'address' },
  'Patient.birthDate': { nl: 'geboortedatum', en: 'date of birth' },
  'Patient.identifier': { nl: 'BSN', en: 'BSN' },
  Patient: { nl: 'om wie het gaat', en: 'whom it is about' },
  'ServiceRequest.reasonCode': { nl: 'de vraag, in uw woorden', en: 'the request, in your words' },
  'ServiceRequest.extension': { nl: 'waar het over gaat', en: 'what it is about' },
  ServiceRequest: { nl: 'de vraag', en: 'the request' },
  'ServiceRequest.category': { nl: 'dat er hulp wordt gevraagd', en: 'that help is requested' },
  Condition: { nl: 'klacht of diagnose', en: 'complaint or diagnosis' },
  RelatedPerson: { nl: 'wie dichtbij staat', en: 'the close person' },
  Practitioner: { nl: 'wie aanmeldt', en: 'who registers' },
};

/** What stays of something that goes in part. */
const partWords: Readonly<Record<string, Bilingual>> = {
  'ServiceRequest.extension': { nl: 'wat over gezondheid gaat', en: 'what is about health' },
};

/** The graph of a registration as the request to the social domain that may follow it, on the consent of the person. */
function asSocialRequest(graph: Bundle): Bundle {
  const useCases = mgnCodeSystem('use-case');
  const asRequest = (concept: CodeableConcept): CodeableConcept => ({
    ...concept,
    coding: (concept.coding ?? []).map((it) =>
      it.system === useCases ? { system: useCases, code: 'social-request' } : it,
    ),
  });
  const basis = {
    url: mgnExtension('legal-basis'),
    valueCodeableConcept: { coding: [{ system: mgnCodeSystem('legal-basis'), code: 'explicit-consent' }] },
  };
  const changed = (resource: Resource): Resource => {
    if (isType(resource, 'Task')) {
      const { code, extension = [] } = resource as Task;
      const without = extension.filter(({ url }) => url !== basis.url);
      return { ...resource, ...(code ? { code: asRequest(code) } : {}), extension: [...without, basis] } as Resource;
    }
    if (isType(resource, 'ServiceRequest'))
      return { ...resource, category: ((resource as ServiceRequest).category ?? []).map(asRequest) } as Resource;
    return resource;
  };
  return {
    ...graph,
    entry: (graph.entry ?? []).map((entry) =>
      entry.resource
        ? { ...entry, resource: changed(entry.resource as Resource) as NonNullable<typeof entry.resource> }
        : entry,
    ),
  };
}

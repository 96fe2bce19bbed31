/** A directory of the size of a country, made up from a seed: the same seed gives the same directory. */
import type { Endpoint, HealthcareService, Organization, OrganizationAffiliation } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension, mgnNaming } from '../../src/fhir/canonical.ts';
import { setAvailability } from '../../src/routing/index.ts';

export const nation = { organizations: 20_000, services: 60_000, endpoints: 80_000, municipalities: 342 } as const;

type Made = (Organization | OrganizationAffiliation | Endpoint | HealthcareService) & { readonly id: string };

/** Mulberry32: small, fast, and the same everywhere. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let it = Math.imul(state ^ (state >>> 15), 1 | state);
    it = (it + Math.imul(it ^ (it >>> 7), 61 | it)) ^ it;
    return ((it ^ (it >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const types = [
  'basic-ggz',
  'specialist-ggz',
  'addiction-care',
  'youth-ggz',
  'elderly-ggz',
  'outreach',
  'gp-mental-health',
  'social-work',
  'debt-counselling',
  'housing-support',
  'work-and-daytime',
  'youth-support',
  'peer-support',
] as const;

const code = (system: string, value: string) => ({ coding: [{ system: mgnCodeSystem(system), code: value }] });
export const municipalityCode = (index: number): string => String(index + 1).padStart(4, '0');
const digits = (number: number): string => String(number).padStart(8, '0');

/** Postcodes 1000 to 9999, shared out evenly. */
export const municipalities = Array.from({ length: nation.municipalities }, (_, index) => {
  const at = (it: number) => 1000 + Math.floor((it * 9000) / nation.municipalities);
  return {
    code: municipalityCode(index),
    name: `Gemeente ${index + 1}`,
    postcodes: [{ from: at(index), to: at(index + 1) - 1 }],
  };
});

/** Where each postcode would lie, on a grid the size of the country. */
export const centres: ReadonlyMap<string, { readonly latitude: number; readonly longitude: number }> = new Map(
  Array.from({ length: 9_000 }, (_, index) => [
    String(1_000 + index),
    {
      latitude: Number((51 + Math.floor(index / 90) * 0.023).toFixed(4)),
      longitude: Number((4 + (index % 90) * 0.033).toFixed(4)),
    },
  ]),
);

/** The resources one by one, so that who does not keep them needs no room for all. */
export function* directoryOf(factor: number, seed = 20_261_122): Generator<Made> {
  const next = chance(seed);
  const below = (count: number) => Math.floor(next() * count);
  const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const counts = {
    organizations: Math.round(nation.organizations * factor),
    services: Math.round(nation.services * factor),
    endpoints: Math.round(nation.endpoints * factor),
  };
  for (let index = 0; index < counts.organizations; index++) {
    const domain = index === 0 ? 'network' : index % 10 < 7 ? 'care' : 'social';
    yield {
      resourceType: 'Organization',
      id: `o${index}`,
      extension: [{ url: mgnExtension('domain'), valueCodeableConcept: code('domain', domain) }],
      identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/kvk', value: digits(index) }],
      active: true,
      type: [code('organization-type', domain === 'care' ? 'gp-practice' : 'social-work')],
      name: `Organisatie ${index}`,
    };
    yield {
      resourceType: 'OrganizationAffiliation',
      id: `a${index}`,
      active: true,
      organization: { reference: 'Organization/o0' },
      participatingOrganization: { reference: `Organization/o${index}` },
    };
  }
  for (let index = 0; index < counts.endpoints; index++)
    yield {
      resourceType: 'Endpoint',
      id: `e${index}`,
      status: 'active',
      connectionType: {
        system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
        code: 'hl7-fhir-rest',
      },
      payloadType: [
        { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/endpoint-payload-type', code: 'any' }] },
      ],
      payloadMimeType: ['application/fhir+json'],
      address: `https://e${index}.example/fhir`,
      managingOrganization: { reference: `Organization/o${below(counts.organizations)}` },
    };
  for (let index = 0; index < counts.services; index++) {
    const type =
      index === 0 ? 'registration' : index <= nation.municipalities ? 'exploratory-conversation' : pick(types);
    const home = index <= nation.municipalities ? index - 1 : below(nation.municipalities);
    const catchment = {
      url: mgnExtension('catchment'),
      extension: Array.from({ length: index <= nation.municipalities ? 1 : 1 + below(4) }, (_, at) => ({
        url: 'municipality',
        valueIdentifier: {
          system: mgnNaming('municipality'),
          value: municipalityCode((home + at) % nation.municipalities),
        },
      })),
    };
    const service = {
      resourceType: 'HealthcareService' as const,
      id: `s${index}`,
      ...(index === 0 ? {} : { extension: [catchment] }),
      identifier: [{ system: 'https://directory.example/healthcareservice', value: digits(index) }],
      active: true,
      providedBy: { reference: `Organization/o${index === 0 ? 0 : below(counts.organizations)}` },
      type: [code('service-type', index === nation.municipalities + 1 ? 'case-consultation' : type)],
      name: `Aanbod ${index}`,
      endpoint: [{ reference: `Endpoint/e${below(counts.endpoints)}` }],
    };
    const capacity = { status: pick(['available', 'limited', 'waitlist', 'closed']), assessedOn: '2026-11-16' };
    const wait = {
      group: null,
      intakeWeeks: below(200) / 10,
      treatmentWeeks: below(200) / 10,
      method: 'current',
      measuredOn: pick(['2026-11-02', '2026-10-20', '2026-08-31']),
      source: 'provider',
    };
    yield { ...setAvailability(service, { waitingTimes: [wait], capacity }), id: service.id };
  }
}

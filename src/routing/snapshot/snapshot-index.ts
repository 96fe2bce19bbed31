import type { Identifier } from '@medplum/fhirtypes';
import { coverageOf } from './coverage.ts';
import type { Point } from './distance.ts';
import { postcodeNumber } from './postcode.ts';
import type { DirectoryOrganization, DirectoryService, DirectorySnapshot, PostcodeRange } from './snapshot.ts';

export type Municipality = {
  readonly code: string;
  readonly name: string;
  readonly postcodes: readonly PostcodeRange[];
};

export type SnapshotContent = {
  readonly services: readonly DirectoryService[];
  readonly organizations: readonly DirectoryOrganization[];
  readonly municipalities: readonly Municipality[];
  /** `HealthcareService/<id>` of the team that decides by hand (registratieteam). */
  readonly registrationTeam: string;
  readonly digest: string;
} & Pick<DirectorySnapshot, 'availability' | 'norms' | 'dayOf'> & {
    /** By four digits; absent when the network has no table of postcode centres. */
    readonly centres?: ReadonlyMap<string, Point>;
  };

/** Indexes a directory once; every query is a look-up afterwards. */
export function snapshotOf(facts: SnapshotContent): DirectorySnapshot {
  const steps = snapshotInSteps(facts);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same in steps, so that a caller can let other work run in between. */
export function* snapshotInSteps(facts: SnapshotContent): Generator<undefined, DirectorySnapshot> {
  const { services, organizations, municipalities, registrationTeam, digest, availability, norms, dayOf, centres } =
    facts;
  const serviceById = new Map(services.map((it) => [it.reference, it]));
  const serviceByAddress = new Map(services.flatMap((it) => (it.address ? [[it.address, it] as const] : [])));
  yield;
  const organizationById = new Map(organizations.map((it) => [it.reference, it]));
  const organizationByPartner = new Map(organizations.flatMap((it) => (it.partner ? [[it.partner, it] as const] : [])));
  yield;
  const serviceByKey = byIdentifier(services);
  yield;
  const organizationByKey = byIdentifier(organizations);
  yield;
  const byType = grouped(
    services.filter(({ active }) => active),
    ({ types }) => types,
  );
  yield;
  const byOrganization = grouped(services, ({ organization }) => [organization]);
  yield;
  const municipalityByPostcode = new Map(
    municipalities.flatMap(({ code, postcodes }) =>
      postcodes.flatMap(({ from, to }) =>
        Array.from({ length: to - from + 1 }, (_, index) => [from + index, code] as const),
      ),
    ),
  );
  const nameByMunicipality = new Map(municipalities.map(({ code, name }) => [code, name]));
  return {
    digest,
    services,
    organizations,
    registrationTeam,
    service: (reference) => serviceByAddress.get(reference) ?? serviceById.get(local(reference, 'HealthcareService')),
    organization: (reference) => organizationById.get(local(reference, 'Organization')),
    serviceByIdentifier: (identifier) => lookUp(serviceByKey, identifier),
    organizationByIdentifier: (identifier) => lookUp(organizationByKey, identifier),
    servicesOfType: (type) => byType.get(type) ?? [],
    servicesCovering: (type, home) => coverageOf(byType.get(type) ?? [])(home),
    organizationOfPartner: (partner) => organizationByPartner.get(partner),
    servicesOfOrganization: (reference) => byOrganization.get(local(reference, 'Organization')) ?? [],
    municipalityOf: (postcode) => municipalityByPostcode.get(postcodeNumber(postcode) ?? 0),
    nameOfMunicipality: (code) => nameByMunicipality.get(code),
    centreOf: (postcode) => centres?.get(String(postcodeNumber(postcode) ?? '')),
    hasCentres: centres !== undefined,
    availability,
    norms,
    dayOf,
    sources: [],
  };
}

/** Published material uses several systems for KvK numbers; all are normalised to that of fhir.nl. */
const spellings: ReadonlyMap<string, string> = new Map(
  ['http://www.kvk.nl/', 'http://www.kvk.nl', 'http://kvk.nl', 'http://kvk.nl/'].map((it) => [
    it,
    'http://fhir.nl/fhir/NamingSystem/kvk',
  ]),
);

/** A normalised key for an identifier; undefined without system or value, which identify nothing. */
export const identifierKey = ({ system, value }: Identifier): string | undefined =>
  system && value ? `${spellings.get(system) ?? system}|${value.trim()}` : undefined;

type Identified = { readonly identifiers: readonly Identifier[] };

const byIdentifier = <T extends Identified>(all: readonly T[]): ReadonlyMap<string, T> =>
  new Map(
    all.flatMap((it) =>
      it.identifiers.flatMap((identifier) => {
        const key = identifierKey(identifier);
        return key ? [[key, it] as const] : [];
      }),
    ),
  );

const lookUp = <T>(index: ReadonlyMap<string, T>, identifier: Identifier): T | undefined => {
  const key = identifierKey(identifier);
  return key === undefined ? undefined : index.get(key);
};

function grouped<T>(all: readonly T[], keysOf: (it: T) => readonly string[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const it of all)
    for (const key of keysOf(it)) {
      const group = groups.get(key);
      if (group) group.push(it);
      else groups.set(key, [it]);
    }
  return groups;
}

/** `Type/id` of a relative or absolute reference to that type; empty for anything else. */
const local = (reference: string, type: string): string => {
  const id = reference.lastIndexOf('/') + 1;
  const start = id - 1 - type.length;
  if (id === 0 || start < 0 || !reference.startsWith(type, start)) return '';
  if (start === 0) return reference;
  return reference[start - 1] === '/' ? reference.slice(start) : '';
};

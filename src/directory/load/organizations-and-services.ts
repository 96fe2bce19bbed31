import type { CodeableConcept, Extension, HealthcareService, Organization } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension } from '../../fhir/canonical.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import {
  type Catchment,
  type DirectoryOrganization,
  type DirectoryService,
  type Domain,
  type Point,
  primaryLanguage,
} from '../../routing/index.ts';
import type { FiledResource } from './resource-files.ts';
import type { WithIssues } from './with-issues.ts';

/**
 * The organisations of the directory by reference. Members are the network itself and organisations with an active
 * OrganizationAffiliation to it. Each must have a domain, which limits the data it may receive.
 */
export function directoryOrganizations(
  filed: readonly FiledResource[],
  network: string,
  partners: ReadonlyMap<string, string>,
): WithIssues<ReadonlyMap<string, DirectoryOrganization>> {
  const members = new Set([network, ...filed.flatMap(({ resource }) => memberBy(resource, network))]);
  const issues: Issue[] = [];
  const parents = new Map(filed.flatMap(({ resource: it }) => parentOf(it)));
  const represented = Map.groupBy(
    filed.flatMap(({ resource: it }) => representationBy(it, network)),
    ([reference]) => reference,
  );
  const organizations = filed.flatMap(({ resource: it, file }) => {
    if (!isType(it, 'Organization')) return [];
    const reference = `Organization/${it.id}`;
    const domain = domainOf(it);
    if (!domain) {
      issues.push(issue('directory-incomplete', { file, resource: reference, what: 'the extension mgn-domain' }));
      return [];
    }
    const partner = partners.get(reference);
    const representedBy = [
      ...ancestorsOf(reference, parents),
      ...(represented.get(reference) ?? []).map(([, by]) => by),
    ];
    return [
      {
        reference,
        name: it.name ?? reference,
        identifiers: it.identifier ?? [],
        types: codesOf(it.type),
        domain,
        active: it.active !== false,
        member: members.has(reference),
        ...(partner ? { partner } : {}),
        ...(representedBy.length ? { representedBy } : {}),
      },
    ];
  });
  return { value: new Map(organizations.map((it) => [it.reference, it])), issues };
}

const parentOf = (it: Resource): [string, string][] =>
  isType(it, 'Organization') && it.partOf?.reference ? [[`Organization/${it.id}`, it.partOf.reference]] : [];

/** The organisations of which this one is a part, directly or through others. */
function ancestorsOf(reference: string, parents: ReadonlyMap<string, string>): string[] {
  const found = new Set<string>();
  for (let next = parents.get(reference); next && next !== reference && !found.has(next); next = parents.get(next))
    found.add(next);
  return [...found];
}

/**
 * The organisation that exchanges data for another one: an active OrganizationAffiliation with role HIE/HIO
 * (https://hl7.org/fhir/R4/codesystem-organization-role.html). Membership of the network is no representation.
 */
const representationBy = (it: Resource, network: string): [string, string][] =>
  isType(it, 'OrganizationAffiliation') &&
  it.active !== false &&
  it.organization?.reference &&
  it.organization.reference !== network &&
  it.participatingOrganization?.reference &&
  codesOf(it.code).some((code) => code === 'http://hl7.org/fhir/organization-role|HIE/HIO')
    ? [[it.organization.reference, it.participatingOrganization.reference]]
    : [];

const memberBy = (it: Resource, network: string): string[] =>
  isType(it, 'OrganizationAffiliation') && it.active !== false && it.organization?.reference === network
    ? [it.participatingOrganization?.reference ?? '']
    : [];

/** The services of the directory. A service is active only while its organisation is active and a member. */
export function directoryServices(
  filed: readonly FiledResource[],
  organizations: ReadonlyMap<string, DirectoryOrganization>,
  positionOf: (service: HealthcareService) => Point | undefined,
): WithIssues<readonly DirectoryService[]> {
  const issues: Issue[] = [];
  const services = filed.flatMap(({ resource: it, file }) => {
    if (!isType(it, 'HealthcareService')) return [];
    const reference = `HealthcareService/${it.id}`;
    const provider = organizations.get(it.providedBy?.reference ?? '');
    if (!provider) {
      issues.push(issue('directory-incomplete', { file, resource: reference, what: 'providedBy' }));
      return [];
    }
    return [serviceOf(it, reference, provider, positionOf(it))];
  });
  return { value: services, issues };
}

function serviceOf(
  it: HealthcareService,
  reference: string,
  provider: DirectoryOrganization,
  position: Point | undefined,
): DirectoryService {
  const referrers = codesOf(extensions(it, 'accepted-referrer').flatMap((one) => one.valueCodeableConcept ?? []));
  const phone = it.telecom?.find(({ system }) => system === 'phone')?.value;
  const ages = agesOf(extensions(it, 'accepted-age')[0]);
  const groups = codesIn(mgnCodeSystem('diagnosis-group'), it.specialty);
  const languages = languagesOf(it.communication);
  return {
    reference,
    name: it.name ?? provider.name,
    identifiers: it.identifier ?? [],
    types: codesOf(it.type),
    active: it.active !== false && provider.active && provider.member,
    domain: provider.domain,
    organization: provider.reference,
    catchment: catchmentOf(extensions(it, 'catchment')[0]),
    ...(phone ? { phone } : {}),
    ...(provider.partner ? { partner: provider.partner } : {}),
    ...(referrers.length > 0 ? { referrers } : {}),
    ...(ages ? { ages } : {}),
    ...(groups.length > 0 ? { groups } : {}),
    ...(languages.length > 0 ? { languages } : {}),
    ...(position ? { position } : {}),
  };
}

function agesOf(extension: Extension | undefined): DirectoryService['ages'] {
  const { low, high } = extension?.valueRange ?? {};
  if (low?.value === undefined && high?.value === undefined) return undefined;
  return {
    ...(low?.value === undefined ? {} : { from: low.value }),
    ...(high?.value === undefined ? {} : { to: high.value }),
  };
}

const languagesOf = (concepts: readonly CodeableConcept[] | undefined): string[] => [
  ...new Set((concepts ?? []).flatMap((it) => (it.coding ?? []).flatMap(({ code }) => primaryLanguage(code) ?? []))),
];

const codesIn = (system: string, concepts: readonly CodeableConcept[] | undefined): string[] =>
  (concepts ?? []).flatMap((it) =>
    (it.coding ?? []).flatMap((one) => (one.system === system && one.code ? [one.code] : [])),
  );

const extensions = (it: { readonly extension?: Extension[] }, name: string): Extension[] =>
  (it.extension ?? []).filter(({ url }) => url === mgnExtension(name));

const codesOf = (concepts: readonly CodeableConcept[] | undefined): string[] =>
  (concepts ?? []).flatMap((it) => it.coding ?? []).map(({ system, code }) => `${system ?? ''}|${code ?? ''}`);

function domainOf(it: Organization): Domain | undefined {
  const codings = extensions(it, 'domain').flatMap((one) => one.valueCodeableConcept?.coding ?? []);
  const code = codings.find(({ system }) => system === mgnCodeSystem('domain'))?.code;
  return code === 'care' || code === 'social' || code === 'network' ? code : undefined;
}

function catchmentOf(extension: Extension | undefined): Catchment {
  const parts = extension?.extension ?? [];
  const municipalities = parts.flatMap(({ valueIdentifier }) => valueIdentifier?.value ?? []);
  const postcodes = parts
    .filter(({ url }) => url === 'postcodes')
    .map(({ extension: ends = [] }) => ({ from: end(ends, 'from'), to: end(ends, 'to') }));
  return {
    ...(municipalities.length > 0 ? { municipalities } : {}),
    ...(postcodes.length > 0 ? { postcodes } : {}),
  };
}

const end = (ends: readonly Extension[], url: string): number => ends.find((it) => it.url === url)?.valueInteger ?? 0;

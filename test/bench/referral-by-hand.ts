/** What mappings/referral/elz-bundle.fml does, as a programmer would write it: the measure for the compiled map. */
import type {
  Bundle,
  BundleEntry,
  Composition,
  CompositionSection,
  Patient,
  Resource,
  ServiceRequest,
  Task,
} from '@medplum/fhirtypes';
import { clone } from '../../src/fhir/clone.ts';
import { type Issue, issue } from '../../src/fhir/issue.ts';

const mgn = 'https://mgn.example/fhir';
const profile = `${mgn}/StructureDefinition/mgn-`;
const useCases = `${mgn}/CodeSystem/mgn-use-case`;
const taskCodes = 'http://hl7.org/fhir/CodeSystem/task-code';
const legalBasis = `${mgn}/StructureDefinition/mgn-legal-basis`;
const bsn = 'http://fhir.nl/fhir/NamingSystem/bsn';
const closed = ['completed', 'on-hold', 'unknown'];
const open = ['draft', 'requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold'];
const registration = {
  system: useCases,
  code: 'registration',
  display: 'Registration for an exploratory conversation',
};

const required = [
  ['Task', 'referral-task-missing'],
  ['ServiceRequest', 'referral-order-missing'],
  ['Patient', 'referral-patient-missing'],
] as const;

const profiles: Readonly<Record<string, string>> = {
  Task: 'coordination-task',
  ServiceRequest: 'referral',
  Patient: 'patient',
  Composition: 'referral-letter',
  Condition: 'condition',
  Practitioner: 'practitioner',
  PractitionerRole: 'practitioner-role',
  Organization: 'organization',
  Location: 'location',
  HealthcareService: 'healthcare-service',
  RelatedPerson: 'related-person',
  Consent: 'consent',
};

function addProfile(resource: Resource, name: string): void {
  const url = profile + name;
  resource.meta ??= {};
  const profiles = resource.meta.profile ?? [];
  resource.meta.profile = profiles;
  if (!profiles.includes(url)) profiles.push(url);
}

type Made = { readonly output: Bundle; readonly issues?: readonly Issue[] };

export function referralByHand(source: Bundle): Made {
  const made = clone(source);
  const issues: Issue[] = [];
  const resources = (made.entry ?? []).flatMap(({ resource }) => (resource ? [resource] : []));
  for (const [type, rule] of required)
    if (!resources.some(({ resourceType }) => resourceType === type))
      issues.push(issue(rule, {}, { expression: 'Bundle' }));
  addProfile(made, 'referral-bundle');
  if (made.type !== 'transaction' && made.type !== 'message') made.type = 'collection';
  for (const [at, entry] of (made.entry ?? []).entries()) adjust(entry, at, resources, source, issues);
  return issues.length > 0 ? { output: made, issues } : { output: made };
}

function adjust(entry: BundleEntry, at: number, resources: readonly Resource[], source: Bundle, issues: Issue[]): void {
  const resource = entry.resource;
  if (!resource) return;
  const name = profiles[resource.resourceType];
  if (name) addProfile(resource, name);
  if (resource.resourceType === 'Task') task(resource);
  if (resource.resourceType === 'ServiceRequest') order(resource, resources, `Bundle.entry[${at}].resource`, issues);
  if (resource.resourceType === 'Patient') person(resource, source, issues);
}

function task(it: Task): void {
  if (it.for?.identifier?.system === bsn) delete it.for.identifier;
  it.code ??= {};
  const coding = it.code.coding ?? [];
  it.code.coding = coding;
  if (!coding.some(({ system }) => system === taskCodes))
    coding.push({ system: taskCodes, code: 'fulfill', display: 'Fulfill the focal request' });
  if (!coding.some(({ system }) => system === useCases)) coding.push({ ...registration });
  const extension = it.extension ?? [];
  it.extension = extension;
  if (!extension.some(({ url }) => url === legalBasis)) {
    const coding = [
      { system: `${mgn}/CodeSystem/mgn-legal-basis`, code: 'referral-within-care', display: 'Referral within care' },
    ];
    extension.push({ url: legalBasis, valueCodeableConcept: { coding } });
  }
}

function order(it: ServiceRequest, resources: readonly Resource[], path: string, issues: Issue[]): void {
  const waiting = resources.some((other) => other.resourceType === 'Task' && open.includes(other.status ?? ''));
  if (closed.includes(it.status ?? '') && waiting) {
    it.status = 'active';
    issues.push(issue('order-status-normalised', {}, { expression: `${path}.status` }));
  }
  const category = it.category ?? [];
  it.category = category;
  if (!category.some(({ coding }) => coding?.some(({ system }) => system === useCases)))
    category.push({ coding: [{ ...registration }] });
  for (const letter of resources) if (letter.resourceType === 'Composition') reasons(letter, it);
  if (!it.reasonCode?.length && !it.reasonReference?.length)
    issues.push(issue('referral-reason-missing', {}, { expression: path }));
}

function reasons(part: Composition | CompositionSection, it: ServiceRequest): void {
  for (const section of part.section ?? []) {
    if (section.code?.coding?.some(({ system, code }) => system === 'http://snomed.info/sct' && code === '440378000'))
      reason(section, it);
    reasons(section, it);
  }
}

function reason(section: CompositionSection, it: ServiceRequest): void {
  for (const link of section.entry ?? []) {
    if (link.type !== 'Condition' && !link.reference?.includes('Condition/')) continue;
    it.reasonReference ??= [];
    if (!it.reasonReference.some(({ reference }) => reference === link.reference))
      it.reasonReference.push(clone(link) as never);
  }
  for (const { url, valueString } of section.extension ?? []) {
    if (url !== 'http://nictiz.nl/fhir/StructureDefinition/ext-TextValue' || valueString === undefined) continue;
    it.reasonCode ??= [];
    if (!it.reasonCode.some(({ text }) => text === valueString)) it.reasonCode.push({ text: valueString });
  }
}

/** Task.for names its person by address; without one it is the person of the order, or the only one. */
function isPersonOf({ for: about }: Task, { id }: Patient, { entry = [] }: Bundle): boolean {
  const orders = entry.flatMap(({ resource }) => (resource?.resourceType === 'ServiceRequest' ? [resource] : []));
  const persons = entry.filter(({ resource }) => resource?.resourceType === 'Patient');
  const named = about?.reference ? [about.reference] : orders.map(({ subject }) => subject?.reference);
  const fullUrl = persons.find(({ resource }) => resource?.id === id)?.fullUrl;
  const isNamed = named.some((it) => it === fullUrl || it === `Patient/${id}` || it?.endsWith(`/Patient/${id}`));
  return isNamed || (!about?.reference && persons.length === 1);
}

function person(it: Patient, source: Bundle, issues: Issue[]): void {
  for (const [at, { resource }] of (source.entry ?? []).entries()) {
    if (resource?.resourceType !== 'Task') continue;
    const given = resource.for?.identifier;
    if (given?.system !== bsn || it.identifier?.some(({ system, value }) => system === bsn && value === given.value))
      continue;
    if (!isPersonOf(resource, it, source)) continue;
    it.identifier = [...(it.identifier ?? []), clone(given)];
    issues.push(issue('bsn-moved-to-patient', {}, { expression: `Bundle.entry[${at}].resource.for.identifier` }));
  }
}

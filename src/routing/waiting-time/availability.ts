import type { CodeableConcept, Extension, HealthcareService } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension } from '../../fhir/canonical.ts';

/** A waiting time of a service (wachttijd), as measured on a date (extension mgn-waiting-time). */
export type WaitingTime = {
  /**
   * Main diagnosis group (hoofddiagnosegroep): `system|code`, or a code of our own list without system; null: all
   * groups.
   */
  readonly group: string | null;
  /** Weeks from registration to the first conversation (aanmeldingswachttijd). */
  readonly intakeWeeks?: number;
  /** Weeks from the first conversation to the start of treatment (behandelingswachttijd). */
  readonly treatmentWeeks?: number;
  readonly method: string;
  /** yyyy-mm-dd */
  readonly measuredOn: string;
  readonly source: string;
};

/** Whether a service accepts new clients (capaciteit; extension mgn-capacity). */
export type Capacity = {
  readonly status: string;
  readonly note?: string;
  /** yyyy-mm-dd */
  readonly assessedOn: string;
};

/** Waiting times and capacity of a service: the part of it that changes on its own. */
export type Availability = { readonly waitingTimes: readonly WaitingTime[]; readonly capacity?: Capacity };

const urls = { waitingTime: mgnExtension('waiting-time'), capacity: mgnExtension('capacity') };
const isAvailability = ({ url }: Extension): boolean => url === urls.waitingTime || url === urls.capacity;

/** Waiting times and capacity of a validated service: required parts are present. */
export function availabilityOf({ extension = [] }: HealthcareService): Availability {
  const waitingTimes = extension.filter(({ url }) => url === urls.waitingTime).map(waitingTimeOf);
  const capacity = extension.find(({ url }) => url === urls.capacity);
  return { waitingTimes, ...(capacity ? { capacity: capacityOf(capacity) } : {}) };
}

/** The service without waiting times and capacity: the part under the network's authority. */
export function withoutAvailability({ extension = [], ...service }: HealthcareService): HealthcareService {
  const others = extension.filter((it) => !isAvailability(it));
  return { ...service, ...(others.length > 0 ? { extension: others } : {}) };
}

/** A service with the waiting times and capacity of another version of it. */
export function copyAvailability(service: HealthcareService, from: HealthcareService): HealthcareService {
  const { extension: others = [], ...bare } = withoutAvailability(service);
  const extension = [...others, ...(from.extension ?? []).filter(isAvailability)];
  return { ...bare, ...(extension.length > 0 ? { extension } : {}) };
}

/** A service with its waiting times, its capacity, or both replaced. */
export function setAvailability(
  service: HealthcareService,
  { waitingTimes, capacity }: { readonly waitingTimes?: readonly WaitingTime[]; readonly capacity?: Capacity },
): HealthcareService {
  const kept = (service.extension ?? []).filter(
    ({ url }) => !(waitingTimes && url === urls.waitingTime) && !(capacity && url === urls.capacity),
  );
  const extension = [
    ...kept,
    ...(waitingTimes ?? []).map(waitingTimeExtension),
    ...(capacity ? [capacityExtension(capacity)] : []),
  ];
  return { ...service, extension };
}

/** Two waiting times with the same key are duplicates: same group, same method. */
export const waitingTimeKey = ({ group, method }: Pick<WaitingTime, 'group' | 'method'>): string =>
  `${group ?? ''}#${method}`;

function waitingTimeOf({ extension = [] }: Extension): WaitingTime {
  const part = (url: string) => extension.find((it) => it.url === url);
  const intakeWeeks = part('intake')?.valueDuration?.value;
  const treatmentWeeks = part('treatment')?.valueDuration?.value;
  return {
    group: groupOf(part('diagnosisGroup')?.valueCodeableConcept),
    ...(intakeWeeks === undefined ? {} : { intakeWeeks }),
    ...(treatmentWeeks === undefined ? {} : { treatmentWeeks }),
    method: codeOf(part('method')),
    measuredOn: part('measuredOn')?.valueDate ?? '',
    source: codeOf(part('source')),
  };
}

function capacityOf({ extension = [] }: Extension): Capacity {
  const part = (url: string) => extension.find((it) => it.url === url);
  const note = part('note')?.valueString;
  return { status: codeOf(part('status')), ...(note ? { note } : {}), assessedOn: part('assessedOn')?.valueDate ?? '' };
}

const codeOf = (it: Extension | undefined): string => it?.valueCodeableConcept?.coding?.[0]?.code ?? '';

const groups = mgnCodeSystem('diagnosis-group');

function groupOf(concept: CodeableConcept | undefined): string | null {
  if (!concept) return null;
  const coding = concept.coding?.find(({ system }) => system === groups) ?? concept.coding?.[0];
  if (!coding?.code) return concept.text ?? null;
  return coding.system === groups ? coding.code : `${coding.system ?? ''}|${coding.code}`;
}

const concept = (system: string, code: string): CodeableConcept => ({ coding: [{ system, code }] });
const weeks = (value: number) => ({ value, unit: 'weken', system: 'http://unitsofmeasure.org', code: 'wk' });

function waitingTimeExtension(it: WaitingTime): Extension {
  const [system, code] = it.group?.includes('|') ? it.group.split('|') : [groups, it.group];
  return {
    url: urls.waitingTime,
    extension: [
      ...(code ? [{ url: 'diagnosisGroup', valueCodeableConcept: concept(system ?? groups, code) }] : []),
      ...(it.intakeWeeks === undefined ? [] : [{ url: 'intake', valueDuration: weeks(it.intakeWeeks) }]),
      ...(it.treatmentWeeks === undefined ? [] : [{ url: 'treatment', valueDuration: weeks(it.treatmentWeeks) }]),
      { url: 'method', valueCodeableConcept: concept(mgnCodeSystem('waiting-time-method'), it.method) },
      { url: 'measuredOn', valueDate: it.measuredOn },
      { url: 'source', valueCodeableConcept: concept(mgnCodeSystem('waiting-time-source'), it.source) },
    ],
  };
}

const capacityExtension = ({ status, note, assessedOn }: Capacity): Extension => ({
  url: urls.capacity,
  extension: [
    { url: 'status', valueCodeableConcept: concept(mgnCodeSystem('capacity-status'), status) },
    ...(note ? [{ url: 'note', valueString: note }] : []),
    { url: 'assessedOn', valueDate: assessedOn },
  ],
});

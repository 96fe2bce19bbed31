import type { CodeableConcept, Extension, HealthcareService } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension } from '../../fhir/canonical.ts';

/** A waiting time of a service, as measured on a day (mgn-waiting-time). */
export type WaitingTime = {
  /** Main diagnosis group as `system|code`, a code of our own list without system; null: for everybody. */
  readonly group: string | null;
  /** From registration to the first conversation. */
  readonly intakeWeeks?: number;
  /** From the first conversation to treatment or help. */
  readonly treatmentWeeks?: number;
  readonly method: string;
  /** yyyy-mm-dd */
  readonly measuredOn: string;
  readonly source: string;
};

/** Whether a service can take somebody (mgn-capacity). */
export type Capacity = {
  readonly status: string;
  readonly note?: string;
  /** yyyy-mm-dd */
  readonly assessedOn: string;
};

/** What a service tells of its places, and what changes without anything else of it changing. */
export type Availability = { readonly waitingTimes: readonly WaitingTime[]; readonly capacity?: Capacity };

const urls = { waitingTime: mgnExtension('waiting-time'), capacity: mgnExtension('capacity') };
const isAvailability = ({ url }: Extension): boolean => url === urls.waitingTime || url === urls.capacity;

/** The figures of a service. Whoever reads it has validated it: what is asked of them is there. */
export function availabilityOf({ extension = [] }: HealthcareService): Availability {
  const waitingTimes = extension.filter(({ url }) => url === urls.waitingTime).map(waitingTimeOf);
  const capacity = extension.find(({ url }) => url === urls.capacity);
  return { waitingTimes, ...(capacity ? { capacity: capacityOf(capacity) } : {}) };
}

/** The service without its figures: what is the network's to say. */
export function withoutAvailability({ extension = [], ...service }: HealthcareService): HealthcareService {
  const others = extension.filter((it) => !isAvailability(it));
  return { ...service, ...(others.length > 0 ? { extension: others } : {}) };
}

/** A service with the figures of another version of it. */
export function copyAvailability(service: HealthcareService, figures: HealthcareService): HealthcareService {
  const { extension: others = [], ...bare } = withoutAvailability(service);
  const extension = [...others, ...(figures.extension ?? []).filter(isAvailability)];
  return { ...bare, ...(extension.length > 0 ? { extension } : {}) };
}

/** A service with these figures in the place of its own: waiting times, capacity, or both. */
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

/** What two waiting times must not both tell: the same thing, measured in the same way. */
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

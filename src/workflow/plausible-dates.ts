import type { Bundle, Patient, Reference } from '@medplum/fhirtypes';
import { type Graph, graphOf } from '../fhir/graph.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { type Elements, isType, type Resource } from '../fhir/resource.ts';
import { dayIn } from '../temporal.ts';
import { personElements } from '../vocabulary/clinical-types.ts';

/** Elements that state when something happened or was written; a path of two names goes through a BackboneElement or Period. */
const past: Readonly<Record<string, readonly string[]>> = {
  AllergyIntolerance: ['recordedDate', 'onsetDateTime'],
  CarePlan: ['created'],
  Communication: ['sent'],
  Composition: ['date'],
  Condition: ['recordedDate', 'onsetDateTime', 'onsetPeriod.start'],
  Consent: ['dateTime'],
  DiagnosticReport: ['issued', 'effectiveDateTime'],
  DocumentReference: ['date'],
  Immunization: ['occurrenceDateTime'],
  MedicationStatement: ['dateAsserted'],
  Observation: ['issued', 'effectiveDateTime'],
  Procedure: ['performedDateTime', 'performedPeriod.start'],
  QuestionnaireResponse: ['authored'],
  ServiceRequest: ['authoredOn'],
  Task: ['authoredOn'],
};

/** Elements that may lie ahead, but not before the birth of the person. */
const planned: Readonly<Record<string, readonly string[]>> = {
  Appointment: ['start'],
  Encounter: ['period.start'],
  ServiceRequest: ['occurrenceDateTime', 'occurrencePeriod.start'],
};

/** The clock of a sender may run this far ahead of that of the gateway, in milliseconds. */
const clockSkew = 10 * 60_000;

/** Nobody alive was born before. */
const earliestBirth = '1900';

export type Clock = { readonly now: Date; readonly timezone: string };

/**
 * Dates of a message that cannot be, as warnings: a person can correct them, and a referral with a slip of the pen must not
 * be lost. A date without a time is compared by the day in the time zone of the network; a partial date as far as it is stated.
 * Issues: `birth-date-implausible`, `person-deceased`, `date-in-future`, `dates-contradict`.
 */
export function implausibleDates(bundle: Bundle, clock: Clock): readonly Issue[] {
  const graph = graphOf(bundle);
  const issues = graph.resources.flatMap((it) =>
    isType(it, 'Patient') ? ofPerson(it as Patient, clock) : ofResource(graph, it, clock),
  );
  return [...new Map(issues.map((it) => [`${it.rule} ${it.expression}`, it])).values()];
}

function ofPerson({ birthDate, deceasedBoolean, deceasedDateTime }: Patient, clock: Clock): Issue[] {
  const birth = { expression: 'Patient.birthDate' };
  const death = { expression: 'Patient.deceased' };
  const isImplausible = birthDate && (isAhead(birthDate, clock) || birthDate < earliestBirth);
  const isDeceased = deceasedBoolean === true || (deceasedDateTime && !isAhead(deceasedDateTime, clock));
  return [
    ...(isImplausible ? [issue('birth-date-implausible', {}, birth)] : []),
    ...(isDeceased ? [issue('person-deceased', {}, death)] : []),
    ...(deceasedDateTime && isAhead(deceasedDateTime, clock) ? [issue('date-in-future', {}, death)] : []),
    ...(deceasedDateTime && isBefore(deceasedDateTime, birthDate, clock)
      ? [issue('dates-contradict', { other: 'Patient.birthDate' }, death)]
      : []),
  ];
}

function ofResource(graph: Graph, it: Resource, clock: Clock): Issue[] {
  const birthDate = personOf(graph, it)?.birthDate;
  // a birth in the future has a finding of its own: every date would precede it
  const birth = birthDate && !isAhead(birthDate, clock) ? birthDate : undefined;
  const dates = (paths: Readonly<Record<string, readonly string[]>>) =>
    (paths[it.resourceType] ?? []).flatMap((path) => {
      const value = valueAt(it, path);
      return value === undefined ? [] : [{ value, place: { expression: `${it.resourceType}.${pathOf(path)}` } }];
    });
  const { start, end } = it as unknown as { readonly start?: unknown; readonly end?: unknown };
  const endsFirst =
    isType(it, 'Appointment') &&
    typeof start === 'string' &&
    typeof end === 'string' &&
    Date.parse(end) < Date.parse(start);
  return [
    ...(endsFirst
      ? [issue('dates-contradict', { other: 'Appointment.start' }, { expression: 'Appointment.end' })]
      : []),
    ...dates(past).flatMap(({ value, place }) => (isAhead(value, clock) ? [issue('date-in-future', {}, place)] : [])),
    ...[...dates(past), ...dates(planned)].flatMap(({ value, place }) =>
      isBefore(value, birth, clock) ? [issue('dates-contradict', { other: 'Patient.birthDate' }, place)] : [],
    ),
  ];
}

/** In FHIRPath a choice of types is one element: `onset`, not `onsetDateTime`. */
const pathOf = (path: string): string => path.replace(/^(onset|effective|occurrence|performed)(DateTime|Period)/, '$1');

function personOf(graph: Graph, it: Resource): Patient | undefined {
  const elements = it as unknown as Elements;
  const name = { ...personElements, Task: 'for', Consent: 'patient' }[it.resourceType as 'Task'] ?? 'subject';
  const person = graph.resolve(elements[name] as Reference | undefined);
  return isType(person, 'Patient') ? (person as Patient) : undefined;
}

function valueAt(it: Resource, path: string): string | undefined {
  const [first = '', second] = path.split('.');
  const value = (it as unknown as Elements)[first];
  const found = second === undefined ? value : (value as Elements | undefined)?.[second];
  return typeof found === 'string' ? found : undefined;
}

/** Whether a date or moment lies after now, with the clock skew of a sender. */
function isAhead(value: string, { now, timezone }: Clock): boolean {
  const latest = new Date(now.getTime() + clockSkew);
  if (value.includes('T')) return Date.parse(value) > latest.getTime();
  if (isLongBefore(value, latest)) return false;
  return value > dayIn(timezone, latest).slice(0, value.length);
}

const twoDays = 2 * 24 * 60 * 60 * 1000;

/** Whether a day, month or year began before a moment in whatever time zone: its calendar, which is slow, decides nothing. */
const isLongBefore = (date: string, moment: Date): boolean => moment.getTime() - Date.parse(date) > twoDays;

/** Whether a date or moment lies before a birth date, both compared by the day, as far as both are stated. */
function isBefore(value: string, birthDate: string | undefined, { timezone }: Clock): boolean {
  if (birthDate === undefined) return false;
  const moment = value.includes('T') ? new Date(value) : undefined;
  if (moment && (Number.isNaN(moment.getTime()) || isLongBefore(birthDate, moment))) return false;
  const day = moment ? dayIn(timezone, moment) : value;
  const length = Math.min(day.length, birthDate.length);
  return day.slice(0, length) < birthDate.slice(0, length);
}

import type { Bundle, Patient, Task } from '@medplum/fhirtypes';
import { identityConflictCoding } from '../../disclosure/index.ts';
import { graphOf } from '../../fhir/graph.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isSentBy } from '../../vocabulary/meta-source.ts';
import { namesAlike } from './names-alike.ts';

/** Elements of a Patient that identify a person, by their names in FHIR. */
export type PersonElement = 'name' | 'birthDate' | 'gender';

/** Elements in which two Patients contradict each other; what one of them lacks is no contradiction. */
export function contradictions(one: Patient, other: Patient): PersonElement[] {
  return [
    ...(namesAlike(one.name ?? [], other.name ?? []) ? [] : ['name' as const]),
    ...(sameDate(one.birthDate ?? '', other.birthDate ?? '') ? [] : ['birthDate' as const]),
    ...(sameGender(one.gender, other.gender) ? [] : ['gender' as const]),
  ];
}

/** Dates are compared as far as both are stated: 1990 and 1990-02-28 agree. */
function sameDate(one: string, other: string): boolean {
  const length = Math.min(one.length, other.length);
  return one.slice(0, length) === other.slice(0, length);
}

/** `unknown` and no gender agree with any. */
const sameGender = (one: string | undefined, other: string | undefined): boolean =>
  one === other || [one, other].some((it) => it === undefined || it === 'unknown');

/**
 * Elements in which a Patient contradicts the stored ones with its BSN, newest first. Of each sender only its last
 * statement counts: a mistake that its sender corrected is no contradiction any more.
 */
export function contradictionsWith(person: Patient, stored: readonly Patient[]): PersonElement[] {
  const latest = new Map<string, Patient>();
  for (const it of stored) {
    const sender = it.meta?.source ?? '';
    if (!latest.has(sender)) latest.set(sender, it);
  }
  return [...new Set([...latest.values()].flatMap((it) => contradictions(person, it)))];
}

/** Warnings to a sender about its own data only: what it stated itself before about the same BSN. */
export function ownContradictions(person: Patient, stored: readonly Patient[], sender: string): Issue[] {
  const own = stored.filter((it) => isSentBy(it, sender));
  return contradictionsWith(person, own).map((name) =>
    issue('identity-conflict', {}, { expression: `Patient.${name}` }),
  );
}

/** Adds the contradictions for the owner, one input of its Task for each element. Nobody else sees them. */
export function flagIdentityConflict(bundle: Bundle, elements: readonly PersonElement[]): Bundle {
  if (elements.length === 0) return bundle;
  return {
    ...bundle,
    entry: (bundle.entry ?? []).map((it) =>
      it.resource?.resourceType === 'Task' ? { ...it, resource: flagged(it.resource, elements) } : it,
    ),
  };
}

const flagged = (task: Task, elements: readonly PersonElement[]): Task => ({
  ...task,
  input: [
    ...(task.input ?? []),
    ...elements.map((name) => ({
      type: {
        coding: [identityConflictCoding],
        text: 'Another message states this element of the Patient otherwise for the same BSN',
      },
      valueCode: name,
    })),
  ],
});

/** The person of the order; of several Patients only that one is compared. */
export function personOfOrder(bundle: Bundle): Patient | undefined {
  const graph = graphOf(bundle);
  const subject = graph.resolve(graph.first('ServiceRequest')?.subject);
  return subject?.resourceType === 'Patient' ? (subject as Patient) : undefined;
}

import type { Bundle, Reference } from '@medplum/fhirtypes';
import { clone } from '../../fhir/clone.ts';
import { issue } from '../../fhir/issue.ts';
import { referencesIn } from '../../fhir/reference.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { ConsultationCase } from './case.ts';

/**
 * Fills in the references to the person and the order of the case where the message has none. Refuses a Patient that
 * does not belong to the case (`conversation-person-mismatch`): data of one person must never be filed under another.
 */
export function completeFromCase({ root, person, orders }: ConsultationCase, graph: Bundle): Result<Bundle> {
  const patientReference = `Patient/${person.id}`;
  const persons = new Set(orders.map(({ subject }) => subject.reference));
  const completed = clone(graph);
  for (const { resource } of completed.entry ?? [])
    if (resource) fill(resource, patientReference, `ServiceRequest/${root.id}`);
  const issues = referencesIn(completed).flatMap(({ text, path }) =>
    text?.startsWith('Patient/') && !persons.has(text)
      ? [issue('conversation-person-mismatch', {}, { expression: path() })]
      : [],
  );
  return issues.length ? failure(...issues) : success(completed);
}

type ReferenceElements = { subject?: Reference; patient?: Reference; basedOn?: Reference[] };

function fill(resource: Resource, person: string, order: string): void {
  const elements = resource as ReferenceElements;
  for (const name of ['subject', 'patient'] as const)
    if (elements[name] && !elements[name].reference) elements[name] = { reference: person };
  if (isType(resource, 'Appointment'))
    for (const { actor } of (resource as { participant?: { actor?: Reference }[] }).participant ?? [])
      if (actor?.type === 'Patient' && !actor.reference) actor.reference = person;
  if (ofOrder.has(resource.resourceType)) elements.basedOn = [{ reference: order }];
}

/** Types whose basedOn the gateway sets to the order of the case. */
const ofOrder: ReadonlySet<string> = new Set(['Encounter', 'Appointment', 'ServiceRequest']);

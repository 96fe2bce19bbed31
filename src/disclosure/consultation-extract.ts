import type {
  Appointment,
  Composition,
  CompositionSection,
  Organization,
  Patient,
  Reference,
  Task,
} from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension, mgnNaming, mgnProfile } from '../fhir/canonical.ts';
import { ownConcept } from '../vocabulary/concept.ts';
import { resourceIdentifier, taskIdentifier } from '../vocabulary/identifiers.ts';
import type { RecipientProjections } from './projection/projection.ts';

/** Context of an extract. `newId` is injected, so that tests are deterministic. */
export type ExtractContext = {
  readonly newId: () => string;
  /** The inviting organisation, from the directory. */
  readonly coordinator: Reference<Organization>;
  /** Meta.source of the created resources. */
  readonly source: string;
  readonly projections: RecipientProjections;
};

/**
 * The Task for an organisation without a right to the content: an invitation with its sender and end date, without the
 * person. Its verb becomes `request-fulfillment`, so it cannot be carried out; a right to the content needs a new
 * invitation.
 */
export function anonymousInvitation(
  task: Task,
  { coordinator, projections }: Pick<ExtractContext, 'coordinator' | 'projections'>,
): Task {
  const reduced = projections.message('candidate', 'invitation').project(task) as Partial<Task> | undefined;
  const coding = (reduced?.code?.coding ?? []).map((it) =>
    it.code === 'fulfill' ? { system: mgnCodeSystem('task-code'), code: 'request-fulfillment' } : it,
  );
  return { ...emptyTask, ...reduced, code: { coding }, requester: coordinator } as Task;
}

const emptyTask = { resourceType: 'Task', identifier: [] };

/** The Task for the social domain: the agenda items marked for it, and the life domains of the consultation. */
export function extractOfTask(
  task: Task,
  person: Reference<Patient>,
  { coordinator, projections }: Pick<ExtractContext, 'coordinator' | 'projections'>,
): Task {
  const extract = projections.message('selected', 'consultation-extract');
  const { input, ...reduced } = (extract.project(task) ?? {}) as Partial<Task>;
  const agenda = input?.map((it) => (it.valueString === undefined ? it : { extension: [socialMark], ...it }));
  return {
    ...emptyTask,
    ...reduced,
    for: person,
    requester: coordinator,
    ...(agenda ? { input: agenda } : {}),
  } as Task;
}

/** The time of the consultation for one organisation, without the other participants. */
export function extractOfAppointment(
  appointment: Appointment,
  task: Task,
  { newId, coordinator, source, projections }: ExtractContext,
): Appointment & { readonly id: string } {
  const id = newId();
  const invited = task.owner?.reference?.startsWith('HealthcareService/')
    ? { reference: task.owner.reference }
    : { display: 'Uw organisatie' };
  const { identifier = [], ...reduced } = (projections.message('candidate', 'invitation').project(appointment) ??
    {}) as Partial<Appointment>;
  return {
    ...reduced,
    resourceType: 'Appointment',
    id,
    meta: { profile: [mgnProfile('consultation-appointment')], source },
    identifier: [
      ...identifier.filter(({ system }) => system === mgnNaming('task')),
      ...(task.id ? [taskIdentifier(task.id)] : []),
      resourceIdentifier(id),
    ],
    participant: [
      { actor: invited, status: 'needs-action' },
      { actor: { display: coordinator.display ?? 'De coördinator' }, status: 'accepted' },
    ],
  } as Appointment & { readonly id: string };
}

/** The Patient by the projection of the recipient. */
export function extractOfPerson(
  person: Patient,
  permitted: { readonly contactData: boolean; readonly bsn: boolean },
  { newId, source, projections }: ExtractContext,
): Patient & { readonly id: string } {
  const id = newId();
  const extract = projections.message('selected', 'consultation-extract');
  const reduced = extract.project(person, permitted) as Partial<Patient> | undefined;
  return {
    ...reduced,
    resourceType: 'Patient',
    id,
    meta: { profile: [mgnProfile('patient')], source },
    identifier: [...(reduced?.identifier ?? []), resourceIdentifier(id)],
    name: reduced?.name ?? [{ text: 'Naam niet in delen vastgelegd' }],
  };
}

/** The record with only the sections marked for the social domain; undefined when there are none. */
export function extractOfRecord(
  record: Composition,
  person: Reference<Patient>,
  { newId, coordinator, source, projections }: ExtractContext,
): (Composition & { readonly id: string }) | undefined {
  const extract = projections.message('selected', 'consultation-extract');
  const reduced = (extract.project(record) ?? {}) as Partial<Composition>;
  const section = (reduced.section ?? []).map((it): CompositionSection => ({ extension: [socialMark], ...it }));
  if (section.length === 0) return undefined;
  const id = newId();
  return {
    ...reduced,
    resourceType: 'Composition',
    id,
    meta: { source },
    identifier: resourceIdentifier(id),
    type: { coding: [{ system: 'http://loinc.org', code: '11488-4' }] },
    category: [ownConcept('use-case', 'case-consultation')],
    subject: person,
    author: [coordinator],
    title: 'Verslag van een casusoverleg',
    section,
  } as Composition & { readonly id: string };
}

const socialMark = {
  url: mgnExtension('domain'),
  valueCodeableConcept: { coding: [{ system: mgnCodeSystem('domain'), code: 'social' }] },
};

import type {
  Appointment,
  Composition,
  CompositionSection,
  Extension,
  Organization,
  Patient,
  Reference,
  Task,
  TaskInput,
} from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension, mgnNaming, mgnProfile } from '../fhir/canonical.ts';
import { ownConcept } from '../vocabulary/concept.ts';
import { resourceIdentifier, taskIdentifier } from '../vocabulary/identifiers.ts';
import { type AllowList, code, codesOf, dateTime, element, freeText, list, reduce } from './allow-list.ts';
import { directoryReference, meta, ownIdentifiers, period, reference } from './datatypes.ts';
import { socialAllowList } from './social-allow-list.ts';

/** Context of an extract. `newId` is injected, so that tests are deterministic. */
export type ExtractContext = {
  readonly newId: () => string;
  /** The inviting organisation, from the directory. */
  readonly coordinator: Reference<Organization>;
  /** Meta.source of the created resources. */
  readonly source: string;
};

const noGrants = { lifeDomain: () => true, contactData: false, bsn: false };

/**
 * The Task for an organisation without a right to the content: an invitation with its sender and end date, without the
 * person. Its verb becomes `request-fulfillment`, so it cannot be carried out; a right to the content needs a new
 * invitation.
 */
export function anonymousInvitation(task: Task, coordinator: Reference<Organization>): Task {
  const reduced = elementsOf(task);
  const coding = (reduced.code?.coding ?? []).map((it) =>
    it.code === 'fulfill' ? { system: mgnCodeSystem('task-code'), code: 'request-fulfillment' } : it,
  );
  return { ...reduced, ...invitationOf(task), code: { coding }, requester: coordinator };
}

/** What every invitation has, whatever the right: who is invited to which consultation, and until when. */
const invitationOf = (task: Task): Task =>
  ({
    resourceType: 'Task',
    ...(task.id ? { id: task.id } : {}),
    identifier: [],
    ...reduce(task, {
      meta,
      identifier: ownIdentifiers,
      partOf: list(reference),
      focus: reference,
      owner: directoryReference,
      restriction: element({ period }),
    }),
  }) as unknown as Task;

/** The elements of a Task that the social domain may receive, without inputs: those have their own rules here. */
function elementsOf(task: Task): Task {
  const { input: _, ...elements } = reduce(task, socialAllowList(noGrants).task) as unknown as Task;
  return elements;
}

/** The Task for the social domain: the agenda items marked for it, and the life domains of the consultation. */
export function extractOfTask(task: Task, person: Reference<Patient>, coordinator: Reference<Organization>): Task {
  const agenda = (task.input ?? []).flatMap(extractOfInput);
  return {
    ...elementsOf(task),
    ...invitationOf(task),
    for: person,
    requester: coordinator,
    ...(agenda.length ? { input: agenda } : {}),
  };
}

function extractOfInput(input: TaskInput): TaskInput[] {
  const { type, valueString, valueCodeableConcept } = (reduce(input, {
    type: codesOf(mgnCodeSystem('task-input')),
    valueString: freeText,
    valueCodeableConcept: codesOf(mgnCodeSystem('life-domain'), mgnCodeSystem('zrm-domain')),
  }) ?? {}) as Partial<TaskInput>;
  if (!type) return [];
  if (valueString !== undefined)
    return isForSocialDomain(input) ? [{ extension: [socialMark], type, valueString }] : [];
  return valueCodeableConcept ? [{ type, valueCodeableConcept }] : [];
}

/** The time of the consultation for one organisation, without the other participants. */
export function extractOfAppointment(
  appointment: Appointment,
  task: Task,
  { newId, coordinator, source }: ExtractContext,
): Appointment & { readonly id: string } {
  const id = newId();
  const invited = task.owner?.reference?.startsWith('HealthcareService/')
    ? directoryReference(task.owner)
    : { display: 'Uw organisatie' };
  const { identifier = [], ...reduced } = (reduce(appointment, appointmentAllowList) ?? {}) as Partial<Appointment>;
  return {
    resourceType: 'Appointment',
    id,
    meta: { profile: [mgnProfile('consultation-appointment')], source },
    identifier: [
      ...identifier.filter(({ system }) => system === mgnNaming('task')),
      ...(task.id ? [taskIdentifier(task.id)] : []),
      resourceIdentifier(id),
    ],
    ...reduced,
    participant: [
      { actor: invited, status: 'needs-action' },
      { actor: { display: coordinator.display ?? 'De coördinator' }, status: 'accepted' },
    ],
  } as Appointment & { readonly id: string };
}

/** Elements of an Appointment for any organisation without the whole case; the time, and that it is a consultation. */
const appointmentAllowList: AllowList = {
  identifier: ownIdentifiers,
  status: code,
  serviceType: list(codesOf(mgnCodeSystem('use-case'))),
  start: dateTime,
  end: dateTime,
  minutesDuration: (it) => (typeof it === 'number' ? it : undefined),
  basedOn: list(reference),
};

/** The Patient reduced to the allow-list of the social domain. */
export function extractOfPerson(
  person: Patient,
  permitted: { readonly contactData: boolean; readonly bsn: boolean },
  { newId, source }: ExtractContext,
): Patient & { readonly id: string } {
  const id = newId();
  const reduced = reduce(person, socialAllowList({ ...noGrants, ...permitted }).person) as Partial<Patient> | undefined;
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
  { newId, coordinator, source }: ExtractContext,
): (Composition & { readonly id: string }) | undefined {
  const section = (record.section ?? []).filter(isForSocialDomain).map(extractOfSection);
  if (section.length === 0) return undefined;
  const id = newId();
  return {
    resourceType: 'Composition',
    id,
    meta: { source },
    identifier: resourceIdentifier(id),
    ...reduce(record, { status: code, date: dateTime, event: list(element({ detail: list(reference) })) }),
    type: { coding: [{ system: 'http://loinc.org', code: '11488-4' }] },
    category: [ownConcept('use-case', 'case-consultation')],
    subject: person,
    author: [coordinator],
    title: 'Verslag van een casusoverleg',
    section,
  } as Composition & { readonly id: string };
}

/**
 * Title and text marked for the social domain are disclosed unchanged. Entries are omitted, because they refer to care;
 * an author is an organisation of the directory.
 */
const extractOfSection = (section: CompositionSection): CompositionSection => ({
  extension: [socialMark],
  ...reduce(section, {
    title: freeText,
    code: codesOf(mgnCodeSystem('consultation-section')),
    author: list(directoryReference),
    text: element({ status: code, div: freeText }),
  }),
});

const socialMark = {
  url: mgnExtension('domain'),
  valueCodeableConcept: { coding: [{ system: mgnCodeSystem('domain'), code: 'social' }] },
};

/** Whether the author marked it for the social domain. */
const isForSocialDomain = ({ extension = [] }: { readonly extension?: Extension[] | undefined }): boolean =>
  extension.some(
    ({ url, valueCodeableConcept: it }) =>
      url === mgnExtension('domain') &&
      (it?.coding?.some(({ system, code }) => system === mgnCodeSystem('domain') && code === 'social') ?? false),
  );

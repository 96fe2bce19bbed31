import type {
  Appointment,
  Composition,
  CompositionSection,
  Extension,
  Organization,
  Patient,
  Reference,
  Resource,
  Task,
  TaskInput,
} from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension, mgnNaming, mgnProfile } from '../fhir/canonical.ts';
import { ownConcept } from '../vocabulary/concept.ts';
import { resourceIdentifier, taskIdentifier } from '../vocabulary/identifiers.ts';
import { reduce } from './allow-list.ts';
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
  const { focus, owner, identifier = [], partOf = [], restriction } = task;
  const reduced = elementsOf(task);
  const coding = (reduced.code?.coding ?? []).map((it) =>
    it.code === 'fulfill' ? { system: mgnCodeSystem('task-code'), code: 'request-fulfillment' } : it,
  );
  return {
    ...reduced,
    ...own(task),
    identifier: identifier.filter(isOwn),
    partOf: partOf.map(bare),
    code: { coding },
    ...(focus ? { focus: bare(focus) } : {}),
    requester: coordinator,
    ...(owner ? { owner } : {}),
    ...(restriction?.period ? { restriction: { period: restriction.period } } : {}),
  };
}

/** The elements of a Task that the social domain may receive, without inputs: those have their own rules here. */
function elementsOf(task: Task): Task {
  const { input: _, ...elements } = reduce(task, socialAllowList(noGrants).task) as unknown as Task;
  return elements;
}

/** The Task for the social domain: the agenda items marked for it, and the life domains of the consultation. */
export function extractOfTask(task: Task, person: Reference<Patient>, coordinator: Reference<Organization>): Task {
  const { focus, owner, identifier = [], partOf = [], restriction, input = [] } = task;
  const agenda = input.flatMap(extractOfInput);
  return {
    ...elementsOf(task),
    ...own(task),
    identifier: identifier.filter(isOwn),
    partOf: partOf.map(bare),
    ...(focus ? { focus: bare(focus) } : {}),
    for: person,
    requester: coordinator,
    ...(owner ? { owner } : {}),
    ...(restriction?.period ? { restriction: { period: restriction.period } } : {}),
    ...(agenda.length ? { input: agenda } : {}),
  };
}

function extractOfInput({ type, extension, valueString, valueCodeableConcept }: TaskInput): TaskInput[] {
  const codes = type.coding?.filter(({ system }) => system === mgnCodeSystem('task-input')) ?? [];
  const coding = codes.map(({ system, code }) => ({ ...(system ? { system } : {}), ...(code ? { code } : {}) }));
  if (coding.length === 0) return [];
  if (valueString !== undefined && isForSocialDomain({ extension }))
    return [{ extension: [socialMark], type: { coding }, valueString }];
  const lifeDomainCodings = valueCodeableConcept?.coding?.filter(
    ({ system }) => system === mgnCodeSystem('life-domain') || system === mgnCodeSystem('zrm-domain'),
  );
  if (!lifeDomainCodings?.length) return [];
  return [
    {
      type: { coding },
      valueCodeableConcept: { coding: lifeDomainCodings.map(({ system, code }) => ({ system, code })) },
    },
  ] as TaskInput[];
}

/** The time of the consultation for one organisation, without the other participants. */
export function extractOfAppointment(
  appointment: Appointment,
  task: Task,
  { newId, coordinator, source }: ExtractContext,
): Appointment & { readonly id: string } {
  const id = newId();
  const { status, start, end, minutesDuration, basedOn = [], serviceType, identifier = [] } = appointment;
  const invited = task.owner?.reference?.startsWith('HealthcareService/')
    ? { reference: task.owner.reference }
    : { display: task.owner?.display ?? 'Uw organisatie' };
  return {
    resourceType: 'Appointment',
    id,
    meta: { profile: [mgnProfile('consultation-appointment')], source },
    identifier: [
      ...identifier.filter(({ system }) => system === mgnNaming('task')),
      ...(task.id ? [taskIdentifier(task.id)] : []),
      resourceIdentifier(id),
    ],
    status,
    ...(serviceType ? { serviceType } : {}),
    ...(start ? { start } : {}),
    ...(end ? { end } : {}),
    ...(minutesDuration ? { minutesDuration } : {}),
    basedOn: basedOn.map(bare),
    participant: [
      { actor: invited, status: 'needs-action' },
      { actor: { display: coordinator.display ?? 'De coördinator' }, status: 'accepted' },
    ],
  };
}

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
  const { status, date, type, event = [] } = record;
  return {
    resourceType: 'Composition',
    id,
    meta: { source },
    identifier: resourceIdentifier(id),
    status,
    type: { coding: (type.coding ?? []).map(({ system, code }) => ({ system, code })) } as Composition['type'],
    category: [ownConcept('use-case', 'case-consultation')],
    subject: person,
    date,
    author: [coordinator],
    title: 'Verslag van een casusoverleg',
    event: event.map(({ detail = [] }) => ({ detail: detail.map(bare) })),
    section,
  };
}

/** Text marked for the social domain is disclosed unchanged. Entries are omitted, because they refer to care. */
function extractOfSection({ title, code, text, author }: CompositionSection): CompositionSection {
  const coding = code?.coding?.filter(({ system }) => system === mgnCodeSystem('consultation-section')) ?? [];
  return {
    extension: [socialMark],
    ...(title ? { title } : {}),
    code: { coding: coding.map(({ system, code: it }) => ({ system, code: it })) } as NonNullable<
      CompositionSection['code']
    >,
    ...(author
      ? {
          author: author.map(({ reference, display }) => ({
            ...(reference ? { reference } : {}),
            ...(display ? { display } : {}),
          })),
        }
      : {}),
    ...(text ? { text } : {}),
  };
}

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

const own = ({ id, meta }: Task) => ({
  resourceType: 'Task' as const,
  ...(id ? { id } : {}),
  ...(meta ? { meta } : {}),
});

const isOwn = ({ system }: { readonly system?: string }): boolean =>
  system === mgnNaming('resource') || system === mgnNaming('task');

/** The reference only: a display contains a name. */
const bare = <T extends Resource>({ reference }: Reference<T>): Reference<T> => (reference ? { reference } : {});

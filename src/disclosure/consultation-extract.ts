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

/** What the extract needs besides what it is made of; ids come in by the door. */
export type ExtractContext = {
  readonly newId: () => string;
  /** Who invites, as the directory knows it. */
  readonly coordinator: Reference<Organization>;
  /** Meta.source of what is made. */
  readonly source: string;
};

const noGrants = { lifeDomain: () => true, contactData: false, bsn: false };

/**
 * The Task as an organisation gets it that may not know about whom: that it is invited, by whom and until when. It cannot
 * be carried out (request-fulfillment): a right to know comes with a new invitation.
 */
export function emptyInvitation(task: Task, coordinator: Reference<Organization>): Task {
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

/** What of any Task goes to the social domain; its inputs are another matter here. */
function elementsOf(task: Task): Task {
  const { input: _, ...elements } = reduce(task, socialAllowList(noGrants).task) as unknown as Task;
  return elements;
}

/** The Task as the social domain gets it: what of its agenda is marked for it, and the life domains it is about. */
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

/** When it is, for one organisation that is not to know who else takes part. */
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

/** The person as the social domain may know them. */
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

/** The record with the sections that are marked for the social domain; undefined when none is. */
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

/** Words that were marked for the social domain go as they are; entries lead to care. */
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

/** Whether who wrote it means it for the social domain to read. */
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

/** The address alone: a display is a name. */
const bare = <T extends Resource>({ reference }: Reference<T>): Reference<T> => (reference ? { reference } : {});

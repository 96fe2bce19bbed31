import type { Appointment, Bundle, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnProfile } from '../../fhir/canonical.ts';
import type { Identified } from '../../fhir/graph.ts';
import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { taskIdentifier } from '../../vocabulary/identifiers.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { coherence, isOpen } from '../../workflow/index.ts';
import { ownerOf } from '../memory/actors.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import { type Incoming, messageKind } from '../pipeline/kind.ts';
import { type ConsultationCase, isOfTask, lookUpConsultation, preparationsOf } from './case.ts';
import { completeFromCase } from './complete-from-case.ts';
import { type CoordinatedCase, changeTo, coordinatedCaseOf, guardOf, nextVersion } from './coordinated-case.ts';
import { disclosureToMember } from './disclosures.ts';
import { invitationOf } from './invitation.ts';
import { consentsIn, type Member, memberOf, tasksIn, withEntryPath } from './parties.ts';

type Invited = Member & { readonly isNew: boolean };

/**
 * Plans a case consultation (casusoverleg) and invites organisations, each by a Task of its own. A second preparation
 * replaces the Appointment or invites more organisations. Each organisation receives the content it is entitled to; the
 * person is invited in plain Dutch.
 */
export const preparation = messageKind<ConsultationCase | undefined>({
  name: 'preparation',
  senders: ['referrer', 'provider', 'social-domain'],
  profiles: [mgnProfile('consultation-preparation-bundle')],
  lookUp: lookUpConsultation,
  check: (incoming, loaded, { network }) => {
    const coordinated = coordinatedCaseOf(network, incoming, loaded);
    if (!coordinated.ok) return coordinated;
    const { consultation } = coordinated.value;
    const { status } = consultation;
    if (status !== 'accepted' && status !== 'in-progress')
      return failure(
        issue('consultation-not-accepted', { status }, { expression: 'Appointment.supportingInformation' }),
      );
    const completed = completeFromCase(coordinated.value, incoming.graph);
    if (!completed.ok) return completed;
    const graph = placedIn(completed.value, coordinated.value);
    const issues = [
      ...appointmentIssues(graph, consultation),
      ...tasksIn(graph).flatMap((task) => withEntryPath(graph, task, taskIssues(task, consultation, incoming))),
    ];
    return issues.some(isError) ? failure(...issues) : success(graph, issues);
  },
  route: (incoming, loaded, context) => {
    const coordinated = coordinatedCaseOf(context.network, incoming, loaded);
    if (!coordinated.ok) return coordinated;
    const members = membersOf(context, incoming, coordinated.value);
    if (!members.ok) return members;
    const { graph } = incoming;
    const appointment = appointmentIn(graph);
    const invitation = appointment && invitationOf(context, incoming, coordinated.value, appointment, members.value);
    return success(
      {
        graph: invitation ? { ...graph, entry: [...(graph.entry ?? []), entryOf(context, invitation)] } : graph,
        decisions: [],
        changes: [
          ...replacedAppointments(coordinated.value, incoming.at).map(changeTo),
          ...replacedTasks(context, coordinated.value, members.value, incoming.at).map(changeTo),
        ],
        guards: [guardOf(coordinated.value.consultation)],
        disclosures: () => success(invitationsTo(context, incoming, coordinated.value, members.value)),
      },
      members.issues,
    );
  },
});

function invitationsTo(
  context: DecisionContext,
  { graph, partner, at: now }: Incoming,
  consultationCase: CoordinatedCase,
  members: readonly Invited[],
): readonly Disclosure[] {
  const appointment = appointmentIn(graph);
  const others = (graph.entry ?? []).flatMap(({ resource }) =>
    resource && typesOfPersons.has(resource.resourceType) ? [resource as Resource] : [],
  );
  const before = replacedAppointments(consultationCase, now);
  return members.flatMap((member) => {
    if (member.partner === partner.id) return [];
    const disclosure = disclosureToMember(context, { consultationCase, coordinator: partner.id }, member, {
      ...(member.isNew ? { task: member.task } : {}),
      ...(appointment ? { appointment } : {}),
      earlier: earlierOf(member, before),
      others,
    });
    return disclosure ? [disclosure] : [];
  });
}

const typesOfPersons: ReadonlySet<string> = new Set(['Practitioner', 'PractitionerRole', 'RelatedPerson']);

const entryOf = ({ network }: DecisionContext, resource: Identified) =>
  ({ fullUrl: `${network.settings.baseUrl}/${resource.resourceType}/${resource.id}`, resource }) as NonNullable<
    Bundle['entry']
  >[number];

const appointmentIn = ({ entry = [] }: Bundle): (Appointment & Identified) | undefined =>
  entry.map(({ resource }) => resource).find((it): it is Appointment & Identified => isType(it, 'Appointment'));

/** Sets Task.for to the person of the case, and identifies the Appointment by the Task of the consultation. */
function placedIn(graph: Bundle, { consultation, person }: CoordinatedCase): Bundle {
  const identifier = taskIdentifier(consultation.id);
  return {
    ...graph,
    entry: (graph.entry ?? []).map((entry) => {
      const { resource } = entry;
      if (isType(resource, 'Task'))
        return { ...entry, resource: { ...resource, for: { reference: `Patient/${person.id}` } } };
      if (isType(resource, 'Appointment'))
        return { ...entry, resource: { ...resource, identifier: [...(resource.identifier ?? []), identifier] } };
      return entry;
    }),
  };
}

const plannedStatuses: readonly string[] = ['proposed', 'pending', 'booked'];

function appointmentIssues(graph: Bundle, { status: says }: Task): Issue[] {
  const appointment = appointmentIn(graph);
  return appointment && !plannedStatuses.includes(appointment.status)
    ? withEntryPath(graph, appointment, [
        issue(
          'related-status-conflict',
          { says, type: 'Appointment', status: appointment.status },
          { expression: 'Appointment.status' },
        ),
      ])
    : [];
}

function taskIssues(task: Task & Identified, consultation: Task & Identified, { inputProfile }: Incoming): Issue[] {
  const isPart = task.partOf?.every(({ reference }) => reference === `Task/${consultation.id}`);
  return [
    ...coherence({ resourceType: 'Bundle', type: 'collection', entry: [{ resource: task }] }, inputProfile),
    ...(isPart ? [] : [issue('part-of-forbidden', {}, { expression: 'Task.partOf' })]),
    ...(task.focus?.reference === consultation.focus?.reference
      ? []
      : [issue('focus-mismatch', {}, { expression: 'Task.focus' })]),
  ];
}

/**
 * New and earlier invitees, each with its right. Warns the coordinator where content is withheld
 * (`invitation-content-withheld`).
 */
function membersOf(
  context: DecisionContext,
  incoming: Incoming,
  consultationCase: CoordinatedCase,
): Result<readonly Invited[]> {
  const { graph } = incoming;
  const { network } = context;
  const memberContext = { context, consultationCase, sentConsents: consentsIn(graph), now: incoming.at };
  const issues: Issue[] = [];
  const members: Invited[] = [];
  for (const task of tasksIn(graph)) {
    const partner = ownerOf(network, task);
    const member = partner
      ? memberOf(memberContext, partner, task)
      : failure(issue('organisation-unknown', {}, { expression: 'Task.owner' }));
    if (!member.ok) issues.push(...withEntryPath(graph, task, member.issues));
    else if (members.some((it) => it.partner === partner) || isInvited(network, consultationCase, member.value))
      issues.push(...withEntryPath(graph, task, [issue('organisation-duplicate', {}, { expression: 'Task.owner' })]));
    else {
      members.push({ ...member.value, isNew: true });
      if (member.value.right === 'nothing')
        issues.push(
          ...withEntryPath(graph, task, [issue('invitation-content-withheld', {}, { expression: 'Task.owner' })]),
        );
    }
  }
  if (issues.some(isError)) return failure(...issues);
  for (const task of preparationsOf(consultationCase).filter(isOpen)) {
    const partner = ownerOf(network, task);
    const member =
      partner && !members.some((it) => it.partner === partner) ? memberOf(memberContext, partner, task) : undefined;
    // An earlier invitee that lost its right receives nothing more.
    if (member?.ok) members.push({ ...member.value, isNew: false });
  }
  return success(members, issues);
}

/** An anonymous invitee may be invited again once it has a right to the content. */
const isInvited = (
  network: DecisionContext['network'],
  consultationCase: CoordinatedCase,
  { partner, right }: Member,
): boolean =>
  preparationsOf(consultationCase).some(
    (it) =>
      isOpen(it) && ownerOf(network, it) === partner && !(verbOf(it) === 'request-fulfillment' && right !== 'nothing'),
  );

function replacedTasks(
  { network }: DecisionContext,
  consultationCase: CoordinatedCase,
  members: readonly Invited[],
  at: Date,
): Identified[] {
  const statusReason = { coding: [{ system: mgnCodeSystem('status-reason'), code: 'replaced' }] };
  return preparationsOf(consultationCase)
    .filter((it) => isOpen(it) && members.some(({ isNew, partner }) => isNew && ownerOf(network, it) === partner))
    .map((it) => nextVersion({ ...it, status: 'cancelled' as const, statusReason } as Task & Identified, at));
}

/** Cancels the Appointments planned earlier: the new one replaces them. */
const replacedAppointments = ({ appointments }: CoordinatedCase, at: Date): (Appointment & Identified)[] =>
  appointments
    .filter(({ status }) => plannedStatuses.includes(status))
    .map((it) => nextVersion({ ...it, status: 'cancelled' as const }, at));

/** Cancelled Appointments that were disclosed to this member; it receives them with the new one. */
const earlierOf = ({ task, right }: Invited, before: readonly (Appointment & Identified)[]) =>
  before.filter((it) => (right === 'whole' ? isWhole(it) : isOfTask(it, task)));

/** The Appointment shared within care references the consultation Task; an extract for one organisation does not. */
const isWhole = ({ supportingInformation = [] }: Appointment): boolean => supportingInformation.length > 0;

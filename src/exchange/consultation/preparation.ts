import type { Appointment, Bundle, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnNaming, mgnProfile } from '../../fhir/canonical.ts';
import type { Identified } from '../../fhir/graph.ts';
import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { coherence, isOpen, verbOf } from '../../workflow/index.ts';
import { ownerOf } from '../memory/actors.ts';
import type { Share } from '../pipeline/disclosure.ts';
import type { Deciding } from '../pipeline/gateway.ts';
import type { Incoming, Kind, Routed } from '../pipeline/kind.ts';
import { isOf, preparationsOf } from './case.ts';
import { type Coordinated, changeTo, coordinatedBy, guardOf, nextVersion } from './coordinated.ts';
import { invitationOf } from './invitation.ts';
import { at, consentsIn, type Member, memberOf, tasksIn } from './parties.ts';
import { settledIn } from './settle.ts';
import { shareFor } from './shares.ts';

type Prepared = Routed & { readonly members: readonly Invited[] };
type Invited = Member & { readonly isNew: boolean };

/**
 * Plans a consultation and invites organisations to it, each by a Task of its own; sent again, it plans another moment or
 * invites more. Each gets what it has a right to know, and the person is invited in plain Dutch.
 */
export const preparation: Kind = {
  profiles: [mgnProfile('consultation-preparation-bundle')],
  check: (incoming, { network }) => {
    const about = coordinatedBy(network, incoming);
    if (!about.ok) return about;
    const { consultation } = about.value;
    const { status } = consultation;
    if (status !== 'accepted' && status !== 'in-progress')
      return failure(issue('consultation-not-taken', { status }, { expression: 'Appointment.supportingInformation' }));
    const settled = settledIn(about.value, incoming.graph);
    if (!settled.ok) return settled;
    const graph = placedIn(settled.value, about.value);
    const issues = [
      ...appointmentIssues(graph, consultation),
      ...tasksIn(graph).flatMap((task) => at(graph, task, taskIssues(task, consultation, incoming))),
    ];
    return issues.some(isError) ? failure(...issues) : success(graph, issues);
  },
  route: (deciding, incoming): Result<Prepared> => {
    const about = coordinatedBy(deciding.network, incoming);
    if (!about.ok) return about;
    const members = membersOf(deciding, incoming, about.value);
    if (!members.ok) return members;
    const { graph } = incoming;
    const appointment = appointmentIn(graph);
    const told = appointment && invitationOf(deciding, incoming, about.value, appointment, members.value);
    return success(
      {
        graph: told ? { ...graph, entry: [...(graph.entry ?? []), entryOf(deciding, told)] } : graph,
        decisions: [],
        changes: [
          ...replacedAppointments(about.value, incoming.at).map(changeTo),
          ...replacedTasks(deciding, about.value, members.value, incoming.at).map(changeTo),
        ],
        guards: [guardOf(about.value.consultation)],
        members: members.value,
      },
      members.issues,
    );
  },
  share: (deciding, routed, incoming) => {
    const about = coordinatedBy(deciding.network, incoming);
    if (!about.ok) return about;
    const { graph, members } = routed as Prepared;
    const appointment = appointmentIn(graph);
    const others = (graph.entry ?? []).flatMap(({ resource }) =>
      resource && peopleAlong.has(resource.resourceType) ? [resource as Resource] : [],
    );
    const giving = { about: about.value, coordinator: incoming.partner.id };
    const before = replacedAppointments(about.value, incoming.at);
    return success(
      members.flatMap((member): Share[] => {
        if (member.partner === incoming.partner.id) return [];
        const share = shareFor(deciding, giving, member, {
          ...(member.isNew ? { task: member.task } : {}),
          ...(appointment ? { appointment } : {}),
          earlier: earlierOf(member, before),
          others,
        });
        return share ? [share] : [];
      }),
    );
  },
};

const peopleAlong: ReadonlySet<string> = new Set(['Practitioner', 'PractitionerRole', 'RelatedPerson']);

const entryOf = ({ network }: Deciding, resource: Identified) =>
  ({ fullUrl: `${network.settings.baseUrl}/${resource.resourceType}/${resource.id}`, resource }) as NonNullable<
    Bundle['entry']
  >[number];

const appointmentIn = ({ entry = [] }: Bundle): (Appointment & Identified) | undefined =>
  entry.map(({ resource }) => resource).find((it): it is Appointment & Identified => isType(it, 'Appointment'));

/** Each Task is of this consultation, for the person of the case; the Appointment is known by the Task of its consultation. */
function placedIn(graph: Bundle, { consultation, person }: Coordinated): Bundle {
  const identifier = { system: mgnNaming('task'), value: consultation.id };
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

const planned: readonly string[] = ['proposed', 'pending', 'booked'];

function appointmentIssues(graph: Bundle, { status: says }: Task): Issue[] {
  const appointment = appointmentIn(graph);
  return appointment && !planned.includes(appointment.status)
    ? at(graph, appointment, [
        issue(
          'companion-contradicts',
          { says, type: 'Appointment', status: appointment.status },
          { expression: 'Appointment.status' },
        ),
      ])
    : [];
}

function taskIssues(task: Task & Identified, consultation: Task & Identified, { source }: Incoming): Issue[] {
  const isPart = task.partOf?.every(({ reference }) => reference === `Task/${consultation.id}`);
  return [
    ...coherence({ resourceType: 'Bundle', type: 'collection', entry: [{ resource: task }] }, source),
    ...(isPart ? [] : [issue('part-not-yours', {}, { expression: 'Task.partOf' })]),
    ...(task.focus?.reference === consultation.focus?.reference
      ? []
      : [issue('focus-differs', {}, { expression: 'Task.focus' })]),
  ];
}

/** Who is invited now and who was before, each with what it may know; why somebody hears less is told to the coordinator. */
function membersOf({ network }: Deciding, incoming: Incoming, about: Coordinated): Result<readonly Invited[]> {
  const { graph } = incoming;
  const knowing = { network, about, brought: consentsIn(graph), now: incoming.at };
  const issues: Issue[] = [];
  const members: Invited[] = [];
  for (const task of tasksIn(graph)) {
    const partner = ownerOf(network, task);
    const member = partner
      ? memberOf(knowing, partner, task)
      : failure(issue('organisation-unknown', {}, { expression: 'Task.owner' }));
    if (!member.ok) issues.push(...at(graph, task, member.issues));
    else if (members.some((it) => it.partner === partner) || isInvited(network, about, member.value))
      issues.push(...at(graph, task, [issue('organisation-twice', {}, { expression: 'Task.owner' })]));
    else {
      members.push({ ...member.value, isNew: true });
      if (member.value.right === 'nothing')
        issues.push(...at(graph, task, [issue('invitation-empty', {}, { expression: 'Task.owner' })]));
    }
  }
  if (issues.some(isError)) return failure(...issues);
  for (const task of preparationsOf(about).filter(isOpen)) {
    const partner = ownerOf(network, task);
    const member =
      partner && !members.some((it) => it.partner === partner) ? memberOf(knowing, partner, task) : undefined;
    // who was invited and may by now not know any more hears no more of it
    if (member?.ok) members.push({ ...member.value, isNew: false });
  }
  return success(members, issues);
}

/** Who was invited without knowing about whom may be invited anew, once it may know. */
const isInvited = (network: Deciding['network'], about: Coordinated, { partner, right }: Member): boolean =>
  preparationsOf(about).some(
    (it) =>
      isOpen(it) && ownerOf(network, it) === partner && !(verbOf(it) === 'request-fulfillment' && right !== 'nothing'),
  );

function replacedTasks({ network }: Deciding, about: Coordinated, members: readonly Invited[], at: Date): Identified[] {
  const statusReason = { coding: [{ system: mgnCodeSystem('status-reason'), code: 'replaced' }] };
  return preparationsOf(about)
    .filter((it) => isOpen(it) && members.some(({ isNew, partner }) => isNew && ownerOf(network, it) === partner))
    .map((it) => nextVersion({ ...it, status: 'cancelled' as const, statusReason } as Task & Identified, at));
}

/** The moment that was planned before: another one takes its place. */
const replacedAppointments = ({ appointments }: Coordinated, at: Date): (Appointment & Identified)[] =>
  appointments
    .filter(({ status }) => planned.includes(status))
    .map((it) => nextVersion({ ...it, status: 'cancelled' as const }, at));

/** With a new moment comes word that the earlier one is off, to who had it. */
const earlierOf = ({ task, right }: Invited, before: readonly (Appointment & Identified)[]) =>
  before.filter((it) => (right === 'whole' ? isWhole(it) : isOf(it, task)));

/** The Appointment that care sees names the Task of the consultation; those of single organisations do not. */
const isWhole = ({ supportingInformation = [] }: Appointment): boolean => supportingInformation.length > 0;

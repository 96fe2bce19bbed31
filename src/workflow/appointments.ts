import type { Appointment, CodeableConcept, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { ownCodes } from '../vocabulary/concept.ts';
import { businessStatuses } from './business-status.ts';
import type { Effect } from './effects.ts';
import type { Actor } from './moves.ts';
import { carriesOut, isOpen, type OrderGraph } from './order-graph.ts';

type Status = Appointment['status'];

/** Where an Appointment goes from each status; one without a way out has ended. What is not here is illegal. */
export const appointmentMoves: Readonly<Record<Status, readonly Status[]>> = {
  proposed: ['pending', 'booked', 'waitlist', 'cancelled', 'entered-in-error'],
  pending: ['proposed', 'booked', 'waitlist', 'cancelled', 'entered-in-error'],
  waitlist: ['proposed', 'pending', 'booked', 'cancelled', 'entered-in-error'],
  booked: ['arrived', 'checked-in', 'fulfilled', 'noshow', 'cancelled', 'entered-in-error'],
  arrived: ['checked-in', 'fulfilled', 'entered-in-error'],
  'checked-in': ['fulfilled', 'entered-in-error'],
  fulfilled: [],
  noshow: [],
  cancelled: [],
  'entered-in-error': [],
};

/** How an Appointment may begin. */
const first: readonly Status[] = ['proposed', 'pending', 'waitlist', 'booked'];

const isPlanned = ({ status }: Appointment): boolean => first.includes(status);

/** Statuses of a Task under which its owner makes appointments. */
export const takenOn: readonly string[] = ['accepted', 'in-progress', 'on-hold'];

/** What an Appointment makes the Task of its order say, unless the Task says something that is further on. */
export const follows: Readonly<Partial<Record<Status, string>>> = {
  booked: 'intake-scheduled',
  noshow: 'no-show',
  cancelled: 'appointment-cancelled',
};

/** What the Task says about appointments, and what a booked one may take the place of. */
const aboutAppointments: readonly string[] = ['intake-scheduled', 'no-show', 'appointment-cancelled'];
const replaceable: readonly string[] = [...aboutAppointments, 'selected', 'human-decision', 'on-waitlist'];

/**
 * An Appointment that is made or changed by the owner of a Task of its order, and what that makes the Task say. Until the
 * order has another one that is booked, a cancelled one leaves the Task at `appointment-cancelled`.
 */
export function ofAppointment(
  graph: OrderGraph,
  after: Appointment,
  task: Task | undefined,
  actors: readonly Actor[],
): Result<readonly Effect[]> {
  const place = { expression: 'Appointment.status' };
  if (!task || !actors.includes('owner')) return failure(issue('appointment-forbidden', {}));
  const before = graph.appointments.find(({ id }) => id === after.id);
  const next = before ? appointmentMoves[before.status] : first;
  if (before && next.length === 0) return failure(issue('appointment-ended', { status: before.status }, place));
  if (!takenOn.includes(task.status))
    return failure(
      issue('appointment-task-not-accepted', { status: task.status }, { expression: 'Appointment.basedOn' }),
    );
  if (!next.includes(after.status) && before?.status !== after.status)
    return failure(
      issue('appointment-transition-invalid', { from: before?.status ?? '-', moves: next.join(', ') || '-' }, place),
    );
  const moved: Effect = { rule: 'appointment', resource: after, ...(before ? {} : { isNew: true as const }) };
  const says = saying(graph, after, task);
  return success(says ? [moved, { rule: 'tell', resource: says }] : [moved]);
}

function saying({ appointments }: OrderGraph, after: Appointment, task: Task): Task | undefined {
  const booked = appointments.some((it) => it.id !== after.id && it.status === 'booked');
  const withdrawn = after.status === 'cancelled' || after.status === 'entered-in-error';
  const code = withdrawn ? (booked ? 'intake-scheduled' : 'appointment-cancelled') : follows[after.status];
  const [now] = ownCodes(task.businessStatus, 'business-status');
  if (!code || now === code || !businessStatuses[task.status].includes(code)) return undefined;
  if (now !== undefined && !replaceable.includes(now)) return undefined;
  // nothing was said of an appointment, so that there is none is no news
  if (withdrawn && !aboutAppointments.includes(now ?? '')) return undefined;
  const businessStatus: CodeableConcept = { coding: [{ system: mgnCodeSystem('business-status'), code }] };
  return { ...task, businessStatus };
}

/** With the last Task of an order, or with the order, what was still planned for it is off. */
export function afterAppointments({ order, tasks, appointments }: OrderGraph, made: readonly Effect[]): Effect[] {
  if (!order || appointments.length === 0) return [];
  const changed = new Map(made.map(({ resource }) => [resource.id, resource]));
  const carrying = tasks
    .map((it) => (changed.get(it.id) as Task | undefined) ?? it)
    .filter((it) => carriesOut(it, order));
  const wasOpen = tasks.some((it) => carriesOut(it, order) && isOpen(it));
  if (!wasOpen || carrying.some(isOpen)) return [];
  return appointments
    .filter((it) => isPlanned(it) && !changed.has(it.id))
    .map((it) => ({ rule: 'appointment-off', resource: { ...it, status: 'cancelled' as const } }));
}

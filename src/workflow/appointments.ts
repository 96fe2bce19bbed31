import type { Appointment, CodeableConcept, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { ownCodes } from '../vocabulary/concept.ts';
import { businessStatuses } from './business-status.ts';
import type { Effect } from './effect.ts';
import type { Actor } from './moves.ts';
import { carriesOut, isOpen, type OrderGraph } from './order-graph.ts';

type Status = Appointment['status'];

/** Transitions of Appointment.status; a status without transitions is final. Anything not listed is illegal. */
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

/** Initial statuses of an Appointment. */
const first: readonly Status[] = ['proposed', 'pending', 'waitlist', 'booked'];

const isPlanned = ({ status }: Appointment): boolean => first.includes(status);

/** Task statuses in which the owner may make appointments. */
export const takenOn: readonly string[] = ['accepted', 'in-progress', 'on-hold'];

/**
 * The business status that an Appointment sets on the Task of its order, unless the Task has already progressed
 * further.
 */
export const follows: Readonly<Partial<Record<Status, string>>> = {
  booked: 'intake-scheduled',
  noshow: 'no-show',
  cancelled: 'appointment-cancelled',
};

/** Business statuses about appointments, which a booked appointment may replace. */
const aboutAppointments: readonly string[] = ['intake-scheduled', 'no-show', 'appointment-cancelled'];
const replaceable: readonly string[] = [...aboutAppointments, 'selected', 'human-decision', 'on-waitlist'];

/**
 * An Appointment created or changed by the owner of a Task of its order, and its effect on the business status of the
 * Task. After a cancellation the Task stays at `appointment-cancelled` until another appointment is booked.
 */
export function appointmentEffects(
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
  // no appointment was reported yet, so its absence changes nothing
  if (withdrawn && !aboutAppointments.includes(now ?? '')) return undefined;
  const businessStatus: CodeableConcept = { coding: [{ system: mgnCodeSystem('business-status'), code }] };
  return { ...task, businessStatus };
}

/** When the last Task of an order ends, or the order itself, its planned appointments are cancelled. */
export function effectsOnAppointments(
  { order, tasks, appointments }: OrderGraph,
  effects: readonly Effect[],
): Effect[] {
  if (!order || appointments.length === 0) return [];
  const changed = new Map(effects.map(({ resource }) => [resource.id, resource]));
  const carrying = tasks
    .map((it) => (changed.get(it.id) as Task | undefined) ?? it)
    .filter((it) => carriesOut(it, order));
  const wasOpen = tasks.some((it) => carriesOut(it, order) && isOpen(it));
  if (!wasOpen || carrying.some(isOpen)) return [];
  return appointments
    .filter((it) => isPlanned(it) && !changed.has(it.id))
    .map((it) => ({ rule: 'appointment-off', resource: { ...it, status: 'cancelled' as const } }));
}

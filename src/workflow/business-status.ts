import type { Task } from '@medplum/fhirtypes';
import { type Issue, issue } from '../fhir/issue.ts';
import { ownCodes } from '../vocabulary/concept.ts';
import type { TaskStatus } from './moves.ts';

/** Progress in words only; possible with any status of a Task that was sent. */
const inWords = ['other'];
const waiting = ['awaiting-information', 'on-waitlist', ...inWords];
const appointment = ['intake-scheduled', 'no-show', 'appointment-cancelled'];

/**
 * A cancelled or rejected Task may retain its last business status: the party that ends it need not be the one that
 * reported it.
 */
const retained = ['human-decision', 'selected', ...waiting, ...appointment, 'first-contact-done', 'interim-report'];

/** Set and removed by the gateway only, in any status: a Task that ended is delivered too. */
export const deliveryFailed = 'delivery-failed';

/**
 * Business statuses allowed per Task status; none is always allowed. A published BSeR example pairs `requested` with
 * "completed", which this rejects.
 */
export const businessStatuses: Readonly<Record<TaskStatus, readonly string[]>> = {
  draft: [],
  ready: [],
  requested: ['human-decision', 'awaiting-information', ...inWords],
  received: ['human-decision', ...waiting],
  // human-decision: the team that decides by hand has accepted it and is still choosing
  accepted: ['human-decision', 'selected', ...waiting, ...appointment],
  'in-progress': [
    'selected',
    ...waiting,
    ...appointment,
    'first-contact-done',
    'interim-report',
    'cancellation-requested',
  ],
  'on-hold': [...waiting, ...appointment, 'first-contact-done', 'interim-report', 'cancellation-requested'],
  completed: ['first-contact-done', 'handed-over', ...inWords],
  failed: ['no-show', 'appointment-cancelled', 'cancellation-requested', ...inWords],
  rejected: retained,
  cancelled: [...retained, 'cancellation-requested'],
  'entered-in-error': [...retained, 'cancellation-requested'],
};

/**
 * Business statuses that the owner of a Task did not report itself: written by the gateway, or by the requester that
 * selected it.
 */
const markers: ReadonlySet<string> = new Set([
  'human-decision',
  'selected',
  'awaiting-information',
  'cancellation-requested',
  ...appointment,
]);

/** Whether the owner of a Task reports it itself. */
export const isReported = (businessStatus: string): boolean => !markers.has(businessStatus);

/**
 * The Task without a marker that a move left as it was and that does not fit its new status: the mover neither wrote it
 * nor has to remove it. What the owner itself reported stays, and is checked.
 */
export function withoutStaleMarker(before: Task, after: Task): Task {
  const codes = ownCodes(after.businessStatus, 'business-status');
  const [code] = codes;
  if (before.status === after.status || codes.length !== 1 || code === undefined || !markers.has(code)) return after;
  if (!ownCodes(before.businessStatus, 'business-status').includes(code) || fits(after.status, code)) return after;
  const { businessStatus: _, ...task } = after;
  return task;
}

export const fits = (status: TaskStatus, code: string): boolean =>
  code === deliveryFailed || (businessStatuses[status]?.includes(code) ?? false);

/** Business statuses that state an outcome, so that a completed Task needs no output. */
export const outcomes: readonly string[] = ['first-contact-done', 'handed-over'];

/** A status as a diagnostic may repeat it: only FHIR's own codes, since any other value is text from the message. */
export const statusName = (status: string): string => (Object.hasOwn(businessStatuses, status) ? status : '?');

const known = new Set([...Object.values(businessStatuses).flat(), deliveryFailed]);

/** The gateway's own business statuses that conflict with the Task status; codes of other systems are not checked. */
export function invalidBusinessStatus(task: Task): Issue[] {
  const fit = businessStatuses[task.status] ?? [];
  const permitted = new Set([...fit, deliveryFailed]);
  return ownCodes(task.businessStatus, 'business-status')
    .filter((code) => !permitted.has(code))
    .map((code) =>
      issue(
        'business-status-invalid',
        {
          businessStatus: known.has(code) ? code : '?',
          status: statusName(task.status),
          codes: fit.join(', ') || '-',
        },
        { expression: 'Task.businessStatus' },
      ),
    );
}

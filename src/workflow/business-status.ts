import type { Task } from '@medplum/fhirtypes';
import { type Issue, issue } from '../fhir/issue.ts';
import { ownCodes } from '../vocabulary/concept.ts';
import type { TaskStatus } from './moves.ts';

const waiting = ['awaiting-information', 'on-waitlist'];
const appointment = ['intake-scheduled', 'no-show', 'appointment-cancelled'];

/** A Task that was taken back or refused may keep what was told last: who ends it is not always who told it. */
const toldLast = ['human-decision', 'selected', ...waiting, ...appointment, 'first-contact-done', 'interim-report'];

/**
 * Which business status may stand beside which status; none at all may always.
 * A published BSeR example pairs `requested` with "completed", because there nobody checks.
 */
export const businessStatuses: Readonly<Record<TaskStatus, readonly string[]>> = {
  draft: [],
  ready: [],
  requested: ['human-decision', 'awaiting-information'],
  received: ['human-decision', ...waiting],
  // human-decision: the team that decides by hand has taken it and is still choosing
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
  completed: ['first-contact-done', 'handed-over'],
  failed: ['no-show', 'appointment-cancelled', 'cancellation-requested'],
  rejected: toldLast,
  cancelled: [...toldLast, 'cancellation-requested'],
  'entered-in-error': [...toldLast, 'cancellation-requested'],
};

/** Business statuses that tell an outcome by themselves, so that a completed Task needs no output beside them. */
export const outcomes: readonly string[] = ['first-contact-done', 'handed-over'];

/** A status as a diagnostic may repeat it: FHIR's own codes only, since anything else is the message's text. */
export const statusName = (status: string): string => (Object.hasOwn(businessStatuses, status) ? status : '?');

const known = new Set(Object.values(businessStatuses).flat());

/** Business statuses of the gateway's own codes that do not go with the status; other systems' codes are theirs. */
export function unfitBusinessStatus(task: Task): Issue[] {
  const fit = businessStatuses[task.status] ?? [];
  return ownCodes(task.businessStatus, 'business-status')
    .filter((code) => !fit.includes(code))
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

import type { Task } from '@medplum/fhirtypes';
import { type Issue, issue } from '../fhir/issue.ts';
import { ownCodes } from '../vocabulary/concept.ts';
import { isConsultation } from '../vocabulary/use-case.ts';
import { outcomes } from './business-status.ts';
import type { Need, TaskStatus } from './moves.ts';
import { cancellationReasons, rejectionReasons } from './reasons.ts';

const fulfill = { system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' };

/** The issues of a Task that lacks an element required by the move. */
export const missingFor: Readonly<Record<Need, (task: Task, abortAccepted: boolean) => readonly Issue[]>> = {
  'rejection-reason': (task) => codedReason(task, rejectionReasons),
  'failure-reason': (task) => codedReason(task, rejectionReasons),
  'cancellation-reason': (task) => codedReason(task, cancellationReasons),
  'any-reason': (task) =>
    task.statusReason?.text || task.statusReason?.coding?.length
      ? []
      : [issue('task-status-reason-missing', { to: task.status }, { expression: 'Task.statusReason' })],
  outcome: (task) =>
    isConsultationItself(task)
      ? recordOf(task)
      : task.output?.length || ownCodes(task.businessStatus, 'business-status').some((code) => outcomes.includes(code))
        ? []
        : [issue('task-outcome-missing', { codes: outcomes.join(', ') }, { expression: 'Task.output' })],
  fulfill: (task) =>
    task.code?.coding?.some((it) => it.system === fulfill.system && it.code === fulfill.code)
      ? []
      : [issue('task-code-not-fulfill', {}, { expression: 'Task.code' })],
  answer: (task) =>
    task.output?.some(({ valueReference }) => valueReference?.reference?.startsWith('QuestionnaireResponse/'))
      ? []
      : [issue('questionnaire-response-missing', {}, { expression: 'Task.output' })],
  'accepted-abort': (_, abortAccepted) =>
    abortAccepted ? [] : [issue('abort-not-accepted', {}, { expression: 'Task.status' })],
};

function codedReason(task: Task, known: readonly string[]): Issue[] {
  const codes = ownCodes(task.statusReason, 'status-reason').filter((code) => known.includes(code));
  const place = { expression: 'Task.statusReason' };
  if (codes.length === 0)
    return [
      issue('status-reason-code-missing', { to: task.status satisfies TaskStatus, codes: known.join(', ') }, place),
    ];
  if (codes.includes('other') && !task.statusReason?.text?.trim())
    return [issue('status-reason-text-missing', {}, place)];
  if (codes.includes('alternative-proposed') && !task.output?.length)
    return [issue('alternative-missing', {}, { expression: 'Task.output' })];
  return [];
}

/** The Task of the consultation itself, neither a preparation nor a question about it. */
const isConsultationItself = (task: Task): boolean =>
  isConsultation(task) && !task.partOf?.length && !task.focus?.reference?.startsWith('Task/');

/**
 * A consultation is completed by its record: a Composition that is sent to the gateway, not a reference added to the
 * Task.
 */
const recordOf = ({ output = [] }: Task): Issue[] =>
  output.some(({ valueReference: it }) => it?.reference?.startsWith('Composition/'))
    ? []
    : [issue('consultation-record-missing', {}, { expression: 'Task.output' })];

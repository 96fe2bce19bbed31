import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { type Issue, issue } from '../fhir/issue.ts';
import { ownCodes } from '../vocabulary/concept.ts';
import { verbOf, withVerb } from '../vocabulary/task-verb.ts';
import { isConsultation } from '../vocabulary/use-case.ts';
import { carriesOut, type OrderGraph } from './order-graph.ts';

export const isSelected = (task: Task): boolean =>
  ownCodes(task.businessStatus, 'business-status').includes('selected');

/** Whether the change selects this candidate: the only move that sets Task.code and Task.for. */
export const wantsSelection = (before: Task, after: Task): boolean =>
  verbOf(before) === 'request-fulfillment' && isSelected(after) && before.status === after.status;

/**
 * The candidate Task after selection: `fulfill`, for the person of the order, `selected` (Twiin ct-3). Setting
 * `selected` is enough; the gateway sets verb and person.
 */
export const asSelected = (before: Task, after: Task, order: ServiceRequest | undefined): Task => ({
  ...after,
  code: withVerb(before.code, 'fulfill'),
  ...(order ? { for: order.subject } : {}),
});

/** The reasons why this candidate cannot be selected now, or not for this person. */
export function selectionIssues({ order, tasks }: OrderGraph, candidate: Task, after: Task): Issue[] {
  const place = { expression: 'Task.businessStatus' };
  // a participant invited without a legal basis to know the person is informed by a new invitation, never by selection
  if (isConsultation(candidate)) return [issue('invitee-not-selectable', {}, place)];
  if (!order) return [issue('order-not-active', { status: '?' }, place)];
  if (order.status !== 'active') return [issue('order-not-active', { status: String(order.status) }, place)];
  if (candidate.status !== 'accepted') return [issue('selection-not-accepted', { status: candidate.status }, place)];
  if (after.for && after.for.reference !== order.subject.reference)
    return [issue('person-mismatch', {}, { expression: 'Task.for' })];
  const chosen = tasks.some((it) => it.id !== candidate.id && carriesOut(it, order) && verbOf(it) === 'fulfill');
  return chosen ? [issue('candidate-already-selected', {}, place)] : [];
}

import type { Bundle, ServiceRequest, Task } from '@medplum/fhirtypes';
import { type Graph, graphOf } from '../fhir/graph.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { ownCodes } from '../vocabulary/concept.ts';
import { legalBasisConceptOf } from '../vocabulary/legal-basis.ts';
import { invalidBusinessStatus, statusName } from './business-status.ts';

/** Whether the sender used the gateway's own profile, or a map produced it. */
export type Source = 'gateway-profile' | 'mapped';

/**
 * Whether the statuses of a new referral are consistent. Checks the first Task and ServiceRequest; their number is
 * checked by the profile. In a mapped referral an order that its own system already completed only yields a warning:
 * published ELZ referrals are `completed` with a Task that is `requested`.
 */
export function coherence(bundle: Bundle, source: Source): readonly Issue[] {
  const graph = graphOf(bundle);
  const task = graph.first('Task');
  const order = graph.first('ServiceRequest');
  return [
    ...(task ? ofTask(task) : []),
    ...(order ? ofOrder(order, source) : []),
    ...(task && order ? ofBoth(graph, task, order) : []),
  ];
}

function ofTask(task: Task): Issue[] {
  const requested =
    task.status === 'requested'
      ? invalidBusinessStatus(task)
      : [issue('task-not-requested', { status: statusName(task.status) }, { expression: 'Task.status' })];
  return legalBasisConceptOf(task)?.coding?.length
    ? requested
    : [...requested, issue('legal-basis-missing', {}, { expression: 'Task.extension' })];
}

/**
 * Completed in the sender's records while its Task is still requested. Other statuses (draft, revoked) mean that nobody
 * should act.
 */
const closedBySender: readonly string[] = ['completed', 'on-hold', 'unknown'];
const orderStatuses: readonly string[] = [...closedBySender, 'draft', 'revoked', 'entered-in-error'];

function ofOrder(order: ServiceRequest, source: Source): Issue[] {
  const status = order.status ?? '';
  if (status === 'active') return [];
  const severity = source === 'mapped' && closedBySender.includes(status) ? 'warning' : 'error';
  return [
    issue(
      'order-not-active',
      { status: orderStatuses.includes(status) ? status : '?' },
      { expression: 'ServiceRequest.status', severity },
    ),
  ];
}

function ofBoth(graph: Graph, task: Task, order: ServiceRequest): Issue[] {
  const samePerson = !task.for || graph.resolve(task.for) === graph.resolve(order.subject);
  return [
    ...(graph.resolve(task.focus) === order ? [] : [issue('focus-mismatch', {}, { expression: 'Task.focus' })]),
    ...(severalPersons(graph, order) ? [issue('subject-ambiguous', {}, { expression: 'ServiceRequest.subject' })] : []),
    ...(samePerson ? [] : [issue('person-mismatch', {}, { expression: 'Task.for' })]),
    ...(useCasesDiffer(task, order) ? [issue('use-case-mismatch', {}, { expression: 'Task.code' })] : []),
  ];
}

/** Several Patients, and the order does not refer to one of them. */
const severalPersons = (graph: Graph, order: ServiceRequest): boolean =>
  graph.all('Patient').length > 1 && graph.resolve(order.subject)?.resourceType !== 'Patient';

function useCasesDiffer(task: Task, order: ServiceRequest): boolean {
  const asked = ownCodes(task.code, 'use-case');
  const ordered = new Set((order.category ?? []).flatMap((it) => ownCodes(it, 'use-case')));
  return asked.length > 0 && ordered.size > 0 && !asked.some((code) => ordered.has(code));
}

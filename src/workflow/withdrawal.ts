import type { CodeableConcept, ServiceRequest, Task } from '@medplum/fhirtypes';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { verbOf } from '../vocabulary/task-verb.ts';
import type { Effect } from './effect.ts';
import { isAbout, isOpen, type OrderGraph } from './order-graph.ts';

/** Whether a Task asks the placer to withdraw the order itself (Twiin: Authorization Cancellation Request). */
export const asksToWithdraw = (task: Task, { order }: OrderGraph): boolean =>
  order !== undefined && verbOf(task) === 'abort' && isAbout(task, order);

/**
 * The owner of a Task that carries out the order may ask its placer to withdraw it, once at a time. Issues: those of an
 * abort.
 */
export function withdrawalEffects(graph: OrderGraph, request: Task, isOwner: boolean): Result<readonly Effect[]> {
  const place = { expression: 'Task.focus' };
  const { order, tasks } = graph;
  if (!order || !isOwner) return failure(issue('task-update-forbidden', {}));
  if (order.status !== 'active') return failure(issue('order-ended', { status: String(order.status) }, place));
  if (tasks.some((it) => asksToWithdraw(it, graph) && isOpen(it)))
    return failure(issue('abort-already-requested', {}, place));
  return success([{ rule: 'ask-to-withdraw', resource: request, isNew: true }]);
}

/** The order withdrawn because its placer agreed, with the effects on its other Tasks. */
export const withdrawnOnRequest = (
  graph: OrderGraph,
  request: Task,
  withdrawn: (graph: OrderGraph, order: ServiceRequest, reason: CodeableConcept) => readonly Effect[],
  reason: CodeableConcept,
): Effect[] => {
  const { order } = graph;
  if (order?.status !== 'active') return [];
  const others = { ...graph, tasks: graph.tasks.filter(({ id }) => id !== request.id) };
  return [{ rule: 'withdraw-order', resource: { ...order, status: 'revoked' } }, ...withdrawn(others, order, reason)];
};

import type { CodeableConcept, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { AttemptResult } from '../../delivery/channel/channel.ts';
import { planMove } from '../../exchange/effect/plan-move.ts';
import { actorsOf } from '../../exchange/memory/actors.ts';
import { focusOf, orderGraphOf } from '../../exchange/memory/journey.ts';
import { auditRefusal } from '../../exchange/pipeline/audit-refusal.ts';
import { commitOrRetry } from '../../exchange/pipeline/retry-after-race.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { issue } from '../../fhir/issue.ts';
import { failure } from '../../fhir/result.ts';
import { effects } from '../../workflow/index.ts';
import { type PullContext, refusalOf } from './refusal.ts';

/**
 * A withdrawal by the placer withdraws the order here: open Tasks are cancelled, owners of those in progress are asked
 * to stop. Other changes at the placer have no effect: orders do not change, and their Tasks are moved here.
 */
export async function withdrawOrder(
  { gateway, partner, requestOf }: PullContext,
  own: Task,
  placed: { readonly task: Task; readonly order: ServiceRequest },
): Promise<AttemptResult> {
  const status = endOf(placed.task, placed.order);
  if (!status) return { kind: 'delivered' };
  const received = requestOf(placed.task);
  const { requestId, correlationId, traceId } = received;
  const reason = reasonOf(gateway.taskCodes(placed.task));
  const answer = await commitOrRetry(gateway, received, received, async () => {
    const graph = await orderGraphOf(gateway.store, await focusOf(gateway.store, own));
    if (!graph.order) return failure(issue('not-found', {}));
    const actors = actorsOf(gateway.network, graph.order, partner.id);
    const after = { ...graph.order, status };
    const moved = effects(graph, { kind: 'order', after, reason }, actors, {
      at: received.at,
      newId: gateway.world.newId,
    });
    return moved.ok ? planMove(gateway, received, { graph, ...moved.value, interaction: 'update' }) : moved;
  });
  if (answer.kind === 'accepted') return { kind: 'delivered', location: `Task/${own.id}` };
  // an earlier attempt withdrew it; its owner has been asked to stop
  if (answer.issues.every(({ rule }) => rule === 'order-ended')) return { kind: 'delivered' };
  const envelope = { requestId, correlationId, traceId };
  await auditRefusal(gateway, envelope, 'update', 'U', partner)(answer);
  return refusalOf(answer);
}

function endOf(task: Task, order: ServiceRequest): 'revoked' | 'entered-in-error' | undefined {
  if (task.status === 'entered-in-error' || order.status === 'entered-in-error') return 'entered-in-error';
  return task.status === 'cancelled' || order.status === 'revoked' ? 'revoked' : undefined;
}

/** Only a code of our own system is kept; other parts of the placer's reason are dropped. */
function reasonOf({ statusReason }: Task): CodeableConcept | undefined {
  const system = mgnCodeSystem('status-reason');
  const code = statusReason?.coding?.find((it) => it.system === system)?.code;
  return code ? { coding: [{ system, code }] } : undefined;
}

import type { CodeableConcept, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Sent } from '../../delivery/fhir-rest.ts';
import { planMove } from '../../exchange/effect/plan-move.ts';
import { actorsOf } from '../../exchange/memory/actors.ts';
import { focusOf, orderGraphOf } from '../../exchange/memory/journey.ts';
import { auditRefusal } from '../../exchange/pipeline/audit-refusal.ts';
import { commitOrRetry } from '../../exchange/pipeline/retry-after-race.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { issue } from '../../fhir/issue.ts';
import { failure } from '../../fhir/result.ts';
import { effects } from '../../workflow/index.ts';
import { type Pulling, refusalOf } from './pull.ts';

/**
 * What the placer ended itself ends here as well, as its order: open Tasks are cancelled, who has begun is asked to stop.
 * Anything else that changed at the placer is nothing to us: orders don't change, and their Tasks move at our side.
 */
export async function withdrawn(
  { gateway, partner, requestOf }: Pulling,
  own: Task,
  placed: { readonly task: Task; readonly order: ServiceRequest },
): Promise<Sent> {
  const status = endOf(placed.task, placed.order);
  if (!status) return { kind: 'delivered' };
  const received = requestOf(placed.task);
  const { requestId, correlationId, traceId } = received;
  const reason = reasonOf(placed.task);
  const answer = await commitOrRetry(gateway, received, received, async () => {
    const graph = await orderGraphOf(gateway.store, await focusOf(gateway.store, own));
    if (!graph.order) return failure(issue('not-found', {}));
    const actors = actorsOf(gateway.network, graph.order, partner.id);
    const after = { ...graph.order, status };
    const made = effects(graph, { kind: 'order', after, reason }, actors, {
      at: received.at,
      newId: gateway.world.newId,
    });
    return made.ok ? planMove(gateway, received, { graph, ...made.value, interaction: 'update' }) : made;
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

/** A reason of ours goes on as its code; what else the placer says of it is for itself. */
function reasonOf({ statusReason }: Task): CodeableConcept | undefined {
  const system = mgnCodeSystem('status-reason');
  const code = statusReason?.coding?.find((it) => it.system === system)?.code;
  return code ? { coding: [{ system, code }] } : undefined;
}

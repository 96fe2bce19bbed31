import type { Task } from '@medplum/fhirtypes';
import { issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { askingToStop, effects, withdrawalReason } from '../../workflow/index.ts';
import { planMove } from '../effect/plan-move.ts';
import { actorsOf } from '../memory/actors.ts';
import { orderGraphOf } from '../memory/journey.ts';
import { atGateway, readAt } from '../memory/memory.ts';
import type { CommitPlan } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import type { Received } from '../reading/envelope.ts';
import { considerWithdrawal } from './request-withdrawal.ts';

/** The reason of an abort is that of a cancellation; peers state it in words, in statusReason or reasonCode. */
function withReason(sent: Task): Task {
  const reason = sent.reasonCode ?? sent.statusReason;
  return reason ? { ...sent, reasonCode: withdrawalReason(reason) } : sent;
}

/**
 * `abort`: a requester requests the owner of a Task in progress to stop (Twiin TA Workflow: Cancellation Request). The
 * gateway takes focus, reason (Task.reasonCode) and identifiers from the message; owner, person and legal basis
 * (grondslag) come from the Task to stop. Issue: `abort-invalid`.
 */
export async function considerAbort(gateway: Gateway, received: Received, sent: Resource): Promise<Result<CommitPlan>> {
  const { network, store, world } = gateway;
  const { partner, at } = received;
  const focus = isType(sent, 'Task') ? atGateway(sent.focus?.reference ?? '', network.settings.baseUrl) : undefined;
  const request = isType(sent, 'Task') && verbOf(sent) === 'abort' ? withReason(sent) : undefined;
  if (request && focus?.startsWith('ServiceRequest/')) return considerWithdrawal(gateway, received, request, focus);
  const target = focus?.startsWith('Task/') ? await readAt(store, focus, partner.id) : undefined;
  if (!request || !isType(target, 'Task')) return failure(issue('abort-invalid', {}, { expression: 'Task.focus' }));
  const graph = await orderGraphOf(store, target.focus?.reference ?? '');
  const effectContext = { at, newId: world.newId };
  const result = effects(
    graph,
    { kind: 'abort', task: askingToStop(target, request, effectContext) },
    actorsOf(network, target, partner.id),
    effectContext,
  );
  if (!result.ok) return result;
  const plan = await planMove(gateway, received, { graph, ...result.value, interaction: 'create' });
  return plan.ok ? success({ ...plan.value, journey: `Task/${target.id}` }) : plan;
}

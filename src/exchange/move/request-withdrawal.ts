import type { Task } from '@medplum/fhirtypes';
import { issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { sourceOfPartner } from '../../vocabulary/meta-source.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { askingToWithdraw, carriesOut, effects, isOpen } from '../../workflow/index.ts';
import { projectionContext } from '../disclose/disclosures.ts';
import { planMove } from '../effect/plan-move.ts';
import { actorsOf, ownerOf, senderOf } from '../memory/actors.ts';
import { orderGraphOf } from '../memory/journey.ts';
import { readAt } from '../memory/memory.ts';
import type { CommitPlan } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import type { Received } from '../reading/envelope.ts';

/**
 * `abort` of an order: the owner of its Task asks the placer to withdraw the order itself (Twiin TA Workflow:
 * Authorization Cancellation Request). The gateway takes reason, identifiers and text from the message; the placer,
 * legal basis (grondslag) and use case come from the Task of the order. The placer accepts or rejects it. Issue:
 * `abort-invalid`.
 */
export async function considerWithdrawal(
  gateway: Gateway,
  received: Received,
  request: Task,
  focus: string,
): Promise<Result<CommitPlan>> {
  const { network, store, world } = gateway;
  const { partner, at } = received;
  const order = await readAt(store, focus, partner.id);
  const graph = await orderGraphOf(store, focus);
  const own = graph.tasks.find(
    (it) =>
      isOpen(it) &&
      ownerOf(network, it) === partner.id &&
      verbOf(it) === 'fulfill' &&
      order &&
      carriesOut(it, order as never),
  );
  const sender = graph.order && senderOf(network, graph.order);
  if (!isType(order, 'ServiceRequest') || !own || !sender)
    return failure(issue('abort-invalid', {}, { expression: 'Task.focus' }));
  const creation = { at, newId: world.newId };
  const parties = {
    requester: projectionContext(gateway, partner.id).requester as NonNullable<Task['requester']>,
    owner: projectionContext(gateway, sender).requester as NonNullable<Task['owner']>,
    source: sourceOfPartner(partner.id),
  };
  const task = askingToWithdraw(order, own, request, parties, creation);
  const result = effects(graph, { kind: 'withdrawal', task }, actorsOf(network, own, partner.id), creation);
  if (!result.ok) return result;
  const plan = await planMove(gateway, received, { graph, ...result.value, interaction: 'create' });
  return plan.ok ? success({ ...plan.value, journey: `Task/${own.id}` }) : plan;
}

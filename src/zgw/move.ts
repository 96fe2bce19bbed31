import type { Task } from '@medplum/fhirtypes';
import { mayPartner } from '../access/decide/index.ts';
import type { AttemptResult } from '../delivery/channel/channel.ts';
import type { Partner } from '../directory/index.ts';
import { planMove } from '../exchange/effect/plan-move.ts';
import { actorsOf } from '../exchange/memory/actors.ts';
import { relationTo } from '../exchange/memory/as-seen.ts';
import { focusOf, orderGraphOf } from '../exchange/memory/journey.ts';
import { auditRefusal } from '../exchange/pipeline/audit-refusal.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { commitOrRetry } from '../exchange/pipeline/retry-after-race.ts';
import { isError, issue } from '../fhir/issue.ts';
import { failure } from '../fhir/result.ts';
import type { Dispatch } from '../store/port.ts';
import { ownConcept } from '../vocabulary/concept.ts';
import { effects } from '../workflow/index.ts';
import { requestOf } from './receive.ts';
import type { TaskStep } from './steps.ts';

type Movable = Task & { readonly id: string };

type Moving = { readonly gateway: Gateway; readonly partner: Partner; readonly dispatch: Dispatch };

/** Moves a Task as its owner does by itself: by the state machine, one commit, its parties notified. */
export async function moveTask(it: Moving, own: Task, step: TaskStep): Promise<AttemptResult> {
  const { gateway, partner, dispatch } = it;
  const { traceId, correlationId } = dispatch;
  const received = requestOf(partner, gateway.world, {
    body: Buffer.from(dispatch.body),
    contentType: 'application/json',
    traceId,
    ...(correlationId ? { correlationId } : {}),
  });
  // no trace of its own: that of the journey
  const answer = await commitOrRetry(gateway, {}, received, async () => {
    const graph = await orderGraphOf(gateway.store, await focusOf(gateway.store, own));
    const current = graph.tasks.find((task): task is Movable => task.id === own.id);
    if (!graph.order || !current) return failure(issue('not-found', {}));
    const relation = relationTo(gateway.network, current, partner);
    if (!mayPartner(gateway.network, partner, 'update', ['task', relation]).decision)
      return failure(issue('not-found', {}));
    const moved = effects(
      graph,
      { kind: 'task', after: afterStep(current, step) },
      actorsOf(gateway.network, current, partner.id),
      { at: received.at, newId: gateway.world.newId },
    );
    if (!moved.ok) return moved;
    const plan = await planMove(gateway, received, { graph, ...moved.value, interaction: 'update' });
    return plan.ok ? { ...plan, value: { ...plan.value, journey: `Task/${own.id}` } } : plan;
  });
  if (answer.kind === 'accepted') return { kind: 'delivered', location: `Task/${own.id}` };
  await auditRefusal(gateway, received, 'update', 'U', partner)(answer);
  const codes = [...new Set(answer.issues.filter(isError).map(({ rule }) => rule))];
  const passes = codes.length === 0 || codes.some((code) => temporary.has(code));
  const detail = codes.slice(0, 10).join(' ') || 'undecided';
  return passes
    ? { kind: 'retry', reason: { rule: 'delivery-undecided' } }
    : { kind: 'refused', reason: { rule: 'zgw-move-refused', detail } };
}

const temporary: ReadonlySet<string> = new Set([
  ...['overloaded', 'gateway-busy', 'store-unavailable', 'store-damaged'],
  ...['terminology-unavailable', 'concurrent-update', 'internal'],
]);

function afterStep(task: Movable, { status, reason }: TaskStep): Movable {
  const { statusReason: _, ...rest } = task;
  return {
    ...rest,
    status,
    ...(reason ? { statusReason: reasonOf(reason) } : {}),
    ...(status === 'completed' ? { output: [...(task.output ?? []), outcome] } : {}),
  };
}

/** `other` needs words; those of the municipality are not read. */
const reasonOf = (code: string) => ({
  ...ownConcept('status-reason', code),
  ...(code === 'other' ? { text: 'Volgens de status van de zaak' } : {}),
});

const outcome = { type: { text: 'Outcome' }, valueString: 'De gemeente heeft de zaak afgesloten.' };

import type { Bundle, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { AttemptResult } from '../../delivery/channel/channel.ts';
import { planMove } from '../../exchange/effect/plan-move.ts';
import { actorsOf } from '../../exchange/memory/actors.ts';
import { focusOf, orderGraphOf } from '../../exchange/memory/journey.ts';
import { changeFor, versioned } from '../../exchange/memory/versioned-effect.ts';
import { commit } from '../../exchange/pipeline/commit.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import { commitOrRetry } from '../../exchange/pipeline/retry-after-race.ts';
import { issuesOf } from '../../exchange/pipeline/step.ts';
import type { Received } from '../../exchange/reading/envelope.ts';
import { consider } from '../../exchange.ts';
import { type Identified, resourcesOf } from '../../fhir/graph.ts';
import { issue } from '../../fhir/issue.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import { renamed } from '../../fhir/renamed.ts';
import { isType } from '../../fhir/resource.ts';
import { failure } from '../../fhir/result.ts';
import { ownConcept } from '../../vocabulary/concept.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { effects } from '../../workflow/index.ts';
import { readOrder } from './read-order.ts';
import { type PlacedOrder, type PullContext, refusalOf } from './refusal.ts';
import { reportRefusal } from './report-refusal.ts';

/** Whether the placer selected this candidate: its Task became fulfill, while ours still asks. */
export const isSelectedAtPlacer = ({ taskCodes }: Gateway, own: Task, placed: Task): boolean =>
  verbOf(own) === 'request-fulfillment' && placed.status === 'accepted' && verbOf(taskCodes(placed)) === 'fulfill';

/**
 * A candidate that the placer selected (Twiin TA Workflow, multiple fulfillers): the order is read again, now with the
 * person, and validated and routed as any referral. Our order gets its content, and the candidate is selected as by a
 * placer whose Tasks are here: the owner receives the whole order. What is refused is reported, and nothing changes.
 */
export async function selectOrder(it: PullContext, own: Task, placed: PlacedOrder): Promise<AttemptResult> {
  const { gateway, partner, placer, requestOf } = it;
  if (own.status !== 'accepted')
    return { kind: 'retry', reason: { rule: 'pulled-order-undecided', detail: 'selection-not-accepted' } };
  const stored = await orderGraphOf(gateway.store, await focusOf(gateway.store, own));
  if (!stored.order) return { kind: 'delivered' };
  if (!stored.order.subject.reference) {
    const filled = await fill(it, own, stored.order as ServiceRequest & Identified, placed);
    if (filled) return filled;
  }
  const received = requestOf(placed.task);
  const answer = await commitOrRetry(gateway, received, received, async () => {
    const graph = await orderGraphOf(gateway.store, await focusOf(gateway.store, own));
    const current = graph.tasks.find(({ id }) => id === own.id);
    if (!graph.order || !current) return failure(issue('not-found', {}));
    const after = { ...current, businessStatus: ownConcept('business-status', 'selected') };
    const moved = effects(graph, { kind: 'task', after }, actorsOf(gateway.network, current, partner.id), {
      at: received.at,
      newId: gateway.world.newId,
    });
    return moved.ok ? planMove(gateway, received, { graph, ...moved.value, interaction: 'update' }) : moved;
  });
  if (answer.kind === 'accepted') return { kind: 'delivered', location: `Task/${own.id}` };
  const sent = refusalOf(answer);
  return sent.kind === 'refused' ? reportRefusal(it, placed, sent) : sent;

  async function fill(
    context: PullContext,
    task: Task,
    order: ServiceRequest & Identified,
    { task: theirs, order: base, url }: PlacedOrder,
  ): Promise<AttemptResult | undefined> {
    const whole = await readOrder(placer, { ...theirs, status: 'requested' }, base);
    if (whole.kind === 'ended') return whole.sent;
    const pulled = { task: url, order: `${placer.base}/ServiceRequest/${base.id}` };
    const outcome = await consider(gateway, gateway.store, requestOf(withoutBusinessStatus(whole.bundle), pulled));
    if (!outcome.ok) {
      const sent = refusalOf({ issues: outcome.steps.at(-1)?.issues ?? [] });
      return sent.kind === 'refused' ? reportRefusal(context, placed, sent) : sent;
    }
    const owner = outcome.value.decisions[0]?.owner.reference;
    if (owner !== task.owner?.reference) {
      const detail = 'candidate-not-eligible';
      return reportRefusal(context, placed, { kind: 'refused', reason: { rule: 'pulled-order-refused', detail } });
    }
    const request: Received = requestOf(whole.bundle);
    const kept = await commit(gateway, request, {
      interaction: 'accept',
      action: 'U',
      body: operationOutcome([issue('notification-received', {})]),
      location: `ServiceRequest/${order.id}`,
      version: 1,
      steps: outcome.steps,
      codes: [...new Set(issuesOf(outcome.steps).map(({ rule }) => rule))],
      changes: contentOf(outcome.value.graph, order).map((resource) =>
        resource.id === order.id
          ? changeFor(
              gateway,
              versioned({ rule: 'select', resource: resource as ServiceRequest & Identified }, request.at),
              partner.id,
            )
          : { resource, expect: 'new' as const, readers: [partner.id] },
      ),
      dispatches: () => [],
    });
    return kept.kind === 'accepted' ? undefined : refusalOf(kept);
  }
}

/** The Task as it was placed: the status of the selection is that of the move that follows. */
const withoutBusinessStatus = (bundle: Bundle): Bundle => ({
  ...bundle,
  entry: (bundle.entry ?? []).map((it) => {
    if (!isType(it.resource, 'Task')) return it;
    const { businessStatus: _, statusReason: __, output: ___, ...task } = it.resource as Task;
    return { ...it, resource: task };
  }),
});

/**
 * The content of the order that was read, as a new version of the order that is stored: its Task stays the candidate's.
 * What only the Task refers to (supplemental resources) belongs to the order from then on, so that its owner reads it.
 */
function contentOf(graph: Bundle, order: ServiceRequest & Identified): readonly Identified[] {
  const resources = resourcesOf(graph);
  const task = resources.find((it) => isType(it, 'Task')) as Task | undefined;
  const read = resources.find((it) => isType(it, 'ServiceRequest')) as (ServiceRequest & Identified) | undefined;
  if (!read) return [];
  const own = new Map(resources.map((it) => [`${it.resourceType}/${it.id}`, it]));
  const supplements = (task?.input ?? []).flatMap(({ valueReference: it }) => {
    const target = own.get(it?.reference ?? '');
    return it && target && !isType(target, 'Patient') ? [it] : [];
  });
  const content: ServiceRequest & Identified = {
    ...read,
    id: order.id,
    ...(order.meta ? { meta: order.meta } : {}),
    identifier: renamed(read.identifier ?? [], read.id, order.id),
    ...(supplements.length ? { supportingInfo: [...(read.supportingInfo ?? []), ...supplements] } : {}),
  };
  const others = resources.filter((it) => it !== read && !isType(it, 'Task'));
  return [content, ...renamed(others, read.id, order.id)];
}

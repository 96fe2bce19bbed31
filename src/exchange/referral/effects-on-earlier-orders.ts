import type { Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Identified } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { hasOwnCode } from '../../vocabulary/concept.ts';
import { legalBasisOf } from '../../vocabulary/legal-basis.ts';
import type { OrderGraph } from '../../workflow/index.ts';
import { statusDisclosures } from '../disclose/status-disclosures.ts';
import { type Feedback, feedbackChanges, feedbackToReferrer } from '../feedback/feedback.ts';
import { type EndedGround, endsGround } from '../memory/right-to-read.ts';
import { changeFor, type VersionedEffect, versioned } from '../memory/versioned-effect.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import type { Incoming, Routed } from '../pipeline/kind.ts';
import { fillerOrderGuards } from './filler-order.ts';
import { type EarlierOrders, replacing } from './replaced.ts';

/** Feedback (terugkoppeling) to the sender of the original order: another provider was requested. */
function transferFeedback(context: DecisionContext, { graph, loaded, partner, at }: Incoming): Feedback | undefined {
  const { entry = [] } = graph;
  const order = entry.flatMap(({ resource }) => (isType(resource, 'ServiceRequest') ? [resource] : []))[0];
  const task = entry.flatMap(({ resource }) => (isType(resource, 'Task') ? [resource as Task] : []))[0];
  const isTransfer = order?.category?.some((it) => hasOwnCode(it, 'use-case', 'transfer'));
  const origin = loaded.resources.get(order?.basedOn?.[0]?.reference ?? '');
  if (!isTransfer || !task || !isType(origin, 'ServiceRequest')) return undefined;
  const person = loaded.resources.get((origin as ServiceRequest).subject.reference ?? '');
  return feedbackToReferrer(context, {
    order: origin as ServiceRequest,
    person: isType(person, 'Patient') ? (person as Patient) : undefined,
    around: [...loaded.resources.values()].filter((it) => isType(it, 'Consent')),
    legalBasis: legalBasisOf(task),
    topic: 'transfer',
    mover: partner.id,
    at,
  });
}

/**
 * Effects of a new order on earlier orders, with notifications to their referrer and to the owners of replaced Tasks. The
 * owner of the new order reads on in the one that it amends; another owner of a Task that had not started does not.
 */
export function effectsOnEarlierOrders(
  incoming: Incoming,
  earlier: EarlierOrders,
  context: DecisionContext,
  owner?: string,
): Pick<Routed, 'changes' | 'guards' | 'ended'> & { readonly notified: readonly Disclosure[] } {
  const { partner, at } = incoming;
  const feedback = transferFeedback(context, incoming);
  const ended = replacing(incoming, earlier, context).map((effect) => versioned(effect, at));
  return {
    changes: [
      ...ended.map((it) => changeFor(context, it, partner.id)),
      ...(feedback ? feedbackChanges(feedback, partner.id) : []),
    ],
    guards: fillerOrderGuards(incoming),
    ended: earlier.replaced.flatMap((graph) => endedGround(graph, ended, owner)),
    notified: [
      ...ended.flatMap(({ resource }) =>
        isType(resource, 'Task') ? statusDisclosures(context, resource, partner.id, at) : [],
      ),
      ...(feedback ? [feedback.disclosure] : []),
    ],
  };
}

function endedGround(
  { order, tasks }: OrderGraph,
  ended: readonly VersionedEffect[],
  keeps: string | undefined,
): EndedGround[] {
  const after = ended.flatMap(({ resource }) => {
    const before = tasks.find(({ id }) => id === resource.id);
    return isType(resource, 'Task') && endsGround(before, resource as Task) ? [resource as Task & Identified] : [];
  });
  return order && after.length ? [{ order: order as ServiceRequest & Identified, tasks: after, keeps }] : [];
}

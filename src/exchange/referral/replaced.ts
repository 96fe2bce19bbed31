import type { Consent, Reference, ServiceRequest } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { resourcesOf } from '../../fhir/graph.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import { type Effect, effects, type OrderGraph, type RequestedChange } from '../../workflow/index.ts';
import { senderOf } from '../memory/actors.ts';
import { orderGraphOf } from '../memory/journey.ts';
import type { Memory } from '../memory/memory.ts';
import { objectionsBefore } from '../memory/objections.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import type { Incoming } from '../pipeline/kind.ts';

/**
 * Stored orders that a new order replaces, each with all its Tasks. An order is amended by sending a new one. `objections`:
 * those stored about the persons of the orders that it replaces or is based on.
 */
export type EarlierOrders = { readonly replaced: readonly OrderGraph[]; readonly objections: readonly Consent[] };

export async function lookUpReplaced(memory: Memory, { graph, loaded }: Incoming): Promise<EarlierOrders> {
  const orders = resourcesOf(graph).filter((it) => isType(it, 'ServiceRequest')) as readonly ServiceRequest[];
  const stored = (references: readonly Reference[]): readonly string[] =>
    [...new Set(references.map(({ reference = '' }) => reference.replace(/^.*\/(?=ServiceRequest\/)/, '')))].filter(
      (it) => isType(loaded.resources.get(it), 'ServiceRequest'),
    );
  const replaced = stored(orders.flatMap(({ replaces = [] }) => replaces));
  const before = [...new Set([...replaced, ...stored(orders.flatMap(({ basedOn = [] }) => basedOn))])];
  const subject = orders[0]?.subject;
  return {
    replaced: await Promise.all(replaced.map((it) => orderGraphOf(memory, it))),
    objections: subject
      ? await objectionsBefore(
          memory,
          before.map((it) => loaded.resources.get(it) as unknown as ServiceRequest),
          subject,
        )
      : [],
  };
}

/** Only the sender of an order may replace it, and only while the order is open. */
export const replacingIssues = (
  { partner, at }: Incoming,
  { replaced }: EarlierOrders,
  { network, world }: DecisionContext,
): Issue[] =>
  replaced.flatMap((graph) => {
    const { order } = graph;
    const place = { expression: 'ServiceRequest.replaces' };
    if (!order || senderOf(network, order) !== partner.id) return [issue('order-update-forbidden', {}, place)];
    const withdrawn = effects(graph, revoked(order), ['requester'], { at, newId: world.newId });
    return withdrawn.ok ? [] : withdrawn.issues.map((it) => ({ ...it, ...place }));
  });

/** Ends a replaced order and its Tasks as a withdrawal does, with status reason `replaced`. */
export function replacing(
  { at }: Incoming,
  { replaced }: EarlierOrders,
  { world }: DecisionContext,
): readonly Effect[] {
  return replaced.flatMap((graph) => {
    if (!graph.order) return [];
    const result = effects(graph, revoked(graph.order), ['requester'], { at, newId: world.newId });
    return result.ok ? result.value.effects : [];
  });
}

const revoked = (order: ServiceRequest): RequestedChange => ({
  kind: 'order',
  after: { ...order, status: 'revoked' },
  reason: { coding: [{ system: mgnCodeSystem('status-reason'), code: 'replaced' }] },
});

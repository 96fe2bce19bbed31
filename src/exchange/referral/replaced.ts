import type { Bundle, ServiceRequest } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import { type Effect, effects, type OrderGraph, type Wanted } from '../../workflow/index.ts';
import { senderOf } from '../memory/actors.ts';
import { orderGraphOf } from '../memory/journey.ts';
import type { Known } from '../memory/look-up.ts';
import type { Memory } from '../memory/memory.ts';
import type { Deciding } from '../pipeline/gateway.ts';
import type { Incoming } from '../pipeline/kind.ts';

/** The orders here that a new one takes the place of, each with all its Tasks: what is amended is sent anew. */
export async function replacedBy(memory: Memory, graph: Bundle, { resources }: Known): Promise<readonly OrderGraph[]> {
  const references = (graph.entry ?? [])
    .flatMap(({ resource }) => (isType(resource, 'ServiceRequest') ? (resource.replaces ?? []) : []))
    .map(({ reference = '' }) => reference.replace(/^.*\/(?=ServiceRequest\/)/, ''));
  const known = [...new Set(references)].filter((it) => isType(resources.get(it), 'ServiceRequest'));
  return Promise.all(known.map((it) => orderGraphOf(memory, it)));
}

/** An order is amended by who sent it, while it still stands. */
export const replacingIssues = ({ network, world }: Deciding, { replaced, partner, at }: Incoming): Issue[] =>
  replaced.flatMap((graph) => {
    const { order } = graph;
    const place = { expression: 'ServiceRequest.replaces' };
    if (!order || senderOf(network, order) !== partner.id) return [issue('not-your-order', {}, place)];
    const gone = effects(graph, revoked(order), ['requester'], { at, newId: world.newId });
    return gone.ok ? [] : gone.issues.map((it) => ({ ...it, ...place }));
  });

/** What becomes of the order that is replaced and of its Tasks: as if it were withdrawn, for this reason. */
export function replacing({ world }: Deciding, { replaced, at }: Incoming): readonly Effect[] {
  return replaced.flatMap((graph) => {
    if (!graph.order) return [];
    const made = effects(graph, revoked(graph.order), ['requester'], { at, newId: world.newId });
    return made.ok ? made.value.effects : [];
  });
}

const revoked = (order: ServiceRequest): Wanted => ({
  kind: 'order',
  after: { ...order, status: 'revoked' },
  reason: { coding: [{ system: mgnCodeSystem('status-reason'), code: 'replaced' }] },
});

import type { ServiceRequest } from '@medplum/fhirtypes';
import { canonicalJson } from '../fhir/canonical-json.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { Actor } from './moves.ts';
import { isAbout, isOpen, type OrderGraph } from './order-graph.ts';

export type OrderMove = {
  readonly rule: 'withdraw-order' | 'undo-order' | 'complete-order';
  readonly to: NonNullable<ServiceRequest['status']>;
  readonly actor: Extract<Actor, 'requester' | 'creator'> | 'gateway';
  /** The effect on open Tasks. */
  readonly effect: string;
};

/**
 * The moves of an order (https://hl7.org/fhir/R4/servicerequest.html). The content of an active order never changes: to
 * request something else, send a new order that `replaces` it.
 */
export const orderMoves: readonly OrderMove[] = [
  {
    rule: 'withdraw-order',
    to: 'revoked',
    actor: 'requester',
    effect:
      'Tasks that have not started are cancelled; owners of those in progress are asked to stop by a Task `abort`',
  },
  { rule: 'undo-order', to: 'entered-in-error', actor: 'creator', effect: 'open Tasks are entered-in-error too' },
  {
    rule: 'complete-order',
    to: 'completed',
    actor: 'gateway',
    effect: 'follows when the last open Task is completed',
  },
];

/**
 * Whether the change of an order is legal. Issues: `order-update-forbidden`, `order-ended`, `order-immutable`,
 * `order-transition-invalid`.
 */
export function orderTransition(
  graph: OrderGraph,
  before: ServiceRequest,
  after: ServiceRequest,
  actors: readonly Actor[],
): Result<OrderMove> {
  if (!actors.includes('requester') && !actors.includes('creator')) return failure(issue('order-update-forbidden', {}));
  const place = { expression: 'ServiceRequest.status' };
  const status = String(before.status);
  if (hasEnded(graph, before)) return failure(issue('order-ended', { status }, place));
  if (canonicalJson(asked(before)) !== canonicalJson(asked(after)))
    return failure(issue('order-immutable', {}, { expression: 'ServiceRequest' }));
  const own = orderMoves.filter(({ actor }) => (actors as readonly string[]).includes(actor));
  const move = own.find(({ to }) => to === after.status);
  const moves = own.map(({ to }) => to).join(', ') || '-';
  return move ? success(move) : failure(issue('order-transition-invalid', { from: status, moves }, place));
}

/**
 * Published referrals are `completed` in the sender's records while their Task is still requested: these can be
 * withdrawn too.
 */
function hasEnded({ tasks }: OrderGraph, order: ServiceRequest): boolean {
  if (order.status === 'revoked' || order.status === 'entered-in-error') return true;
  return order.status === 'completed' && !tasks.some((it) => isAbout(it, order) && isOpen(it));
}

function asked({ status: _, meta: __, ...order }: ServiceRequest): unknown {
  return order;
}

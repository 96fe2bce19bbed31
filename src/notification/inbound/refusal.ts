import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import type { AttemptResult } from '../../delivery/channel/channel.ts';
import type { Partner } from '../../directory/index.ts';
import type { Answer } from '../../exchange/pipeline/answer.ts';
import type { Gateway } from '../../exchange/pipeline/gateway.ts';
import type { Pulled, Received } from '../../exchange/reading/envelope.ts';
import { isError } from '../../fhir/issue.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Placer } from './read-order.ts';
export type PullContext = {
  readonly gateway: Gateway;
  readonly placer: Placer;
  readonly partner: Partner;
  /** A request on behalf of the placer, although the gateway read it. */
  readonly requestOf: (resource: Resource, pulled?: Pulled) => Received;
};

/** An order as it was read at its placer, with the version and address of its Task. */
export type PlacedOrder = {
  readonly task: Task;
  readonly order: ServiceRequest;
  readonly etag: string | undefined;
  readonly url: string;
};

/** The result of an attempt when acceptance refused: final, or to be retried when the gateway could not decide. */
export function refusalOf({ issues }: Pick<Extract<Answer, { readonly kind: 'refused' }>, 'issues'>): AttemptResult {
  const codes = [...new Set(issues.filter(isError).map(({ rule }) => rule))];
  const detail = codes.slice(0, 10).join(' ') || 'undecided';
  const passes = codes.length === 0 || codes.some((it) => temporaryCodes.has(it));
  return passes
    ? { kind: 'retry', reason: { rule: 'pulled-order-undecided', detail } }
    : { kind: 'refused', reason: { rule: 'pulled-order-refused', detail } };
}

export const temporaryCodes: ReadonlySet<string> = new Set([
  'overloaded',
  'gateway-busy',
  'store-unavailable',
  'store-damaged',
  'terminology-unavailable',
  'concurrent-update',
  'internal',
]);

import type { Subscription } from '@medplum/fhirtypes';
import { type Network, registeredEndpoints } from '../directory/index.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { type Agreement, agreementOf, isOwn } from '../subscription/index.ts';
import { partyOf } from './parties.ts';

/** What a partner may agree on: about its own Tasks, to an endpoint that is registered for it. */
export function permitted(network: Network, partner: string, agreement: Agreement, now: Date): readonly Issue[] {
  const place = (expression: string) => ({ expression: `Subscription.${expression}` });
  return [
    ...(registeredEndpoints(network, partner, now).includes(agreement.endpoint)
      ? []
      : [issue('subscription-endpoint-unregistered', {}, place('channel.endpoint'))]),
    ...(isOwn(agreement.filters, partyOf(network, partner))
      ? []
      : [issue('subscription-filter-forbidden', {}, place('criteria.extension'))]),
  ];
}

export function agree(network: Network, partner: string, asked: Subscription, now: Date): Result<Agreement> {
  const agreement = agreementOf(asked, network.settings.notifications.heartbeat);
  if (!agreement.ok) return agreement;
  const issues = permitted(network, partner, agreement.value, now);
  return issues.length ? failure(...issues) : success(agreement.value);
}

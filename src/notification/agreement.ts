import type { Subscription } from '@medplum/fhirtypes';
import { type Network, registeredEndpoints } from '../directory/index.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { localReference, withoutVersion } from '../fhir/local-reference.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { type Agreement, agreementOf, type Filter, isOwn } from '../subscription/index.ts';
import { partyOf } from './parties.ts';

/**
 * The reasons for refusing an agreement: a partner may only subscribe to its own Tasks, at an endpoint registered for
 * it.
 */
export function agreementIssues(network: Network, partner: string, agreement: Agreement, now: Date): readonly Issue[] {
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

export function negotiate(network: Network, partner: string, asked: Subscription, now: Date): Result<Agreement> {
  const { notifications, baseUrl } = network.settings;
  const agreed = agreementOf(asked, notifications.heartbeat);
  if (!agreed.ok) return agreed;
  const agreement = { ...agreed.value, filters: agreed.value.filters.map((it) => withLocalValues(it, baseUrl)) };
  const issues = agreementIssues(network, partner, agreement, now);
  return issues.length ? failure(...issues) : success(agreement);
}

/** Owners as Tasks refer to them: relative, without a version. */
const withLocalValues = ({ parameter, values }: Filter, base: string): Filter =>
  parameter === 'owner'
    ? { parameter, values: values.map((it) => withoutVersion(localReference(it, base).replace(/\/+$/, ''))) }
    : { parameter, values };

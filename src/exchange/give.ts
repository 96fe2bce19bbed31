import type { Bundle } from '@medplum/fhirtypes';
import { type Network, recipientOf } from '../directory/index.ts';
import { disclose, type Purpose, type Receipt } from '../disclosure/index.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';

/** What one partner gets, by which right; `delivered` by the gateway, or found by the partner when it searches. */
export type Share = {
  readonly partner: string;
  readonly purpose: Purpose;
  readonly bundle: Bundle;
  readonly receipt: Receipt;
  readonly channel: 'fhir-rest' | 'inbox';
};

type Wanted = { readonly partner: string; readonly purpose: Purpose };

/**
 * What each party of a routed referral gets: the owner of the Task the referral, who sent it the state of its Task.
 * The owner must be allowed to have it, or the referral is refused; that the sender hears of it is a courtesy.
 */
export function shares(
  network: Network,
  graph: Bundle,
  parties: { readonly sender: string; readonly owner?: string | undefined },
  now: Date,
): Result<readonly Share[]> {
  const { sender, owner } = parties;
  const wanted: Wanted[] = [
    ...(owner ? [{ partner: owner, purpose: 'referral' as const }] : []),
    ...(sender === owner ? [] : [{ partner: sender, purpose: 'status' as const }]),
  ];
  const warnings: Issue[] = owner ? [] : [issue('recipient-without-endpoint', {}, { expression: 'Task.owner' })];
  const given: Share[] = [];
  for (const { partner, purpose } of wanted) {
    const recipient = recipientOf(network, partner);
    if (!recipient) throw new Error(`the directory names partner ${partner}, which the network does not have`);
    const disclosure = disclose({ graph, recipient, sender, purpose, now });
    if (disclosure.kind === 'refused') {
      if (purpose === 'referral') return failure(...disclosure.issues);
      continue;
    }
    const channel = network.partners.get(partner)?.channel ?? 'inbox';
    if (purpose === 'referral' && channel === 'inbox')
      warnings.push(issue('recipient-without-endpoint', {}, { expression: 'Task.owner' }));
    given.push({ partner, purpose, bundle: disclosure.bundle, receipt: disclosure.receipt, channel });
  }
  return success(given, warnings);
}

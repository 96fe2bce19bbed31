import type { Network } from '../directory/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import type { SubscriptionChange } from '../store/port.ts';
import { type Agreement, agreementKey, notificationDispatch, topicOf, topics } from '../subscription/index.ts';
import { agreementIssues } from './agreement.ts';
import { partyOf } from './parties.ts';

type Configured = { readonly partner: string; readonly agreement: Agreement };

/** The Subscriptions of the network's configuration: for all services of the partner. */
const configuredAgreements = (network: Network): readonly Configured[] =>
  network.settings.notifications.subscriptions.map(({ partner, useCase, endpoint, content, heartbeat }) => ({
    partner,
    agreement: {
      topic: topicOf(useCase),
      filters: [{ parameter: 'owner', values: servicesOf(network, partner) }],
      endpoint: endpoint.replace(/\/+$/, ''),
      content,
      reason: 'Configured by the network',
      configured: true,
      ...(heartbeat === undefined ? {} : { heartbeat }),
    },
  }));

const servicesOf = (network: Network, partner: string): readonly string[] =>
  partyOf(network, partner).references.filter((it) => it.startsWith('HealthcareService/'));

/** The issues of configured Subscriptions, reported before the gateway starts. */
export const configuredIssues = (network: Network, now: Date): readonly Issue[] =>
  configuredAgreements(network).flatMap(({ partner, agreement }, index) => {
    const problems = [
      ...(network.partners.has(partner) ? [] : ['no such partner']),
      ...(topics.includes(agreement.topic) ? [] : ['no such use case']),
      ...(agreement.filters.some(({ values }) => values.length === 0) ? ['the partner has no service'] : []),
      ...agreementIssues(network, partner, agreement, now).map(({ rule }) => rule),
    ];
    return problems.map((problem) => issue('config-subscription-invalid', { file: 'network.yaml', index, problem }));
  });

/**
 * Creates configured Subscriptions that do not exist, and ends those no longer configured. A Subscription that its
 * partner ended stays ended. When several gateways start at once, each Subscription is created once.
 */
export async function syncConfigured({ store, network, world }: Gateway): Promise<void> {
  const known = await store.subscriptions({});
  const wanted = configuredAgreements(network).map((it) => ({ ...it, key: agreementKey(it.agreement) }));
  const now = world.now();
  for (const { partner, agreement, key } of wanted) {
    if (known.some((it) => it.partner === partner && agreementKey(it.agreement) === key && it.status !== 'error'))
      continue;
    const requested = { id: world.newId(), partner, agreement, status: 'requested' as const, events: 0 };
    const base = network.settings.baseUrl;
    const handshake = notificationDispatch({ base, newId: world.newId, at: now }, 'handshake', requested);
    const change: SubscriptionChange = { ...requested, key, expect: 'new', handshake: handshake.id };
    await store.commit({ now, subscriptions: [change], dispatches: [handshake] });
  }
  for (const { id, partner, agreement, status, version } of known) {
    const key = agreementKey(agreement);
    if (!agreement.configured || status === 'off') continue;
    if (wanted.some((it) => it.partner === partner && it.key === key)) continue;
    const change: SubscriptionChange = { id, partner, agreement, key, status: 'off', expect: { version } };
    await store.commit({ now, subscriptions: [change] });
  }
}

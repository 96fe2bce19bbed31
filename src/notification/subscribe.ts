import type { Subscription } from '@medplum/fhirtypes';
import { mayPartner } from '../access/decide/index.ts';
import type { Answer } from '../exchange/pipeline/answer.ts';
import { change, existing, newOf, type Place } from '../exchange/pipeline/change.ts';
import type { CommitPlan } from '../exchange/pipeline/commit.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { Envelope, Received } from '../exchange/reading/envelope.ts';
import { parseWrite } from '../exchange/reading/parse.ts';
import { isError, issue } from '../fhir/issue.ts';
import { isType } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { StoredSubscription, SubscriptionChange } from '../store/port.ts';
import { type Agreement, agreementKey, notificationDispatch, subscriptionResource } from '../subscription/index.ts';
import { negotiate } from './agreement.ts';

/** A Subscription requested by a partner (in-band; https://hl7.org/fhir/R4/subscription.html#create). */
export const subscribe = (gateway: Gateway, envelope: Envelope): Promise<Answer> =>
  change(gateway, envelope, { interaction: 'create', target: newOf('Subscription') }, async (received) => {
    const sent = read(gateway, received);
    if (!sent.ok) return sent;
    if (sent.value.status !== 'requested') return failure(issue('subscription-status-invalid', {}, statusPlace));
    const agreement = negotiate(gateway.network, received.partner.id, sent.value, received.at);
    if (!agreement.ok) return agreement;
    const id = gateway.world.newId();
    return success(requesting(gateway, received, { id, agreement: agreement.value }));
  });

/**
 * A partner ends its Subscription (status off), or requests it again (requested): then the handshake is repeated. What was
 * agreed does not change: another topic, filter, endpoint or payload mode is another Subscription (TA Notifications).
 */
export function renew(gateway: Gateway, envelope: Envelope, place: Omit<Place, 'type'>): Promise<Answer> {
  const target = existing({ type: 'Subscription', ...place }, async ({ partner }) => {
    const found = await gateway.store.subscription(place.id, partner.id);
    const relation = found?.partner === partner.id ? 'own' : 'none';
    const decided = mayPartner(gateway.network, partner, 'update', ['subscription', relation]);
    return found && decided.decision ? success(found) : failure(issue('not-found', {}));
  });
  return change(gateway, envelope, { interaction: 'update', target }, async (received, current) => {
    const sent = read(gateway, received);
    if (!sent.ok) return sent;
    if (sent.value.id !== current.id) return failure(issue('id-mismatch', {}, { expression: 'Subscription.id' }));
    const { status } = sent.value;
    if (status === 'off') return success(ending(received, current));
    if (status !== 'requested') return failure(issue('subscription-status-invalid', {}, statusPlace));
    const agreement = negotiate(gateway.network, received.partner.id, sent.value, received.at);
    if (!agreement.ok) return agreement;
    const changed = agreementKey(agreement.value) !== agreementKey(current.agreement);
    if (changed) return failure(issue('subscription-change-unsupported', {}));
    return success(requesting(gateway, received, { id: current.id, agreement: agreement.value, current }));
  });
}

const statusPlace = { expression: 'Subscription.status' };

function read({ validator, network }: Gateway, received: Received): Result<Subscription> {
  const parsed = parseWrite(received, network.settings);
  if (!parsed.ok) return parsed;
  const { resource, text } = parsed.value;
  if (!isType(resource, 'Subscription')) return failure(issue('id-mismatch', {}, { expression: 'Subscription' }));
  // Validated without its profile: the gateway's own requirements have messages of their own.
  const { meta: _, ...content } = resource;
  const report = validator.validate(content, { text });
  return report.verdict === 'invalid' ? failure(...report.issues.filter(isError)) : success(resource);
}

type Requesting = {
  readonly id: string;
  readonly agreement: Agreement;
  readonly current?: StoredSubscription;
};

function requesting(gateway: Gateway, received: Received, { id, agreement, current }: Requesting): CommitPlan {
  const { world, network } = gateway;
  const { at } = received;
  const partner = received.partner.id;
  const version = (current?.version ?? 0) + 1;
  const requested = { id, partner, agreement, status: 'requested' as const, events: current?.events ?? 0 };
  const base = network.settings.baseUrl;
  const handshake = notificationDispatch({ base, newId: world.newId, at }, 'handshake', requested);
  const change: SubscriptionChange = {
    ...requested,
    key: agreementKey(agreement),
    expect: current ? { version: current.version } : 'new',
    handshake: handshake.id,
  };
  return {
    ...common(requested, version, at),
    interaction: current ? 'update' : 'create',
    action: current ? 'U' : 'C',
    subscriptions: [change],
    dispatches: (cause) => [{ ...handshake, ...cause }],
  };
}

function ending({ at }: Received, current: StoredSubscription): CommitPlan {
  const { id, partner, agreement, version } = current;
  return {
    ...common({ ...current, status: 'off' }, version + 1, at),
    interaction: 'update',
    action: 'U',
    subscriptions: [{ id, partner, agreement, key: agreementKey(agreement), status: 'off', expect: { version } }],
    dispatches: () => [],
  };
}

const common = (
  { id, agreement, status }: Pick<StoredSubscription, 'id' | 'agreement' | 'status'>,
  version: number,
  at: Date,
): Pick<CommitPlan, 'body' | 'location' | 'version' | 'steps' | 'changes' | 'codes'> => ({
  body: subscriptionResource({ id, agreement, status, version, lastUpdated: at }),
  location: `Subscription/${id}`,
  version,
  steps: [],
  changes: [],
  codes: [],
});

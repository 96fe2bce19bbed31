import type { Subscription } from '@medplum/fhirtypes';
import { admit } from '../exchange/pipeline/admit.ts';
import { type Answer, refused } from '../exchange/pipeline/answer.ts';
import { type CommitPlan, commit } from '../exchange/pipeline/commit.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { Envelope, Received } from '../exchange/reading/envelope.ts';
import { parse } from '../exchange/reading/parse.ts';
import { isError, issue } from '../fhir/issue.ts';
import { isType } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { StoredSubscription, SubscriptionChange } from '../store/port.ts';
import { type Agreement, agreementKey, subscriptionResource } from '../subscription/index.ts';
import { negotiate } from './agreement.ts';
import { notificationDispatch } from './dispatch.ts';

/** A Subscription requested by a partner (in-band; https://hl7.org/fhir/R4/subscription.html#create). */
export async function subscribe(gateway: Gateway, envelope: Envelope): Promise<Answer> {
  const entered = await admit(gateway, { ...envelope, target: 'create Subscription' }, 'create', 'C');
  if (entered.kind === 'answered') return entered.answer;
  const { received, refuse } = entered;
  const asked = read(gateway, received);
  if (!asked.ok) return refuse(refused(asked.issues));
  if (asked.value.status !== 'requested')
    return refuse(refused([issue('subscription-status-invalid', {}, statusPlace)]));
  const agreement = negotiate(gateway.network, received.partner.id, asked.value, received.at);
  if (!agreement.ok) return refuse(refused(agreement.issues));
  const id = gateway.world.newId();
  const kept = await commit(gateway, received, requesting(gateway, received, { id, agreement: agreement.value }));
  return kept.kind === 'accepted' ? kept : refuse(kept);
}

export type Renewal = { readonly id: string; readonly ifMatch: string | undefined };

/** A partner ends its Subscription (status off), or requests it again (requested): then the handshake is repeated. */
export async function renew(gateway: Gateway, envelope: Envelope, { id, ifMatch }: Renewal): Promise<Answer> {
  const target = `update Subscription/${id} ${ifMatch ?? ''}`;
  const entered = await admit(gateway, { ...envelope, target }, 'update', 'U');
  if (entered.kind === 'answered') return entered.answer;
  const { received, refuse } = entered;
  const { partner, at } = received;
  const current = await gateway.store.subscription(id, partner.id);
  if (!current) return refuse(refused([issue('not-found', {})]));
  const expected = /^\s*(?:W\/)?"(\d+)"\s*$/.exec(ifMatch ?? '')?.[1];
  if (expected === undefined) return refuse(refused([issue('if-match-missing', {})]));
  if (Number(expected) !== current.version)
    return refuse(refused([issue('version-stale', { current: current.version })]));

  const asked = read(gateway, received);
  if (!asked.ok) return refuse(refused(asked.issues));
  if (asked.value.id !== id) return refuse(refused([issue('id-mismatch', {}, { expression: 'Subscription.id' })]));
  const { status } = asked.value;
  if (status !== 'off' && status !== 'requested')
    return refuse(refused([issue('subscription-status-invalid', {}, statusPlace)]));
  const agreement =
    status === 'off' ? success(current.agreement) : negotiate(gateway.network, partner.id, asked.value, at);
  if (!agreement.ok) return refuse(refused(agreement.issues));
  const keeping =
    status === 'off'
      ? ending(received, current)
      : requesting(gateway, received, { id, agreement: agreement.value, current });
  const kept = await commit(gateway, received, keeping);
  return kept.kind === 'accepted' ? kept : refuse(kept);
}

const statusPlace = { expression: 'Subscription.status' };

function read({ validator, network }: Gateway, { contentType, body }: Received): Result<Subscription> {
  const parsed = parse(contentType, body, network.settings.limits);
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
  const handshake = notificationDispatch({ base, world, at }, 'handshake', requested);
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

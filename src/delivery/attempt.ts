import type { Attempt, Claim, Delivery } from '../store/port.ts';
import { pauseAfter } from './backoff.ts';
import type { AttemptResult } from './channel/channel.ts';
import type { FhirRest } from './channel/fhir-rest.ts';
import { type Reason, reasonText } from './reason.ts';
import type { DeliveryOptions, DeliverySettings } from './settings.ts';

/** Dependencies of an attempt. */
export type AttemptContext = Pick<
  DeliveryOptions,
  'store' | 'address' | 'world' | 'chance' | 'mayStillSend' | 'audit' | 'handlers'
> & {
  readonly settings: DeliverySettings;
  readonly channel: FhirRest;
};

/** An attempt with its consequence, still to be written to the store. */
export type Consequence = {
  readonly attempt: Attempt;
  /** False when the claim was lost: another worker delivers to this recipient now. */
  readonly write: () => Promise<boolean>;
  /** The recipient is failing: no further deliveries before this time. */
  readonly pause?: Date;
};

/**
 * Sends one dispatch and returns the consequence: delivered, retry, or dead. Undefined when `cut` interrupted it: its
 * outcome is unknown, so it is released unchanged.
 */
export async function attemptDelivery(
  it: AttemptContext,
  claim: Claim,
  delivery: Delivery,
  cut: AbortSignal,
): Promise<Consequence | undefined> {
  const at = it.world.now();
  const sent = await sendIfAllowed(it, delivery, cut);
  if (cut.aborted && sent.kind !== 'delivered' && sent.status === undefined) return undefined;
  const now = it.world.now();
  const ending = {
    at,
    milliseconds: now.getTime() - at.getTime(),
    ...(sent.status === undefined ? {} : { status: sent.status }),
  };
  const recorded = (outcome: Attempt['outcome'], reason?: Reason) => {
    const attempt = {
      ...ending,
      dispatchId: delivery.id,
      outcome,
      ...(reason ? { because: reasonText(reason) } : {}),
    };
    return { attempt, ending: { ...ending, audit: it.audit?.(delivery, attempt) ?? [] } };
  };

  switch (sent.kind) {
    case 'delivered': {
      const { attempt, ending } = recorded('delivered');
      const location = sent.location === undefined ? {} : { location: sent.location };
      return { attempt, write: () => it.store.complete(claim, delivery, { ...ending, ...location }) };
    }
    case 'refused': {
      const { attempt, ending } = recorded('dead', sent.reason);
      const because = reasonText(sent.reason);
      return { attempt, write: () => it.store.deadLetter(claim, delivery, { ...ending, because }) };
    }
    case 'retry': {
      const { settings, chance } = it;
      const until = new Date(now.getTime() + pauseAfter(claim.failures + 1, settings, chance, sent.retryAfter));
      const last = await giveUpReason(it, delivery, sent.reason, until);
      const { attempt, ending } = recorded(last ? 'dead' : 'retry', last ?? sent.reason);
      const because = reasonText(last ?? sent.reason);
      const write = last ? it.store.deadLetter : it.store.retryLater;
      return { attempt, pause: until, write: () => write(claim, delivery, { ...ending, until, because }) };
    }
  }
}

async function sendIfAllowed(it: AttemptContext, delivery: Delivery, cut: AbortSignal): Promise<AttemptResult> {
  if (it.mayStillSend) {
    const answer = await it.mayStillSend(delivery).catch(() => undefined);
    if (!answer) return { kind: 'retry', reason: { rule: 'delivery-undecided' } };
    if (!answer.ok) return { kind: 'refused', reason: { rule: 'delivery-forbidden', detail: answer.because } };
  }
  const address = it.address(delivery.recipient, delivery);
  if (!address) return { kind: 'retry', reason: { rule: 'receiver-address-missing' } };
  if (delivery.channel === 'fhir-rest') return it.channel.send(delivery, address, it.world.now, cut);
  const handler = it.handlers?.[delivery.channel];
  if (!handler) return { kind: 'retry', reason: { rule: 'delivery-undecided' } };
  const ask = it.channel.requesting(delivery, address, it.world.now, cut);
  return handler(delivery, address, ask).catch(() => ({ kind: 'retry', reason: { rule: 'delivery-undecided' } }));
}

/** The reason for giving up a failed dispatch; undefined when it is retried. */
async function giveUpReason(
  { store, settings }: AttemptContext,
  delivery: Delivery,
  reason: Reason,
  until: Date,
): Promise<Reason | undefined> {
  if (until.getTime() - delivery.queuedAt.getTime() > settings.maximumAge)
    return { rule: 'delivery-expired', detail: reasonText(reason) };
  if (reason.rule !== 'receiver-error') return undefined;
  const since = delivery.queuedAt.getTime();
  const earlier = (await store.attempts(delivery.id)).filter((it) => it.status === 500 && it.at.getTime() >= since);
  return earlier.length + 1 >= settings.maximumServerErrors ? { rule: 'receiver-refused', detail: '500' } : undefined;
}

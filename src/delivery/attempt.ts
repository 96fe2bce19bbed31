import type { Attempt, Claim, Delivery } from '../store/port.ts';
import { pauseAfter } from './backoff.ts';
import type { FhirRest, Sent } from './fhir-rest.ts';
import { type Reason, reasonText } from './reason.ts';
import type { DeliveryOptions, DeliverySettings } from './settings.ts';

/** What an attempt needs to know and to reach. */
export type Attempting = Pick<
  DeliveryOptions,
  'store' | 'address' | 'world' | 'chance' | 'mayStillSend' | 'audit' | 'carry'
> & {
  readonly settings: DeliverySettings;
  readonly channel: FhirRest;
};

/** An attempt with its consequence in the store, still to be written. */
export type Consequence = {
  readonly attempt: Attempt;
  /** False when the claim was lost: somebody else delivers to this recipient now. */
  readonly write: () => Promise<boolean>;
  /** The recipient is unwell: nothing more goes to it before this time. */
  readonly pause?: Date;
};

/**
 * Sends one dispatch and says what follows from it: delivered, put off, or given up. Undefined when `cut` ended it:
 * nobody knows how far it came, so that it is given back as it was.
 */
export async function attemptDelivery(
  it: Attempting,
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
  const told = (outcome: Attempt['outcome'], reason?: Reason) => {
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
      const { attempt, ending } = told('delivered');
      const location = sent.location === undefined ? {} : { location: sent.location };
      return { attempt, write: () => it.store.complete(claim, delivery, { ...ending, ...location }) };
    }
    case 'refused': {
      const { attempt, ending } = told('dead', sent.reason);
      const because = reasonText(sent.reason);
      return { attempt, write: () => it.store.deadLetter(claim, delivery, { ...ending, because }) };
    }
    case 'retry': {
      const { settings, chance } = it;
      const until = new Date(now.getTime() + pauseAfter(claim.failures + 1, settings, chance, sent.retryAfter));
      const last = await lastStraw(it, delivery, sent.reason, until);
      const { attempt, ending } = told(last ? 'dead' : 'retry', last ?? sent.reason);
      const because = reasonText(last ?? sent.reason);
      const write = last ? it.store.deadLetter : it.store.retryLater;
      return { attempt, pause: until, write: () => write(claim, delivery, { ...ending, until, because }) };
    }
  }
}

async function sendIfAllowed(it: Attempting, delivery: Delivery, cut: AbortSignal): Promise<Sent> {
  if (it.mayStillSend) {
    const answer = await it.mayStillSend(delivery).catch(() => undefined);
    if (!answer) return { kind: 'retry', reason: { rule: 'delivery-undecided' } };
    if (!answer.ok) return { kind: 'refused', reason: { rule: 'delivery-forbidden', detail: answer.because } };
  }
  const address = it.address(delivery.recipient, delivery);
  if (!address) return { kind: 'retry', reason: { rule: 'receiver-address-missing' } };
  if (delivery.channel === 'fhir-rest') return it.channel.send(delivery, address, it.world.now, cut);
  const carry = it.carry?.[delivery.channel];
  if (!carry) return { kind: 'retry', reason: { rule: 'delivery-undecided' } };
  const ask = it.channel.asking(delivery, address, it.world.now, cut);
  return carry(delivery, address, ask).catch(() => ({ kind: 'retry', reason: { rule: 'delivery-undecided' } }));
}

/** Why a failed dispatch is given up instead of tried again; undefined when it isn't. */
async function lastStraw(
  { store, settings }: Attempting,
  delivery: Delivery,
  reason: Reason,
  until: Date,
): Promise<Reason | undefined> {
  if (until.getTime() - delivery.queuedAt.getTime() > settings.maximumAge)
    return { rule: 'delivery-expired', detail: reasonText(reason) };
  if (reason.rule !== 'receiver-error') return undefined;
  const since = delivery.queuedAt.getTime();
  const earlier = (await store.attempts(delivery.id)).filter((it) => it.status === 500 && it.at.getTime() >= since);
  return earlier.length + 1 >= settings.maximumStumbles ? { rule: 'receiver-refused', detail: '500' } : undefined;
}

import type { Attempt, Claim, Delivery, PartnerId } from '../store/port.ts';
import { pauseAfter } from './backoff.ts';
import type { AttemptResult } from './channel/channel.ts';
import type { Channels } from './channel/channels.ts';
import { isSent } from './channel/destination.ts';
import { type Reason, reasonText } from './reason.ts';
import type { DeliveryOptions, DeliverySettings } from './settings.ts';
import { whoWaits } from './suspicion.ts';
import { traced } from './traced.ts';

/** Dependencies of an attempt. */
export type AttemptContext = Pick<
  DeliveryOptions,
  'store' | 'address' | 'world' | 'chance' | 'mayStillSend' | 'awayUntil' | 'audit' | 'handlers'
> & {
  /** As they are at this attempt. */
  readonly settings: (recipient: PartnerId) => DeliverySettings;
  readonly channels: Channels;
};

/** An attempt with its consequence, still to be written to the store. */
export type Consequence = {
  readonly attempt: Attempt;
  /**
   * False when the claim was lost: another worker delivers to this recipient now. With `pause` the recipient pauses until
   * then, and is released; without it only the attempt is recorded.
   */
  readonly write: (pause?: Date) => Promise<boolean>;
  /** The recipient is failing: no further deliveries before this time. */
  readonly pause?: Date;
  /** Only this dispatch and its journey wait until then. */
  readonly aside?: Date;
};

export type Attempted = {
  readonly claim: Claim;
  readonly delivery: Delivery;
  /** Consecutive refusals for good, read when the answer is known: other lanes may have been refused meanwhile. */
  readonly refusals: () => number;
};

/**
 * Sends one dispatch and returns the consequence: delivered, retry, dead or withdrawn. Undefined when `cut` interrupted it: its
 * outcome is unknown, so it is released unchanged.
 */
export async function attemptDelivery(
  it: AttemptContext,
  { claim, delivery, refusals }: Attempted,
  cut: AbortSignal,
): Promise<Consequence | undefined> {
  const at = it.world.now();
  const settings = it.settings(claim.recipient);
  const sent = await traced(delivery, () => sendIfAllowed(it, delivery, cut).catch(() => undecided));
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
      const because = reasonText(sent.reason);
      // a notification has nothing that anybody waits for; content that is not sent is found out by people
      if (sent.reason.rule === 'delivery-forbidden' && delivery.subscription !== undefined) {
        const { attempt, ending } = recorded('withdrawn', sent.reason);
        return { attempt, write: () => it.store.withdraw(claim, delivery, { ...ending, because }) };
      }
      const { attempt, ending } = recorded('dead', sent.reason);
      const beyond = refusals() + 1 - settings.maximumRefusals;
      const isPausing = sent.status !== undefined && beyond >= 0;
      return {
        attempt,
        write: (until) => it.store.deadLetter(claim, delivery, { ...ending, because, ...(until ? { until } : {}) }),
        ...(isPausing ? { pause: new Date(now.getTime() + pauseAfter(beyond + 1, settings, it.chance)) } : {}),
      };
    }
    case 'retry': {
      const waits = whoWaits(sent, delivery, settings);
      const failures = waits === 'journey' ? delivery.attempts : claim.failures;
      const until = new Date(now.getTime() + pauseAfter(failures + 1, settings, it.chance, sent.retryAfter));
      const last = await giveUpReason(it.store, settings, delivery, { sent, now, until });
      const { attempt, ending } = recorded(last ? 'dead' : 'retry', last ?? sent.reason);
      const because = reasonText(last ?? sent.reason);
      const write = (pause?: Date) =>
        last
          ? it.store.deadLetter(claim, delivery, { ...ending, because, ...(pause ? { until: pause } : {}) })
          : it.store.retryLater(claim, delivery, {
              ...ending,
              because,
              until: pause ?? until,
              waits: pause ? waits : 'journey',
            });
      return { attempt, write, ...(waits === 'journey' ? { aside: until } : { pause: until }) };
    }
  }
}

/**
 * Also what no channel or handler may do, an exception: without an attempt and its pause the same message would be sent at once
 * again, without end.
 */
const undecided: AttemptResult = { kind: 'retry', reason: { rule: 'delivery-undecided' } };

async function sendIfAllowed(it: AttemptContext, delivery: Delivery, cut: AbortSignal): Promise<AttemptResult> {
  if (delivery.isDamaged) return { kind: 'refused', reason: { rule: 'delivery-damaged' } };
  const until = it.awayUntil?.(delivery.recipient);
  if (until)
    return {
      kind: 'retry',
      reason: { rule: 'receiver-maintenance' },
      retryAfter: until.getTime() - it.world.now().getTime(),
    };
  if (it.mayStillSend) {
    const answer = await it.mayStillSend(delivery).catch(() => undefined);
    if (!answer) return undecided;
    if (!answer.ok) return { kind: 'refused', reason: { rule: 'delivery-forbidden', detail: answer.because } };
  }
  const address = it.address(delivery.recipient, delivery);
  if (!address) return { kind: 'retry', reason: { rule: 'receiver-address-missing' } };
  const { channel } = delivery;
  if (isSent(channel)) return it.channels[channel].send(delivery, address, it.world.now, cut);
  const handler = it.handlers?.[channel];
  if (!handler) return undecided;
  const ask = it.channels['fhir-rest'].requesting(delivery, address, it.world.now, cut);
  return handler(delivery, address, ask, cut);
}

type Failed = {
  readonly sent: Extract<AttemptResult, { readonly kind: 'retry' }>;
  readonly now: Date;
  readonly until: Date;
};

/** The reason for giving up a failed dispatch; undefined when it is retried. */
async function giveUpReason(
  store: AttemptContext['store'],
  settings: DeliverySettings,
  delivery: Delivery,
  { sent: { reason }, now, until }: Failed,
): Promise<Reason | undefined> {
  if (until.getTime() - delivery.queuedAt.getTime() > settings.maximumAge)
    return { rule: 'delivery-expired', detail: reasonText(reason) };
  const isCounted = reason.rule === 'receiver-error' && delivery.aside;
  if (!isCounted && reason.rule !== 'receiver-not-found') return undefined;
  const since = delivery.queuedAt.getTime();
  const earlier = (await store.attempts(delivery.id)).filter((it) => it.at.getTime() >= since);
  if (reason.rule === 'receiver-not-found') {
    const first = earlier.find(({ status }) => status === 404 || status === 410)?.at ?? now;
    // a handshake tries an address out: who requested it waits for the verdict
    const isOver = delivery.kind === 'handshake' || until.getTime() - first.getTime() > settings.retryNotFound;
    return isOver ? { rule: 'receiver-refused', ...(reason.detail ? { detail: reason.detail } : {}) } : undefined;
  }
  const errors = earlier.filter(({ status }) => status === 500).length + 1;
  return errors >= settings.maximumServerErrors ? { rule: 'receiver-refused', detail: '500' } : undefined;
}

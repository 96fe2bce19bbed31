import type { Attempt, Claim, Delivery } from '../store/port.ts';
import { type AttemptContext, attemptDelivery, type Consequence } from './attempt.ts';
import { firstFree } from './lanes.ts';
import type { Quarantine } from './quarantine.ts';
import type { DeliveryOptions, DeliverySettings, MeasuredAttempt } from './settings.ts';

/** A claim to be served, and the worker around it. */
export type Serving = Pick<DeliveryOptions, 'log' | 'measured'> &
  Required<Pick<DeliveryOptions, 'onEnded'>> & {
    readonly claim: Claim;
    readonly attempting: AttemptContext;
    readonly settings: () => DeliverySettings;
    /** Interrupts attempts in progress. */
    readonly cut: AbortSignal;
    /** False: nothing more is sent under this claim. It expired, or the worker stops. */
    readonly mayContinue: () => boolean;
    /** False: others wait to be served, so that this claim ends with what was claimed. */
    readonly mayTakeMore: () => boolean;
    /** False: this claim ends at once when nothing waits. */
    readonly mayLinger: () => boolean;
    readonly wakeAt: (time: Date) => void;
    /** Repeats the record of an attempt until the store takes it, or until the worker stops: then it rejects. */
    readonly persist: (write: () => Promise<boolean>) => Promise<boolean>;
    readonly fault: (error: unknown) => void;
    readonly quarantine: Quarantine;
  };

export type Served = {
  /** Resolves when everything sent is recorded and the claim is released; never rejects. */
  readonly ended: Promise<void>;
  /** There may be more to send: a dispatch was added, or a pause is over. */
  readonly wake: () => void;
};

/**
 * Sends the dispatches of one claim: of different journeys at the same time, up to the number of lanes; within a journey
 * in order, the next when the one before is answered. The queue is refilled while the claim lasts, so that a slow answer
 * delays its own journey only.
 *
 * The first failure that pauses the recipient ends the claim: nothing more is sent. It is recorded last, since recording
 * it releases the recipient, and what the other lanes still deliver could not be recorded afterwards: it would be sent again.
 */
export function serve(it: Serving): Served {
  const { claim, attempting, settings, cut, log, onEnded, wakeAt, persist, fault } = it;
  const { store } = attempting;
  const underWay = new Map<string, Delivery>();
  const unrecorded = new Set<string>();
  const writes = new Set<Promise<void>>();
  const pausing: Ended[] = [];
  const { changed, change } = changes();
  let queue = claim.deliveries;
  let sentSinceRead = new Set<string>();
  let refusals = claim.refusals;
  let mayHaveMore = true;
  // more waited at the last read than a batch
  let isCutOff = false;
  let isOutdated = false;
  let isOver = false;
  let hasFailed = false;
  // refusals or ill-formed answers in a row
  let quarantined: number | undefined;
  // what was read in this turn is as it is in the store
  let isFresh = false;

  const lanes = () => {
    const { lanes, maximumRefusals } = settings();
    // what is being sent may be refused as well: a receiver that refuses everything must not get many more than that
    return refusals ? Math.max(1, Math.min(lanes, maximumRefusals - refusals)) : lanes;
  };

  const isFarAhead = () => unrecorded.size >= settings().unrecorded;

  async function run(): Promise<void> {
    for (;;) {
      startAll();
      isFresh = false;
      if (!isOver && mustRead()) await readMore();
      else if (underWay.size || (!isOver && isFarAhead())) await changed();
      else if (!(await hasMoreSoon())) break;
    }
    const last = pausing.pop();
    for (const ended of pausing) record(ended);
    // Released last: a store that was away may take a release before it takes a result whose record is repeated, and that
    // would be lost, and sent again.
    await Promise.all(writes);
    if (quarantined !== undefined) await quarantineFor(quarantined);
    if (last) {
      const until = latest([...pausing, last]);
      await record(last, until);
      wakeAt(until);
    } else if (hasFailed) await waitOut();
    // a claim that was not released would last until its lease ends
    await persist(() => store.release(claim).then(() => true)).catch(fault);
  }

  /** Before the claim ends: nobody claims the partner between. */
  async function quarantineFor(most: number): Promise<void> {
    const isNew = await persist(() => it.quarantine.hold(claim.recipient, most)).catch(fault);
    if (isNew) log({ step: 'deliver', outcome: 'quarantined', recipient: claim.recipient });
  }

  /**
   * After a fault nothing may be recorded, so that no pause is in the store either: the claim lasts that long, or the same
   * deliveries would be claimed again at once, without end.
   */
  async function waitOut(): Promise<void> {
    let isWaiting = true;
    const timer = setTimeout(() => {
      isWaiting = false;
      change();
    }, settings().pause);
    while (isWaiting && it.mayContinue()) await changed();
    clearTimeout(timer);
  }

  /**
   * Under load the next commit comes soon: then no claim has to be written for it. Not after failures: the next claim starts
   * anew.
   */
  async function hasMoreSoon(): Promise<boolean> {
    let isTooLong = isOver || claim.failures > 0;
    const timer = setTimeout(() => {
      isTooLong = true;
      change();
    }, settings().linger);
    while (!isTooLong && !isOver && !mayHaveMore && it.mayTakeMore() && it.mayLinger()) await changed();
    clearTimeout(timer);
    return !isTooLong && !isOver && mayHaveMore && it.mayTakeMore();
  }

  function startAll(): void {
    if (!it.mayContinue()) isOver = true;
    while (!isOver && underWay.size < lanes() && !isFarAhead()) {
      const next = firstFree(queue, underWay.values());
      if (!next) return;
      queue = queue.filter((other) => other !== next);
      underWay.set(next.id, next);
      unrecorded.add(next.id);
      sentSinceRead.add(next.id);
      send(next, isFresh)
        .catch(failed)
        .finally(() => {
          underWay.delete(next.id);
          lookOn();
        });
    }
  }

  /** What is not recorded is read as waiting: a batch of only those is no end of the queue. */
  function lookOn(): void {
    if (isCutOff && !queue.length) mayHaveMore = true;
    change();
  }

  /** A probe is alone: what follows depends on its answer. */
  const mustRead = () =>
    mayHaveMore &&
    !claim.failures &&
    underWay.size < lanes() &&
    !isFarAhead() &&
    queue.length < lanes() &&
    it.mayTakeMore();

  /**
   * Reads the queue anew, with the journeys as they are now: a dispatch that was added may have connected two. What was
   * not recorded before the question, or sent before the answer, may be in the answer as waiting.
   */
  async function readMore(): Promise<void> {
    [mayHaveMore, isOutdated] = [false, false];
    sentSinceRead = new Set(unrecorded);
    const known = new Map(queue.map((delivery) => [delivery.id, delivery]));
    const { batch } = settings();
    try {
      const waiting = await store.pending(claim, {
        now: attempting.world.now(),
        batch,
        known: [...known.keys(), ...unrecorded],
      });
      for (const delivery of waiting) {
        const same = underWay.get(delivery.id);
        if (same) underWay.set(delivery.id, { ...same, journey: delivery.journey });
      }
      if (isOutdated) return;
      isCutOff = waiting.length >= batch;
      queue = waiting
        .filter(({ id }) => !sentSinceRead.has(id))
        .map((delivery) => withBodyOf(known.get(delivery.id), delivery));
      mayHaveMore ||= queue.some(({ id }) => !known.has(id));
      isFresh = true;
    } catch (error) {
      failed(error);
    }
  }

  function failed(error: unknown): void {
    [isOver, hasFailed] = [true, true];
    fault(error);
  }

  async function send(delivery: Delivery, isJustRead: boolean): Promise<void> {
    // withdrawn since it was claimed, or behind one that was set aside or given up since
    const consequence =
      (isJustRead || (await store.isDeliverable(delivery))) && !isOver
        ? await attemptDelivery(attempting, { claim, delivery, refusals: () => refusals }, cut)
        : 'not sent';
    if (consequence === 'not sent') return void unrecorded.delete(delivery.id);
    if (!consequence) {
      isOver = true;
      return;
    }
    const { attempt, pause, aside } = consequence;
    const { outcome, status, because } = attempt;
    if (outcome !== 'retry') refusals = outcome === 'dead' ? refusals + 1 : 0;
    log({
      step: 'deliver',
      outcome,
      dispatch: delivery.id,
      recipient: claim.recipient,
      traceId: delivery.traceId,
      ...(status === undefined ? {} : { status }),
      ...(because === undefined ? {} : { because }),
    });
    it.measured?.(inFigures(delivery, attempt));
    const { quarantineAfter } = settings();
    if (it.quarantine.isOver(delivery, attempt, quarantineAfter)) [isOver, quarantined] = [true, quarantineAfter];
    if (pause) {
      isOver = true;
      pausing.push({ delivery, consequence, pause });
      return;
    }
    if (aside) wakeAt(aside);
    const recorded = record({ delivery, consequence });
    // What comes next depends on it: a later dispatch of its journey waits. A delivery is recorded while the next is sent.
    if (outcome === 'delivered' && !delivery.aside) return;
    await recorded;
    // An operator may requeue it at any moment, and then what follows it in the queue would pass it.
    [queue, isOutdated, mayHaveMore] = [[], true, true];
  }

  /** Results are recorded in the order of the calls. False: the claim was lost, and nothing is recorded any more. */
  function record({ delivery, consequence: { attempt, write } }: Ended, pause?: Date): Promise<void> {
    const { outcome } = attempt;
    const recorded = persist(() => write(pause))
      .then((done) => {
        unrecorded.delete(delivery.id);
        if (!done) isOver = true;
        else if (outcome !== 'retry') onEnded(outcome, delivery);
      })
      .catch(failed)
      .finally(() => {
        writes.delete(recorded);
        lookOn();
      });
    writes.add(recorded);
    return recorded;
  }

  return {
    ended: run().catch(fault),
    wake: () => {
      mayHaveMore = true;
      change();
    },
  };
}

const inFigures = (
  { recipient, createdAt, subscription }: Delivery,
  { outcome, because, at, milliseconds }: Attempt,
): MeasuredAttempt => ({
  recipient,
  outcome,
  ...(because === undefined ? {} : { code: because.split(':', 1)[0]! }),
  milliseconds,
  sinceCommit: at.getTime() + milliseconds - createdAt.getTime(),
  isNotification: subscription !== undefined,
});

/** As it is now, with the body that was read before. */
const withBodyOf = (known: Delivery | undefined, delivery: Delivery): Delivery =>
  known ? { ...delivery, body: known.body, ...(known.isDamaged ? { isDamaged: true } : {}) } : delivery;

type Ended = { readonly delivery: Delivery; readonly consequence: Consequence; readonly pause?: Date };

const latest = (pausing: readonly Ended[]): Date => new Date(Math.max(...pausing.map(({ pause }) => Number(pause))));

/** `changed` resolves at the next `change`, or at once after one that nobody waited for. */
function changes(): { readonly changed: () => Promise<void>; readonly change: () => void } {
  let next = Promise.withResolvers<void>();
  return {
    changed: async () => {
      await next.promise;
      next = Promise.withResolvers<void>();
    },
    change: () => next.resolve(),
  };
}

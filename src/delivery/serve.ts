import type { Claim, Delivery } from '../store/port.ts';
import { type AttemptContext, attemptDelivery, type Consequence } from './attempt.ts';
import { firstFree } from './lanes.ts';
import type { DeliveryOptions, DeliverySettings } from './settings.ts';

/** A claim to be served, and the worker around it. */
export type Serving = Pick<DeliveryOptions, 'log'> &
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
    readonly wakeAt: (time: Date) => void;
    /** Repeats the record of an attempt until the store takes it, or until the worker stops: then it rejects. */
    readonly persist: (write: () => Promise<boolean>) => Promise<boolean>;
    readonly fault: (error: unknown) => void;
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
  let isOutdated = false;
  let isOver = false;

  const lanes = () => {
    const { lanes, maximumRefusals } = settings();
    // what is being sent may be refused as well: a receiver that refuses everything must not get many more than that
    return refusals ? Math.max(1, Math.min(lanes, maximumRefusals - refusals)) : lanes;
  };

  async function run(): Promise<void> {
    for (;;) {
      startAll();
      if (isOver || !mustRead()) {
        if (!underWay.size) break;
        await changed();
      } else await readMore();
    }
    for (const [index, ended] of pausing.entries())
      record(ended, index === pausing.length - 1 ? latest(pausing) : undefined);
    // a claim that was not released would last until its lease ends
    const released = persist(() => store.release(claim).then(() => true)).catch(fault);
    await Promise.all([...writes, released]);
    if (pausing.length) wakeAt(latest(pausing));
  }

  function startAll(): void {
    if (!it.mayContinue()) isOver = true;
    while (!isOver && underWay.size < lanes()) {
      const next = firstFree(queue, underWay.values());
      if (!next) return;
      queue = queue.filter((other) => other !== next);
      underWay.set(next.id, next);
      unrecorded.add(next.id);
      sentSinceRead.add(next.id);
      send(next)
        .catch((error) => {
          isOver = true;
          fault(error);
        })
        .finally(() => {
          underWay.delete(next.id);
          if (!queue.length) mayHaveMore = true;
          change();
        });
    }
  }

  /** A probe is alone: what follows depends on its answer. */
  const mustRead = () =>
    mayHaveMore && !claim.failures && underWay.size < lanes() && queue.length < lanes() && it.mayTakeMore();

  /**
   * Reads the queue anew, with the journeys as they are now: a dispatch that was added may have connected two. What was
   * not recorded before the question, or sent before the answer, may be in the answer as waiting.
   */
  async function readMore(): Promise<void> {
    [mayHaveMore, isOutdated] = [false, false];
    sentSinceRead = new Set(unrecorded);
    try {
      const waiting = await store.pending(claim, { now: attempting.world.now(), batch: settings().batch });
      for (const delivery of waiting) {
        const same = underWay.get(delivery.id);
        if (same) underWay.set(delivery.id, { ...same, journey: delivery.journey });
      }
      if (isOutdated) return;
      const known = new Set(queue.map(({ id }) => id));
      queue = waiting.filter(({ id }) => !sentSinceRead.has(id));
      mayHaveMore ||= queue.some(({ id }) => !known.has(id));
    } catch (error) {
      isOver = true;
      fault(error);
    }
  }

  async function send(delivery: Delivery): Promise<void> {
    // withdrawn since it was claimed, or behind one that was set aside or given up since
    const consequence =
      (await store.isDeliverable(delivery)) && !isOver
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
    if (pause) {
      isOver = true;
      pausing.push({ delivery, consequence, pause });
      return;
    }
    if (aside) wakeAt(aside);
    const recorded = record({ delivery, consequence });
    // What comes next depends on it: a later dispatch of its journey waits. A delivery is recorded while the next is sent.
    if (outcome === 'delivered') return;
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
      .catch((error) => {
        isOver = true;
        fault(error);
      });
    writes.add(recorded);
    recorded.finally(() => writes.delete(recorded));
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

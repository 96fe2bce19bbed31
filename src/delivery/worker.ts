import type { Claim } from '../store/port.ts';
import { type AttemptContext, attemptDelivery } from './attempt.ts';
import { openFhirRest } from './channel/fhir-rest.ts';
import { type DeliveryOptions, type DeliveryWorker, defaults } from './settings.ts';

/** A claim owned by this worker, renewed until it is released. */
type ActiveClaim = { readonly claim: Claim; until: Date };

/**
 * Delivers the outbox until stopped. Recipients are served concurrently, the dispatches of one recipient in order. At
 * least once: a dispatch sent but not recorded before a crash is sent again, with the same ids.
 */
export function startDelivery(options: DeliveryOptions): DeliveryWorker {
  const { store, world, log, inForce = () => ({}), onEnded = () => {} } = options;
  const settings = { ...defaults, ...options.settings };
  const channel = openFhirRest(settings);
  const current = () => ({ ...defaults, ...inForce(), ...options.settings });
  const attempting: AttemptContext = { ...options, settings: current, channel };
  const worker = world.newId();
  const stopped = new AbortController();
  const cut = new AbortController();
  const active = new Set<ActiveClaim>();
  const serving = new Set<Promise<void>>();
  const idlers = new Set<() => void>();
  let claiming: Promise<void> | undefined;
  let claimAgain = false;
  let timer: { readonly handle: NodeJS.Timeout; readonly at: number } | undefined;

  const fault = (error: unknown) => log({ step: 'deliver', outcome: 'error', because: faultCode(error) });

  /** Claims work now, or once more after the claim in progress. */
  function wake(): void {
    if (stopped.signal.aborted) return;
    claimAgain = true;
    claiming ??= claimWork().finally(() => {
      claiming = undefined;
      if (claimAgain) wake();
    });
  }

  function wakeAt(milliseconds: number): void {
    const at = performance.now() + Math.max(0, milliseconds);
    if (stopped.signal.aborted || (timer && timer.at <= at)) return;
    if (timer) clearTimeout(timer.handle);
    const handle = setTimeout(
      () => {
        timer = undefined;
        wake();
      },
      Math.max(0, milliseconds),
    );
    timer = { handle, at };
  }

  async function claimWork(): Promise<void> {
    claimAgain = false;
    wakeAt(settings.poll);
    const recipients = settings.concurrency - active.size;
    if (recipients <= 0) return; // the next recipient to finish wakes us
    try {
      const { lease, batch } = settings;
      const claims = await store.claim({ worker, now: world.now(), lease, recipients, batch });
      for (const claim of claims) {
        const it = { claim, until: claim.until };
        active.add(it);
        const served = serve(it)
          .catch(fault)
          .finally(() => {
            active.delete(it);
            serving.delete(served);
            wake();
          });
        serving.add(served);
      }
      if (!active.size && idlers.size && !(await store.hasDeliverable())) {
        for (const resolve of idlers) resolve();
        idlers.clear();
      }
    } catch (error) {
      fault(error);
    }
  }

  async function serve(it: ActiveClaim): Promise<void> {
    const { claim } = it;
    // A delivery is recorded while the next one is being sent; the receiver still gets them in order.
    const writes: Promise<boolean>[] = [];
    let lost = false;
    let refusals = claim.refusals;
    const lose = () => {
      lost = true;
    };
    try {
      for (const delivery of claim.deliveries) {
        if (stopped.signal.aborted || lost || it.until <= world.now()) break;
        // withdrawn since it was claimed, or behind one that was set aside or given up since
        if (!(await store.isDeliverable(delivery))) continue;
        const consequence = await attemptDelivery(attempting, { ...claim, refusals }, delivery, cut.signal);
        if (!consequence) break;
        const { attempt, pause, aside, write } = consequence;
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
        const written = write();
        written.then((done) => done || lose(), lose);
        writes.push(written);
        if (outcome !== 'retry')
          written.then(
            (done) => done && onEnded(outcome, delivery),
            () => {},
          );
        if (pause) {
          wakeAt(pause.getTime() - world.now().getTime());
          break;
        }
        if (aside) wakeAt(aside.getTime() - world.now().getTime());
        // what comes next depends on it: a later dispatch of its journey waits
        if (outcome !== 'delivered') await written.catch(lose);
      }
    } finally {
      const endings = await Promise.allSettled([...writes, store.release(claim)]);
      for (const ending of endings) if (ending.status === 'rejected') fault(ending.reason);
    }
  }

  const renewal = setInterval(() => {
    for (const it of active)
      store
        .renew(it.claim, { now: world.now(), lease: settings.lease })
        .then((renewed) => {
          it.until = renewed?.until ?? new Date(0);
        })
        .catch(fault);
  }, settings.lease / 3);

  let stopping: Promise<void> | undefined;
  const unsubscribe = store.onDispatch(wake);
  wake();

  return {
    idle: () =>
      new Promise((resolve) => {
        idlers.add(resolve);
        wake();
      }),
    stop: () => (stopping ??= stop()),
  };

  async function stop(): Promise<void> {
    stopped.abort();
    unsubscribe();
    if (timer) clearTimeout(timer.handle);
    await claiming;
    const patience = setTimeout(() => cut.abort(), settings.grace);
    await Promise.all(serving);
    clearTimeout(patience);
    clearInterval(renewal);
    await channel.close();
    for (const resolve of idlers) resolve();
    idlers.clear();
  }
}

/** The code or name of an error: its message may contain content. */
const faultCode = (error: unknown): string => {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
};

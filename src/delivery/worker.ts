import type { Claim, PartnerId, SentTo } from '../store/port.ts';
import type { AttemptContext } from './attempt.ts';
import { closeChannels, openChannels } from './channel/channels.ts';
import { persisting } from './persist.ts';
import { quarantine } from './quarantine.ts';
import { type Served, serve } from './serve.ts';
import { type DeliveryOptions, type DeliveryWorker, defaults } from './settings.ts';

/** A claim owned by this worker, renewed until it is released. */
type ActiveClaim = { readonly claim: Claim; until: Date; served?: Served };

/**
 * Milliseconds. A claim looks for more after each answer; only lanes beside slow answers wait this long. A look for each
 * commit, by each claim, would cost more than the deliveries.
 */
const soon = 100;

/** Milliseconds; Node runs a longer timer at once. */
const longestTimer = 2 ** 31 - 1;

/**
 * Delivers the outbox until stopped. Recipients are served concurrently, and the journeys of one recipient; the dispatches
 * of one journey in order. At least once: a dispatch sent but not recorded before a crash is sent again, with the same ids.
 */
export function startDelivery(options: DeliveryOptions): DeliveryWorker {
  const { store, world, log, measured, inForce = () => ({}), onEnded = () => {} } = options;
  const settings = { ...defaults, ...options.settings };
  const channels = openChannels(settings, options.addressRules);
  const current = (recipient: PartnerId) => ({ ...defaults, ...inForce(recipient), ...options.settings });
  const attempting: AttemptContext = { ...options, settings: current, channels };
  const worker = world.newId();
  const quarantining = quarantine({ store, world });
  const stopped = new AbortController();
  const cut = new AbortController();
  const active = new Set<ActiveClaim>();
  const serving = new Set<Promise<void>>();
  const idlers = new Set<() => void>();
  let claiming: Promise<void> | undefined;
  let claimAgain = false;
  let looking: NodeJS.Timeout | undefined;
  const due = new Set<number>();
  let timer: NodeJS.Timeout | undefined;

  const { persist, isBehind } = persisting({ fault: (error) => fault(error), stopped: stopped.signal });

  const fault = (error: unknown) => log({ step: 'deliver', outcome: 'error', because: faultCode(error) });

  /** New dispatches to these recipients: the claims that are being served look for them at once. */
  function sent(to: SentTo): void {
    if (to === 'anyone') {
      wake();
      return;
    }
    const missing = new Set(to);
    for (const { claim, served } of active) if (missing.delete(claim.recipient)) served?.wake();
    if (missing.size) claimSoon();
  }

  /** Claims work now, or once more after the claim in progress. Claims that are being served look for more soon. */
  function wake(): void {
    if (stopped.signal.aborted) return;
    looking ??= setTimeout(() => {
      looking = undefined;
      wakeServed();
    }, soon);
    claimSoon();
  }

  function claimSoon(): void {
    if (stopped.signal.aborted) return;
    claimAgain = true;
    claiming ??= claimWork().finally(() => {
      claiming = undefined;
      if (claimAgain) claimSoon();
    });
  }

  function wakeServed(): void {
    for (const { served } of active) served?.wake();
  }

  /** Each time counts: an earlier one of another recipient does not replace it. */
  function wakeAt(time: Date): void {
    if (stopped.signal.aborted) return;
    const at = time.getTime();
    due.add(at);
    if (at === Math.min(...due)) startTimer(at);
  }

  /** The clock that pauses are measured by decides: a timer may run early by it, and what it woke up for be lost. */
  function startTimer(at: number): void {
    clearTimeout(timer);
    timer = setTimeout(
      () => {
        const now = world.now().getTime();
        if (now < at) {
          startTimer(at);
          return;
        }
        for (const time of due) if (time <= now) due.delete(time);
        if (due.size) startTimer(Math.min(...due));
        wake();
      },
      Math.min(longestTimer, Math.max(1, at - world.now().getTime())),
    );
  }

  async function claimWork(): Promise<void> {
    claimAgain = false;
    const recipients = settings.concurrency - active.size;
    // what was sent and not recorded would be claimed and sent again
    if (isBehind()) return;
    if (recipients <= 0) {
      wakeServed(); // the next recipient to finish wakes us
      return;
    }
    try {
      const { lease, batch } = settings;
      const claims = await store.claim({ worker, now: world.now(), lease, recipients, batch });
      for (const claim of claims) {
        const it: ActiveClaim = { claim, until: claim.until };
        active.add(it);
        it.served = serve(servingOf(it));
        const ended = it.served.ended.then(() => {
          active.delete(it);
          serving.delete(ended);
          claimSoon();
        });
        serving.add(ended);
      }
      if (!active.size && idlers.size && !(await store.hasDeliverable())) {
        for (const resolve of idlers) resolve();
        idlers.clear();
      }
    } catch (error) {
      fault(error);
    }
  }

  const servingOf = (it: ActiveClaim) => ({
    claim: it.claim,
    attempting,
    settings: () => current(it.claim.recipient),
    cut: cut.signal,
    log,
    ...(measured ? { measured } : {}),
    onEnded,
    fault,
    quarantine: quarantining,
    persist: (write: () => Promise<boolean>) => {
      const pause = () => {
        it.until = new Date(0);
      };
      return persist(write, pause);
    },
    mayContinue: () => !stopped.signal.aborted && it.until > world.now(),
    mayTakeMore: () => active.size < settings.concurrency,
    mayLinger: () => !stopped.signal.aborted && idlers.size === 0,
    wakeAt,
  });

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
  const polling = setInterval(wake, settings.poll);
  const unsubscribe = store.onDispatch(sent);
  wake();

  return {
    idle: () =>
      new Promise((resolve) => {
        idlers.add(resolve);
        wakeServed();
        wake();
      }),
    stop: () => (stopping ??= stop()),
  };

  async function stop(): Promise<void> {
    stopped.abort();
    unsubscribe();
    wakeServed();
    clearTimeout(timer);
    clearTimeout(looking);
    clearInterval(polling);
    await claiming;
    const patience = setTimeout(() => cut.abort(), settings.grace);
    await Promise.all(serving);
    clearTimeout(patience);
    clearInterval(renewal);
    await closeChannels(channels);
    for (const resolve of idlers) resolve();
    idlers.clear();
  }
}

/** The code or name of an error: its message may contain content. */
const faultCode = (error: unknown): string => {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown';
};

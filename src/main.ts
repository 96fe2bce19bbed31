import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusedLogins } from './audit/refused-logins.ts';
import { newSigner, type Signer } from './audit/signed-head.ts';
import { short } from './configuration/index.ts';
import type { DeliverySettings, DeliveryWorker } from './delivery/settings.ts';
import type { Replication } from './directory/index.ts';
import type { Gateway } from './exchange/pipeline/gateway.ts';
import { bodyBudget } from './exchange/reading/body-budget.ts';
import { requestLimits } from './http/limits/request-limits.ts';
import { backpressure } from './main/backpressure.ts';
import { startDeliveryFor } from './main/delivery/start.ts';
import { follow } from './main/follow.ts';
import type { HeavyLimits } from './main/heavy/heavy.ts';
import { type Environment, type InForce, prepareConfiguration } from './main/in-force.ts';
import { listen } from './main/listen.ts';
import { faultOf, type Log } from './main/log.ts';
import { type LoopWatch, watchEventLoop } from './main/metrics/event-loop.ts';
import { metricsOf } from './main/metrics/scrape.ts';
import type { Configuration } from './main/open-configuration.ts';
import { productFolder } from './main/own-validator.ts';
import { checkSet, openStoredSet, recordStart, withSecrets } from './main/stored-set.ts';
import type { Tls } from './main/tls/tls.ts';
import { world } from './main/world.ts';
import { readAssets } from './pages/assets.ts';
import { documentsIn } from './pages/docs/documents.ts';
import { holdAudit } from './store/held-audit.ts';
import type { Store } from './store/port.ts';
import { seenFaults } from './store/seen-faults.ts';
import { StoreFault, withStoreFaults } from './store/store-fault.ts';
import { remedies } from './store/store-problem.ts';

export { type Configuration, openConfiguration } from './main/open-configuration.ts';
export { openStore, openStoreToRead, printedStore } from './main/open-store.ts';
export { openConfigurationToStart } from './main/stored-set.ts';
export { world } from './main/world.ts';

export const demoNetwork = join(productFolder, 'examples/network');
/** Version in package.json. */
export const version: string = JSON.parse(readFileSync(join(productFolder, 'package.json'), 'utf8')).version;

/** A running gateway. */
export type Running = {
  readonly gateway: Gateway;
  readonly port: number;
  readonly delivery: DeliveryWorker;
  readonly replication: Replication;
  /** Checks now for an activated set, and switches to it. */
  readonly follow: () => Promise<void>;
  /** Stops accepting, releases claimed deliveries and closes the store, in this order. */
  readonly stop: () => Promise<void>;
};

export type RunOptions = {
  readonly port: number;
  readonly hostname?: string;
  readonly log: Log;
  readonly delivery?: Partial<DeliverySettings>;
  /** `thread`: deliveries in a thread of their own, where the store allows; `here` (default): in this one. */
  readonly deliverIn?: 'thread' | 'here';
  /** Called when the thread of deliveries ends by itself: the process must end. Default: it does, with an error. */
  readonly deliveryDied?: (why: Error) => void;
  /** Upper bound of waiting dispatches: above it new messages are refused as `overloaded`. Default: that of the network. */
  readonly waiting?: number;
  /** Refuses requests (`gateway-busy`) while they wait longer for their turn than the network permits. */
  readonly refusesWhenBusy?: true;
  /** Interval (ms) of the check for a set that was activated elsewhere. */
  readonly followConfiguration?: number;
  /** Set when the folders contain another set than the activated one. */
  readonly folders?: 'other';
  readonly heavy?: Partial<HeavyLimits>;
  /** Signs the head of the journal; default: a new key, which nobody else can know. */
  readonly signer?: Signer;
  /** TLS, or the proxy that ends it; absent: plain HTTP, without client certificates. Stopped with the gateway. */
  readonly tls?: Tls;
};

/** Interval (ms) of reading waiting times that another process writes into this store. */
const refreshInterval = 5_000;

/** How often counted logins and events that waited for a full disk are written (ms). */
const recordEvery = 10_000;

/** Starts a gateway that listens and delivers until it is stopped, on `configured` until another set is activated. */
export async function run(configured: Configuration, store: Store, options: RunOptions): Promise<Running> {
  const { log } = options;
  const report: Gateway['report'] = (fault, step) =>
    log.error({
      step,
      outcome: 'fault',
      ...(fault instanceof StoreFault ? { because: remedies[fault.problem] } : {}),
      fault: faultOf(fault),
    });
  const seen = seenFaults(world.now);
  const heldAudit = holdAudit(withStoreFaults(store, seen.note), {
    now: world.now,
    report: (state, waiting) =>
      state !== 'written'
        ? log.error({
            step: 'audit',
            outcome: 'held',
            because: `${state === 'full' ? 'the disk is full' : 'the database is away'}: audit events wait in memory`,
          })
        : log.info({ step: 'audit', outcome: 'written', because: `${waiting} audit events wait` }),
  });
  const pressure = backpressure(
    () =>
      options.refusesWhenBusy ? inForce.gateway.network.settings.backpressure.eventLoopDelay : Number.POSITIVE_INFINITY,
    (busy, delay) => {
      const because = `a request waits ${Math.round(delay)} ms for its turn`;
      if (busy) log.error({ step: 'backpressure', outcome: 'refusing', because });
      else log.info({ step: 'backpressure', outcome: 'accepting', because });
    },
  );
  let loop: LoopWatch | undefined;
  const metrics = metricsOf(version, {
    gateway: () => inForce.gateway,
    certificates: options.tls?.state,
    more: () => ({
      loop: loop?.read() ?? { mean: 0, longest: 0 },
      isBusy: pressure.isBusy(),
      isConfigurationRefused: follower.refused() !== undefined,
      heldAudit: heldAudit.waiting(),
    }),
  });
  const environment: Environment = {
    store: heldAudit.store,
    refusedLogins: refusedLogins(world),
    bodies: bodyBudget(),
    limits: requestLimits(() => performance.now(), pressure.isBusy),
    metrics,
    log,
    report,
    waiting: options.waiting,
    ...(options.heavy ? { heavy: options.heavy } : {}),
    signer: options.signer ?? newSigner(),
    info: {
      version,
      assets: readAssets(`${productFolder}assets`),
      examples: `${productFolder}examples/messages`,
      documents: documentsIn(`${productFolder}docs`),
      started: world.now(),
      configuration: () => ({ refused: follower.refused()?.digest, folders: options.folders }),
      seen,
      ...(options.tls ? { certificateOf: options.tls.certificateOf, tls: options.tls.state } : {}),
      isBusy: pressure.isBusy,
      sets: { check: (set) => checkSet(set, configured.installation), follow: () => follower.check() },
    },
  };
  let inForce: InForce = await prepareConfiguration(configured, environment);
  await recordStart(environment.store, configured.set, world.now());
  const answer: InForce['answer'] = (...request) => inForce.answer(...request);
  const listening = await listen({ fetch: answer }, options.port, options.hostname, {
    hasTls: configured.network.settings.baseUrl.startsWith('https:'),
    bodySeconds: () => inForce.gateway.network.settings.limits.bodySeconds,
    ...(options.tls ? { tls: options.tls } : {}),
  });
  let jobs = inForce.startJobs();
  const { follow: followInForce, ...delivery } = await startDeliveryFor({
    inForce: () => inForce,
    store: environment.store,
    log,
    settings: options.delivery,
    watch: () => jobs.watch(),
    storeFailed: seen.note,
    metrics,
    in: options.deliverIn ?? 'here',
    died: options.deliveryDied,
  });
  const closing = new Set<Promise<void>>();
  const follower = follow({
    store: environment.store,
    inForce: () => inForce.gateway.configuration,
    open: async (digest) => {
      const opened = await openStoredSet(environment.store, digest, configured.installation);
      return opened.ok ? withSecrets(opened.value) : opened;
    },
    replace: (next) => replaceBy(next),
    refuse: ({ digest, issues }) =>
      log.error({ step: 'configuration', outcome: 'refused', because: `${short(digest)}: ${rulesOf(issues)}` }),
    report: (fault) => report(fault, 'configuration'),
    every: options.followConfiguration ?? 2_000,
  });

  /** Switches between two requests: each ends on the set on which it started. */
  async function replaceBy(next: Configuration): Promise<void> {
    const prepared = await prepareConfiguration(next, environment).catch(async (error: unknown) => {
      await next.terminology.close();
      throw error;
    });
    const [before, jobsBefore] = [inForce, jobs];
    inForce = prepared;
    followInForce();
    jobs = prepared.startJobs();
    log.info({ step: 'configuration', outcome: 'in force', because: short(next.configuration) });
    await jobsBefore.stop();
    const closed = before
      .close()
      .catch((fault) => report(fault, 'configuration'))
      .finally(() => closing.delete(closed));
    closing.add(closed);
  }

  await follower.check();
  // the start itself, which compiles for seconds, does not count
  loop = watchEventLoop(({ mean }) => pressure.look(mean));
  const refreshing = setInterval(
    () => inForce.gateway.living.refresh().catch((fault) => report(fault, 'directory')),
    refreshInterval,
  );
  const recordLogins = async (all?: 'all') => {
    const events = environment.refusedLogins.take(world.now(), all);
    if (events.length) await environment.store.appendAudit(events);
  };
  const recording = setInterval(() => {
    recordLogins()
      .then(heldAudit.flush)
      .catch((fault) => report(fault, 'audit'));
  }, recordEvery);
  return {
    get gateway() {
      return inForce.gateway;
    },
    port: listening.port,
    delivery,
    get replication() {
      return jobs.replication;
    },
    follow: follower.check,
    stop: async () => {
      clearInterval(refreshing);
      clearInterval(recording);
      loop?.stop();
      await follower.stop();
      await jobs.stop();
      await listening.close(); // first: no message may arrive after delivery has stopped
      await Promise.all([inForce.close(), ...closing]);
      await delivery.stop(); // then: releases claimed deliveries, so the next start sends them at once
      await recordLogins('all').catch((fault) => report(fault, 'audit'));
      const lost = await heldAudit.flush();
      if (lost) log.error({ step: 'audit', outcome: 'lost', because: `${lost} audit events could not be written` });
      await options.tls?.stop();
      await store.close();
    },
  };
}

const rulesOf = (issues: readonly { readonly rule: string }[]): string =>
  [...new Set(issues.map(({ rule }) => rule))].join(', ');

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditEvent } from './audit/event.ts';
import { refusedLogins } from './audit/refused-logins.ts';
import { short } from './configuration/index.ts';
import type { DeliverySettings, DeliveryWorker } from './delivery/settings.ts';
import { startDelivery } from './delivery/worker.ts';
import { addressOf, type Replication } from './directory/index.ts';
import type { Gateway } from './exchange/pipeline/gateway.ts';
import { bodyBudget } from './exchange/reading/body-budget.ts';
import { issue } from './fhir/issue.ts';
import { failure, type Result, success } from './fhir/result.ts';
import type { Configured } from './main/deciding.ts';
import { follow } from './main/follow.ts';
import { type InForce, type Lasting, ready } from './main/in-force.ts';
import { noteStart, openKnown, usableHere, worksHere } from './main/known.ts';
import { listen } from './main/listen.ts';
import { faultOf, type Log } from './main/log.ts';
import { productFolder } from './main/own-validator.ts';
import { world } from './main/world.ts';
import { mayStillNotify, placerUpdateHandler, pullHandler } from './notification/index.ts';
import { holdAudit } from './store/held-audit.ts';
import type { Store } from './store/port.ts';
import { openSqliteStore } from './store/sqlite/open.ts';
import { withStoreFaults } from './store/store-fault.ts';

export { type Configured, openDeciding } from './main/deciding.ts';
export { openChosen } from './main/known.ts';
export { world } from './main/world.ts';

export const demoNetwork = join(productFolder, 'examples/network');
export const version: string = JSON.parse(readFileSync(join(productFolder, 'package.json'), 'utf8')).version;

/** `sqlite:FILE` or `sqlite::memory:`; PostgreSQL has its place in the port, not yet an adapter. */
export async function openStore(address: string): Promise<Result<Store>> {
  const file = /^sqlite:(.+)$/.exec(address)?.[1];
  if (!file) return failure(issue('store-type-unsupported', { store: address.replace(/:.*/, ':…') }));
  try {
    return success(await openSqliteStore(file));
  } catch (error) {
    return failure(
      issue('store-open-failed', { store: file, problem: error instanceof Error ? error.message : 'error' }),
    );
  }
}

export type Running = {
  readonly gateway: Gateway;
  readonly port: number;
  readonly delivery: DeliveryWorker;
  readonly replication: Replication;
  /** Looks now whether another set was activated, and goes over to it. */
  readonly follow: () => Promise<void>;
  /** Takes in nothing new, gives claimed deliveries back, closes the store: in this order. */
  readonly stop: () => Promise<void>;
};

export type RunOptions = {
  readonly port: number;
  readonly hostname?: string;
  readonly log: Log;
  readonly delivery?: Partial<DeliverySettings>;
  /** More waiting dispatches than this and new messages are told to come back later. */
  readonly waiting?: number;
  /** How soon a set that was activated elsewhere is known here (ms). */
  readonly followConfiguration?: number;
  /** How the folders stand to a set that was activated, when they hold another one. */
  readonly folders?: 'other';
};

/** How soon figures that another process writes into this store are known here (ms). */
const followEvery = 5_000;

/** How often counted logins and events that waited for a full disk are written (ms). */
const recordEvery = 10_000;

/** A gateway that listens and delivers until it is stopped, by the set that is given until another one is activated. */
export async function run(configured: Configured, store: Store, options: RunOptions): Promise<Running> {
  const { log } = options;
  const report: Gateway['report'] = (fault, step) => log.error({ step, outcome: 'fault', fault: faultOf(fault) });
  const heldAudit = holdAudit(withStoreFaults(store), {
    now: world.now,
    report: (state, waiting) =>
      state === 'full'
        ? log.error({ step: 'audit', outcome: 'held', because: 'the disk is full: audit events wait in memory' })
        : log.info({ step: 'audit', outcome: 'written', because: `${waiting} audit events wait` }),
  });
  const lasting: Lasting = {
    store: heldAudit.store,
    refusedLogins: refusedLogins(world),
    bodies: bodyBudget(),
    log,
    report,
    waiting: options.waiting ?? 100_000,
    about: {
      version,
      started: world.now(),
      configuration: () => ({ refused: following.refused()?.digest, folders: options.folders }),
      sets: { check: (set) => worksHere(set, configured.placing), follow: () => following.look() },
    },
  };
  let inForce: InForce = await ready(configured, lasting);
  await noteStart(lasting.store, configured.set, world.now());
  const answer: InForce['answer'] = (...request) => inForce.answer(...request);
  const listening = await listen({ fetch: answer }, options.port, options.hostname);
  const delivery = deliver(() => inForce, lasting.store, options);
  let beside = inForce.begin();
  const leaving = new Set<Promise<void>>();
  const following = follow({
    store: lasting.store,
    inForce: () => inForce.gateway.configuration,
    open: async (digest) => {
      const opened = await openKnown(lasting.store, digest, configured.placing);
      return opened.ok ? usableHere(opened.value) : opened;
    },
    take: (next) => replaceBy(next),
    refuse: ({ digest, issues }) =>
      log.error({ step: 'configuration', outcome: 'refused', because: `${short(digest)}: ${rulesOf(issues)}` }),
    report: (fault) => report(fault, 'configuration'),
    every: options.followConfiguration ?? 2_000,
  });

  /** Between two messages: each ends on the set that it began with. */
  async function replaceBy(next: Configured): Promise<void> {
    const coming = await ready(next, lasting).catch(async (error: unknown) => {
      await next.terminology.close();
      throw error;
    });
    const [before, besideBefore] = [inForce, beside];
    inForce = coming;
    beside = coming.begin();
    log.info({ step: 'configuration', outcome: 'in force', because: short(next.configuration) });
    await besideBefore.stop();
    const left = before
      .close()
      .catch((fault) => report(fault, 'configuration'))
      .finally(() => leaving.delete(left));
    leaving.add(left);
  }

  await following.look();
  const refreshing = setInterval(
    () => inForce.gateway.living.refresh().catch((fault) => report(fault, 'directory')),
    followEvery,
  );
  const recordLogins = async (all?: 'all') => {
    const events = lasting.refusedLogins.take(world.now(), all);
    if (events.length) await lasting.store.appendAudit(events);
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
      return beside.replication;
    },
    follow: following.look,
    stop: async () => {
      clearInterval(refreshing);
      clearInterval(recording);
      await following.stop();
      await beside.stop();
      await listening.close(); // first: no new message may arrive that nobody will deliver
      await Promise.all([inForce.close(), ...leaving]);
      await delivery.stop(); // then: gives claimed deliveries back, so the next start sends them at once
      await recordLogins('all').catch((fault) => report(fault, 'audit'));
      const lost = await heldAudit.flush();
      if (lost) log.error({ step: 'audit', outcome: 'lost', because: `${lost} audit events could not be written` });
      await store.close();
    },
  };
}

const rulesOf = (issues: readonly { readonly rule: string }[]): string =>
  [...new Set(issues.map(({ rule }) => rule))].join(', ');

const deliver = (inForce: () => InForce, store: Store, { log, delivery }: RunOptions): DeliveryWorker =>
  startDelivery({
    store,
    world,
    chance: Math.random,
    // A notification's own address was registered when it was agreed, and is so still: mayStillSend has just asked.
    address: (partner, { address }) => {
      if (address !== undefined) return { base: address };
      const { gateway, tokens } = inForce();
      const token = tokens.get(partner);
      const found = addressOf(gateway.network, { partner }, world.now());
      return found.ok ? { base: found.value.url, ...(token === undefined ? {} : { token }) } : undefined;
    },
    handlers: {
      'fhir-pull': pullHandler(() => inForce().gateway),
      'fhir-placer': placerUpdateHandler(() => inForce().gateway),
    },
    mayStillSend: mayStillNotify({ store, world, network: () => inForce().gateway.network }),
    log: (line) => (line.outcome === 'delivered' ? log.info(line) : log.error(line)),
    audit: (dispatch, attempt) => [
      auditEvent({
        id: world.newId(),
        at: attempt.at,
        action: 'R',
        interaction: 'deliver',
        outcome: attempt.outcome === 'delivered' ? 'success' : attempt.outcome === 'retry' ? 'refused' : 'failed',
        codes: attempt.because ? [attempt.because] : [],
        requestId: dispatch.requestId,
        traceId: dispatch.traceId,
        ...(dispatch.correlationId ? { correlationId: dispatch.correlationId } : {}),
        partner: { id: 'mgn-gateway', name: inForce().gateway.network.name },
        recipient: {
          id: dispatch.recipient,
          name: inForce().gateway.network.partners.get(dispatch.recipient)?.name ?? dispatch.recipient,
        },
      }),
    ],
    ...(delivery ? { settings: delivery } : {}),
  });

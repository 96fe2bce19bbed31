import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bearerTokens } from './access.ts';
import { createApp } from './app.ts';
import { auditEvent } from './audit/event.ts';
import type { DeliverySettings, DeliveryWorker } from './delivery/settings.ts';
import { startDelivery } from './delivery/worker.ts';
import {
  addressOf,
  loadNetwork,
  type Network,
  openLivingNetwork,
  type Replication,
  startReplication,
  withAddresses,
} from './directory/index.ts';
import type { Deciding, Gateway } from './exchange/gateway.ts';
import { compileIntake } from './exchange/intake.ts';
import { tellingFaults } from './exchange/store-fault.ts';
import { mgnProfile } from './fhir/canonical.ts';
import { digestOf } from './fhir/digest.ts';
import { isError, issue } from './fhir/issue.ts';
import { failure, type Result, success } from './fhir/result.ts';
import { deliveryTokens } from './main/delivery-tokens.ts';
import { type Listening, listen } from './main/listen.ts';
import { faultOf, type Log } from './main/log.ts';
import { openOwnValidator, productFolder } from './main/own-validator.ts';
import { openMaps } from './main/published-maps.ts';
import { announcing, configuredIssues, keepConfigured, mayStillNotify, startHeartbeat } from './notification/index.ts';
import { compileRanking, compileRoutes } from './routing/index.ts';
import type { Store } from './store/port.ts';
import { openSqliteStore } from './store/sqlite/open.ts';
import { noTerminology, openTerminology, type Terminology } from './terminology/index.ts';
import { startWatchdog, type Watchdog, waking } from './watchdog/index.ts';
import type { World } from './world.ts';

export const world: World = { now: () => new Date(), newId: randomUUID };

export const demoNetwork = join(productFolder, 'examples/network');
export const version: string = JSON.parse(readFileSync(join(productFolder, 'package.json'), 'utf8')).version;

export type Options = {
  /** Folder of the network: network.yaml, partners.yaml, places.yaml, directory/. */
  readonly network: string;
  /** FHIR base under which partners reach the gateway; the network's own when absent. */
  readonly baseUrl?: string;
  /** Other addresses for some partners, by id: how demo and tests put them on loopback. */
  readonly addresses?: Readonly<Record<string, string>>;
  readonly mappings?: string;
};

/**
 * Loads and compiles everything that decides: network, profiles, maps, intake forms, routes. Nothing is left to fail at
 * run time that can be known now; all mistakes of a configuration are told at once.
 */
export async function openDeciding(options: Options): Promise<Result<Deciding>> {
  const loaded = await loadNetwork(options.network);
  if (!loaded.ok) return loaded;
  const network = placed(loaded.value, options);
  const mappings = options.mappings ?? join(productFolder, 'mappings');
  const texts = new Map<string, string>();
  const read = (path: string) => {
    const text = readFileSync(join(mappings, path), 'utf8');
    texts.set(path, text);
    return text;
  };
  const intake = read('intake.yaml');
  const rules = read('routes.yaml');
  const ranking = compileRanking(read('ranking.yaml'), 'mappings/ranking.yaml');
  const published = openMaps(mappings);
  const forms = published.ok ? compileIntake(intake, 'mappings/intake.yaml', published.value.maps) : published;
  const routes = compileRoutes(rules, 'mappings/routes.yaml', network.directory);
  if (!published.ok || !forms.ok || !routes.ok || !ranking.ok)
    return failure(...forms.issues, ...routes.issues, ...ranking.issues);
  const validator = await openOwnValidator([], { waive: waived(network) });
  const misfits = network.resources.flatMap((resource) => validator.validate(resource).issues.filter(isError));
  const unfit = [...misfits, ...configuredIssues(network, world.now())];
  if (unfit.length) return failure(...unfit);
  for (const name of ['referral-bundle', 'coordination-task']) validator.check(mgnProfile(name));
  const configuration = digestOf([
    validator.digest,
    network.digest,
    routes.value.digest,
    [...texts, ...published.value.texts],
  ]);
  return success({
    network,
    validator,
    terminology: terminologyOf(network),
    forms: forms.value,
    maps: published.value.maps,
    routes: routes.value,
    ranking: ranking.value,
    world,
    configuration,
  });
}

const terminologyOf = ({ settings: { terminology } }: Network): Terminology =>
  terminology ? openTerminology(terminology, () => world.now().getTime()) : noTerminology;

/** Who waived what: shown with every code that passes unchecked. */
const waived = ({ settings }: Network): Record<string, string> =>
  Object.fromEntries(settings.terminologyWaivers.map(({ canonical, reason }) => [canonical, reason]));

function placed(network: Network, { baseUrl, addresses = {} }: Options): Network {
  const moved = withAddresses(network, addresses);
  return baseUrl ? { ...moved, settings: { ...moved.settings, baseUrl } } : moved;
}

/** `sqlite:FILE` or `sqlite::memory:`; PostgreSQL has its place in the port, not yet an adapter. */
export async function openStore(address: string): Promise<Result<Store>> {
  const file = /^sqlite:(.+)$/.exec(address)?.[1];
  if (!file) return failure(issue('address-unsupported', { store: address.replace(/:.*/, ':…') }));
  try {
    return success(await openSqliteStore(file));
  } catch (error) {
    return failure(issue('store-unusable', { store: file, problem: error instanceof Error ? error.message : 'error' }));
  }
}

export type Running = {
  readonly gateway: Gateway;
  readonly port: number;
  readonly delivery: DeliveryWorker;
  readonly replication: Replication;
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
};

/** How soon figures that another process writes into this store are known here (ms). */
const followEvery = 5_000;

/** A gateway that listens and delivers until it is stopped. */
export async function run(deciding: Deciding, store: Store, options: RunOptions): Promise<Running> {
  const { log } = options;
  const tokens = deliveryTokens(deciding.network, process.env);
  const report: Gateway['report'] = (fault, step) => log.error({ step, outcome: 'fault', fault: faultOf(fault) });
  const network = () => gateway.network;
  const living = await openLivingNetwork(deciding.network, store, world.now());
  const gateway: Gateway = {
    ...deciding,
    get network() {
      return living.current();
    },
    living,
    store: waking(announcing(tellingFaults(store), { world: deciding.world, network, report }), () => watchdog.wake()),
    authenticate: bearerTokens(deciding.network.partners.values()),
    admission: { waiting: options.waiting ?? 100_000 },
    report,
  };
  deciding.terminology.watch((state) =>
    state === 'away'
      ? log.error({ step: 'terminology', outcome: 'away', because: 'the terminology server does not answer' })
      : log.info({ step: 'terminology', outcome: 'back' }),
  );
  await keepConfigured(gateway);
  const listening: Listening = await listen(
    createApp(gateway, { version, started: world.now() }),
    options.port,
    options.hostname,
  );
  const delivery = deliver(gateway, options, tokens);
  const following = setInterval(
    () => living.refresh().catch((fault) => gateway.report(fault, 'directory')),
    followEvery,
  );
  const replication = startReplication(deciding.network.settings.directorySources, {
    store: gateway.store,
    world: deciding.world,
    living,
    isSound: (resource) => !deciding.validator.validate(resource).issues.some(isError),
    tell: ({ source, last: { written, deleted, unfit, held } }) => {
      const because = `${source}: ${written} written, ${deleted} deleted, ${unfit} left out`;
      if (held) log.error({ step: 'directory', outcome: 'held', because: `${because}; ${held.type} ${held.because}` });
      else log.info({ step: 'directory', outcome: 'up to date', because });
    },
    report: (fault) => gateway.report(fault, 'directory'),
  });
  const stopHeartbeat = startHeartbeat(gateway);
  const watchdog: Watchdog = startWatchdog(gateway);
  return {
    gateway,
    port: listening.port,
    delivery,
    replication,
    stop: async () => {
      clearInterval(following);
      await replication.stop();
      stopHeartbeat();
      await watchdog.stop();
      await listening.close(); // first: no new message may arrive that nobody will deliver
      await deciding.terminology.close();
      await delivery.stop(); // then: gives claimed deliveries back, so the next start sends them at once
      await store.close();
    },
  };
}

const deliver = (
  gateway: Gateway,
  { log, delivery }: RunOptions,
  tokens: ReadonlyMap<string, string>,
): DeliveryWorker =>
  startDelivery({
    store: gateway.store,
    world,
    chance: Math.random,
    // A notification's own address was registered when it was agreed, and is so still: mayStillSend has just asked.
    address: (partner, { address }) => {
      if (address !== undefined) return { base: address };
      const token = tokens.get(partner);
      const found = addressOf(gateway.network, { partner }, world.now());
      return found.ok ? { base: found.value.url, ...(token === undefined ? {} : { token }) } : undefined;
    },
    mayStillSend: mayStillNotify({ store: gateway.store, world, network: () => gateway.network }),
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
        partner: { id: 'mgn-gateway', name: gateway.network.name },
        recipient: {
          id: dispatch.recipient,
          name: gateway.network.partners.get(dispatch.recipient)?.name ?? dispatch.recipient,
        },
      }),
    ],
    ...(delivery ? { settings: delivery } : {}),
  });

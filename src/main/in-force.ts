import { randomBytes } from 'node:crypto';
import type { Hono } from 'hono';
import { mayPartner } from '../access/decide/index.ts';
import { createApp, type GatewayInfo } from '../app.ts';
import type { Signer } from '../audit/signed-head.ts';
import type { ConfigurationSet } from '../configuration/index.ts';
import { openZgwClient } from '../delivery/channel/zgw/zgw.ts';
import { defaults } from '../delivery/settings.ts';
import { addressRulesOf, openCurrentNetwork, type Replication, startReplication } from '../directory/index.ts';
import { withWithdrawalAudit } from '../exchange/disclose/audit-withdrawn.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { isError } from '../fhir/issue.ts';
import type { Bindings } from '../http/envelope.ts';
import { clientAddress } from '../http/limits/client-address.ts';
import type { RequestLimits } from '../http/limits/request-limits.ts';
import { startHeartbeat, syncConfigured, withAnnouncements } from '../notification/index.ts';
import { type ReplayJob, startReplays } from '../operations/index.ts';
import type { Store } from '../store/port.ts';
import {
  startErasureRequests,
  startKeyWork,
  startRetention,
  startSigning,
  startWatchdog,
  type Watchdog,
  withWakeUp,
} from '../watchdog/index.ts';
import { callbackSecrets, startZgw } from '../zgw/index.ts';
import { admissionUpTo } from './admission.ts';
import { deliveryTokens, notificationTokens } from './delivery-tokens.ts';
import { requireDropFolders } from './drop-folders.ts';
import { type HeavyLimits, openHeavyWork } from './heavy/heavy.ts';
import type { Log } from './log.ts';
import { openLogin } from './login.ts';
import { mayStillSendBy } from './may-still-send.ts';
import type { Metrics } from './metrics/metrics.ts';
import { observed } from './metrics/observed-store.ts';
import { metricsOf } from './metrics/scrape.ts';
import { scraperOf } from './metrics/scraper.ts';
import { type Configuration, waiverReasons } from './open-configuration.ts';
import { openProviderClient } from './provider-client.ts';
import { openDocuments } from './read-document.ts';
import { withDigest } from './with-digest.ts';

/** What stays the same when another set comes into force. */
export type Environment = {
  readonly store: Store;
  readonly log: Log;
  readonly report: Gateway['report'];
  readonly refusedLogins: Gateway['refusedLogins'];
  readonly bodies: Gateway['bodies'];
  readonly limits: RequestLimits;
  /** Takes the place of the limit of the network. */
  readonly waiting?: number | undefined;
  /** Those of the gateway; absent: those of this configuration alone. */
  readonly metrics?: Metrics;
  readonly info: Omit<GatewayInfo, 'tokenEndpoint' | 'people' | 'callbackSecrets' | 'isScraper' | 'metrics'>;
  readonly heavy?: Partial<HeavyLimits>;
  /** Signs the head of the journal once a day. */
  readonly signer: Signer;
};

/** A configuration in force: the gateway, and the app that answers its requests. */
export type InForce = {
  readonly gateway: Gateway;
  readonly tokens: ReadonlyMap<string, string>;
  readonly notificationTokens: ReadonlyMap<string, string>;
  /** Answers a request entirely on this configuration, also when another comes into force meanwhile. */
  readonly answer: Hono['fetch'];
  readonly startJobs: () => BackgroundJobs;
  /** Resolves after its last request was answered. */
  readonly close: () => Promise<void>;
};

/** Replication, watchdog and heartbeat. */
export type BackgroundJobs = {
  readonly replication: Replication;
  /** Runs the watchdog now. */
  readonly watch: () => void;
  readonly stop: () => Promise<void>;
};

/**
 * Prepares a configuration to come into force, without starting its jobs. Throws when a secret is missing or the store
 * is unavailable: the previous configuration then stays in force.
 */
export async function prepareConfiguration(configured: Configuration, environment: Environment): Promise<InForce> {
  const { store, log, report } = environment;
  const { network: files, terminology, consentSource, validator, world } = configured;
  const tokens = deliveryTokens(files, process.env);
  const secrets = callbackSecrets(files, process.env);
  requireDropFolders(files);
  const living = await openCurrentNetwork(files, store, world.now());
  const network = () => living.current();
  const heavy = openHeavyWork({ profiles: profilesIn(configured.set), waive: waiverReasons(files) }, environment.heavy);
  const documents = openDocuments(files.settings);
  const provider = openProviderClient(files.settings);
  const metrics =
    environment.metrics ??
    metricsOf(environment.info.version, { gateway: () => gateway, certificates: environment.info.tls });
  const login = openLogin({ network, store, world, readDocument: documents.read, send: provider.send, report });
  const gateway: Gateway = {
    ...configured,
    get network() {
      return living.current();
    },
    living,
    store: observed(
      withWakeUp(
        withAnnouncements(withWithdrawalAudit(withDigest(store, configured.configuration), network), {
          network,
          report,
        }),
        () => watchdog?.wake(),
      ),
      metrics,
    ),
    authenticate: environment.limits.authenticating(
      login.authenticate,
      () => files.settings.requestLimits,
      (partner) => mayPartner(living.current(), partner, 'metrics', ['operation', 'unread']).decision,
    ),
    heavy,
    secondValidations: { omitted: 0, sampled: 0, differed: 0 },
    refusedLogins: environment.refusedLogins,
    proof: { newKey: () => randomBytes(32), signer: environment.signer },
    bodies: environment.bodies,
    admission: admissionUpTo(environment.waiting ?? files.settings.backpressure.waitingDeliveries, store, world),
    log: (line) => {
      metrics.message(line);
      if (line.outcome === 'failed') log.error(line);
      else log.info(line);
    },
    report,
  };
  await syncConfigured(gateway);
  const app = createApp(gateway, {
    ...environment.info,
    metrics,
    tokenEndpoint: login.tokenEndpoint,
    people: login.people,
    callbackSecrets: secrets,
    isScraper: scraperOf(files.settings.monitoring, process.env),
    anonymous: environment.limits.anonymous,
  });
  const { requestLimits, trustedProxies } = files.settings;
  const limited = ([sent, env, ...more]: Parameters<Hono['fetch']>): Promise<Response> => {
    const { incoming } = (env ?? {}) as Partial<Bindings>;
    const forwarded = trustedProxies.length ? (sent.headers.get('x-forwarded-for') ?? undefined) : undefined;
    const address = clientAddress(incoming?.socket.remoteAddress, forwarded, trustedProxies);
    const header = (name: 'authorization' | 'cookie') =>
      incoming ? incoming.headers[name] : (sent.headers.get(name) ?? undefined);
    const hasLogin = header('authorization') !== undefined || header('cookie')?.includes('mgn-session=') === true;
    return environment.limits.answering({ address, hasLogin, settings: requestLimits }, () =>
      app.fetch(sent, { ...(env as object), clientAddress: address }, ...more),
    );
  };
  let watchdog: Watchdog | undefined;
  let openRequests = 0;
  let lastAnswered = () => {};
  return {
    gateway,
    tokens,
    notificationTokens: notificationTokens(files, process.env),
    answer: async (...request) => {
      openRequests += 1;
      try {
        return await limited(request);
      } finally {
        openRequests -= 1;
        if (openRequests === 0) lastAnswered();
      }
    },
    startJobs: () => {
      terminology.watch((state) =>
        state === 'away'
          ? log.error({ step: 'terminology', outcome: 'away', because: 'the terminology server does not answer' })
          : log.info({ step: 'terminology', outcome: 'back' }),
      );
      const replication = startReplication(files.settings.directorySources, {
        store,
        world,
        living,
        addressRules: () => addressRulesOf(living.current().settings),
        isAcceptable: (resource) => !validator.validate(resource).issues.some(isError),
        onUpdate: ({ source, last: { written, deleted, invalid, held } }) => {
          const because = `${source}: ${written} written, ${deleted} deleted, ${invalid} left out`;
          if (held)
            log.error({ step: 'directory', outcome: 'held', because: `${because}; ${held.type} ${held.because}` });
          else log.info({ step: 'directory', outcome: 'up to date', because });
        },
        report: (fault) => report(fault, 'directory'),
      });
      const stopHeartbeat = startHeartbeat(gateway);
      const zgwClient = openZgwClient(defaults, () => addressRulesOf(living.current().settings));
      const stopZgw = startZgw(gateway, {
        client: zgwClient,
        tokens,
        secrets,
        report: (partner, because) => log.info({ step: 'zgw', outcome: 'done', because: `${partner}: ${because}` }),
      });
      const watching = startWatchdog(gateway, metrics.tasks);
      watchdog = watching;
      const stopRetention = startRetention(gateway, (because) =>
        log.info({ step: 'retention', outcome: 'removed', because }),
      );
      const stopErasureRequests = startErasureRequests(gateway);
      const stopKeyWork = startKeyWork(gateway, (because) => log.info({ step: 'keys', outcome: 'done', because }));
      const stopSigning = startSigning(gateway, environment.signer);
      const replays: ReplayJob = startReplays({ gateway, mayStillSend: mayStillSendBy(() => gateway) });
      return {
        replication,
        watch: watching.wake,
        stop: async () => {
          stopHeartbeat();
          await replays.stop();
          await stopZgw();
          await zgwClient.close();
          await replication.stop();
          await watching.stop();
          await stopRetention();
          await stopKeyWork();
          await stopErasureRequests();
          await stopSigning();
        },
      };
    },
    close: async () => {
      if (openRequests > 0)
        await new Promise<void>((resolve) => {
          lastAnswered = resolve;
        });
      await heavy.close();
      await documents.close();
      await provider.close();
      await terminology.close();
      await consentSource.close();
    },
  };
}

/** The texts of the profiles of a set, as the thread for heavy work loads them. */
const profilesIn = ({ files }: ConfigurationSet): string[] =>
  files
    .filter(({ path }) => /^profiles\/.*\.json$/.test(path) && !/(?:^|\/)(?:package|\.index)\.json$/.test(path))
    .map(({ text }) => text);

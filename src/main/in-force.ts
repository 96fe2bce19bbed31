import type { Hono } from 'hono';
import { bearerTokens } from '../access.ts';
import { type About, createApp } from '../app.ts';
import { openCurrentNetwork, type Replication, startReplication } from '../directory/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { isError } from '../fhir/issue.ts';
import { startHeartbeat, syncConfigured, withAnnouncements } from '../notification/index.ts';
import type { Store } from '../store/port.ts';
import { startWatchdog, type Watchdog, withWakeUp } from '../watchdog/index.ts';
import type { Configured } from './deciding.ts';
import { deliveryTokens } from './delivery-tokens.ts';
import type { Log } from './log.ts';

/** What stays when another set comes into force. */
export type Lasting = {
  readonly store: Store;
  readonly log: Log;
  readonly report: Gateway['report'];
  readonly refusedLogins: Gateway['refusedLogins'];
  readonly bodies: Gateway['bodies'];
  readonly waiting: number;
  readonly about: About;
};

/** A configuration that is ready to decide: the gateway, and its routes. */
export type InForce = {
  readonly gateway: Gateway;
  readonly tokens: ReadonlyMap<string, string>;
  /** Answers a request; it ends on this configuration, whatever comes into force meanwhile. */
  readonly answer: Hono['fetch'];
  readonly begin: () => Beside;
  /** After the last of its requests was answered. */
  readonly close: () => Promise<void>;
};

/** What runs beside the answering. */
export type Beside = { readonly replication: Replication; readonly stop: () => Promise<void> };

/**
 * Makes everything ready to decide by a configuration, and begins nothing yet. Throws when a secret is missing or the store
 * is away: what was in force then stays so.
 */
export async function ready(configured: Configured, lasting: Lasting): Promise<InForce> {
  const { store, log, report } = lasting;
  const { network: files, terminology, validator, world } = configured;
  const tokens = deliveryTokens(files, process.env);
  const living = await openCurrentNetwork(files, store, world.now());
  const network = () => living.current();
  const gateway: Gateway = {
    ...configured,
    get network() {
      return living.current();
    },
    living,
    store: withWakeUp(withAnnouncements(store, { world, network, report }), () => watchdog?.wake()),
    authenticate: bearerTokens(files.partners.values()),
    refusedLogins: lasting.refusedLogins,
    bodies: lasting.bodies,
    admission: { waiting: lasting.waiting },
    report,
  };
  await syncConfigured(gateway);
  const app = createApp(gateway, lasting.about);
  let watchdog: Watchdog | undefined;
  let underWay = 0;
  let wasLast = () => {};
  return {
    gateway,
    tokens,
    answer: async (...request) => {
      underWay += 1;
      try {
        return await app.fetch(...request);
      } finally {
        underWay -= 1;
        if (underWay === 0) wasLast();
      }
    },
    begin: () => {
      terminology.watch((state) =>
        state === 'away'
          ? log.error({ step: 'terminology', outcome: 'away', because: 'the terminology server does not answer' })
          : log.info({ step: 'terminology', outcome: 'back' }),
      );
      const replication = startReplication(files.settings.directorySources, {
        store,
        world,
        living,
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
      const watching = startWatchdog(gateway);
      watchdog = watching;
      return {
        replication,
        stop: async () => {
          stopHeartbeat();
          await replication.stop();
          await watching.stop();
        },
      };
    },
    close: async () => {
      if (underWay > 0)
        await new Promise<void>((resolve) => {
          wasLast = resolve;
        });
      await terminology.close();
    },
  };
}

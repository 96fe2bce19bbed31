import type { ZgwClient } from '../delivery/channel/zgw/zgw.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { catchUp } from './catch-up.ts';
import { municipalitiesOf } from './receive.ts';
import type { CallbackSecrets } from './secrets.ts';
import { callbackOf, subscribeAt } from './subscribe.ts';

export type ZgwJobs = {
  readonly client: ZgwClient;
  /** Secrets of the ZGW APIs, by partner id. */
  readonly tokens: ReadonlyMap<string, string>;
  readonly secrets: CallbackSecrets;
  /** What happened, for the log: codes and counts. */
  readonly report: (partner: string, outcome: string) => void;
};

const minute = 60_000;

/**
 * Subscribes at each municipality, and reads its open requests now and then: what it sent while this gateway was away, or
 * while it was not subscribed, is not lost. Returns what stops it.
 */
export function startZgw(gateway: Gateway, { client, tokens, secrets, report }: ZgwJobs): () => Promise<void> {
  const cut = new AbortController();
  const running = new Set<Promise<void>>();
  const timers = municipalitiesOf(gateway.network).map(({ partner, settings }) => {
    const every = settings.catchUpMinutes * minute;
    const run = async () => {
      const { now } = gateway.world;
      const secret = tokens.get(partner.id);
      const authorization = secrets.headerOf(partner.id);
      if (settings.notificaties && secret !== undefined && authorization !== undefined) {
        const api = client.at({ settings, secret, now, cut: cut.signal });
        const callback = callbackOf(gateway.network.settings.baseUrl, partner.id);
        const subscribed = await subscribeAt(api, settings.notificaties, { callback, authorization });
        if (subscribed === 'created') report(partner.id, 'subscribed');
        else if (subscribed !== 'present')
          report(
            partner.id,
            subscribed.sent.kind === 'delivered' ? 'unknown' : `not subscribed: ${subscribed.sent.reason.rule}`,
          );
      }
      const bucket = Math.floor(now().getTime() / every);
      const count = await catchUp(gateway, partner, String(bucket));
      if (count) report(partner.id, `${count} open requests are read`);
    };
    const start = () => {
      const ended = run()
        .catch((fault) => gateway.report(fault, 'zgw'))
        .finally(() => running.delete(ended));
      running.add(ended);
    };
    start();
    return setInterval(start, every);
  });
  return async () => {
    for (const timer of timers) clearInterval(timer);
    cut.abort();
    await Promise.all(running);
  };
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { networkOf } from '../../access/index.ts';
import type { Partner } from '../../directory/index.ts';
import { retryAfterSeconds } from '../../exchange/pipeline/gateway.ts';
import { issue } from '../../fhir/issue.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import { failure, type Result } from '../../fhir/result.ts';
import { rates } from './rates.ts';

/** Settings of network.yaml, limits. */
export type RequestLimitSettings = {
  /** Of one partner, in a minute. */
  readonly requestsPerMinute: number;
  /** Of one address, in a minute: without a login, or with one that is refused. */
  readonly anonymousPerMinute: number;
  /** Of all partners together, at the same time. */
  readonly concurrentRequests: number;
  /** Of one partner, at the same time. */
  readonly concurrentPerPartner: number;
};

/**
 * Limits of requests by partner, and by address without a login. They stay when another configuration comes into force.
 */
export type RequestLimits = {
  /** Answers a request, or refuses it: what the partner is known to take part in lasts until it is answered. */
  readonly answering: (request: Incoming, answer: () => Response | Promise<Response>) => Promise<Response>;
  /**
   * Counts a request that is answered to anybody for its address, although it brings a login, which nobody looks at. The
   * refusal when there were too many.
   */
  readonly anonymous: () => Response | undefined;
  /** The same authentication, which refuses a partner that has reached a limit. */
  readonly authenticating: <A extends readonly unknown[], P extends Partner>(
    authenticate: (...given: A) => Result<P> | Promise<Result<P>>,
    settings: () => RequestLimitSettings,
    /** Whose requests are answered also while the gateway is busy. */
    mayPass?: (partner: P) => boolean,
  ) => (...given: A) => Promise<Result<P>>;
};

export type Incoming = {
  readonly address: string | undefined;
  readonly hasLogin: boolean;
  readonly settings: RequestLimitSettings;
};

/** A request that is being answered. */
type Open = Incoming & { partner?: string };

/**
 * `now` in milliseconds on a clock that only advances. `isBusy`: answers would be late, so that who has logged in is refused
 * before its body is read (`gateway-busy`).
 */
export function requestLimits(now: () => number, isBusy: () => boolean = () => false): RequestLimits {
  const partners = rates();
  const addresses = rates();
  const takeOfAddress = (address: string | undefined, perMinute: number): boolean =>
    addresses.take(networkOf(address ?? ''), perMinute, now());
  const current = new AsyncLocalStorage<Open>();
  const open = new Map<string, number>();
  let total = 0;

  const enter = (it: Open, partner: string): void => {
    it.partner = partner;
    total += 1;
    open.set(partner, (open.get(partner) ?? 0) + 1);
  };
  const leave = ({ partner }: Open): void => {
    if (partner === undefined) return;
    total -= 1;
    const left = (open.get(partner) ?? 1) - 1;
    if (left > 0) open.set(partner, left);
    else open.delete(partner);
  };

  /** Above half of all places, nobody takes more than an equal part: who comes later finds one. */
  const hasPlace = (partner: string, { concurrentRequests, concurrentPerPartner }: RequestLimitSettings): boolean => {
    const own = open.get(partner) ?? 0;
    if (own >= concurrentPerPartner || total >= concurrentRequests) return false;
    if (total < concurrentRequests / 2) return true;
    return own < Math.max(1, Math.floor(concurrentRequests / (open.size + (own === 0 ? 1 : 0))));
  };

  return {
    answering: async (incoming, answer) => {
      const { address, hasLogin, settings } = incoming;
      if (!hasLogin && !takeOfAddress(address, settings.anonymousPerMinute)) return tooMany();
      const it: Open = { ...incoming };
      try {
        return await current.run(it, answer);
      } finally {
        leave(it);
      }
    },
    anonymous: () => {
      const it = current.getStore();
      return it?.hasLogin && !takeOfAddress(it.address, it.settings.anonymousPerMinute) ? tooMany() : undefined;
    },
    authenticating:
      (authenticate, settings, mayPass = () => false) =>
      async (...given) => {
        const it = current.getStore();
        const { requestsPerMinute, anonymousPerMinute, ...places } = settings();
        const found = await authenticate(...given);
        if (!it || it.partner !== undefined) return found;
        if (!found.ok) {
          if (it.hasLogin && !takeOfAddress(it.address, anonymousPerMinute))
            return failure(issue('logins-exceeded', { seconds: retryAfterSeconds }));
          return found;
        }
        const { id } = found.value;
        if (isBusy() && !mayPass(found.value)) return failure(issue('gateway-busy', { seconds: retryAfterSeconds }));
        if (!partners.take(id, requestsPerMinute, now()))
          return failure(issue('requests-exceeded', { limit: requestsPerMinute, seconds: retryAfterSeconds }));
        if (!hasPlace(id, { requestsPerMinute, anonymousPerMinute, ...places }))
          return failure(issue('requests-concurrent', { seconds: retryAfterSeconds }));
        enter(it, id);
        return found;
      },
  };
}

const tooMany = (): Response =>
  new Response(JSON.stringify(operationOutcome([issue('logins-exceeded', { seconds: retryAfterSeconds })])), {
    status: 429,
    headers: {
      'Content-Type': 'application/fhir+json; charset=utf-8',
      'Cache-Control': 'no-store',
      'Retry-After': String(retryAfterSeconds),
    },
  });

import type { OutboundClient } from '../../../outbound/client.ts';
import { readRetryAfter } from '../../backoff.ts';
import type { AttemptResult } from '../channel.ts';
import { classifyError, withoutAnswer } from '../classify.ts';
import { classifyZgw, type Problem, problemOf } from './problem.ts';
import type { ZgwSettings } from './settings.ts';
import { zgwToken } from './token.ts';

/** The answer of a ZGW API, or why there is none. */
export type ZgwAnswer =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'ended'; readonly sent: AttemptResult; readonly problem: Problem };

/** Requests to the APIs of one municipality. */
export type ZgwApi = {
  readonly settings: ZgwSettings;
  readonly now: () => Date;
  /** `url` lies below one of the roots of the settings; any other is not requested, and answered as refused. */
  get(url: string): Promise<ZgwAnswer>;
  post(url: string, body: object): Promise<ZgwAnswer>;
};

export type ZgwCall = {
  readonly settings: ZgwSettings;
  readonly secret: string;
  readonly now: () => Date;
  readonly cut: AbortSignal;
  readonly timeout: number;
  readonly limit: number;
};

export function zgwApi(client: OutboundClient, call: ZgwCall): ZgwApi {
  const { settings, secret, now, cut, timeout, limit } = call;
  const request = async (method: 'GET' | 'POST', url: string, body?: object): Promise<ZgwAnswer> => {
    // an address from an answer or a notification: it must never lead to another host
    if (!isOfMunicipality(settings, url)) return outside;
    try {
      const answer = await client.request(
        url,
        {
          method,
          headers: {
            accept: 'application/json',
            'accept-crs': 'EPSG:4326',
            authorization: `Bearer ${await zgwToken(settings.clientId, secret, now())}`,
            ...(body ? { 'content-crs': 'EPSG:4326', 'content-type': 'application/json' } : {}),
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
        },
        { timeout, limit, cut },
      );
      const value = parsed(answer.text);
      const { status, headers } = answer;
      // an answer that was cut off may have been stored: it is read again
      if (status >= 200 && status < 300 && value !== undefined) return { kind: 'answer', value };
      if (status >= 200 && status < 300)
        return { kind: 'ended', problem: none, sent: { ...withoutAnswer(answer, 'JSON'), status } };
      const problem = problemOf(value);
      const waits = readRetryAfter(one(headers['retry-after']), now());
      return {
        kind: 'ended',
        problem,
        sent: { ...classifyZgw(status, problem), ...(waits === undefined ? {} : { retryAfter: waits }) },
      };
    } catch (error) {
      return { kind: 'ended', problem: none, sent: classifyError(error) };
    }
  };
  return { settings, now, get: (url) => request('GET', url), post: (url, body) => request('POST', url, body) };
}

/** Whether an address lies below one of the roots that the configuration names. */
export function isOfMunicipality({ zaken, documenten, notificaties }: ZgwSettings, url: string): boolean {
  return [zaken, documenten, notificaties].some((root) => root !== undefined && isBelow(url, root));
}

/** Compared as parsed: `..`, another port, user names and encoded slashes do not lead out of the root. */
export function isBelow(url: string, root: string): boolean {
  const [at, base] = [URL.parse(url), URL.parse(root)];
  if (!at || !base || at.origin !== base.origin || at.username || at.password) return false;
  return at.pathname.startsWith(`${base.pathname.replace(/\/+$/, '')}/`) && !/%2f|%5c|%2e/i.test(at.pathname);
}

const none: Problem = { fields: [] };
const outside: ZgwAnswer = {
  kind: 'ended',
  problem: none,
  sent: { kind: 'refused', reason: { rule: 'zgw-address-outside' } },
};

const one = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

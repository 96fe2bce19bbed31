import { addressRulesOf, type Network } from '../directory/index.ts';
import { openClient } from '../outbound/client.ts';
import type { LoginParts } from './login.ts';

/** Of an answer (bytes): key sets and tokens fit; and of the whole exchange (ms). */
const limits = { limit: 256 * 1024, timeout: 5_000 };

/**
 * Requests of `openid-client` by the client of the gateway: permitted addresses only, no redirects, and answers of bounded size and
 * time.
 */
export function openProviderClient(settings: Network['settings']): {
  readonly send: LoginParts['send'];
  readonly close: () => Promise<void>;
} {
  const rules = addressRulesOf(settings);
  const client = openClient({ rules: () => rules, timeout: limits.timeout, connections: 4 });
  return {
    close: client.close,
    send: async (url, { method, headers, body, signal }) => {
      const sent = body === undefined || body === null ? {} : { body: String(body) };
      const request = {
        method: method === 'POST' ? ('POST' as const) : ('GET' as const),
        headers: plain(headers),
        ...sent,
      };
      const answer = await client.request(url, request, { ...limits, cut: signal ?? new AbortController().signal });
      if (!answer.isComplete) throw new DOMException('The answer is too long.', 'AbortError');
      const found = new Headers();
      for (const [name, value] of Object.entries(answer.headers))
        for (const it of [value ?? []].flat()) found.append(name, it);
      return new Response(isBodiless(answer.status) ? null : answer.text, { status: answer.status, headers: found });
    },
  };
}

const isBodiless = (status: number): boolean => [204, 205, 304].includes(status);

/** Headers or a record of them, as jose and openid-client pass them. */
const plain = (headers: Readonly<Record<string, string>> | Headers): Record<string, string> =>
  headers instanceof Headers ? Object.fromEntries(headers.entries()) : { ...headers };

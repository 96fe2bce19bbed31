import type { ReadDocument } from '../access/index.ts';
import { addressRulesOf, isDemo, type Network } from '../directory/index.ts';
import { openClient } from '../outbound/client.ts';

/** Of an answer, and of the whole exchange. */
const limits = { limit: 64 * 1024, timeout: 5_000, cut: new AbortController().signal };

/**
 * Reads key sets of clients: by https only, without following a redirect, at most 64 KiB within 5 seconds, and at addresses
 * to which the gateway may connect. A demo network may read from loopback by http.
 */
export function openDocuments(settings: Network['settings']): {
  readonly read: ReadDocument;
  readonly close: () => Promise<void>;
} {
  const rules = { ...addressRulesOf(settings), plainHttp: new Set<string>() };
  const client = openClient({ rules: () => rules, timeout: limits.timeout, connections: 2 });
  return {
    close: client.close,
    read: async (url) => {
      if (!url.startsWith('https:') && !isDemo(settings)) return undefined;
      const answer = await client.request(url, { method: 'GET', headers: { accept: 'application/json' } }, limits);
      if (answer.status !== 200 || !answer.isComplete) return undefined;
      const age = /(?:^|[,\s])max-age=(\d{1,9})/.exec(String(answer.headers['cache-control'] ?? ''))?.[1];
      return { text: answer.text, ...(age ? { maxAge: Number(age) } : {}) };
    },
  };
}

import { Pool } from 'undici';
import { type AddressRules, addressProblem } from './address.ts';
import { AddressRefused, guardedConnector, type Resolve } from './connector.ts';
import { exchange, type HttpAnswer, type HttpRequest, type Limits } from './exchange.ts';

export type { AddressRules } from './address.ts';
export { AddressRefused } from './connector.ts';
export type { HttpAnswer } from './exchange.ts';

/**
 * The only way out: every HTTP request of the gateway to another system passes a client of this kind (test/architecture).
 * It follows no redirect, reads at most `limit` bytes of an answer, and connects to permitted addresses only.
 */
export type OutboundClient = {
  /**
   * Rejects when there is no answer: `AddressRefused` when the address is not permitted, an AbortError after the timeout,
   * else the error of the connection.
   */
  readonly request: (url: string, request: OutboundRequest, limits: Limits) => Promise<HttpAnswer>;
  readonly close: () => Promise<void>;
};

export type OutboundRequest = Omit<HttpRequest, 'path'>;

export type ClientOptions = {
  /** Read at each request and at each connection. Undefined: the address was typed by whoever runs the command. */
  readonly rules: () => AddressRules | undefined;
  /** Milliseconds to connect, and between two parts of an answer. */
  readonly timeout: number;
  /** Connections to one origin. */
  readonly connections: number;
  /** Resolves a name to its addresses; that of the system by default. */
  readonly resolve?: Resolve | undefined;
};

export function openClient({ rules, timeout, connections, resolve }: ClientOptions): OutboundClient {
  const pools = new Map<string, Pool>();
  const connect = guardedConnector(rules, { timeout, resolve });
  const poolOf = (origin: string): Pool => {
    const known = pools.get(origin);
    if (known) return known;
    const pool = new Pool(origin, { connections, connect, headersTimeout: timeout, bodyTimeout: timeout });
    pools.set(origin, pool);
    return pool;
  };
  return {
    request: async (url, request, limits) => {
      if (addressProblem(url, rules())) throw new AddressRefused();
      const { origin, pathname, search } = new URL(url);
      return exchange(poolOf(origin), { ...request, path: pathname + search }, limits);
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

/** One request to an address that whoever runs a command has typed. */
export async function requestOnce(url: string, request: OutboundRequest): Promise<HttpAnswer> {
  const client = openClient({ rules: () => undefined, timeout: commandTimeout, connections: 1 });
  try {
    return await client.request(url, request, {
      timeout: commandTimeout,
      limit: commandLimit,
      cut: new AbortController().signal,
    });
  } finally {
    await client.close();
  }
}

const commandTimeout = 300_000;
const commandLimit = 256 * 1024 * 1024;

import type { Server, ServerResponse } from 'node:http';
import { createServer, type Server as SecureServer } from 'node:https';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';
import { endSlowReaders, type ReaderLimits } from './slow-readers.ts';
import type { Tls } from './tls/tls.ts';

export type Listening = {
  readonly port: number;
  readonly close: () => Promise<void>;
  /** Time limits of connections, in milliseconds. */
  readonly limits: Readonly<Record<'headersTimeout' | 'requestTimeout' | 'connectionsCheckingInterval', number>>;
};

/** Time (ms) that open requests get to finish at the end, before their connections are closed. */
const gracePeriod = 10_000;

export type ListenOptions = {
  /** TLS of the gateway itself. */
  readonly tls?: Pick<Tls, 'options' | 'attach'>;
  /** Partners reach the gateway by https. */
  readonly hasTls?: boolean;
  /** Seconds that a body may take, after which it is answered with 408. */
  readonly bodySeconds?: () => number;
  /** For clients that read their answers slowly. */
  readonly readers?: ReaderLimits;
};

const defaultBodySeconds = 30;

/**
 * Milliseconds for the headers of a request, and between two looks at connections that take too long: a sender that sends one
 * byte at a time (slow loris) has its connection until then. An idle connection stays open for longer than the pools of
 * clients and proxies leave theirs (a minute, as a rule): who closes last is never sent a request on a closed connection.
 */
const timeLimits = { headersTimeout: 15_000, connectionsCheckingInterval: 5_000, keepAliveTimeout: 65_000 };

/** Longer than a body may take, so that its sender gets an answer; this one ends the connection of who sends on. */
const requestTimeoutFor = (bodySeconds: number): number => Math.ceil(bodySeconds) * 1_000 + 30_000;

/**
 * Headers of every answer (https://owasp.org/www-project-secure-headers). An answer about a person is not stored by anyone, and
 * nothing that a browser gets is a page: it runs nothing, and no other page frames it.
 */
export const securityHeaders = (hasTls: boolean): Readonly<Record<string, string>> => ({
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  ...(hasTls ? { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' } : {}),
});

/**
 * Listens on a port (0: any free port). Rejects when the port is in use. `close` answers open requests with Connection:
 * close; a sender with a persistent connection could otherwise prevent the gateway from stopping.
 */
export const listen = (
  app: Pick<Hono, 'fetch'>,
  port: number,
  hostname = '127.0.0.1',
  { hasTls = false, bodySeconds = () => defaultBodySeconds, tls, readers }: ListenOptions = {},
): Promise<Listening> =>
  new Promise((resolve, reject) => {
    let closing = false;
    const secured = Object.entries(securityHeaders(hasTls));
    const serverOptions = { ...timeLimits, requestTimeout: requestTimeoutFor(bodySeconds()), ...tls?.options };
    const secure = tls?.options ? { createServer } : {};
    const server = serve({ fetch: app.fetch, port, hostname, serverOptions, ...secure }, ({ port: bound }) => {
      const close = () =>
        new Promise<void>((closed) => {
          closing = true;
          const timer = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), gracePeriod);
          server.close(() => {
            stopLooking();
            clearTimeout(timer);
            closed();
          });
          if ('closeIdleConnections' in server) server.closeIdleConnections();
        });
      const { headersTimeout, requestTimeout } = server as Server;
      const { connectionsCheckingInterval } = timeLimits;
      resolve({ port: bound, close, limits: { headersTimeout, requestTimeout, connectionsCheckingInterval } });
    });
    server.prependListener('request', (_: unknown, response: ServerResponse) => {
      // before the answer is written: Hono's server adds its own to these, and to read those costs 0.3 ms a message
      for (const [name, value] of secured) response.setHeader(name, value);
      if (closing) response.setHeader('Connection', 'close');
    });
    const stopLooking = endSlowReaders(server as Server, readers);
    if (tls?.options) tls.attach(server as SecureServer);
    server.once('error', reject);
  });

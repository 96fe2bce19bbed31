import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Tls } from './tls/tls.ts';

export type Listening = { readonly port: number; readonly close: () => Promise<void> };

/** Time (ms) that open requests get to finish at the end, before their connections are closed. */
const gracePeriod = 10_000;

/**
 * Listens on a port (0: any free port). Rejects when the port is in use. `close` answers open requests with Connection:
 * close; a sender with a persistent connection could otherwise prevent the gateway from stopping.
 */
export const listen = (
  app: Pick<Hono, 'fetch'>,
  port: number,
  hostname = '127.0.0.1',
  tls?: Pick<Tls, 'options' | 'attach'>,
): Promise<Listening> =>
  new Promise((resolve, reject) => {
    let closing = false;
    const secure = tls?.options ? { createServer, serverOptions: tls.options } : {};
    const server = serve({ fetch: app.fetch, port, hostname, ...secure }, ({ port: bound }) => {
      const close = () =>
        new Promise<void>((closed) => {
          closing = true;
          const timer = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), gracePeriod);
          server.close(() => {
            clearTimeout(timer);
            closed();
          });
          if ('closeIdleConnections' in server) server.closeIdleConnections();
        });
      resolve({ port: bound, close });
    });
    server.prependListener('request', (_: unknown, response: ServerResponse) => {
      if (closing) response.setHeader('Connection', 'close');
    });
    if (tls?.options) tls.attach(server as Server);
    server.once('error', reject);
  });

import type { ServerResponse } from 'node:http';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';

export type Listening = { readonly port: number; readonly close: () => Promise<void> };

/** How long a request that was under way at the end may take before its connection is cut, in milliseconds. */
const gracePeriod = 10_000;

/**
 * Listens on a port (0: any free one). Rejects when the port is taken. `close` answers what is under way and then every
 * connection is told to end: a sender that keeps one open and goes on sending would keep the gateway from stopping.
 */
export const listen = (app: Pick<Hono, 'fetch'>, port: number, hostname = '127.0.0.1'): Promise<Listening> =>
  new Promise((resolve, reject) => {
    let closing = false;
    const server = serve({ fetch: app.fetch, port, hostname }, ({ port: bound }) => {
      const close = () =>
        new Promise<void>((closed) => {
          closing = true;
          const patience = setTimeout(
            () => 'closeAllConnections' in server && server.closeAllConnections(),
            gracePeriod,
          );
          server.close(() => {
            clearTimeout(patience);
            closed();
          });
          if ('closeIdleConnections' in server) server.closeIdleConnections();
        });
      resolve({ port: bound, close });
    });
    server.prependListener('request', (_: unknown, response: ServerResponse) => {
      if (closing) response.setHeader('Connection', 'close');
    });
    server.once('error', reject);
  });

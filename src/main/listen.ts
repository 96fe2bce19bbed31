import { serve } from '@hono/node-server';
import type { Hono } from 'hono';

export type Listening = { readonly port: number; readonly close: () => Promise<void> };

/** Listens on a port (0: any free one). Rejects when the port is taken. */
export const listen = (app: Hono, port: number, hostname = '127.0.0.1'): Promise<Listening> =>
  new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname }, ({ port: bound }) =>
      resolve({
        port: bound,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            if ('closeIdleConnections' in server) server.closeIdleConnections();
          }),
      }),
    );
    server.once('error', reject);
  });

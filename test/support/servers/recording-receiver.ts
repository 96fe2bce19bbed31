import { createServer, type Server } from 'node:http';
import type { Bundle } from '@medplum/fhirtypes';
import { freePort } from '../free-port.ts';

/** A receiver that takes everything: what came in, in order, and what a FHIR server would have made of ifNoneExist. */
export type Sink = {
  readonly url: string;
  readonly port: number;
  readonly received: {
    /** Milliseconds since 1970. */
    readonly at: number;
    readonly requestId: string;
    readonly authorization: string | undefined;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    readonly bundle: Bundle;
    readonly text: string;
  }[];
  /** Resolves when `count` requests have come in. */
  readonly until: (count: number, patience?: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function startSink(port?: number, keepBodies = true): Promise<Sink> {
  const received: Sink['received'] = [];
  const own = await freePort();
  const waiting = new Set<() => void>();
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = keepBodies ? Buffer.concat(chunks).toString() : '';
      const bundle = (text ? JSON.parse(text) : { resourceType: 'Bundle', type: 'transaction' }) as Bundle;
      received.push({
        at: Date.now(),
        requestId: String(request.headers['x-request-id']),
        authorization: request.headers.authorization,
        headers: request.headers,
        bundle,
        text,
      });
      response.writeHead(200, { 'content-type': 'application/fhir+json' });
      response.end('{"resourceType":"Bundle","type":"transaction-response"}');
      for (const wake of waiting) wake();
    });
  });
  await new Promise<void>((resolve) => server.listen(port ?? own, '127.0.0.1', resolve));
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : own;
  return {
    url: `http://127.0.0.1:${bound}/fhir`,
    port: bound,
    received,
    until: (count, patience = 100_000) =>
      new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer);
          waiting.delete(look);
        };
        const look = () => {
          if (received.length < count) return;
          end();
          resolve();
        };
        const timer = setTimeout(() => {
          end();
          reject(new Error(`${received.length} of ${count} came in`));
        }, patience);
        waiting.add(look);
        look();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

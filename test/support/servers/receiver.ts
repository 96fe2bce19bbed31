/** A partner's system on loopback: a real HTTP server that keeps what it takes in, once each, as a FHIR server would. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '../free-port.ts';

export type Arrival = {
  readonly id: string;
  readonly requestId: string;
  readonly at: number;
  readonly headers: IncomingMessage['headers'];
};

/** What the partner does with a delivery: store it and say so, or something else. */
export type Conduct = (arrival: Arrival, response: ServerResponse, store: () => void) => void | Promise<void>;

export const accept: Conduct = (arrival, response, store) => {
  store();
  response.writeHead(200, { 'content-type': 'application/fhir+json' });
  response.end(
    JSON.stringify({
      resourceType: 'Bundle',
      type: 'transaction-response',
      entry: [{ response: { status: '201', location: `Task/${arrival.id}/_history/1` } }],
    }),
  );
};

export const answer =
  (
    status: number,
    headers: Record<string, string> = {},
    body: unknown = { resourceType: 'OperationOutcome' },
  ): Conduct =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/fhir+json', ...headers });
    response.end(JSON.stringify(body));
  };

export type Receiver = {
  readonly base: string;
  readonly port: number;
  /** Every attempt, in order. */
  readonly arrivals: Arrival[];
  /** What is stored, once each, in the order of the first time. */
  readonly stored: string[];
  conduct: Conduct;
  close(): Promise<void>;
};

/** `port`: where one listened before that has been closed. */
export async function openReceiver(conduct: Conduct = accept, port?: number): Promise<Receiver> {
  const known = new Set<string>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const { id } = JSON.parse(Buffer.concat(parts).toString());
      const { headers } = request;
      const arrival = { id, requestId: String(headers['x-request-id']), at: performance.now(), headers };
      receiver.arrivals.push(arrival);
      receiver.conduct(arrival, response, () => {
        if (known.has(id)) return;
        known.add(id);
        receiver.stored.push(id);
      });
    });
  });
  server.listen(port ?? (await freePort()), '127.0.0.1');
  await once(server, 'listening');
  const bound = (server.address() as AddressInfo).port;
  const receiver: Receiver = {
    base: `http://127.0.0.1:${bound}/fhir`,
    port: bound,
    arrivals: [],
    stored: [],
    conduct,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}

/** A partner that does everything that a partner may do wrong, as chance has it, and honours If-None-Exist all the same. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '../free-port.ts';
import type { Random } from '../random.ts';

export type ChaosPartner = {
  readonly url: string;
  /** Every attempt, in the order in which it came. */
  readonly received: { readonly at: number; readonly requestId: string }[];
  /** Resources created, by their fullUrl, and how many times each. */
  readonly created: ReadonlyMap<string, number>;
  /** How many times it did what. */
  readonly did: Readonly<Record<Conduct, number>>;
  /** From now on it answers as it should. */
  readonly behave: () => void;
  readonly close: () => Promise<void>;
};

const conducts = {
  'no answer': 2,
  'reset before': 6,
  'stored, then reset': 8,
  'stored, then 500': 6,
  '500': 6,
  '503': 3,
  '429': 5,
  slow: 6,
} as const;
type Conduct = keyof typeof conducts | 'right';

/** Milliseconds. */
const slowness = 300;

export async function startChaosPartner(chance: Random): Promise<ChaosPartner> {
  const received: { at: number; requestId: string }[] = [];
  const created = new Map<string, number>();
  const known = new Set<string>();
  const did = Object.fromEntries([...Object.keys(conducts), 'right'].map((it) => [it, 0])) as Record<Conduct, number>;
  let isGood = false;
  const next = (): Conduct => {
    if (isGood) return 'right';
    let at = chance.int(100);
    for (const [conduct, share] of Object.entries(conducts)) {
      at -= share;
      if (at < 0) return conduct as Conduct;
    }
    return 'right';
  };
  const store = (text: string): void => {
    const { entry = [] } = JSON.parse(text) as {
      entry?: readonly { fullUrl?: string; request?: { method?: string; ifNoneExist?: string; url?: string } }[];
    };
    for (const { fullUrl = '', request } of entry) {
      if (request?.method !== 'POST') continue;
      const condition = request.ifNoneExist === undefined ? undefined : `${request.url}?${request.ifNoneExist}`;
      if (condition !== undefined && known.has(condition)) continue;
      if (condition !== undefined) known.add(condition);
      created.set(fullUrl, (created.get(fullUrl) ?? 0) + 1);
    }
  };
  const answer = (response: ServerResponse, status: number, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/fhir+json', ...headers });
    response.end(
      JSON.stringify(
        status < 300 ? { resourceType: 'Bundle', type: 'transaction-response' } : { resourceType: 'OperationOutcome' },
      ),
    );
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // a gateway that was killed while it sent
    }
    received.push({ at: Date.now(), requestId: String(request.headers['x-request-id']) });
    const text = Buffer.concat(chunks).toString();
    const conduct = next();
    did[conduct] += 1;
    switch (conduct) {
      case 'no answer':
        return;
      case 'reset before':
        request.socket.resetAndDestroy();
        return;
      case 'stored, then reset':
        store(text);
        request.socket.resetAndDestroy();
        return;
      case 'stored, then 500':
        store(text);
        answer(response, 500);
        return;
      case '500':
      case '503':
        answer(response, Number(conduct));
        return;
      case '429':
        answer(response, 429, { 'retry-after': '1' });
        return;
      case 'slow':
        await new Promise((resolve) => setTimeout(resolve, slowness));
        break;
      case 'right':
    }
    store(text);
    answer(response, 200);
  });
  server.listen(await freePort(), '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`,
    received,
    created,
    did,
    behave: () => {
      isGood = true;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

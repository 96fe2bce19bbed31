import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bundle, Parameters } from '@medplum/fhirtypes';

/** What a notification says, as its receiver reads it. */
export type Heard = {
  readonly type: string | undefined;
  readonly topic: string | undefined;
  readonly status: string | undefined;
  readonly subscription: string | undefined;
  readonly events: readonly { readonly number: number; readonly focus?: string }[];
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bundle: Bundle;
};

export type Listener = {
  readonly base: string;
  readonly heard: Heard[];
  /** The status that it answers with. */
  answer: number;
  readonly wait: (count: number) => Promise<readonly Heard[]>;
  readonly close: () => Promise<void>;
};

/** A partner's notification endpoint on loopback. */
export async function openListener(): Promise<Listener> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      const bundle = JSON.parse(text) as Bundle;
      response.writeHead(listener.answer, { 'content-type': 'application/fhir+json' });
      response.end('{}');
      if (listener.answer < 300 && bundle.type === 'history') listener.heard.push(read(bundle, text, request.headers));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const listener: Listener = {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`,
    heard: [],
    answer: 200,
    wait: async (count) => {
      const end = performance.now() + 100_000;
      while (listener.heard.length < count) {
        if (performance.now() > end) throw new Error(`heard ${listener.heard.length} of ${count}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return listener.heard;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return listener;
}

export function read(bundle: Bundle, text = '', headers: Heard['headers'] = {}): Heard {
  const { parameter = [] } = (bundle.entry?.[0]?.resource ?? {}) as Parameters;
  const of = (name: string) => parameter.find((it) => it.name === name);
  return {
    type: of('type')?.valueCode,
    topic: of('topic')?.valueCanonical,
    status: of('status')?.valueCode,
    subscription: of('subscription')?.valueReference?.reference,
    events: parameter
      .filter(({ name }) => name === 'notification-event')
      .map(({ part = [] }) => {
        const focus = part.find(({ name }) => name === 'focus')?.valueReference?.reference;
        return {
          number: Number(part.find(({ name }) => name === 'event-number')?.valueString),
          ...(focus === undefined ? {} : { focus }),
        };
      }),
    text,
    headers,
    bundle,
  };
}

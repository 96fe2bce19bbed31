import { randomUUID } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { AttemptResult } from '../../src/delivery/channel/channel.ts';
import { closeChannels, openChannels } from '../../src/delivery/channel/channels.ts';
import type { Address, Destination } from '../../src/delivery/channel/destination.ts';
import { openHl7 } from '../../src/delivery/channel/hl7v2/hl7v2.ts';
import { defaults } from '../../src/delivery/settings.ts';
import type { AddressRules } from '../../src/outbound/address.ts';
import { loopbackName, makeCertificate } from '../support/access/certificates.ts';
import { dispatch } from '../support/store/samples.ts';
import { catalogue, settingsFor } from '../support/zgw/network.ts';

/** What every channel over a network meets, in its own protocol: each is an attempt that ends in time, and no message is lost by it. */
const loopback: AddressRules = { plainHttp: new Set(), named: [], loopback: true };
let rules: AddressRules = loopback;
const settings = { ...defaults, timeout: 700 };
const outbox = openChannels(settings, () => rules);
const all = { ...outbox, hl7v2: openHl7(settings, () => rules) };
afterAll(async () => {
  await closeChannels(outbox);
  await all.hl7v2.close();
});
const closing: (() => void)[] = [];
afterEach(() => {
  rules = loopback;
  for (const close of closing.splice(0)) close();
});

type Protocol = {
  readonly channel: 'fhir-rest' | 'zgw' | 'mail' | 'hl7v2';
  readonly at: (host: string, secure?: boolean) => Address;
  readonly body: string;
  /** What a peer says first, and how an answer begins that has no end. */
  readonly greeting: string;
  readonly begin: string;
  readonly part: string;
};

const http = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n';
const to = (destination: Destination): Address => ({ base: destination.kind, token: 'secret', destination });
const er7 = 'MSH|^~\\&|M||||1||RRI^I12|7|P|2.5\r';
const open = { identificatie: randomUUID(), zaaktype: catalogue.zaaktype, bronorganisatie: catalogue.rsin };

const protocols: Readonly<Record<string, Protocol>> = {
  'fhir-rest': {
    channel: 'fhir-rest',
    at: (host, secure) => ({ base: `http${secure ? 's' : ''}://${host}/fhir` }),
    body: '{"resourceType":"Bundle"}',
    greeting: '',
    begin: http,
    part: ' ',
  },
  zgw: {
    channel: 'zgw',
    at: (host, secure) => to(settingsFor({ origin: `http${secure ? 's' : ''}://${host}` } as never)),
    body: JSON.stringify({ open: { zaak: open } }),
    greeting: '',
    begin: http,
    part: ' ',
  },
  mail: {
    channel: 'mail',
    at: (host, secure) =>
      to({
        kind: 'mail',
        server: `smtp${secure ? 's' : ''}://${host}`,
        from: 'gateway@region.example',
        to: 'a@wijkteam.example',
        link: 'https://region.example/',
      }),
    body: '',
    greeting: '220 hi\r\n',
    begin: '250-x\r\n',
    part: '250-x\r\n',
  },
  'hl7v2 over MLLP': {
    channel: 'hl7v2',
    at: (host, secure) => to({ kind: 'hl7v2', address: `mllp${secure ? 's' : ''}://${host}` }),
    body: er7,
    greeting: '',
    begin: '\u000bMSH|',
    part: 'x',
  },
  'hl7v2 over HTTP': {
    channel: 'hl7v2',
    at: (host, secure) => to({ kind: 'hl7v2', address: `http${secure ? 's' : ''}://${host}/hl7` }),
    body: er7,
    greeting: '',
    begin: http,
    part: ' ',
  },
};

type Peer = { readonly port: number; readonly heard: () => string };

async function peer(
  greeting: string,
  conduct: (socket: Socket, heard: string) => void,
  allowHalfOpen = false,
): Promise<Peer> {
  let heard = '';
  const server = createServer({ allowHalfOpen }, (socket) => {
    closing.push(() => socket.destroy());
    socket.on('error', () => {});
    if (greeting) socket.write(greeting);
    socket.on('data', (part) => {
      heard += part.toString('latin1');
      conduct(socket, heard);
    });
  });
  return listening(server, () => heard);
}

async function listening(server: ReturnType<typeof createServer>, heard: () => string): Promise<Peer> {
  closing.push(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, heard };
}

describe.each(Object.entries(protocols))('%s', (_, { channel, at, body, greeting, begin, part }) => {
  const send = async (address: Address): Promise<AttemptResult> => {
    const since = performance.now();
    const it = dispatch(randomUUID(), 'partner', { channel, body });
    const sent = await all[channel].send(it, address, () => new Date(), new AbortController().signal);
    // some ask several things, each with its timeout
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(JSON.stringify(sent)).not.toContain('secret');
    return sent;
  };
  /** The status says enough of a transaction; the other channels need the answer itself. */
  const withoutEnd = channel === 'fhir-rest' ? { kind: 'delivered' } : { kind: 'retry' };

  test('an answer that drips without end', async () => {
    let timer: NodeJS.Timeout | undefined;
    const { port } = await peer(greeting, (socket) => {
      if (timer) return;
      socket.write(begin);
      timer = setInterval(() => socket.writable && socket.write(part), 20);
    });
    closing.push(() => clearInterval(timer));
    expect(await send(at(`127.0.0.1:${port}`))).toMatchObject(withoutEnd);
  });

  test('a peer that ends its half of the connection after the request, and one that never answers on it', async () => {
    for (const allowHalfOpen of [false, true]) {
      const { port } = await peer(greeting, (socket) => void socket.end(), allowHalfOpen);
      expect(await send(at(`127.0.0.1:${port}`))).toMatchObject({ kind: 'retry' });
    }
    const { port } = await peer('', () => {}, true);
    expect(await send(at(`127.0.0.1:${port}`))).toMatchObject({ kind: 'retry' });
  });

  test('an answer of 100 MB: no more of it is taken than the limit says', async () => {
    let isFlooding = false;
    let taken = 0;
    const chunk = Buffer.alloc(1_000_000, part);
    const { port } = await peer(greeting, (socket) => {
      if (isFlooding) return;
      isFlooding = true;
      socket.write(begin);
      const more = () => {
        if (taken >= 100_000_000 || !socket.writable) return;
        taken += chunk.length;
        socket.write(chunk, more);
      };
      more();
    });
    expect(await send(at(`127.0.0.1:${port}`))).toMatchObject(withoutEnd);
    expect(isFlooding).toBe(true);
    expect(taken).toBeLessThan(60_000_000);
  });

  test('a certificate that nobody vouches for, an answer without TLS: nothing is said', async () => {
    let heard = '';
    const made = makeCertificate({ name: 'receiver', names: [loopbackName] });
    const secure = createTlsServer({ key: made.key, cert: made.pem }, (socket) => {
      socket.on('error', () => {});
      socket.on('data', (it) => {
        heard += it.toString();
      });
    });
    secure.on('tlsClientError', () => {});
    const { port } = await listening(secure, () => heard);
    expect(await send(at(`127.0.0.1:${port}`, true))).toMatchObject({
      kind: 'retry',
      reason: { rule: expect.stringMatching(/^receiver-(unreachable|disconnected)$/) },
    });
    expect(heard).toBe('');
    const plain = await peer('', (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
    expect(await send(at(`127.0.0.1:${plain.port}`, true))).toMatchObject({ kind: 'retry' });
    expect(plain.heard()).not.toMatch(/Bundle|zaaktype|RRI|EHLO/);
  });

  test('a name that resolves to a private address: no connection', async () => {
    const { port, heard } = await peer(greeting, (socket) => void socket.end());
    rules = { plainHttp: new Set([`localhost`, `localhost:${port}`]), named: [], loopback: false };
    expect(await send(at(`localhost:${port}`))).toMatchObject({
      kind: 'retry',
      reason: { rule: 'receiver-address-refused' },
    });
    expect(heard()).toBe('');
  });

  test('a redirect is not followed', async () => {
    if (!begin.startsWith('HTTP')) return;
    const other = await peer('', (socket) => void socket.end());
    for (const status of [301, 302, 303, 307, 308]) {
      const location = `Location: http://127.0.0.1:${other.port}/fhir`;
      const { port } = await peer(
        '',
        (socket) => void socket.end(`HTTP/1.1 ${status} X\r\n${location}\r\nContent-Length: 0\r\n\r\n`),
      );
      expect(await send(at(`127.0.0.1:${port}`)), String(status)).toMatchObject({
        kind: 'retry',
        reason: { rule: 'receiver-redirected' },
      });
    }
    expect(other.heard()).toBe('');
  });
});

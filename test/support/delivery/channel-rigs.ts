/** A receiver of each channel, as a real server or folder, with what it does to a message. */
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import type { Address } from '../../../src/delivery/channel/destination.ts';
import type { Dispatch } from '../../../src/store/port.ts';
import { startMunicipality } from '../zgw/municipality.ts';
import { catalogue, settingsFor } from '../zgw/network.ts';

/** `lost`: it is stored, and the answer lost. */
export type Conduct = 'store' | 'refuse' | 'fail' | 'lost';

export type Rig = {
  readonly channel: 'fhir-rest' | 'zgw' | 'mail' | 'file' | 'hl7v2';
  readonly address: Address;
  /** Of a dispatch, by its number. */
  readonly content: (n: number) => Pick<Dispatch, 'body' | 'contentType'>;
  /** What is at the receiver, each message once: by the ids that it honours. */
  readonly stored: () => Promise<number>;
  readonly conduct: (how: Conduct) => Promise<void>;
  /** Conducts that a receiver of this kind has. */
  readonly conducts: readonly Conduct[];
  readonly close: () => Promise<void>;
};

/** What receivers say: never repeated. */
export const words = 'Testa Proefpersoon 999901102';

const order = (n: number): string => `5f0c1f0e-0000-4000-8000-${String(n).padStart(12, '0')}`;

async function fhirRest(): Promise<Rig> {
  const found = new Set<string>();
  let how: Conduct = 'store';
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (how === 'store' || how === 'lost') found.add(String(request.headers['x-request-id']));
      if (how === 'lost') return void request.socket.destroy();
      response.writeHead(how === 'store' ? 200 : how === 'refuse' ? 422 : 503, {
        'content-type': 'application/fhir+json',
      });
      response.end(
        JSON.stringify({
          resourceType: 'OperationOutcome',
          issue: [{ severity: 'error', code: 'invalid', diagnostics: words }],
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    channel: 'fhir-rest',
    address: { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir` },
    content: (n) => ({
      body: JSON.stringify({ resourceType: 'Bundle', id: order(n) }),
      contentType: 'application/fhir+json',
    }),
    stored: async () => found.size,
    conduct: async (next) => {
      how = next;
    },
    conducts: ['store', 'refuse', 'fail', 'lost'],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function zgw(): Promise<Rig> {
  const municipality = await startMunicipality(catalogue);
  return {
    channel: 'zgw',
    address: { base: 'zgw', token: municipality.secret, destination: settingsFor(municipality) },
    content: (n) => ({
      contentType: 'application/json',
      body: JSON.stringify({
        open: {
          zaak: {
            bronorganisatie: catalogue.rsin,
            verantwoordelijkeOrganisatie: catalogue.rsin,
            zaaktype: catalogue.zaaktype,
            startdatum: '2026-11-30',
            identificatie: order(n),
          },
        },
      }),
    }),
    stored: async () => municipality.zaken.length,
    conduct: async (how) => {
      municipality.fault = (method, path) => {
        if (how === 'store' || method !== 'POST' || path !== '/zaken/zaken') return undefined;
        return how === 'lost' ? 'lost' : { status: how === 'refuse' ? 400 : 503 };
      };
    },
    conducts: ['store', 'refuse', 'fail', 'lost'],
    close: municipality.close,
  };
}

/** The texts of all mails that came in. */
export const mails: string[] = [];

async function mail(): Promise<Rig> {
  const found = new Set<string>();
  let how: Conduct = 'store';
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onData: (stream, _, callback) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (how === 'refuse') return callback(Object.assign(new Error(words), { responseCode: 550 }));
        if (how === 'fail') return callback(Object.assign(new Error(words), { responseCode: 451 }));
        mails.push(text);
        found.add(/^Message-ID: (.*)$/im.exec(text)?.[1] ?? '');
        if (how !== 'lost') return callback();
        for (const socket of sockets) socket.destroy();
      });
    },
  });
  const sockets = new Set<Socket>();
  server.server.on('connection', (socket) => sockets.add(socket));
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    channel: 'mail',
    address: {
      base: 'mail',
      destination: {
        kind: 'mail',
        server: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
        from: 'gateway@region.example',
        to: 'aanmeldingen@wijkteam.example',
        link: 'https://region.example/inbox',
      },
    },
    content: () => ({ body: '', contentType: 'text/plain' }),
    stored: async () => found.size,
    conduct: async (next) => {
      how = next;
    },
    conducts: ['store', 'refuse', 'fail', 'lost'],
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

async function file(): Promise<Rig> {
  const root = await mkdtemp(join(tmpdir(), 'drop-'));
  const folder = join(root, 'out');
  await mkdir(folder);
  let isAway = false;
  return {
    channel: 'file',
    address: { base: 'file', destination: { kind: 'file', folder } },
    content: (n) => ({ body: `{"resourceType":"Task","id":"${order(n)}"}\n`, contentType: 'application/fhir+ndjson' }),
    stored: async () => {
      const at = isAway ? `${folder}-away` : folder;
      const names = (await readdir(at)).filter((name) => !name.startsWith('.'));
      for (const name of names) JSON.parse(await readFile(join(at, name), 'utf8'));
      return names.length;
    },
    conduct: async (how) => {
      if ((how === 'fail') === isAway) return;
      await (isAway ? rename(`${folder}-away`, folder) : rename(folder, `${folder}-away`));
      isAway = !isAway;
    },
    conducts: ['store', 'fail'],
    close: () => rm(root, { recursive: true }),
  };
}

/** A system that takes in HL7 v2 over MLLP; `messages` is what came in. */
export async function hl7v2(): Promise<Rig & { readonly messages: string[] }> {
  const found = new Set<string>();
  const messages: string[] = [];
  let how: Conduct = 'store';
  const server = createTcpServer((socket) => {
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (part: Buffer) => {
      text += part.toString();
      if (!text.endsWith('\u001c\r')) return;
      const message = text.slice(1, -2);
      const control = message.split('\r')[0]?.split('|')[9] ?? '';
      if (how === 'store' || how === 'lost') {
        messages.push(message);
        found.add(control);
      }
      if (how === 'lost') return void socket.destroy();
      const code = how === 'store' ? 'AA' : how === 'refuse' ? 'AE' : 'AR';
      socket.write(`\u000bMSH|^~\\&|X|||||ACK^I12|1|P|2.5\rMSA|${code}|${control}|${words}\r\u001c\r`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    channel: 'hl7v2',
    messages,
    address: {
      base: 'hl7v2',
      destination: { kind: 'hl7v2', address: `mllp://127.0.0.1:${(server.address() as AddressInfo).port}` },
    },
    content: (n) => ({
      body: `MSH|^~\\&|MGN||||20261130||RRI^I12|${n}|P|2.5\rMSA|AA|x\r`,
      contentType: 'application/hl7-v2',
    }),
    stored: async () => found.size,
    conduct: async (next) => {
      how = next;
    },
    conducts: ['store', 'refuse', 'fail', 'lost'],
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export const rigs = { 'fhir-rest': fhirRest, zgw, mail, file, hl7v2 };

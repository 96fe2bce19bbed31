import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeChannels, openChannels } from '../../src/delivery/channel/channels.ts';
import { acknowledged } from '../../src/delivery/channel/hl7v2/acknowledged.ts';
import { openHl7 } from '../../src/delivery/channel/hl7v2/hl7v2.ts';
import { defaults } from '../../src/delivery/settings.ts';
import type { AddressRules } from '../../src/outbound/address.ts';
import type { Dispatch } from '../../src/store/port.ts';
import { illFormed, openBabbler } from '../support/delivery/babbler.ts';
import { mails, type Rig, rigs, words } from '../support/delivery/channel-rigs.ts';

/** The contract of src/delivery/channel/channel.ts: each channel passes it, against a real server or folder. */
const loopback: AddressRules = { plainHttp: new Set(), named: [], loopback: true };
const strict: AddressRules = { plainHttp: new Set(), named: [], loopback: false };
let rules = loopback;
const settings = { ...defaults, timeout: 3_000 };
const outbox = openChannels(settings, () => rules);
const channels = { ...outbox, hl7v2: openHl7(settings, () => rules) };
afterAll(async () => {
  await closeChannels(outbox);
  await channels.hl7v2.close();
});

let count = 0;
const dispatchOf = ({ channel, content }: Rig): Dispatch => ({
  id: randomUUID(),
  recipient: 'partner',
  channel,
  kind: 'social-request',
  requestId: randomUUID(),
  traceId: randomUUID(),
  ...content(++count),
});
const never = new AbortController().signal;

describe.each(Object.entries(rigs))('channel %s', (_, open) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await open();
  });
  afterAll(() => rig.close());
  const send = (dispatch: Dispatch, cut = never) =>
    channels[rig.channel].send(dispatch, rig.address, () => new Date(), cut);
  const arrived = async (dispatch: Dispatch, before: number) => {
    await rig.conduct('store');
    expect(await send(dispatch)).toMatchObject({ kind: 'delivered' });
    expect(await rig.stored()).toBe(before + 1);
  };

  test('delivers a message once, however often it is sent', async () => {
    const before = await rig.stored();
    const dispatch = dispatchOf(rig);
    for (let n = 0; n < 3; n++) await arrived(dispatch, before);
  });

  test.each([
    ['refuse', { kind: 'refused', reason: { rule: 'receiver-refused' } }],
    ['fail', { kind: 'retry' }],
  ] as const)('a receiver that would %s: the verdict, without its words', async (how, expected) => {
    if (!rig.conducts.includes(how)) return;
    const before = await rig.stored();
    const dispatch = dispatchOf(rig);
    await rig.conduct(how);
    const sent = await send(dispatch);
    expect(sent).toMatchObject(expected);
    for (const word of words.split(' ')) expect(JSON.stringify(sent)).not.toContain(word);
    expect(await rig.stored()).toBe(before);
    await arrived(dispatch, before);
  });

  test('an answer that is lost after the message was stored: one message in the end', async () => {
    if (!rig.conducts.includes('lost')) return;
    const before = await rig.stored();
    const dispatch = dispatchOf(rig);
    await rig.conduct('lost');
    const sent = await send(dispatch);
    expect(sent).toMatchObject({ kind: 'retry' });
    expect(['receiver-disconnected', 'receiver-timeout', 'mail-undecided']).toContain(
      'reason' in sent ? sent.reason.rule : '',
    );
    await arrived(dispatch, before);
  });

  test('an address that the network does not permit gets nothing', async () => {
    if (rig.channel === 'file') return;
    const before = await rig.stored();
    rules = strict;
    try {
      const sent = await send(dispatchOf(rig));
      expect(sent).toMatchObject({ kind: 'retry', reason: { rule: 'receiver-address-refused' } });
    } finally {
      rules = loopback;
    }
    expect(await rig.stored()).toBe(before);
  });

  test('an attempt that is cut off ends, and the next one delivers', async () => {
    const before = await rig.stored();
    const dispatch = dispatchOf(rig);
    const cut = new AbortController();
    cut.abort();
    await send(dispatch, cut.signal);
    expect(await rig.stored()).toBeLessThanOrEqual(before + 1);
    await arrived(dispatch, before);
  });

  test('a peer that answers null, [], text or wrong types everywhere: a result, never an exception', async () => {
    if (rig.channel === 'file') return;
    for (const status of [200, 201, 409, 422])
      for (const body of illFormed) {
        const peer = await openBabbler(rig.channel, status, body);
        try {
          const address = JSON.parse(
            JSON.stringify(rig.address).replaceAll(/127\.0\.0\.1:\d+/g, `127.0.0.1:${peer.port}`),
          ) as typeof rig.address;
          const sent = await channels[rig.channel]
            .send(dispatchOf(rig), address, () => new Date(), never)
            .catch((error: unknown) => `${status} ${body}: ${error}`);
          expect(sent).toMatchObject({ kind: expect.stringMatching(/^(delivered|retry|refused)$/) });
          if (rig.channel !== 'fhir-rest') expect(sent, body).not.toMatchObject({ kind: 'delivered' });
          if (status === 422 && rig.channel === 'fhir-rest') expect(sent, body).toMatchObject({ kind: 'refused' });
          expect(peer.created(), body).toBeLessThanOrEqual(1);
        } finally {
          await peer.close();
        }
      }
  });

  test('a destination that is not there any more is waited for', async () => {
    if (rig.channel === 'fhir-rest') return;
    const { destination: _, ...address } = rig.address;
    const sent = await channels[rig.channel].send(dispatchOf(rig), address, () => new Date(), never);
    expect(sent).toMatchObject({ kind: 'retry', reason: { rule: 'receiver-address-missing' } });
  });
});

test('an acknowledgement counts by its code, and only for the message that it names', () => {
  const of = (code: string, control = '7') => acknowledged(`MSH|^~\\&|X\rMSA|${code}|${control}|${words}\r`, '7');
  expect(['AA', 'CA', 'AE', 'CE', 'AR', 'CR', 'ZZ'].map((code) => of(code).kind)).toEqual([
    ...['delivered', 'delivered', 'refused', 'refused', 'retry', 'retry', 'retry'],
  ]);
  expect([of('AA', '8').kind, acknowledged('', '7').kind, acknowledged('<html>', '7').kind]).toEqual([
    'retry',
    'retry',
    'retry',
  ]);
});

test('HL7 v2 over HTTP: the acknowledgement counts, not the status alone', async () => {
  let reply: readonly [number, string] = [200, ''];
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(reply[0]).end(reply[1]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hl7`;
  const dispatch = {
    ...dispatchOf({
      channel: 'hl7v2',
      content: () => ({ body: 'MSH|^~\\&|M||||1||RRI^I12|7|P|2.5\r', contentType: '' }),
    } as never),
  };
  const sent = async (status: number, text: string) => {
    reply = [status, text];
    return (
      await channels.hl7v2.send(
        dispatch,
        { base: '', destination: { kind: 'hl7v2', address } },
        () => new Date(),
        never,
      )
    ).kind;
  };
  expect(await sent(200, 'MSH|x\rMSA|AA|7\r')).toBe('delivered');
  expect(await sent(500, 'MSH|x\rMSA|AE|7\r')).toBe('refused');
  expect(await sent(200, 'OK')).toBe('retry');
  expect(await sent(403, '')).toBe('refused');
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

test('a mail has nothing of its message: all are the same but for their id and date', () => {
  expect(mails.length).toBeGreaterThan(3);
  const bare = mails.map((text) => text.replace(/^(Message-ID|Date): .*$/gim, '$1').replace(/\r/g, ''));
  expect(new Set(bare).size).toBe(1);
  expect(bare[0]).toContain('Subject: Er staat een bericht voor u klaar');
  expect(bare[0]).toContain('https://region.example/inbox');
});

test('a file appears whole, is never overwritten, and what a killed attempt left is cleaned up', async () => {
  const rig = await rigs.file();
  const { destination } = rig.address;
  const folder = destination?.kind === 'file' ? destination.folder : '';
  const dispatch = dispatchOf(rig);
  writeFileSync(join(folder, `.${dispatch.id}.part`), 'half a mess');
  const send = (it: Dispatch) => channels.file.send(it, rig.address, () => new Date(), never);
  expect(await send(dispatch)).toEqual({ kind: 'delivered' });
  expect(readdirSync(folder)).toEqual([`${dispatch.id}.ndjson`]);
  await send({ ...dispatch, body: '{"other":true}\n' });
  expect(readFileSync(join(folder, `${dispatch.id}.ndjson`), 'utf8')).toBe(dispatch.body);
  await rig.close();
});

test('a file counts only as a regular file of the same content; what could not be written leaves no draft', async () => {
  const rig = await rigs.file();
  const { destination } = rig.address;
  const folder = destination?.kind === 'file' ? destination.folder : '';
  const make: Readonly<Record<string, (path: string) => void>> = {
    link: (path) => symlinkSync(join(folder, 'nothing'), path),
    folder: (path) => mkdirSync(path),
    empty: (path) => writeFileSync(path, ''),
    other: (path) => writeFileSync(path, '{"other":true}'),
  };
  for (const [what, put] of Object.entries(make)) {
    const dispatch = dispatchOf(rig);
    put(join(folder, `${dispatch.id}.ndjson`));
    const sent = await channels.file.send(dispatch, rig.address, () => new Date(), never);
    expect(sent, what).toMatchObject({ kind: 'retry', reason: { rule: 'drop-folder-name-taken', detail: 'EEXIST' } });
  }
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  const dispatch = dispatchOf(rig);
  mkdirSync(join(folder, `.${dispatch.id}.part`));
  const sent = await channels.file.send(dispatch, rig.address, () => new Date(), never);
  expect(sent).toMatchObject({ kind: 'retry', reason: { detail: 'ERR_FS_EISDIR' } });
  await rig.close();
});

test('an acknowledgement of no message, or several of them, accepts nothing', () => {
  const of = (text: string, control = '7') => acknowledged(`MSH|^~\\&|X\r${text}\r`, control).kind;
  expect(of('MSA|AA|', '')).toBe('retry');
  expect(of('MSA|AA|7\rMSA|AE|7')).toBe('retry');
  expect(of('MSA|AA|7\rMSA|AA|7')).toBe('retry');
  expect(of('MSA|AA|7\rMSA||7')).toBe('retry');
});

test('HL7 v2 without MSH-10 is not sent, and an IPv6 address is reached', async () => {
  const peer = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      // the end in two parts
      socket.write('\u000bMSH|x\rMSA|AA|7\r\u001c');
      setTimeout(() => socket.write('\r'), 20);
    });
  });
  // a machine without IPv6 shows the rest
  const host = await new Promise<string>((resolve) => {
    peer.once('error', () => peer.listen(0, '127.0.0.1', () => resolve('127.0.0.1')));
    peer.listen(0, '::1', () => resolve('[::1]'));
  });
  const address = `mllp://${host}:${(peer.address() as AddressInfo).port}`;
  const rig = await rigs.hl7v2();
  const sent = (body: string) =>
    channels.hl7v2.send(
      { ...dispatchOf(rig), body },
      { base: '', destination: { kind: 'hl7v2', address } },
      () => new Date(),
      never,
    );
  expect(await sent('MSH|^~\\&|M||||1||RRI^I12||P|2.5\r')).toMatchObject({ kind: 'refused' });
  expect(await sent('MSH|^~\\&|M||||1||RRI^I12|7|P|2.5\r')).toEqual({ kind: 'delivered' });
  peer.close();
  await rig.close();
});

test.each(['mail', 'hl7v2'] as const)(
  '%s: a peer that drips a byte now and then has no longer than the timeout',
  async (name) => {
    const peer = createTcpServer((socket) => {
      let timer: NodeJS.Timeout | undefined;
      const drip = () => {
        timer ??= setInterval(() => socket.write(name === 'mail' ? '250-x\r\n' : 'x'), 30);
      };
      socket.on('data', drip);
      if (name === 'mail') socket.write('220 hi\r\n');
      socket.on('error', () => {}).on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve));
    const rig = await rigs[name]();
    const address = JSON.parse(
      JSON.stringify(rig.address).replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${(peer.address() as AddressInfo).port}`),
    ) as typeof rig.address;
    const sent = await channels[name].send(dispatchOf(rig), { ...address, timeout: 300 }, () => new Date(), never);
    expect(sent).toMatchObject({ kind: 'retry' });
    peer.close();
    await rig.close();
  },
  10_000,
);

test('a mail goes to one address, and no line is added to its header', async () => {
  const rig = await rigs.mail();
  const { destination } = rig.address;
  if (destination?.kind !== 'mail') throw new Error('no mail');
  for (const more of [
    { from: 'gateway@region.example\r\nBcc: other@region.example' },
    { to: 'a@wijkteam.example, other@region.example' },
    { to: 'group: a@wijkteam.example;' },
    { to: 'a@wijkteam.example\n' },
  ]) {
    const address = { ...rig.address, destination: { ...destination, ...more } };
    const sent = await channels.mail.send(dispatchOf(rig), address, () => new Date(), never);
    expect(sent, JSON.stringify(more)).toMatchObject({ kind: 'retry', reason: { rule: 'mail-address-invalid' } });
  }
  expect(await rig.stored()).toBe(0);
  await rig.close();
});

import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silent } from '../../src/main/log.ts';
import { openStore, type Running, run } from '../../src/main.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { referralText } from '../support/exchange/example-referral.ts';

const limits = { bodyBytes: 64 * 1024, allBodiesBytes: 1024 * 1024, bodySeconds: 100, depth: 64, dryRunsPerMinute: 60 };

async function start(changed: Partial<typeof limits> = {}): Promise<Running> {
  const configured = await demoConfiguration();
  const { network } = configured;
  const store = await openStore('sqlite::memory:');
  if (!store.ok) throw new Error('no store');
  const settings = { ...network.settings, limits: { ...limits, ...changed } };
  return run({ ...configured, network: { ...network, settings } }, store.value, { port: 0, log: silent });
}

let running: Running;
beforeAll(async () => {
  running = await start();
});
afterAll(() => running.stop());

/** What the gateway answers on one connection to these bytes; each part leaves after the one before was answered, or at once. */
function exchange(
  parts: readonly (string | Buffer)[],
  { until = 1, end = false, of = running } = {},
): Promise<readonly string[]> {
  const socket = connect(of.port, '127.0.0.1');
  let text = '';
  const heads = () => text.match(/HTTP\/1\.1 \d{3}/g) ?? [];
  return new Promise((resolve) => {
    const finish = () => {
      socket.destroy();
      resolve(heads().map((it) => it.slice(9)));
    };
    let next = 0;
    const write = () => {
      const part = parts[next++];
      if (part !== undefined) socket.write(part);
      if (next === parts.length && end) socket.end();
    };
    socket.on('data', (data) => {
      text += data;
      const count = heads().filter((it) => !it.endsWith('100')).length;
      if (count >= until) finish();
      else if (next < parts.length) write();
    });
    socket.on('error', finish);
    socket.on('close', finish);
    write();
  });
}

const head = (line: string, headers: Record<string, string>) =>
  [
    line,
    ...Object.entries({
      Host: 'x',
      Authorization: 'Bearer demo-gp-de-linde',
      'X-Request-Id': crypto.randomUUID(),
      'Content-Type': 'application/fhir+json',
      ...headers,
    }).map(([k, v]) => `${k}: ${v}`),
    '',
    '',
  ].join('\r\n');
const post = (headers: Record<string, string>, version = '1.1') => head(`POST /fhir HTTP/${version}`, headers);
const health = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
const chunk = (text: string | Buffer) =>
  Buffer.concat([Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n`), Buffer.from(text), Buffer.from('\r\n')]);
const own = () => referralText.replace(/2026-001/g, crypto.randomUUID());
const big = Buffer.alloc(200_000, 0x20);
const used = () => running.gateway.bodies.used();

test.each([
  [
    'declared too large',
    () => [Buffer.concat([Buffer.from(post({ 'Content-Length': String(big.length) })), big, Buffer.from(health)])],
  ],
  [
    'chunked too large',
    () => [
      Buffer.concat([
        Buffer.from(post({ 'Transfer-Encoding': 'chunked' })),
        chunk(big),
        Buffer.from('0\r\n\r\n'),
        Buffer.from(health),
      ]),
    ],
  ],
  [
    'a gzip bomb',
    () => {
      const bomb = gzipSync(Buffer.alloc(20_000_000, 0x20));
      return [
        Buffer.concat([
          Buffer.from(post({ 'Content-Length': String(bomb.length), 'Content-Encoding': 'gzip' })),
          bomb,
          Buffer.from(health),
        ]),
      ];
    },
  ],
  [
    'packed and chunked too large, in parts',
    () => {
      const packed = gzipSync(randomBytes(300_000));
      const head = post({ 'Transfer-Encoding': 'chunked', 'Content-Encoding': 'gzip' });
      return [
        Buffer.concat([Buffer.from(head), chunk(packed.subarray(0, 100_000))]),
        Buffer.concat([chunk(packed.subarray(100_000)), Buffer.from(`0\r\n\r\n${health}`)]),
      ];
    },
  ],
] as const)(
  'a body that is refused, %s: the next request of the connection is answered, and nothing of the body is a request',
  async (_, parts) => {
    expect(await exchange(parts(), { until: 2 })).toEqual(['413', '200']);
    await expect.poll(used).toBe(0);
  },
);

test('a body that arrives after its refusal: the next request is answered', async () => {
  const rest = Buffer.concat([big, Buffer.from(health)]);
  expect(await exchange([post({ 'Content-Length': String(big.length) }), rest], { until: 2 })).toEqual(['413', '200']);
  const chunked = [
    Buffer.concat([Buffer.from(post({ 'Transfer-Encoding': 'chunked' })), chunk(big)]),
    Buffer.concat([chunk(big), chunk(big), Buffer.from(`0\r\n\r\n${health}`)]),
  ];
  expect(await exchange(chunked, { until: 2 })).toEqual(['413', '200']);
});

test('requests one behind the other are answered in their order, each with its own body', async () => {
  const [one, two] = [own(), 'no json'];
  const all =
    [one, two].map((body) => post({ 'Content-Length': String(Buffer.byteLength(body)) }) + body).join('') + health;
  expect(await exchange([all], { until: 3 })).toEqual(['200', '400', '200']);
});

test.each([
  ['two lengths', { 'Content-Length': '5', 'content-length': '6' }, '400'],
  ['length and chunked', { 'Content-Length': '5', 'Transfer-Encoding': 'chunked' }, '400'],
  ['negative', { 'Content-Length': '-1' }, '400'],
  ['not a number', { 'Content-Length': '1e3' }, '400'],
  ['an encoding that is not known', { 'Transfer-Encoding': 'chunked, identity' }, '400'],
])('%s', async (_, headers, status) => {
  const answers = await exchange([`${post(headers as unknown as Record<string, string>)}0\r\n\r\n${health}`], {
    until: 2,
  });
  expect(answers).toEqual([status]);
  await expect.poll(used).toBe(0);
});

test('expect: 100-continue', async () => {
  const body = own();
  expect(
    await exchange([post({ 'Content-Length': String(Buffer.byteLength(body)), Expect: '100-continue' }), body]),
  ).toEqual(['100', '200']);
  expect((await exchange([post({ 'Content-Length': String(big.length), Expect: '100-continue' })])).at(-1)).toBe('413');
});

test('HTTP/1.0', async () => {
  const body = own();
  expect(await exchange([post({ 'Content-Length': String(Buffer.byteLength(body)) }, '1.0') + body])).toEqual(['200']);
});

test('a body shorter than its length is refused, and none of it stays counted', async () => {
  // deliveries of other tests are tried meanwhile
  const stored = async () => (await running.gateway.store.depth()).waiting;
  const before = await stored();
  await exchange([`${post({ 'Content-Length': '5000' })}{"resourceType":"Bundle"`], { end: true });
  await expect.poll(used).toBe(0);
  expect(await stored()).toBe(before);
});

test('gzip that is cut, followed by junk, or sent twice', async () => {
  const packed = gzipSync(own());
  for (const body of [packed.subarray(0, 100), Buffer.concat([packed, Buffer.from('junk')]), Buffer.from('plain')])
    expect(
      await exchange(
        [
          Buffer.concat([
            Buffer.from(post({ 'Content-Length': String(body.length), 'Content-Encoding': 'gzip' })),
            body,
            Buffer.from(health),
          ]),
        ],
        { until: 2 },
      ),
    ).toEqual(['400', '200']);
});

test('a slow body is refused after its time, and what follows of it is no request', async () => {
  const hasty = await start({ bodySeconds: 1 });
  try {
    const body = own();
    const answers = await exchange(
      [post({ 'Content-Length': String(Buffer.byteLength(body)) }) + body.slice(0, 10), body.slice(10) + health],
      { until: 2, of: hasty },
    );
    expect(answers[0]).toBe('408');
    await expect.poll(() => hasty.gateway.bodies.used()).toBe(0);
  } finally {
    await hasty.stop();
  }
});

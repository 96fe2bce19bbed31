import { connect } from 'node:net';
import type { OperationOutcome } from '@medplum/fhirtypes';
import { afterEach, describe, expect, test } from 'vitest';
import { networkOf } from '../../src/access/index.ts';
import { clientAddress } from '../../src/http/limits/client-address.ts';
import { rates } from '../../src/http/limits/rates.ts';
import { requestLimits } from '../../src/http/limits/request-limits.ts';
import { listen } from '../../src/main/listen.ts';
import { silent } from '../../src/main/log.ts';
import { openStore, type Running, run } from '../../src/main.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { referralText } from '../support/exchange/example-referral.ts';
import { asker } from '../support/test-gateway.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Settings = Running['gateway']['network']['settings'];

async function gatewayWith(more: Partial<Settings['requestLimits']>, settings: Partial<Settings> = {}) {
  const configured = await demoConfiguration();
  const store = await openStore('sqlite::memory:');
  if (!store.ok) throw new Error('no store');
  const of = configured.network.settings;
  const network = {
    ...configured.network,
    settings: { ...of, ...settings, requestLimits: { ...of.requestLimits, ...more } },
  };
  const running = await run({ ...configured, network }, store.value, { port: 0, log: silent });
  closing.push(running.stop);
  return { running, store: store.value, ask: asker(`http://127.0.0.1:${running.port}`) };
}

const codesIn = (text: string) =>
  (JSON.parse(text) as OperationOutcome).issue.flatMap(({ details }) =>
    details?.coding?.flatMap(({ code }) => (code === 'sender' ? [] : code)),
  );

describe('a partner', () => {
  test('that sends more than its number gets 429 with Retry-After, and another partner is answered', async () => {
    const { ask, running } = await gatewayWith({ requestsPerMinute: 3 });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n++) statuses.push((await ask('GET', '/fhir/Task', { as: 'gp-de-linde' })).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    expect([refused.status, refused.headers['retry-after'], codesIn(refused.text)]).toEqual([
      429,
      '10',
      ['requests-exceeded'],
    ]);
    expect((await ask('GET', '/fhir/Task', { as: 'ggz-horizonland' })).status).toBe(200);
    // one event of what was refused, however often
    const { items } = await running.gateway.store.audit({ count: 50 });
    expect(items.filter(({ text }) => text.includes('requests-exceeded'))).toHaveLength(1);
  });

  test('has its number again after a while', () => {
    const it = rates();
    expect([0, 0, 0].map((now) => it.take('a', 2, now))).toEqual([true, true, false]);
    expect(it.take('a', 2, 29_999)).toBe(false);
    expect(it.take('a', 2, 30_000)).toBe(true);
    expect(it.take('b', 2, 30_000)).toBe(true);
  });

  test('that holds more connections than its share is refused, and who comes later finds a place', async () => {
    const limits = requestLimits(() => 0);
    const settings = {
      requestsPerMinute: 1_000,
      anonymousPerMinute: 1_000,
      concurrentRequests: 8,
      concurrentPerPartner: 8,
    };
    const authenticate = limits.authenticating(
      (id: string) => ({ ok: true as const, value: { id } as never, issues: [] }),
      () => settings,
    );
    const ends: (() => void)[] = [];
    const open = (partner: string): Promise<boolean> => {
      const { promise, resolve: judged } = Promise.withResolvers<boolean>();
      void limits.answering({ address: '192.0.2.1', hasLogin: true, settings }, async () => {
        const { ok } = await authenticate(partner);
        judged(ok);
        if (ok) await new Promise<void>((resolve) => ends.push(resolve));
        return new Response();
      });
      return promise;
    };
    const times = async (count: number, partner: string): Promise<boolean[]> => {
      const found: boolean[] = [];
      for (let n = 0; n < count; n++) found.push(await open(partner));
      return found;
    };
    const many = await times(8, 'loud');
    expect(many.filter(Boolean).length).toBeGreaterThanOrEqual(4);
    expect(many.filter(Boolean).length).toBeLessThanOrEqual(8);
    for (const end of ends.splice(0)) end();
    await new Promise((resolve) => setImmediate(resolve));
    // five of one partner: beyond half of the places each of two has an equal part
    expect(await times(4, 'loud')).toEqual([true, true, true, true]);
    expect(await times(4, 'quiet')).toEqual([true, true, true, true]);
    expect(await open('loud')).toBe(false);
    for (const end of ends.splice(0)) end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await open('loud')).toBe(true);
    for (const end of ends) end();
  });

  test('with all its places in use gets 429, until one of its requests is answered', async () => {
    const { ask, running } = await gatewayWith({ concurrentPerPartner: 1 });
    const socket = connect(running.port, '127.0.0.1');
    const head = [
      'POST /fhir HTTP/1.1',
      'Host: localhost',
      'Authorization: Bearer demo-gp-de-linde',
      'X-Request-Id: 6f0c2f4e-8f0e-4f6e-9b3d-3a5d5c1f0001',
      'Content-Type: application/fhir+json',
      'Content-Length: 100',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n{`);
    let waiting = await ask('GET', '/fhir/Task', { as: 'gp-de-linde' });
    for (let n = 0; n < 100 && waiting.status === 200; n++)
      waiting = await ask('GET', '/fhir/Task', { as: 'gp-de-linde' });
    expect([waiting.status, waiting.headers['retry-after'], codesIn(waiting.text)]).toEqual([
      429,
      '10',
      ['requests-concurrent'],
    ]);
    expect((await ask('GET', '/fhir/Task', { as: 'ggz-horizonland' })).status).toBe(200);
    socket.destroy();
    let after = waiting;
    for (let n = 0; n < 500 && after.status === 429; n++) after = await ask('GET', '/fhir/Task', { as: 'gp-de-linde' });
    expect(after.status).toBe(200);
  });
});

describe('an address', () => {
  test('that guesses logins gets 429, and a valid login from it is answered', async () => {
    const { ask } = await gatewayWith({ anonymousPerMinute: 4 });
    const answers = [];
    for (let n = 0; n < 6; n++) answers.push(await ask('GET', '/fhir/Task', { token: `guess-${n}` }));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 429, 429]);
    expect(codesIn(answers[5]!.text)).toEqual(['logins-exceeded']);
    expect((await ask('GET', '/fhir/Task', { as: 'gp-de-linde' })).status).toBe(200);
  });

  test('without a login gets 429 on any path', async () => {
    const { ask } = await gatewayWith({ anonymousPerMinute: 3 });
    const paths = ['/fhir/metadata', '/fhir/Task', '/nothing', '/fhir/metadata', '/readyz'];
    const answers = [];
    for (const path of paths) answers.push(await ask('GET', path));
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 429, 429]);
    expect([answers[4]!.headers['retry-after'], codesIn(answers[4]!.text)]).toEqual(['10', ['logins-exceeded']]);
  });

  test.each([
    '/readyz',
    '/healthz',
    '/metrics',
    '/fhir/metadata',
    '/fhir/%6Detadata',
    '/nothing',
    '/.well-known/smart-configuration',
  ])('counts %s, which is answered to anybody, whatever login comes with it', async (path) => {
    const { ask } = await gatewayWith({ anonymousPerMinute: 4 });
    for (const asking of [{ token: 'guess' }, { as: 'gp-de-linde' }]) {
      const answers = [];
      for (let n = 0; n < 5; n++) answers.push(await ask('GET', path, asking));
      expect(answers[4]!.status).toBe(429);
    }
    expect((await ask('GET', '/fhir/Task', { as: 'gp-de-linde' })).status).toBe(200);
  });

  test('counts requests for a token, whatever login comes with them', async () => {
    const { ask } = await gatewayWith({ anonymousPerMinute: 2 });
    const answers = [];
    for (let n = 0; n < 3; n++)
      answers.push(
        await ask('POST', '/oauth2/token', {
          token: 'guess',
          contentType: 'application/x-www-form-urlencoded',
          body: 'grant_type=client_credentials',
        }),
      );
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 429]);
  });

  test('of IPv6 is a network of 64 bits: nobody gets more by taking another address of it', () => {
    const limits = requestLimits(() => 0);
    const settings = { requestsPerMinute: 1, anonymousPerMinute: 1, concurrentRequests: 8, concurrentPerPartner: 8 };
    const ask = (address: string) =>
      limits.answering({ address, hasLogin: false, settings }, () => new Response()).then(({ status }) => status);
    return Promise.all([ask('2001:db8:1:2::1'), ask('2001:db8:1:2:3:4:5:6'), ask('2001:db8:1:3::1')]).then((found) =>
      expect(found).toEqual([200, 429, 200]),
    );
  });

  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
    ['', ''],
  ])('%s is counted as %s', (address, network) => expect(networkOf(address)).toBe(network));

  test('is that of the sender behind a proxy that the network trusts, and no other', async () => {
    const { ask } = await gatewayWith({ anonymousPerMinute: 1 }, { trustedProxies: ['127.0.0.0/8'] });
    const from = (address: string) => ask('GET', '/fhir/metadata', { headers: { 'x-forwarded-for': address } });
    expect((await from('203.0.113.1')).status).toBe(200);
    expect((await from('203.0.113.2')).status).toBe(200);
    expect((await from('198.51.100.9, 203.0.113.1')).status).toBe(429);
  });

  test.each([
    ['203.0.113.7', undefined, [], '203.0.113.7'],
    ['::ffff:203.0.113.7', undefined, [], '203.0.113.7'],
    ['203.0.113.7', '10.0.0.1', [], '203.0.113.7'],
    ['203.0.113.7', '10.0.0.1', ['192.0.2.0/24'], '203.0.113.7'],
    ['192.0.2.1', '10.0.0.1, 203.0.113.7', ['192.0.2.0/24'], '203.0.113.7'],
    ['192.0.2.1', '203.0.113.7, 192.0.2.9', ['192.0.2.0/24'], '203.0.113.7'],
    ['192.0.2.1', 'unknown', ['192.0.2.0/24'], '192.0.2.1'],
    ['192.0.2.1', '<script>', ['192.0.2.1'], '192.0.2.1'],
    ['2001:db8::1', '2001:db8:1::2', ['2001:db8::/64'], '2001:db8:1::2'],
    [undefined, '10.0.0.1', [], undefined],
  ] as const)('%s, forwarded for %s, with %j trusted', (remote, forwarded, trusted, expected) => {
    expect(clientAddress(remote, forwarded, trusted)).toBe(expected);
  });
});

describe('every answer', () => {
  test('has the headers that protect it: of reads, refusals, faults, pages that do not exist', async () => {
    const { ask } = await gatewayWith({});
    const referral = await ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    const answers = [
      referral,
      await ask('GET', '/fhir/Task', { as: 'gp-de-linde' }),
      await ask('GET', '/fhir/Task', { as: 'gp-de-linde', headers: { 'accept-encoding': 'gzip' } }),
      await ask('GET', '/fhir/Task'),
      await ask('GET', '/fhir/metadata'),
      await ask('GET', '/nothing'),
      await ask('DELETE', '/fhir/Task/1', { as: 'gp-de-linde' }),
      await ask('GET', '/readyz'),
      await ask('GET', '/health'),
    ];
    expect(referral.status).toBe(200);
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
      expect(headers['strict-transport-security']).toBeUndefined();
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers.server).toBeUndefined();
    }
  });

  test('has HSTS where partners reach the gateway by https', async () => {
    const listening = await listen({ fetch: () => new Response('{}') }, 0, '127.0.0.1', { hasTls: true });
    closing.push(listening.close);
    const answer = await asker(`http://127.0.0.1:${listening.port}`)('GET', '/');
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
  });
});

test('the server ends a connection whose headers or body arrive byte by byte', async () => {
  const listening = await listen({ fetch: () => new Response('{}') }, 0, '127.0.0.1');
  closing.push(listening.close);
  expect(listening.limits).toEqual({
    headersTimeout: 15_000,
    requestTimeout: 60_000,
    connectionsCheckingInterval: 5_000,
  });
});

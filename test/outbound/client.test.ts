import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { classifyError } from '../../src/delivery/channel/classify.ts';
import { fetchBundle } from '../../src/directory/replica/fetch.ts';
import { type AddressRules, addressProblem, isNameable, isPermittedAddress } from '../../src/outbound/address.ts';
import { AddressRefused, openClient } from '../../src/outbound/client.ts';
import { openTerminologyServer } from '../../src/terminology/server.ts';

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const rules = (more: Partial<AddressRules> = {}): AddressRules => ({
  plainHttp: new Set(),
  named: [],
  loopback: false,
  ...more,
});

async function server(listener: RequestListener): Promise<number> {
  const it = createServer(listener);
  await new Promise<void>((resolve) => it.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise<void>((resolve) => (it.closeAllConnections(), it.close(() => resolve()))));
  return (it.address() as AddressInfo).port;
}

const limits = { timeout: 5_000, limit: 10_000, cut: new AbortController().signal };
const get = { method: 'GET', headers: {} } as const;

function client(given: AddressRules | undefined, resolve?: LookupFunction) {
  const it = openClient({ rules: () => given, timeout: 5_000, connections: 2, resolve });
  closing.push(it.close);
  return it;
}

/** Resolves every name to the addresses of the next answer; the last one repeats. */
function resolving(...answers: readonly (readonly string[])[]): LookupFunction {
  let count = 0;
  return ((_host, options, callback) => {
    const addresses = answers[Math.min(count++, answers.length - 1)] ?? [];
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all) return callback(null, found);
    return callback(null, found[0]!.address, found[0]!.family);
  }) as LookupFunction;
}

const privateAddresses = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.127.255.254',
  '127.0.0.1',
  '127.255.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '239.1.1.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::7f00:1',
  '64:ff9b:1::a00:1',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '2001:db8::1',
  '2002:7f00:1::',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fec0::1',
  'ff02::1',
];

describe('an address that is not public is refused', () => {
  test.each(privateAddresses)('%s', (address) => {
    expect(isPermittedAddress(address, 'receiver.example', rules())).toBe(false);
    const url = `https://${address.includes(':') ? `[${address}]` : address}/fhir`;
    expect(addressProblem(url, rules())).toBe('private');
  });

  test.each(['8.8.8.8', '100.128.0.1', '172.32.0.1', '2a00:1450:400e:80e::200e'])('%s is public', (address) => {
    expect(isPermittedAddress(address, 'receiver.example', rules())).toBe(true);
  });

  test.each([
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'https://127.0.0.1./',
    'https://localhost/',
    'https://a.localhost',
  ])('%s is loopback in another notation', (url) => {
    expect(addressProblem(url, rules({ plainHttp: new Set(['127.0.0.1']) }))).toBe('private');
  });

  test.each([
    ['its host', 'https://intern.example', '10.0.0.4', ['intern.example']],
    ['the address', 'https://10.0.0.4', '10.0.0.4', ['10.0.0.4']],
    ['a range', 'https://10.0.0.4', '10.0.0.4', ['10.0.0.0/29']],
    ['an IPv6 range', 'https://[fd12::4]', 'fd12::4', ['fd12::/16']],
  ])('unless %s is named', (_, url, ip, named) => {
    expect(addressProblem(url, rules({ named }))).toBeUndefined();
    expect(isPermittedAddress(ip, new URL(url).hostname, rules({ named }))).toBe(true);
    expect(isPermittedAddress('10.9.9.9', 'other.example', rules({ named }))).toBe(false);
  });

  test.each(['a.example', '10.0.0.0/8', '::1', 'fd00::/8'])('%s can be named', (it) =>
    expect(isNameable(it)).toBe(true),
  );
  test.each(['10.0.0.0/33', 'a.example/8', '10.0.0', '1', '/8', 'a..b', '10.0.0.0/8/8'])('%s cannot be named', (it) =>
    expect(isNameable(it)).toBe(false),
  );

  test.each(['ftp://a.example', 'file:///etc/passwd', 'data:,x', 'gopher://a.example'])('%s is no address', (url) =>
    expect(addressProblem(url, undefined)).toBe('not a URL'),
  );
});

describe('at each connection', () => {
  test('a name that resolves to a private address is refused, also beside a public one, and nothing arrives', async () => {
    let arrived = 0;
    const port = await server((_, response) => {
      arrived += 1;
      response.end('{}');
    });
    const given = rules({ plainHttp: new Set(['receiver.example']) });
    for (const addresses of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::ffff:127.0.0.1']]) {
      const refused = client(given, resolving(addresses)).request(`http://receiver.example:${port}/`, get, limits);
      await expect(refused).rejects.toThrow(AddressRefused);
    }
    expect(arrived).toBe(0);
  });

  test('DNS rebinding: a name that was permitted, and resolves to a private address for the next connection', async () => {
    const port = await server((_, response) => {
      response.setHeader('Connection', 'close');
      response.end('{}');
    });
    // 127.0.0.1 plays the permitted address, 127.0.0.2 the private one
    const given = rules({ plainHttp: new Set(['receiver.example']), named: ['127.0.0.1'] });
    const it = client(given, resolving(['127.0.0.1'], ['127.0.0.2']));
    const url = `http://receiver.example:${port}/`;
    expect((await it.request(url, get, limits)).status).toBe(200);
    await expect(it.request(url, get, limits)).rejects.toThrow(AddressRefused);
  });

  test('rules that change hold for the next request', async () => {
    const port = await server((_, response) => response.end('{}'));
    let given = rules({ loopback: true });
    const it = openClient({ rules: () => given, timeout: 5_000, connections: 1 });
    closing.push(it.close);
    expect((await it.request(`http://127.0.0.1:${port}/`, get, limits)).status).toBe(200);
    given = rules();
    await expect(it.request(`http://127.0.0.1:${port}/`, get, limits)).rejects.toThrow(AddressRefused);
  });

  test('a refused address is a matter for the operator: the delivery is retried, with its own finding', () => {
    expect(classifyError(new AddressRefused())).toEqual({
      kind: 'retry',
      reason: { rule: 'receiver-address-refused' },
    });
  });
});

describe('redirects are not followed, whoever asks', () => {
  test.each([301, 302, 303, 307, 308])('%i', async (status) => {
    let followed = 0;
    const port = await server((request, response) => {
      if (request.url === '/elsewhere') followed += 1;
      response.writeHead(status, { Location: `http://127.0.0.1:${port}/elsewhere` }).end();
    });
    const base = `http://127.0.0.1:${port}/r4`;
    const it = client(rules({ loopback: true }));
    expect((await it.request(base, get, limits)).status).toBe(status);
    const source = { id: 'other', address: base, everySeconds: 60, largestShrink: 0.5, members: false };
    expect(await fetchBundle(source, base, { client: it, now: new Date() })).toEqual({
      kind: 'held',
      because: 'refused',
    });
    const terminology = openTerminologyServer({ url: base, timeout: 5_000, maxConcurrent: 1 } as never, () =>
      rules({ loopback: true }),
    );
    closing.push(terminology.close);
    const question = { operation: 'CodeSystem', system: 'http://loinc.org', code: '1-8' } as never;
    expect(await terminology.validateCode(question, AbortSignal.timeout(5_000))).toBe('failed');
    expect(followed).toBe(0);
  });
});

test('no more than the limit is read of an answer', async () => {
  const port = await server((_, response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(5_000)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  const answer = await client(rules({ loopback: true })).request(`http://127.0.0.1:${port}/`, get, limits);
  expect(answer).toMatchObject({ status: 200, text: '', isComplete: false });
});

test('a replica whose source is a private address is retained, and says why', async () => {
  const source = {
    id: 'other',
    address: 'https://10.0.0.1/fhir',
    everySeconds: 60,
    largestShrink: 0.5,
    members: false,
  };
  expect(await fetchBundle(source, source.address, { client: client(rules()), now: new Date() })).toEqual({
    kind: 'held',
    because: 'address-refused',
  });
});

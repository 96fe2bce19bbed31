import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { clientKeys } from '../../src/access/index.ts';
import { readKeySet } from '../../src/directory/index.ts';
import { openDocuments } from '../../src/main/read-document.ts';
import {
  assertionOf,
  clientForm,
  type KeyOfClient,
  keyOf,
  type LoginGateway,
  startLoginGateway,
} from '../support/access/login-gateway.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';

let key: KeyOfClient;
let next: KeyOfClient;
let weak: KeyOfClient;
let server: Server;
let url: string;
let requests = 0;
let answer: RequestListener;

beforeAll(async () => {
  [key, next, weak] = await Promise.all([keyOf('ES384', 'now'), keyOf('RS384', 'next'), keyOf('ES256', 'weak')]);
  server = createServer((request, response) => {
    requests += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
afterEach(() => {
  requests = 0;
});

const publish = (value: unknown, headers: Readonly<Record<string, string>> = {}): void => {
  answer = (_, response) => response.writeHead(200, headers).end(JSON.stringify(value));
};
const login = () => ({ kind: 'backend-services', clientId: 'a', scopes: '', keys: { url } }) as const;
const documents = async () => openDocuments((await demoConfiguration()).network.settings);
const found = async (keys: ReturnType<typeof clientKeys>, kid: string, at: number) => {
  const result = await keys(login(), kid, new Date(at));
  return typeof result === 'string' ? result : result.map((it) => `${it.kid} ${it.alg}`);
};

test('keys are read once, again when one is missing, and at most once a minute', async () => {
  const { read, close } = await documents();
  const keys = clientKeys(read);
  publish({ keys: [key.publicJwk] });
  expect(await found(keys, 'now', 0)).toEqual(['now ES384']);
  expect(await found(keys, 'now', 1_000)).toEqual(['now ES384']);
  expect(requests).toBe(1);
  // the client rotates
  publish({ keys: [next.publicJwk] });
  expect(await found(keys, 'next', 30_000)).toEqual([]);
  expect(requests).toBe(1);
  expect(await found(keys, 'next', 61_000)).toEqual(['next RS384']);
  expect(await found(keys, 'now', 62_000)).toEqual([]);
  await Promise.all(['x', 'y', 'z'].map((it) => found(keys, it, 200_000)));
  expect(requests).toBe(3);
  await close();
});

test('a key that was withdrawn is refused after ten minutes, whatever max-age says', async () => {
  const { read, close } = await documents();
  const keys = clientKeys(read);
  publish({ keys: [key.publicJwk] }, { 'cache-control': 'public, max-age=999999999' });
  expect(await found(keys, 'now', 0)).toEqual(['now ES384']);
  publish({ keys: [] });
  expect(await found(keys, 'now', 599_000)).toEqual(['now ES384']);
  expect(await found(keys, 'now', 601_000)).toEqual([]);
  await close();
});

describe('a key set is not used', () => {
  const unusable: readonly (readonly [string, RequestListener])[] = [
    ['that has a private key', (_, it) => it.end(JSON.stringify({ keys: [key.publicJwk, next.privateJwk] }))],
    ['that has a secret', (_, it) => it.end('{"keys":[{"kty":"oct","kid":"now","k":"AAAA"}]}')],
    ['that is huge', (_, it) => it.end(JSON.stringify({ keys: [key.publicJwk], more: 'x'.repeat(100_000) }))],
    ['that has too many keys', (_, it) => it.end(JSON.stringify({ keys: Array(21).fill(key.publicJwk) }))],
    [
      'that redirects',
      (_, it) => it.writeHead(302, { location: '/other' }).end(JSON.stringify({ keys: [key.publicJwk] })),
    ],
    ['that is no key set', (_, it) => it.end('[]')],
    ['that is no JSON', (_, it) => it.end('<html>')],
    ['that is not found', (_, it) => it.writeHead(404).end(JSON.stringify({ keys: [key.publicJwk] }))],
    ['that breaks off', (_, it) => it.socket?.destroy()],
  ];
  test.each(unusable)('%s', async (_, respond) => {
    answer = respond;
    const { read, close } = await documents();
    expect(await found(clientKeys(read), 'now', 0)).toBe('unavailable');
    expect(requests).toBe(1);
    await close();
  });
});

test('outside a demo neither http nor a private address is read', async () => {
  const { network } = await demoConfiguration();
  const { read, close } = openDocuments({ ...network.settings, baseUrl: 'https://gateway.example/fhir' });
  publish({ keys: [key.publicJwk] });
  for (const at of [
    url,
    url.replace('http:', 'https:'),
    'https://localhost/jwks',
    'https://169.254.169.254/',
    'https://[::1]/',
  ])
    expect(await read(at).catch(() => undefined)).toBeUndefined();
  expect(requests).toBe(0);
  await close();
});

test('weak keys, and keys for something else, are left out', () => {
  const { publicJwk } = key;
  const keys = [
    weak.publicJwk,
    { ...publicJwk, use: 'enc' },
    { ...publicJwk, alg: 'ES256' },
    { ...publicJwk, kid: undefined },
    { ...publicJwk, key_ops: ['sign'] },
    { kty: 'RSA', kid: 'short', n: Buffer.alloc(128, 255).toString('base64url'), e: 'AQAB' },
  ];
  expect(readKeySet({ keys })).toEqual({ keys: [], omitted: 6 });
});

test('a client whose keys are at an address gets a token', async () => {
  publish({ keys: [key.publicJwk] });
  const gateway: LoginGateway = await startLoginGateway({
    'gp-de-linde': { logins: [{ ...login(), scopes: 'system/*.rs' }] },
  });
  const at = { client: 'a', audience: gateway.tokenUrl };
  expect((await gateway.token(clientForm(await assertionOf(key, at)))).status).toBe(200);
  await gateway.stop();
  answer = (_, response) => response.writeHead(500).end();
  const other = await startLoginGateway({ 'gp-de-linde': { logins: [{ ...login(), scopes: 'system/*.rs' }] } });
  const refused = await other.token(clientForm(await assertionOf(key, { client: 'a', audience: other.tokenUrl })));
  expect([refused.status, refused.text]).toEqual([401, expect.stringContaining('token-client-refused')]);
  const { items } = await other.store.audit({ count: 10 });
  expect(items.map(({ text }) => text).join()).toContain('token-keys-unavailable');
  await other.stop();
});

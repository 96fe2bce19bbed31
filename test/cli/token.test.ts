import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readKeySet } from '../../src/directory/index.ts';
import {
  inline,
  type KeyOfClient,
  keyOf,
  type LoginGateway,
  startLoginGateway,
} from '../support/access/login-gateway.ts';
import { mgn } from '../support/cli/mgn.ts';

let folder: string;
let gateway: LoginGateway;
let key: KeyOfClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mgn-token-'));
  key = await keyOf('ES384');
  gateway = await startLoginGateway({
    'gp-de-linde': {
      logins: [{ kind: 'backend-services', clientId: 'linde', scopes: 'system/Task.rs', keys: inline(key) }],
    },
  });
  writeFileSync(join(folder, 'key.json'), JSON.stringify(key.privateJwk));
});
afterAll(async () => {
  await gateway?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test.each(['ES384', 'RS384'])(
  'mgn token keys makes a key pair for %s that a network accepts, and overwrites none',
  async (alg) => {
    const out = join(folder, alg);
    const made = await mgn(['token', 'keys', '--out', out, '--alg', alg]);
    expect([made.code, made.err]).toEqual([0, '']);
    expect(statSync(join(out, 'private-key.json')).mode & 0o077).toBe(0);
    const published = JSON.parse(readFileSync(join(out, 'jwks.json'), 'utf8'));
    expect(readKeySet(published)).toMatchObject({ keys: [{ alg }], omitted: 0 });
    const again = await mgn(['token', 'keys', '--out', out]);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('token-key-not-written')]);
  },
);

test('mgn token get prints a token that the gateway accepts', async () => {
  const get = (...more: readonly string[]) =>
    mgn(['token', 'get', '--gateway', gateway.fhir, '--client', 'linde', '--key', join(folder, 'key.json'), ...more]);
  const got = await get();
  expect([got.code, got.err]).toEqual([0, '']);
  expect((await gateway.ask('GET', '/fhir/Task?status=requested', { token: got.out.trim() })).status).toBe(200);
  const refused = await get('--scope', 'system/Patient.c');
  expect([refused.code, refused.out, refused.err]).toEqual([1, '', expect.stringContaining('invalid_scope')]);
  const without = await mgn([
    'token',
    'get',
    '--gateway',
    gateway.fhir,
    '--client',
    'linde',
    '--key',
    join(folder, 'no.json'),
  ]);
  expect([without.code, without.err]).toEqual([1, expect.stringContaining('config-unreadable')]);
});

test('the demo network has a client whose key is published', async () => {
  const demo = await startLoginGateway({});
  const args = ['--client', 'gp-het-baken', '--key', 'examples/client-keys/gp-het-baken.json'];
  const got = await mgn(['token', 'get', '--gateway', demo.fhir, ...args]);
  expect([got.code, got.err]).toEqual([0, '']);
  await demo.stop();
});

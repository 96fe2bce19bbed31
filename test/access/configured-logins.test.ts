import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { loadNetwork } from '../../src/directory/index.ts';
import { reachableDemo } from '../../src/main/login.ts';
import { withSecrets } from '../../src/main/stored-set.ts';
import { demoNetwork, openConfigurationToStart, openStore } from '../../src/main.ts';
import { type KeyOfClient, keyOf } from '../support/access/login-gateway.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';

let folder: string;
let key: KeyOfClient;
beforeAll(async () => {
  key = await keyOf('ES384', 'one');
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mgn-logins-'));
  await cp(demoNetwork, folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const edit = async (name: string, change: (text: string) => string): Promise<void> => {
  const file = join(folder, name);
  await writeFile(file, change(await readFile(file, 'utf8')));
};

/** partners.yaml with this under gp-de-linde, the first partner. */
const withLogin = (login: unknown, more = '') =>
  edit('partners.yaml', (text) =>
    text.replace('    tokens:', `    login: ${JSON.stringify(login)}\n${more}    tokens:`),
  );

test('a login is part of the network: client id and scopes have defaults', async () => {
  const jwks = { keys: [key.publicJwk] };
  await withLogin([
    { kind: 'backend-services', jwks },
    { kind: 'certificate', 'client-id': 'cert', scopes: ['system/Task.rs'] },
  ]);
  const loaded = await loadNetwork(folder);
  expect(loaded.issues).toEqual([]);
  if (!loaded.ok) return;
  expect(loaded.value.partners.get('gp-de-linde')?.logins).toMatchObject([
    { kind: 'backend-services', clientId: 'gp-de-linde', scopes: 'system/*.cruds', keys: { inline: [{ kid: 'one' }] } },
    { kind: 'certificate', clientId: 'cert', scopes: 'system/Task.rs' },
  ]);
});

test.each<[string, () => unknown, readonly string[]]>([
  ['a private key', () => [{ kind: 'backend-services', jwks: { keys: [key.privateJwk] } }], ['login-keys-invalid']],
  ['no key', () => [{ kind: 'backend-services', jwks: { keys: [] } }], ['login-keys-invalid']],
  ['no key set', () => [{ kind: 'backend-services' }], ['config-key-missing', 'config-key-missing']],
  [
    'two key sets',
    () => [{ kind: 'backend-services', jwks: { keys: [key.publicJwk] }, 'jwks-url': 'https://a.example/jwks' }],
    ['config-value-invalid'],
  ],
  [
    'keys without TLS',
    () => [{ kind: 'backend-services', 'jwks-url': 'http://a.example/jwks' }],
    ['address-without-tls'],
  ],
  ['keys for a certificate', () => [{ kind: 'certificate', jwks: { keys: [] } }], ['config-value-invalid']],
  ['scopes in another order', () => [{ kind: 'certificate', scopes: ['system/Task.sr'] }], ['config-value-invalid']],
  ['scopes of a person', () => [{ kind: 'certificate', scopes: ['patient/*.r'] }], ['config-value-invalid']],
  ['another kind', () => [{ kind: 'password' }], ['config-value-invalid']],
  ['one client id twice', () => [{ kind: 'certificate' }, { kind: 'presentation' }], ['config-duplicate']],
])('a login with %s is refused', async (_, login, rules) => {
  await withLogin(login());
  const loaded = await loadNetwork(folder);
  expect(loaded.issues.map(({ rule }) => rule)).toEqual(rules);
});

test('a set with static tokens is not activated outside a demo network, and a demo that others reach is a warning', async () => {
  const configured = await demoConfiguration();
  expect(withSecrets(configured).ok).toBe(true);
  const { network } = configured;
  const real = { ...network, settings: { ...network.settings, baseUrl: 'https://gateway.example/fhir' } };
  const refused = withSecrets({ ...configured, network: real });
  expect(new Set(refused.issues.map(({ rule }) => rule))).toEqual(
    new Set(['static-tokens-outside-demo', 'demo-persons-outside-demo']),
  );
  expect(['127.0.0.1', 'localhost', '::1'].flatMap((host) => reachableDemo(network, host))).toEqual([]);
  expect(reachableDemo(network, '0.0.0.0')).toMatchObject([{ rule: 'static-tokens-reachable', severity: 'warning' }]);
  const withoutTokens = new Map([...network.partners].map(([id, it]) => [id, { ...it, tokens: [] }]));
  const persons = { ...network, partners: withoutTokens };
  expect(reachableDemo(persons, '127.0.0.1')).toEqual([]);
  expect(reachableDemo(persons, '0.0.0.0')).toEqual(reachableDemo(network, '0.0.0.0'));
  const { people: _, ...settings } = network.settings;
  expect(reachableDemo({ partners: withoutTokens, settings }, '0.0.0.0')).toEqual([]);
});

test('static tokens, and presentations, refuse to start outside a demo network', async () => {
  await withLogin([{ kind: 'presentation' }]);
  const store = await openStore('sqlite::memory:');
  if (!store.ok) throw new Error('no store');
  const demo = await openConfigurationToStart({ network: folder }, store.value);
  expect(demo.ok).toBe(true);
  const real = await openConfigurationToStart(
    { network: folder, baseUrl: 'https://gateway.example/fhir' },
    store.value,
  );
  expect(real.ok).toBe(false);
  const rules = new Set(real.issues.map(({ rule }) => rule));
  expect(rules).toEqual(
    new Set(['static-tokens-outside-demo', 'presentations-outside-demo', 'demo-persons-outside-demo']),
  );
  expect(real.issues[0]?.message).toContain('gp-de-linde');
  await edit('partners.yaml', (text) =>
    text
      .replace(/ {4}tokens:\n(?: {6}.*\n)+/g, '')
      .replace(/^ {4}tokens: \[\]\n/gm, '')
      .replace(/ {4}login: .*\n/, ''),
  );
  await edit('network.yaml', (text) => text.replace(/^people:\n(?: .*\n)+/m, ''));
  const without = await openConfigurationToStart(
    { network: folder, baseUrl: 'https://gateway.example/fhir' },
    store.value,
  );
  expect(without.issues).toEqual([]);
  await store.value.close();
}, 60_000);

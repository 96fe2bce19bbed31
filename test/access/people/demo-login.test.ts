import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { People } from '../../../src/access/index.ts';
import { loadNetwork } from '../../../src/directory/index.ts';
import { mayChooseDemo } from '../../../src/http/people/login.ts';
import { demoLogins } from '../../../src/main/login.ts';
import { withSecrets } from '../../../src/main/stored-set.ts';
import { demoNetwork } from '../../../src/main.ts';
import { openBrowser } from '../../support/access/browser.ts';
import { sessionOf } from '../../support/access/people-gateway.ts';
import { demoConfiguration } from '../../support/demo-configuration.ts';
import { rulesOf, startGateway, type TestGateway } from '../../support/test-gateway.ts';

describe('the demo network, without a provider', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  test('has a page to choose somebody, plainly marked, that runs nothing and is framed by nobody', async () => {
    const page = await openBrowser().visit(`${gateway.url}/login?return=/x%22%3E%3Cscript%3E`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('<strong>DEMO</strong>');
    expect(page.text).toContain('zonder wachtwoord');
    expect(page.text).toContain('value="huisarts"');
    expect(page.text).not.toContain('<script');
    const policy = String(page.headers['content-security-policy']);
    for (const part of ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"])
      expect(policy).toContain(part);
    // a form of a page with no-referrer is sent with Origin: null (https://fetch.spec.whatwg.org/#append-a-request-origin-header)
    expect(page.headers['referrer-policy']).toBe('same-origin');
    const english = await openBrowser().visit(`${gateway.url}/login?lang=en`);
    expect(english.text).toContain('without a password');
  });

  test('lets in who was chosen, back to the page that was asked for', async () => {
    const browser = openBrowser();
    const landed = await browser.submit(`${gateway.url}/login/demo`, { person: 'wijkteam', return: '/orders/1' });
    expect(landed.url).toBe(`${gateway.url}/orders/1`);
    expect(await sessionOf(browser, gateway.url)).toMatchObject({ demo: true, partner: { id: 'wijkteam-zonnerveen' } });
    const evil = await browser.submit(`${gateway.url}/login/demo`, { person: 'wijkteam', return: '//evil.example' });
    expect(evil.url).toBe(`${gateway.url}/`);
  });

  test('admits nobody who is not listed, and nobody by a name that another host could have (DNS rebinding)', async () => {
    const browser = openBrowser();
    for (const person of ['', 'nobody', 'constructor', '__proto__'])
      expect((await browser.submit(`${gateway.url}/login/demo`, { person })).status).toBe(403);
    const rebound = await gateway.ask('GET', '/login', { headers: { host: 'evil.example', accept: 'text/html' } });
    expect(rebound.status).toBe(404);
    const chosen = await gateway.ask('POST', '/login/demo', {
      body: 'person=huisarts',
      contentType: 'application/x-www-form-urlencoded',
      headers: { host: 'evil.example', origin: 'http://evil.example' },
    });
    expect(rulesOf(chosen)).toEqual(['login-people-absent']);
  });
});

test.each<[string | undefined, string | undefined, boolean]>([
  ['127.0.0.1', '127.0.0.1', true],
  ['127.0.0.1', undefined, true],
  ['::1', '::1', true],
  ['::ffff:127.0.0.1', '127.0.0.1', true],
  ['192.0.2.7', '192.0.2.7', false],
  ['::ffff:192.0.2.7', '192.0.2.7', false],
  ['2001:db8::7', '2001:db8::7', false],
  ['192.0.2.7', undefined, false],
  ['192.0.2.7', '127.0.0.1', false],
  ['127.0.0.1', '192.0.2.7', false],
  [undefined, undefined, false],
])(
  'whatever the Host header says, a connection from %s (client %s) may choose a person of the demo: %s',
  async (remoteAddress, clientAddress, may) => {
    const { settings } = (await demoConfiguration()).network;
    const people = { who: { isDemo: true, people: settings.people } } as unknown as People;
    const app = new Hono().get('/', (context) => context.json(mayChooseDemo(people, context)));
    for (const [host, isLocal] of [
      ['localhost:8080', true],
      ['127.0.0.1:8080', true],
      ['evil.example', false],
    ] as const) {
      const answer = await app.request(
        '/',
        { headers: { host } },
        { incoming: { socket: { remoteAddress } }, clientAddress },
      );
      expect(await answer.json()).toBe(may && isLocal);
    }
  },
);

test('who comes through a proxy does not log in to the demo, by a Host header of this machine either', async () => {
  const gateway = await startGateway({
    configure: (it) => ({
      ...it,
      network: { ...it.network, settings: { ...it.network.settings, trustedProxies: ['127.0.0.1'] } },
    }),
  });
  const headers = { 'x-forwarded-for': '192.0.2.7', accept: 'text/html' };
  expect((await gateway.ask('GET', '/login', { headers })).status).toBe(404);
  const chosen = await gateway.ask('POST', '/login/demo', {
    body: 'person=huisarts',
    contentType: 'application/x-www-form-urlencoded',
    headers: { 'x-forwarded-for': '192.0.2.7', origin: gateway.url },
  });
  await gateway.stop();
  expect(rulesOf(chosen)).toEqual(['login-people-absent']);
  expect(chosen.headers['set-cookie']).toBeUndefined();
});

test('people of a demo refuse to start, and to be activated, outside a demo network', async () => {
  const configured = await demoConfiguration();
  const { network } = configured;
  const real = { ...network, settings: { ...network.settings, baseUrl: 'https://gateway.example/fhir' } };
  expect(demoLogins(network)).toEqual([]);
  expect(demoLogins(real).map(({ rule }) => rule)).toContain('demo-persons-outside-demo');
  expect(withSecrets({ ...configured, network: real }).issues.map(({ rule }) => rule)).toContain(
    'demo-persons-outside-demo',
  );
});

describe('people in network.yaml', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mgn-people-'));
    await cp(demoNetwork, folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const load = async (people: unknown, baseUrl?: string) => {
    const file = join(folder, 'network.yaml');
    const text = (await readFile(file, 'utf8')).replace(/^people:\n(?: .*\n)+/m, `people: ${JSON.stringify(people)}\n`);
    await writeFile(file, baseUrl ? text.replace(/^base-url: .*$/m, `base-url: ${baseUrl}`) : text);
    return loadNetwork(folder);
  };
  const provider = {
    issuer: 'https://login.example/realm',
    'client-id': 'mgn',
    'client-secret-from': 'MGN_LOGIN_SECRET',
    assurance: ['low', 'high'],
  };

  test('has defaults, and secrets stay in the environment', async () => {
    const loaded = await load({
      provider,
      roles: [{ claim: 'r', role: 'professional', 'minimum-assurance': 'high' }],
      organizations: [{ claim: '1', partner: 'gp-de-linde' }],
    });
    expect(loaded.issues).toEqual([]);
    if (!loaded.ok) return;
    expect(loaded.value.settings.people).toMatchObject({
      provider: { scopes: ['openid', 'profile'], authentication: { kind: 'secret', from: 'MGN_LOGIN_SECRET' } },
      roles: [{ claim: 'r', role: 'professional', minimum: 'high', emergency: false }],
      sessions: { idle: 1_800_000, longest: 36_000_000 },
      demoPersons: [],
    });
    const configured = await demoConfiguration();
    const without = withSecrets({ ...configured, network: loaded.value });
    expect(without.issues.map(({ rule }) => rule)).toEqual(['config-secret-missing']);
  });

  test('a key of the client that is none stops the start, and is not repeated', async () => {
    const { 'client-secret-from': _, ...others } = provider;
    const loaded = await load({ provider: { ...others, 'client-key-from': 'MGN_LOGIN_KEY' } });
    if (!loaded.ok) throw new Error('not loaded');
    const configured = await demoConfiguration();
    try {
      for (const [key, rules] of [
        ['a secret, no key', ['config-secret-missing']],
        ['{"kty":"EC","crv":"P-256"}', ['config-secret-missing']],
        ['{"kty":"EC","crv":"P-256","d":"x"}', []],
      ] as const) {
        process.env.MGN_LOGIN_KEY = key;
        const checked = withSecrets({ ...configured, network: loaded.value });
        expect(checked.issues.map(({ rule }) => rule)).toEqual(rules);
        expect(JSON.stringify(checked.issues)).not.toContain('a secret, no key');
      }
    } finally {
      delete process.env.MGN_LOGIN_KEY;
    }
  });

  test.each<[string, object, readonly string[], string?]>([
    ['a role that does not exist', { roles: [{ claim: 'r', role: 'doctor' }] }, ['config-value-invalid']],
    [
      'a partner that does not exist',
      { organizations: [{ claim: '1', partner: 'nobody' }] },
      ['config-reference-unresolved'],
    ],
    [
      'a level that the provider does not have',
      { provider, roles: [{ claim: 'r', role: 'operator', 'minimum-assurance': 'medium' }] },
      ['config-reference-unresolved'],
    ],
    [
      'one organisation twice',
      {
        organizations: [
          { claim: '1', partner: 'gp-de-linde' },
          { claim: '1', partner: 'operator' },
        ],
      },
      ['config-duplicate'],
    ],
    ['a secret in the file', { provider: { ...provider, 'client-secret': 'x' } }, ['config-key-unknown']],
    [
      'no secret',
      { provider: { issuer: provider.issuer, 'client-id': 'x' } },
      ['config-key-missing', 'config-key-missing'],
    ],
    [
      'scopes without openid',
      { provider: { ...provider, scopes: ['profile'] } },
      ['config-value-invalid', 'config-value-invalid'],
    ],
    ['a provider without TLS', { provider: { ...provider, issuer: 'http://login.example' } }, ['address-without-tls']],
    ['a provider inside the network', { provider: { ...provider, issuer: 'https://10.0.0.1' } }, ['address-private']],
    ['a session of a week', { sessions: { 'longest-hours': 168 } }, ['config-value-invalid']],
    ['cookies without TLS', { provider }, ['config-value-invalid'], 'http://gateway.example/fhir'],
  ])('%s is refused', async (_, people, rules, baseUrl) => {
    const loaded = await load(people, baseUrl);
    expect(loaded.issues.map(({ rule }) => rule)).toEqual(rules);
  });
});

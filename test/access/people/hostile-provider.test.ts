import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { auditTrail } from '../../../src/tracker/index.ts';
import { openBrowser } from '../../support/access/browser.ts';
import { startServer } from '../../support/access/identity-provider.ts';
import {
  minutes,
  type PeopleGateway,
  providerOf,
  secretVariable,
  settingsOf,
  startPeopleGateway,
} from '../../support/access/people-gateway.ts';
import { rulesOf } from '../../support/test-gateway.ts';

/** What a provider, or who stands between, may send that no honest one does. */
type Token = {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly drop?: readonly string[];
  readonly alg?: 'none' | 'HS256' | 'other key';
};

const clientId = 'mgn-gateway';
const clientSecret = 'a secret of the client, long enough for HS256';
let keys: { readonly privateKey: CryptoKey; readonly publicJwk: object };
let otherKey: CryptoKey;
let provider: Awaited<ReturnType<typeof startServer>>;
let gateway: PeopleGateway;
let clock = 0;
/** What the token endpoint answers next. */
let next: Token | { readonly status: number; readonly body: unknown } | 'never' = {};
let nonce = '';
let metadata: Readonly<Record<string, unknown>> = {};
let codes = new Set<string>();
let counter = 0;

beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  keys = { privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' } };
  otherKey = (await generateKeyPair('ES256')).privateKey;
  process.env[secretVariable] = clientSecret;
  provider = await startServer(async (path, body) => {
    if (path === '/.well-known/openid-configuration') return { body: { ...standard(), ...metadata } };
    if (path === '/keys') return { body: { keys: [keys.publicJwk] } };
    if (path !== '/token') return { status: 404, body: {} };
    if (next === 'never') return 'never';
    if ('status' in next) return next;
    const code = new URLSearchParams(body).get('code') ?? '';
    if (codes.has(code)) return { status: 400, body: { error: 'invalid_grant' } };
    codes.add(code);
    return { body: { access_token: 'x', token_type: 'Bearer', expires_in: 60, id_token: await idToken(next) } };
  });
  gateway = await startPeopleGateway(settingsOf({ provider: providerOf({ ...provider, clientId }) }), {
    now: () => new Date(Date.now() + clock),
  });
});
afterEach(() => {
  next = {};
  metadata = {};
  codes = new Set();
  clock = 0;
});
afterAll(async () => {
  await gateway.stop();
  await provider.close();
  delete process.env[secretVariable];
});

const standard = () => ({
  issuer: provider.issuer,
  authorization_endpoint: `${provider.issuer}/authorize`,
  token_endpoint: `${provider.issuer}/token`,
  jwks_uri: `${provider.issuer}/keys`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256', 'HS256', 'none'],
  authorization_response_iss_parameter_supported: true,
});

const now = () => Math.floor(Date.now() / 1_000);

async function idToken({ claims = {}, drop = [], alg }: Token): Promise<string> {
  const whole: JWTPayload = {
    iss: provider.issuer,
    sub: 'h.linde',
    aud: clientId,
    iat: now(),
    exp: now() + 300,
    nonce,
    acr: 'high',
    roles: ['professional'],
    organization: 'ura-gp',
    ...claims,
  };
  const payload = Object.fromEntries(Object.entries(whole).filter(([name]) => !drop.includes(name)));
  if (alg === 'none') {
    const part = (it: object) => Buffer.from(JSON.stringify(it)).toString('base64url');
    return `${part({ alg: 'none' })}.${part(payload)}.`;
  }
  const header = alg === 'HS256' ? { alg } : { alg: 'ES256', kid: 'one' };
  const key = alg === 'HS256' ? Buffer.from(clientSecret) : alg === 'other key' ? otherKey : keys.privateKey;
  return new SignJWT(payload).setProtectedHeader(header).sign(key);
}

/** A login of which the way back is as given: it replaces what an honest provider would send. */
async function comeBack(query: Readonly<Record<string, string | undefined>> = {}, browser = openBrowser()) {
  const to = await browser.visit(`${gateway.url}/login`, (url) => url.startsWith(provider.issuer));
  const asked = new URL(to.url).searchParams;
  nonce = asked.get('nonce') ?? '';
  const honest = { code: `code-${++counter}`, state: asked.get('state') ?? '', iss: provider.issuer };
  const sent = Object.entries({ ...honest, ...query }).filter((it): it is [string, string] => it[1] !== undefined);
  const address = `${gateway.url}/login/callback?${new URLSearchParams(sent)}`;
  const landed = await browser.send('GET', address);
  return { landed, address, browser };
}

const isLoggedIn = (browser: ReturnType<typeof openBrowser>) => browser.cookies(gateway.url).has('mgn-session');

test('an honest answer logs in', async () => {
  const { landed, browser } = await comeBack();
  expect([landed.status, landed.headers.location]).toEqual([303, '/']);
  expect(isLoggedIn(browser)).toBe(true);
});

describe('no session, and the part that was wrong, for an ID token with', () => {
  test.each<[string, Token, string]>([
    ['the nonce of another login', { claims: { nonce: 'another' } }, 'nonce'],
    ['no nonce', { drop: ['nonce'] }, 'nonce'],
    ['another issuer', { claims: { iss: 'https://evil.example' } }, 'iss'],
    ['another audience (token substitution)', { claims: { aud: 'another-client' } }, 'aud'],
    ['more audiences, for another client', { claims: { aud: [clientId, 'b'], azp: 'b' } }, 'azp'],
    ['its time over', { claims: { iat: now() - 900, exp: now() - 600 } }, 'exp'],
    ['no end', { drop: ['exp'] }, 'exp'],
    ['no subject', { drop: ['sub'] }, 'sub'],
    ['a subject of several lines', { claims: { sub: 'a\nb' } }, 'sub'],
    ['a subject without end', { claims: { sub: 'a'.repeat(300) } }, 'sub'],
    ['alg none', { alg: 'none' }, ''],
    ['an HMAC by the secret of the client', { alg: 'HS256' }, ''],
    ['a signature of another key', { alg: 'other key' }, ''],
  ])('%s', async (_, token, problem) => {
    next = token;
    const { landed, browser } = await comeBack();
    expect([landed.status, rulesOf(landed)]).toEqual([401, ['login-response-invalid']]);
    expect(landed.text).toContain(problem);
    expect(landed.text).not.toMatch(/evil|another/);
    expect(isLoggedIn(browser)).toBe(false);
  });
});

describe('no session for a way back with', () => {
  test.each<[string, Readonly<Record<string, string | undefined>>, string]>([
    ['another state', { state: 'another' }, 'login-response-invalid'],
    ['no state', { state: undefined }, 'login-response-invalid'],
    ['no code', { code: undefined }, 'login-response-invalid'],
    ['the issuer of another provider (mix-up)', { iss: 'https://evil.example' }, 'login-response-invalid'],
    ['no issuer, where the provider sends it', { iss: undefined }, 'login-response-invalid'],
    ['an error', { code: undefined, error: 'login_required' }, 'login-provider-refused'],
    ['an error in words', { code: undefined, error: '<script>evil</script>' }, 'login-provider-refused'],
  ])('%s', async (_, query, rule) => {
    const { landed, browser } = await comeBack(query);
    expect([landed.status, rulesOf(landed)]).toEqual([401, [rule]]);
    expect(landed.text).not.toMatch(/evil/);
    expect(isLoggedIn(browser)).toBe(false);
  });

  test('a code that was used, in the same browser and in another (code injection)', async () => {
    const { address, browser } = await comeBack();
    expect(rulesOf(await browser.send('GET', address))).toEqual(['login-attempt-missing']);
    const stranger = openBrowser();
    expect(rulesOf(await stranger.send('GET', address))).toEqual(['login-attempt-missing']);
    expect(isLoggedIn(stranger)).toBe(false);
  });

  test('the cookie of the login copied and used again', async () => {
    const browser = openBrowser();
    const to = await browser.visit(`${gateway.url}/login`, (url) => url.startsWith(provider.issuer));
    const copied = browser.cookies(gateway.url).get('mgn-login') ?? '';
    const asked = new URL(to.url).searchParams;
    nonce = asked.get('nonce') ?? '';
    const query = new URLSearchParams({ code: 'c1', state: asked.get('state') ?? '', iss: provider.issuer });
    const address = `${gateway.url}/login/callback?${query}`;
    expect((await browser.send('GET', address)).status).toBe(303);
    const thief = openBrowser();
    thief.cookies(gateway.url).set('mgn-login', copied);
    const again = await thief.send('GET', address.replace('code=c1', 'code=c2'));
    expect([again.status, rulesOf(again)]).toEqual([401, ['login-response-invalid']]);
    expect(again.text).toContain('replayed');
  });

  test('a cookie that the gateway did not seal, and one of more than 10 minutes ago', async () => {
    const browser = openBrowser();
    browser.cookies(gateway.url).set('mgn-login', 'A'.repeat(200));
    const forged = await browser.send('GET', `${gateway.url}/login/callback?code=x&state=y`);
    expect(rulesOf(forged)).toEqual(['login-attempt-missing']);
    const to = await browser.visit(`${gateway.url}/login`, (url) => url.startsWith(provider.issuer));
    clock = minutes(11);
    const state = new URL(to.url).searchParams.get('state') ?? '';
    const late = await browser.send('GET', `${gateway.url}/login/callback?code=x&state=${state}`);
    expect(rulesOf(late)).toEqual(['login-attempt-missing']);
  });
});

describe('a provider that does not work', () => {
  test.each<[string, typeof next]>([
    ['fails', { status: 500, body: {} }],
    ['answers with something else', { status: 200, body: 'x'.repeat(500_000) }],
  ])('at the token endpoint %s: no session, and a code', async (_, answer) => {
    next = answer;
    const { landed, browser } = await comeBack();
    expect([401, 503]).toContain(landed.status);
    expect(isLoggedIn(browser)).toBe(false);
  });

  test('and never answers: a plain page within seconds, and other requests are answered meanwhile', async () => {
    next = 'never';
    const waiting = comeBack();
    for (let n = 0; n < 5; n++) expect((await gateway.ask('GET', '/healthz')).status).toBe(200);
    const { landed } = await waiting;
    expect([landed.status, rulesOf(landed)]).toEqual([503, ['login-provider-unavailable']]);
    expect(landed.headers['retry-after']).toBeTruthy();
  }, 30_000);

  test('and is away at the start: the gateway starts, and works; a login gets a page, and works once it is back', async () => {
    const absent = await startPeopleGateway(
      settingsOf({ provider: providerOf({ issuer: 'http://127.0.0.1:9', clientId }) }),
    );
    try {
      expect((await absent.ask('GET', '/fhir/Task', { as: 'gp-de-linde' })).status).toBe(200);
      const page = await openBrowser().visit(`${absent.url}/login`);
      expect([page.status, page.headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
      expect(page.text).toContain('De inlogdienst antwoordt niet');
      const english = await openBrowser().visit(`${absent.url}/login?lang=en`);
      expect(english.text).toContain('The login service does not answer');
      const lines = [];
      for await (const line of auditTrail(absent.store, { interaction: 'login' })) lines.push(line);
      expect(lines).toMatchObject([{ outcome: 'refused', codes: ['login-provider-unavailable'] }]);
    } finally {
      await absent.stop();
    }
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['names another issuer', { issuer: 'https://evil.example' }],
    ['has its login at another kind of address', { authorization_endpoint: 'javascript:alert(1)' }],
    ['has its keys inside the network', { jwks_uri: 'http://10.0.0.1/keys' }],
    ['has its tokens inside the network', { token_endpoint: 'http://169.254.169.254/token' }],
  ])('and %s: no session', async (_, changed) => {
    metadata = changed;
    const fresh = await startPeopleGateway(settingsOf({ provider: providerOf({ ...provider, clientId }) }));
    try {
      const browser = openBrowser();
      const to = await browser.visit(`${fresh.url}/login`, (url) => !url.startsWith(fresh.url));
      if (to.status === 503) return;
      expect(to.url.startsWith(provider.issuer)).toBe(true);
      const asked = new URL(to.url).searchParams;
      nonce = asked.get('nonce') ?? '';
      const query = new URLSearchParams({ code: 'c', state: asked.get('state') ?? '', iss: provider.issuer });
      const landed = await browser.send('GET', `${fresh.url}/login/callback?${query}`);
      expect([401, 503]).toContain(landed.status);
      expect(browser.cookies(fresh.url).has('mgn-session')).toBe(false);
    } finally {
      await fresh.stop();
    }
  });
});

describe('a logout token of the back channel', () => {
  const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const tokenOf = (claims: Readonly<Record<string, unknown>>, key = keys.privateKey) => {
    const whole = { iss: provider.issuer, aud: clientId, iat: now(), exp: now() + 60, jti: `${++counter}` };
    const payload = { ...whole, sub: 'h.linde', events: event, ...claims };
    const given = Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined));
    return new SignJWT(given).setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'logout+jwt' }).sign(key);
  };
  const send = (token: string) =>
    gateway.ask('POST', '/logout/back-channel', {
      body: new URLSearchParams({ logout_token: token }).toString(),
      contentType: 'application/x-www-form-urlencoded',
      sameOrder: true,
    });

  test('ends the sessions of that person, once', async () => {
    const { browser } = await comeBack();
    const token = await tokenOf({});
    expect((await send(token)).status).toBe(200);
    expect(rulesOf(await browser.send('GET', `${gateway.url}/session`))).toEqual(['session-ended']);
    expect((await send(token)).status).toBe(400);
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another client', { aud: 'another' }],
    ['that is an ID token', { events: undefined }],
    ['with a nonce', { nonce: 'x' }],
    ['about nobody', { sub: undefined }],
    ['that is over', { iat: 1, exp: 2 }],
    ['without an id', { jti: undefined }],
  ])('%s ends nothing', async (_, claims) => {
    const { browser } = await comeBack();
    expect((await send(await tokenOf(claims))).status).toBe(400);
    expect((await browser.send('GET', `${gateway.url}/session`)).status).toBe(200);
  });

  test('of another key, or none at all, ends nothing', async () => {
    const { browser } = await comeBack();
    for (const token of [await tokenOf({}, otherKey), '', 'x.y.z']) expect((await send(token)).status).toBe(400);
    expect((await browser.send('GET', `${gateway.url}/session`)).status).toBe(200);
  });
});

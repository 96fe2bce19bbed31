import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditTrail } from '../../../src/tracker/index.ts';
import { openBrowser } from '../../support/access/browser.ts';
import { type IdentityProvider, startIdentityProvider } from '../../support/access/identity-provider.ts';
import {
  logIn,
  type PeopleGateway,
  providerOf,
  secretVariable,
  sessionOf,
  settingsOf,
  startPeopleGateway,
} from '../../support/access/people-gateway.ts';
import { plain } from '../../support/console/console.ts';
import { freePort } from '../../support/free-port.ts';
import { rulesOf } from '../../support/test-gateway.ts';

/** People log in with oidc-provider, a provider that nobody here wrote, by its forms and redirects. */
const accounts = {
  'h.linde': {
    acr: 'substantial',
    claims: { name: 'Huisarts Proef', roles: ['professional'], organization: 'ura-gp' },
  },
  'o.beheer': { acr: 'high', claims: { name: 'Beheer Proef', roles: ['operator', 'other'], organization: ['beheer'] } },
  'o.weak': { acr: 'low', claims: { name: 'Beheer Zwak', roles: ['operator'], organization: 'beheer' } },
  'n.rol': { acr: 'high', claims: { name: 'Zonder Rol', roles: ['visitor'], organization: 'ura-gp' } },
  'n.org': {
    acr: 'high',
    claims: { name: 'Zonder Organisatie', roles: ['professional'], organization: 'ura-unknown' },
  },
  't.twee': {
    acr: 'high',
    claims: { name: 'Twee Banen', roles: ['professional'], organization: ['ura-gp', 'ura-ggz', 'ura-unknown'] },
  },
};

let idp: IdentityProvider;
let gateway: PeopleGateway;
let port: number;

beforeAll(async () => {
  port = await freePort();
  idp = await startIdentityProvider(accounts, { gateway: `http://127.0.0.1:${port}` });
});
afterAll(() => idp.close());
beforeEach(async () => {
  process.env[secretVariable] = idp.clientSecret;
  gateway = await startPeopleGateway(settingsOf({ provider: providerOf(idp) }), { port });
});
afterEach(async () => {
  await gateway.stop();
  delete process.env[secretVariable];
});

async function events(interaction: string) {
  const found = [];
  for await (const line of auditTrail(gateway.store, { interaction })) found.push(line);
  return found;
}

test('somebody logs in, and is who the provider says, in the role and for the partner that the configuration says', async () => {
  const browser = openBrowser();
  const to = await browser.visit(`${gateway.url}/login`, (url) => url.startsWith(idp.issuer));
  const asked = new URL(to.url).searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({
    response_type: 'code',
    scope: 'openid profile',
    code_challenge_method: 'S256',
    acr_values: 'high substantial',
    redirect_uri: `${gateway.url}/login/callback`,
  });
  for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)?.length).toBeGreaterThanOrEqual(43);

  const landed = await logIn(browser, gateway.url, 'h.linde');
  expect(landed.url).toBe(`${gateway.url}/`);
  expect(await sessionOf(browser, gateway.url)).toMatchObject({
    person: { id: 'h.linde', name: 'Huisarts Proef' },
    partner: { id: 'gp-de-linde' },
    roles: ['professional'],
    assurance: 'substantial',
    emergencies: [],
    demo: false,
  });
  const { text } = await browser.send('GET', `${gateway.url}/fhir/Task`);
  expect(JSON.parse(text)).toMatchObject({ resourceType: 'Bundle', type: 'searchset' });
});

test('the login is an AuditEvent of NEN 7513: who, in which role, for whom, at which level', async () => {
  await logIn(openBrowser(), gateway.url, 'h.linde');
  const [line] = await events('login');
  expect(line).toMatchObject({ outcome: 'success', partner: 'gp-de-linde', person: 'h.linde', address: '127.0.0.1' });
  const { items } = await gateway.store.audit({ count: 100 });
  const event = items.map(({ text }) => JSON.parse(text)).find(({ subtype }) => subtype[0].code === 'login');
  expect(event).toMatchObject({
    type: { code: '110114' },
    agent: [{ altId: 'h.linde', requestor: true, who: { identifier: { value: 'gp-de-linde' } } }],
    entity: expect.arrayContaining([{ detail: [{ type: 'assurance', valueString: 'substantial' }] }]),
  });
  expect(JSON.stringify(event.agent[0].role)).toContain('professional');
  expect(JSON.stringify(event), 'the name of a person is not in the trail').not.toContain('Proef');
});

test('every login begins a session of its own, and ends the one that the browser had (fixation)', async () => {
  const browser = openBrowser();
  const cookies = browser.cookies(gateway.url);
  const planted = 'A'.repeat(43);
  cookies.set('mgn-session', planted);
  expect((await browser.send('GET', `${gateway.url}/session`)).status).toBe(401);
  await logIn(browser, gateway.url, 'h.linde');
  const first = cookies.get('mgn-session');
  expect(first).toMatch(/^[\w-]{43}$/);
  expect(first).not.toBe(planted);
  await logIn(browser, gateway.url, 'h.linde');
  await browser.visit(`${gateway.url}/login`);
  const second = cookies.get('mgn-session');
  expect(second).not.toBe(first);
  const old = openBrowser();
  old.cookies(gateway.url).set('mgn-session', first ?? '');
  expect((await old.send('GET', `${gateway.url}/session`)).status).toBe(401);
  expect((await browser.send('GET', `${gateway.url}/session`)).status).toBe(200);
});

test('the cookie is out of reach of scripts and of other sites, and the store has only its digest', async () => {
  const browser = openBrowser();
  const landed = await logIn(browser, gateway.url, 'h.linde');
  expect(landed.status).toBe(200);
  const secret = browser.cookies(gateway.url).get('mgn-session') ?? '';
  const back = await browser.visit(`${gateway.url}/login`, (url) => url === `${gateway.url}/`);
  const lines = [back.headers['set-cookie'] ?? []].flat();
  expect(lines.find((it) => it.startsWith('mgn-session='))).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
  expect(lines.find((it) => it.startsWith('mgn-login='))).toContain('Max-Age=0');
  expect(await gateway.store.session(secret, new Date())).toBeUndefined();
});

describe('a person whom the network does not admit', () => {
  test.each([
    ['n.rol', 403, 'login-person-unknown'],
    ['n.org', 403, 'login-person-unknown'],
    ['o.weak', 403, 'login-assurance-insufficient'],
    ['t.twee', 403, 'login-organization-ambiguous'],
  ])('%s: %i %s, as a page, in the trail, and without a session', async (account, status, rule) => {
    const browser = openBrowser();
    const refused = await logIn(browser, gateway.url, account);
    expect([refused.status, refused.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
    expect(refused.text).toContain(`<code>${rule}</code>`);
    expect(browser.cookies(gateway.url).has('mgn-session')).toBe(false);
    expect(await events('login')).toMatchObject([{ outcome: 'refused', codes: [rule] }]);
  });

  test('who has no account gets a page without the words of the provider', async () => {
    const refused = await logIn(openBrowser(), gateway.url, 'nobody');
    expect(refused.status).toBe(401);
    expect(refused.text).toContain('login-provider-refused');
    expect(refused.text).toContain('access_denied');
    expect(refused.text).not.toContain('such');
    expect(refused.headers['content-security-policy']).toContain("default-src 'none'");
    expect(refused.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });
});

test('somebody of two organisations chooses one, and only one of the own', async () => {
  const browser = openBrowser();
  expect((await logIn(browser, gateway.url, 't.twee', '?partner=ggz-horizonland')).status).toBe(200);
  expect((await sessionOf(browser, gateway.url)).partner.id).toBe('ggz-horizonland');
  const other = await logIn(openBrowser(), gateway.url, 't.twee', '?partner=wijkteam-zonnerveen');
  expect(other.status).toBe(403);
});

test('back to the page that was asked for, and never to another host', async () => {
  const wished = await logIn(openBrowser(), gateway.url, 'h.linde', '?return=/orders/1%23a');
  expect(wished.url).toBe(`${gateway.url}/orders/1#a`);
  for (const evil of ['https://evil.example/', '//evil.example', '/\\\\evil.example', '/.//evil.example']) {
    const landed = await logIn(openBrowser(), gateway.url, 'h.linde', `?return=${encodeURIComponent(evil)}`);
    expect(landed.url).toBe(`${gateway.url}/`);
  }
});

describe('logout', () => {
  test('ends the session here and at the provider; the cookie opens nothing afterwards', async () => {
    const browser = openBrowser();
    await logIn(browser, gateway.url, 'h.linde');
    const { csrfToken } = await sessionOf(browser, gateway.url);
    const secret = browser.cookies(gateway.url).get('mgn-session') ?? '';
    const left = await browser.send('POST', `${gateway.url}/logout`, { headers: { 'x-csrf-token': csrfToken } });
    const { endSession } = JSON.parse(left.text);
    expect(endSession).toContain(`${idp.issuer}/session/end`);
    expect(new URL(endSession).searchParams.get('id_token_hint')).toBeTruthy();
    expect(browser.cookies(gateway.url).has('mgn-session')).toBe(false);
    browser.cookies(gateway.url).set('mgn-session', secret);
    const after = await browser.send('GET', `${gateway.url}/session`);
    expect([after.status, rulesOf(after)]).toEqual([401, ['session-ended']]);
    expect(await events('logout')).toMatchObject([{ outcome: 'success', partner: 'gp-de-linde' }]);
  });

  const form = (text: string) => ({
    body: `csrf=${encodeURIComponent(text)}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
  });

  test('by a form: a page that goes on to the provider, which form-action of the page with the form does not bar', async () => {
    const browser = openBrowser();
    await logIn(browser, gateway.url, 'h.linde');
    const { csrfToken } = await sessionOf(browser, gateway.url);
    const left = await browser.send('POST', `${gateway.url}/logout`, form(csrfToken));
    expect([left.status, left.headers.location]).toEqual([200, undefined]);
    expect(left.text).toContain(`<meta http-equiv="refresh" content="0;url=${idp.issuer}/session/end?`);
    expect(left.text).toContain('U bent uitgelogd');
    expect(browser.cookies(gateway.url).has('mgn-session')).toBe(false);
  });

  test.each([
    ['nl', 'U bent niet ingelogd'],
    ['en', 'You are not logged in'],
  ])('without a session, by a form: a page in words (%s)', async (language, words) => {
    const browser = openBrowser();
    for (const [method, path] of [
      ['POST', '/logout'],
      ['GET', '/session'],
    ] as const) {
      const it = form('');
      const left = await browser.send(method, `${gateway.url}${path}`, {
        ...(method === 'POST' ? it : {}),
        headers: { ...it.headers, 'accept-language': language },
      });
      expect([left.status, left.text.includes(words)], path).toEqual([401, true]);
      expect(plain(left.text)).not.toMatch(/Authorization|X-CSRF|header/i);
      expect(left.text).toContain('href="/login"');
    }
  });

  test('at the provider ends the sessions here, by its back channel', async () => {
    const browser = openBrowser();
    await logIn(browser, gateway.url, 'h.linde');
    const secret = browser.cookies(gateway.url).get('mgn-session') ?? '';
    const { csrfToken } = await sessionOf(browser, gateway.url);
    // a second session of the same login, which is not logged out here
    const left = await browser.send('POST', `${gateway.url}/logout`, { headers: { 'x-csrf-token': csrfToken } });
    await logIn(browser, gateway.url, 'h.linde');
    await browser.visit(`${gateway.url}/login`);
    const second = browser.cookies(gateway.url).get('mgn-session');
    expect(second).not.toBe(secret);
    expect((await browser.send('GET', `${gateway.url}/session`)).status).toBe(200);
    const page = await browser.visit(JSON.parse(left.text).endSession);
    const [, xsrf] = /name="xsrf" value="([^"]+)"/.exec(page.text) ?? [];
    expect(xsrf).toBeTruthy();
    await browser.submit(`${idp.issuer}/session/end/confirm`, { xsrf: xsrf ?? '', logout: 'yes' });
    await expect.poll(async () => (await browser.send('GET', `${gateway.url}/session`)).status).toBe(401);
    expect(await events('logout')).toMatchObject([{ partner: 'gp-de-linde' }, { partner: 'mgn-gateway' }]);
  });
});

test('a client with a private key instead of a secret (private_key_jwt)', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const own = await freePort();
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }];
  const other = await startIdentityProvider(accounts, { gateway: `http://127.0.0.1:${own}`, clientKeys: keys });
  process.env[secretVariable] = JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'one', alg: 'ES256' });
  const provider = providerOf(other, { authentication: { kind: 'key', from: secretVariable } });
  const second = await startPeopleGateway(settingsOf({ provider }), { port: own });
  try {
    const browser = openBrowser();
    await logIn(browser, second.url, 'o.beheer');
    expect(await sessionOf(browser, second.url)).toMatchObject({ roles: ['operator'], partner: { id: 'operator' } });
  } finally {
    await second.stop();
    await other.close();
  }
});

test('claims that are not in the ID token come from the userinfo endpoint, but for the level of assurance', async () => {
  const own = await freePort();
  const other = await startIdentityProvider(
    { ...accounts, 'o.raised': { acr: 'low', claims: { ...accounts['o.beheer'].claims, acr: 'high' } } },
    { gateway: `http://127.0.0.1:${own}`, claimsAt: 'userinfo' },
  );
  process.env[secretVariable] = other.clientSecret;
  const second = await startPeopleGateway(settingsOf({ provider: providerOf(other) }), { port: own });
  try {
    const browser = openBrowser();
    await logIn(browser, second.url, 'o.beheer');
    expect(await sessionOf(browser, second.url)).toMatchObject({
      roles: ['operator'],
      partner: { id: 'operator' },
      assurance: 'high',
    });
    const weak = openBrowser();
    const answer = await logIn(weak, second.url, 'o.raised');
    expect(answer.text).toContain('login-assurance-insufficient');
    expect((await weak.send('GET', `${second.url}/session`)).status).toBe(401);
  } finally {
    await second.stop();
    await other.close();
  }
});

test('a gateway without people has no login, and systems log in as before', async () => {
  const without = await startPeopleGateway(undefined);
  try {
    for (const path of ['/login', '/login/callback?code=x&state=y'])
      expect((await without.ask('GET', path)).status).toBeGreaterThanOrEqual(400);
    expect(rulesOf(await without.ask('GET', '/login'))).toEqual(['login-people-absent']);
    expect((await without.ask('GET', '/session')).status).toBe(401);
    expect((await without.ask('GET', '/fhir/Task', { as: 'gp-de-linde' })).status).toBe(200);
  } finally {
    await without.stop();
  }
});

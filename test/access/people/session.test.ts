import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { cookieIn, cookieNames, setCookie } from '../../../src/access/people/cookies.ts';
import { isOwnPage } from '../../../src/access/people/own-origin.ts';
import { whoIs } from '../../../src/access/people/person.ts';
import { activate, lastUse, storedSet } from '../../../src/configuration/index.ts';
import type { DemoPerson, PeopleSettings } from '../../../src/directory/index.ts';
import { world } from '../../../src/main.ts';
import { type Browser, openBrowser } from '../../support/access/browser.ts';
import {
  minutes,
  type PeopleGateway,
  providerOf,
  sessionOf,
  settingsOf,
  startPeopleGateway,
} from '../../support/access/people-gateway.ts';
import { changed } from '../../support/configuration/configuration-sets.ts';
import { demoConfiguration } from '../../support/demo-configuration.ts';
import { rulesOf, startGateway } from '../../support/test-gateway.ts';

const gp: DemoPerson = { id: 'gp', name: 'Demo', partner: 'gp-de-linde', roles: ['professional'], emergency: false };
const open: PeopleGateway[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const it of open.splice(0)) await it.stop();
  for (const it of folders.splice(0)) await rm(it, { recursive: true, force: true });
});

async function start(
  more: Partial<PeopleSettings> = {},
  options: Parameters<typeof startPeopleGateway>[1] = {},
): Promise<PeopleGateway> {
  const gateway = await startPeopleGateway(settingsOf({ demoPersons: [gp], ...more }), options);
  open.push(gateway);
  return gateway;
}

async function loggedIn({ url }: PeopleGateway): Promise<Browser> {
  const browser = openBrowser();
  await browser.submit(`${url}/login/demo`, { person: 'gp' });
  return browser;
}

const status = async (browser: Browser, { url }: PeopleGateway) => (await browser.send('GET', `${url}/session`)).status;

/** The cookies of one gateway, for another one. */
const moveTo = (browser: Browser, from: PeopleGateway, to: PeopleGateway): void => {
  for (const [name, value] of browser.cookies(from.url)) browser.cookies(to.url).set(name, value);
};

describe('a session', () => {
  test('is known to another gateway on the store, and after a restart; and ends there too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mgn-sessions-'));
    folders.push(folder);
    const store = `sqlite:${join(folder, 'store.db')}`;
    const first = await start({}, { store });
    const second = await start({}, { store });
    const browser = await loggedIn(first);
    moveTo(browser, first, second);
    expect([await status(browser, first), await status(browser, second)]).toEqual([200, 200]);
    await first.stop();
    open.splice(open.indexOf(first), 1);
    const third = await start({}, { store });
    moveTo(browser, second, third);
    expect(await status(browser, third)).toBe(200);
    const { csrfToken } = await sessionOf(browser, third.url);
    await browser.send('POST', `${third.url}/logout`, { headers: { 'x-csrf-token': csrfToken } });
    expect(await status(browser, second)).toBe(401);
  });

  test('is worth nothing at a gateway on another store', async () => {
    const [first, second] = [await start(), await start()];
    const browser = await loggedIn(first);
    moveTo(browser, first, second);
    expect(await status(browser, second)).toBe(401);
  });

  test('ends after a time without requests, and in any case after its longest time', async () => {
    let clock = 0;
    const sessions = { idle: minutes(30), longest: minutes(120) };
    const gateway = await start({ sessions }, { now: () => new Date(Date.now() + clock) });
    const idle = await loggedIn(gateway);
    const busy = await loggedIn(gateway);
    for (const at of [29, 58, 87, 116]) {
      clock = minutes(at);
      expect(await status(busy, gateway), `${at} minutes`).toBe(200);
      if (at === 29) continue;
      expect(await status(idle, gateway), `${at} minutes`).toBe(401);
    }
    clock = minutes(121);
    expect(await status(busy, gateway)).toBe(401);
    const after = await busy.send('GET', `${gateway.url}/fhir/Task`);
    expect([after.status, rulesOf(after)]).toEqual([401, ['session-ended']]);
  });

  test('has its role by the configuration in force: removed, it is gone at the next request', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mgn-sessions-'));
    folders.push(folder);
    const store = `sqlite:${join(folder, 'store.db')}`;
    const before = await start({}, { store });
    const browser = await loggedIn(before);
    for (const demoPersons of [
      [],
      [{ ...gp, id: 'another' }],
      [{ ...gp, partner: 'nobody' }],
    ] satisfies DemoPerson[][]) {
      const after = await start({ demoPersons }, { store });
      moveTo(browser, before, after);
      const refused = await browser.send('GET', `${after.url}/fhir/Task`);
      expect([refused.status, rulesOf(refused)]).toEqual([403, ['login-person-unknown']]);
    }
    const less = await start({ demoPersons: [{ ...gp, roles: ['engineer'] }] }, { store });
    moveTo(browser, before, less);
    expect(await sessionOf(browser, less.url)).toMatchObject({ roles: ['engineer'] });
  });

  test('has it also after an activation while the gateway runs', async () => {
    const gateway = await startGateway();
    try {
      const browser = openBrowser();
      await browser.submit(`${gateway.url}/login/demo`, { person: 'wijkteam' });
      await browser.submit(`${gateway.url}/login/demo`, { person: 'huisarts' });
      expect((await browser.send('GET', `${gateway.url}/fhir/Task`)).status).toBe(200);
      const use = await lastUse(gateway.store);
      const set = await storedSet(gateway.store, use?.digest ?? '');
      if (!set.ok) throw new Error('no set');
      const after = changed(set.value, 'network/network.yaml', (text) =>
        text.replace(/ {4}- \{ id: huisarts,.*\n/, ''),
      );
      expect((await activate(gateway.store, world, after, { by: { id: 'operator', name: 'Test' } })).ok).toBe(true);
      await gateway.running.follow();
      const refused = await browser.send('GET', `${gateway.url}/fhir/Task`);
      expect([refused.status, rulesOf(refused)]).toEqual([403, ['login-person-unknown']]);
    } finally {
      await gateway.stop();
    }
  });

  test('of the demo ends when the network names a provider', async () => {
    const { network } = await demoConfiguration();
    const content = { issuer: 'demo', subject: 'gp', roles: [], organizations: [], since: 0, emergencies: [] };
    const settings = settingsOf({ demoPersons: [gp] });
    const of = (people: PeopleSettings, isDemo: boolean) =>
      whoIs({ people, partners: network.partners, isDemo }, content, new Date()).ok;
    expect(of(settings, true)).toBe(true);
    expect(of(settings, false)).toBe(false);
    expect(of({ ...settings, provider: providerOf({ issuer: 'https://a.example', clientId: 'x' }) }, true)).toBe(false);
    expect(of({ ...settings, provider: providerOf({ issuer: 'demo', clientId: 'x' }) }, true)).toBe(false);
  });
});

describe('a request that changes something, with a session', () => {
  const paths = [
    ['POST', '/fhir'],
    ['POST', '/fhir/Task/_search'],
    ['PATCH', '/fhir/Task/00000000-0000-4000-8000-000000000000'],
    ['POST', '/intake/referral'],
    ['POST', '/dead-letters/$requeue'],
    ['POST', '/configuration/$activate'],
    ['POST', '/emergency'],
    ['POST', '/logout'],
  ] as const;

  test.each(paths)(
    '%s %s is refused from another origin, without token, and with that of another session',
    async (method, path) => {
      const gateway = await start();
      const browser = await loggedIn(gateway);
      const { csrfToken } = await sessionOf(browser, gateway.url);
      const { csrfToken: foreign } = await sessionOf(await loggedIn(gateway), gateway.url);
      expect(foreign).not.toBe(csrfToken);
      const send = (headers: Readonly<Record<string, string>>, from?: string) =>
        browser.send(method, `${gateway.url}${path}`, {
          body: '{}',
          headers: { 'content-type': 'application/json', ...headers },
          ...(from ? { from } : {}),
        });
      const attempts = [
        await send({ 'x-csrf-token': csrfToken }, 'https://evil.example'),
        await send({ 'x-csrf-token': csrfToken, 'sec-fetch-site': 'same-site' }),
        await send({ 'x-csrf-token': csrfToken, origin: 'null' }),
        await send({}),
        await send({ 'x-csrf-token': '' }),
        await send({ 'x-csrf-token': foreign }),
      ];
      for (const it of attempts) expect([it.status, rulesOf(it)]).toEqual([403, ['request-forged']]);
      expect(await status(browser, gateway)).toBe(200);
      const own = await send({ 'x-csrf-token': csrfToken });
      expect(own.text).not.toContain('request-forged');
    },
  );

  test('is one of a form of another site: a browser sends no cookie, and nobody is logged in by it', async () => {
    const gateway = await start();
    const browser = openBrowser();
    const forced = await browser.submit(`${gateway.url}/login/demo`, { person: 'gp' }, 'https://evil.example');
    expect(forced.status).toBe(403);
    expect(browser.cookies(gateway.url).has('mgn-session')).toBe(false);
  });
});

test.each<[string, Parameters<typeof isOwnPage>[0], boolean]>([
  ['the own origin', { origin: 'https://gateway.example', site: 'same-origin' }, true],
  ['a browser without fetch metadata', { origin: 'https://gateway.example' }, true],
  ['no origin', { site: 'same-origin' }, false],
  ['another host', { origin: 'https://evil.example', host: 'evil.example' }, false],
  ['a host below', { origin: 'https://a.gateway.example' }, false],
  ['without TLS', { origin: 'http://gateway.example' }, false],
  ['another port', { origin: 'https://gateway.example:8443' }, false],
  ['an opaque origin', { origin: 'null' }, false],
  ['another site by fetch metadata', { origin: 'https://gateway.example', site: 'cross-site' }, false],
  ['loopback, where the gateway is not a demo', { origin: 'http://localhost:8080', host: 'localhost:8080' }, false],
])('a page of the gateway: %s', (_, page, is) => {
  expect(isOwnPage(page, 'https://gateway.example/fhir')).toBe(is);
});

test('a token wins over a session, and two cookies of one name are none', async () => {
  const gateway = await start();
  const browser = await loggedIn(gateway);
  const headers = { authorization: 'Bearer nobody' };
  expect((await browser.send('GET', `${gateway.url}/fhir/Task`, { headers })).status).toBe(401);
  const [, secret = ''] = [...browser.cookies(gateway.url)].find(([name]) => name === 'mgn-session') ?? [];
  const twice = await gateway.ask('GET', '/session', {
    headers: { cookie: `mgn-session=${secret}; mgn-session=${'A'.repeat(43)}` },
  });
  expect(twice.status).toBe(401);
});

test('the names of cookies bind them to the host where there is TLS', () => {
  expect(cookieNames('https://gateway.example/fhir')).toEqual({
    session: '__Host-mgn-session',
    login: '__Host-mgn-login',
    isSecure: true,
  });
  expect(setCookie('__Host-mgn-session', 'x', 60, true)).toBe(
    '__Host-mgn-session=x; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure',
  );
  expect(cookieIn('a=1; mgn-session=x=y ; b', 'mgn-session')).toBe('x=y');
  expect(cookieIn('xmgn-session=1; a="mgn-session=2"', 'mgn-session')).toBeUndefined();
});

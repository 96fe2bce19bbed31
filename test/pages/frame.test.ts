import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpRoutes } from '../../src/http/http-routes.ts';
import { openBrowser } from '../support/access/browser.ts';
import { loggedInAs } from '../support/console/console.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

/** Every page of the console, by the table of routes. */
const pages = httpRoutes
  .filter(({ handler, methods }) => handler.startsWith('page ') && methods.includes('GET'))
  .filter(({ path }) => !path.endsWith('/:id') || path.includes(':type')) // the tests of each
  .map(({ path }) =>
    path
      .replace(':code', 'invariant')
      .replace(':type/:id', 'StructureDefinition/mgn-patient')
      .replace(':folder/:page', 'reference/workflow')
      .replace(':page', 'privacy'),
  );

test('the console has pages', () => {
  expect(pages.length).toBeGreaterThan(3);
});

describe.each(pages)('%s', (path) => {
  test('loads nothing but files of the gateway, runs no script and has no style of its own, and is framed by nobody', async () => {
    const browser = await loggedInAs(gateway.url, path === '/messages' ? 'beheerder' : 'huisarts');
    const page = await browser.visit(`${gateway.url}${path}`);
    expect(page.status).toBe(200);
    const policy = String(page.headers['content-security-policy']);
    for (const part of [
      "default-src 'none'",
      "style-src 'self'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
      expect(policy).toContain(part);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(page.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'content-language': 'nl',
    });
    expect(page.text).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/);
    for (const [, address = ''] of page.text.matchAll(/(?:src|href)="([^"]*)"/g))
      expect(address, address).toMatch(/^(?:\/(?!\/)|#|data:,$|$)/);
  });

  test('is in Dutch, and in English once that was chosen', async () => {
    const browser = await loggedInAs(gateway.url, path === '/messages' ? 'beheerder' : 'huisarts');
    expect((await browser.visit(`${gateway.url}${path}`)).text).toContain('<html lang="nl"');
    const english = await browser.visit(`${gateway.url}${path}?lang=en&theme=dark`);
    expect(english.text).toContain('<html lang="en" data-theme="dark"');
    const later = await browser.visit(`${gateway.url}${path}`);
    expect(later.text).toContain('<html lang="en" data-theme="dark"');
    expect(later.text).toContain('Skip to the content');
  });
});

test('a file has an address of its content, and stays in the cache for good', async () => {
  const { text } = await openBrowser().visit(`${gateway.url}/docs/findings`);
  const addresses = [...new Set([...text.matchAll(/"(\/assets\/[0-9a-f]{16}\/[a-z.]+)/g)].map(([, it]) => it ?? ''))];
  expect(addresses.map((it) => it.replace(/.*\//, '')).sort()).toEqual([
    'console.css',
    'console.js',
    'htmx.js',
    'icons.svg',
  ]);
  for (const address of addresses) {
    const file = await openBrowser().send('GET', `${gateway.url}${address}`);
    expect(file.status).toBe(200);
    expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(file.headers['x-content-type-options']).toBe('nosniff');
  }
  expect((await openBrowser().send('GET', `${gateway.url}/assets/0000000000000000/console.css`)).status).toBe(404);
  expect((await openBrowser().send('GET', `${gateway.url}/assets/..%2F..%2Fpackage.json/x`)).status).toBe(404);
});

test('the scripts of a page are at most 60 KB compressed', async () => {
  const { text } = await openBrowser().visit(`${gateway.url}/docs/findings`);
  let bytes = 0;
  for (const [, address] of text.matchAll(/<script src="([^"]+)"/g)) {
    const file = await gateway.ask('GET', address ?? '', { headers: { 'accept-encoding': 'gzip' } });
    expect(file.headers['content-encoding']).toBe('gzip');
    bytes += Number(file.headers['content-length'] ?? 60_000);
  }
  expect(bytes).toBeLessThan(60_000);
});

test('an address without a page, a page of another method and a code that is none say what to do, as a page to a browser alone', async () => {
  const browser = openBrowser();
  for (const path of ['/nothing', '/docs/findings/none', '/docs/findings/constructor']) {
    const page = await browser.visit(`${gateway.url}${path}`);
    expect(page.status).toBe(404);
    expect(page.text).toContain('Deze pagina is er niet');
    expect(page.text).toContain('Naar het begin');
  }
  const asSystem = await gateway.ask('GET', '/nothing', { headers: { accept: 'application/fhir+json' } });
  expect(JSON.parse(asSystem.text).resourceType).toBe('OperationOutcome');
});

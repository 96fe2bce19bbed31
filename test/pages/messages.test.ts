import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditTrail } from '../../src/tracker/index.ts';
import { example, loggedInAs, plain } from '../support/console/console.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let body: string;
beforeAll(async () => {
  gateway = await startGateway();
  body = await example('001-referral-as-collection', 'input.json');
});
afterAll(() => gateway.stop());

const send = (more: object = {}) => gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body, ...more });

test('the operator finds a message by what is at hand, unfolds its destinations, and sees no content', async () => {
  const browser = await loggedInAs(gateway.url, 'beheerder');
  expect(plain((await browser.visit(`${gateway.url}/messages?days=`)).text)).toContain('Nog geen berichten.');
  const traceId = crypto.randomUUID();
  expect((await send({ headers: { 'x-trace-id': traceId } })).status).toBe(200);
  expect((await send()).status).toBe(200);
  const wrong = await example('024-bsn-fails-elfproef', 'input.json');
  expect((await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: wrong })).status).toBe(422);
  const all = await browser.visit(`${gateway.url}/messages`);
  expect([...all.text.matchAll(/<tbody>/g)].length).toBeGreaterThanOrEqual(2);
  const one = await browser.visit(`${gateway.url}/messages?q=${traceId}`);
  expect([...one.text.matchAll(/<tbody>/g)].length).toBe(1);
  const [, open] = /class="fold" href="([^"]+)"/.exec(one.text) ?? [];
  const unfolded = await browser.visit(`${gateway.url}${(open ?? '').replaceAll('&amp;', '&')}`);
  expect(plain(unfolded.text)).toContain('Aanmeldteam Veen en Mond');
  expect(plain(unfolded.text)).toContain('de verwijzing');
  for (const { text } of [all, one, unfolded]) expect(text).not.toMatch(/9999\d{5}|Proefpersoon|Somber/);
  expect(plain((await browser.visit(`${gateway.url}/messages?partner=ggz-horizonland`)).text)).toContain(
    'Niets gevonden.',
  );
});

test('a page continues where the last one ended, and misses none', async () => {
  for (let n = 0; n < 55; n++) expect((await send()).status).toBe(200);
  const browser = await loggedInAs(gateway.url, 'beheerder');
  const seen = new Set<string>();
  for (let next: string | undefined = '/messages?days='; next; ) {
    const { text } = await browser.visit(`${gateway.url}${next}`);
    for (const [, id] of text.matchAll(/open=([0-9a-f-]{36})&amp;days=" aria-expanded/g)) seen.add(id ?? '');
    for (const [, id] of text.matchAll(/class="fold" href="[^"]*open=([0-9a-f-]{36})/g)) seen.add(id ?? '');
    next = /class="button push" href="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
  }
  expect(seen.size).toBe(57);
});

test('nobody but the operator opens it, and each view is in the audit trail', async () => {
  for (const who of ['huisarts', 'leverancier', 'wijkteam', 'privacy-officer']) {
    const browser = await loggedInAs(gateway.url, who);
    expect((await browser.visit(`${gateway.url}/messages`)).status, who).toBe(403);
    expect((await browser.visit(`${gateway.url}/`)).text, who).not.toContain('href="/messages"');
  }
  const outcomes: string[] = [];
  for await (const { outcome } of auditTrail(gateway.store, { interaction: 'messages' })) outcomes.push(outcome);
  expect(new Set(outcomes)).toEqual(new Set(['success', 'refused']));
});

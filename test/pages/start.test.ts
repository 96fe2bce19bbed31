import { afterAll, beforeAll, expect, test } from 'vitest';
import { example, loggedInAs, plain } from '../support/console/console.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

test('the operator reads in a sentence what needs somebody now: nothing at first, then who is late and what waits', async () => {
  const browser = await loggedInAs(gateway.url, 'beheerder');
  const calm = plain((await browser.visit(`${gateway.url}/`)).text);
  expect(calm).toContain('Geen termijn is voorbij en alles is bezorgd.');
  expect(calm).toContain('Niemand is te laat.');
  const body = await example('099-urgent-referral', 'input.json');
  expect((await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body })).status).toBe(200);
  const page = await browser.visit(`${gateway.url}/`);
  const text = plain(page.text);
  expect(text).toContain('1 taak is voorbij de termijn');
  expect(text).toMatch(/berichten? wacht(en)? op bezorging/);
  expect(text).toMatch(/Verkennend gesprek Zonnerveen is aan zet/);
  expect(page.text).toMatch(/href="tel:\d+"/);
  expect(text, 'kinds and times, no content').not.toMatch(/Proefpersoon|9999\d{5}/);
});

test('of others, nobody sees it: they see what they can do', async () => {
  for (const who of ['huisarts', 'leverancier', 'wijkteam', 'privacy-officer']) {
    const page = await (await loggedInAs(gateway.url, who)).visit(`${gateway.url}/`);
    expect(page.status).toBe(200);
    expect(plain(page.text), who).toContain('Wat u hier kunt doen.');
    expect(plain(page.text), who).not.toMatch(/Bezorging per partner|is aan zet/);
  }
});

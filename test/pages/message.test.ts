import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditTrail } from '../../src/tracker/index.ts';
import { example, loggedInAs, plain } from '../support/console/console.ts';
import { answer, openReceiver } from '../support/servers/receiver.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let accepted: string;
let refused: string;
beforeAll(async () => {
  gateway = await startGateway({
    configure: (it) => {
      const { settings } = it.network;
      const retention = { ...settings.retention, refusedDays: 7 };
      return { ...it, network: { ...it.network, settings: { ...settings, retention } } };
    },
  });
  const body = await example('099-urgent-referral', 'input.json');
  expect((await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body })).status).toBe(200);
  accepted = (await gateway.store.messageHeads({ count: 1 })).items[0]?.id ?? '';
  const wrong = await example('024-bsn-fails-elfproef', 'input.json');
  expect((await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: wrong })).status).toBe(422);
  refused = (await gateway.store.refusedMessages({ now: new Date(), count: 1 })).items[0]?.id ?? '';
});
afterAll(() => gateway.stop());

const personal = /9999\d{5}|Proefpersoon/;

test('the operator sees one message as arrows in time, who has to act and what the watchdog does, and no content', async () => {
  const browser = await loggedInAs(gateway.url, 'beheerder');
  const list = (await browser.visit(`${gateway.url}/messages`)).text;
  expect(list).toContain(`href="/messages/${accepted}"`);
  const { text, status } = await browser.visit(`${gateway.url}/messages/${accepted}`);
  expect(status).toBe(200);
  const all = await gateway.store.deliveriesOfMessages([accepted]);
  expect(all.length).toBeGreaterThan(0);
  // received, answered, and at least one for each delivery
  expect([...text.matchAll(/class="arrow /g)].length).toBeGreaterThanOrEqual(2 + all.length);
  expect(plain(text)).toMatch(/is aan zet, sinds/);
  expect(plain(text)).toMatch(
    /De wachthond doet nu niets\. Op .*: er gaat een|De termijn is voorbij, sinds .*: er gaat een/,
  );
  expect(text).not.toMatch(personal);
});

test('an arrow tells what went, what was withheld with its ground, and each attempt', async () => {
  const browser = await loggedInAs(gateway.url, 'beheerder');
  const { text } = await browser.visit(`${gateway.url}/messages/${accepted}?arrow=3`);
  expect(text).toMatch(/\?arrow=3#detail" aria-current="true"/);
  expect(plain(text)).toMatch(/Verstrekt: \d/);
  expect(plain(text)).toMatch(/Niet verstrekt: \d/);
  expect(plain(text)).toContain('Pogingen');
  expect(text).not.toMatch(personal);
});

test('of a refused message it shows the codes, and that its sender has to act', async () => {
  const browser = await loggedInAs(gateway.url, 'beheerder');
  const { text } = await browser.visit(`${gateway.url}/messages/${refused}?lang=en`);
  expect(plain(text)).toContain('The sender has to act');
  expect(text).toMatch(/href="\/docs\/findings\?q=invariant"/);
  expect(text).not.toMatch(personal);
});

test('the case file has ids, codes and times, and no name, number or phone number', async () => {
  const browser = await loggedInAs(gateway.url, 'beheerder');
  const { text, headers } = await browser.visit(`${gateway.url}/messages/${accepted}?as=case`);
  expect(String(headers['content-disposition'])).toContain(`case-${accepted}.json`);
  const file = JSON.parse(text) as { message: { id: string; steps: string[]; deliveries: unknown[] }; open: object[] };
  expect(file.message.id).toBe(accepted);
  expect(file.message.steps).toContain('route');
  expect(file.message.deliveries.length).toBeGreaterThan(0);
  expect(file.open[0]).toMatchObject({ status: 'requested' });
  expect(text).not.toMatch(personal);
  expect(text).not.toMatch(/"phone"|"owner"|"body"/);
});

test('nobody but the operator opens it; each look and each refusal is in the audit trail, and an unknown id is not found', async () => {
  for (const who of ['huisarts', 'leverancier', 'wijkteam', 'privacy-officer'])
    for (const path of [accepted, `${accepted}?as=case`, crypto.randomUUID()])
      expect((await (await loggedInAs(gateway.url, who)).visit(`${gateway.url}/messages/${path}`)).status, who).toBe(
        403,
      );
  const browser = await loggedInAs(gateway.url, 'beheerder');
  for (const id of [crypto.randomUUID(), '999900006'])
    expect((await browser.visit(`${gateway.url}/messages/${id}`)).status).toBe(404);
  const outcomes: string[] = [];
  for await (const { outcome } of auditTrail(gateway.store, { interaction: 'messages' })) outcomes.push(outcome);
  expect(outcomes.filter((it) => it === 'success').length).toBeGreaterThanOrEqual(4);
  expect(outcomes.filter((it) => it === 'refused').length).toBeGreaterThanOrEqual(12);
});

test('what a receiver answered in words, and why an operator skipped a delivery, is neither on the page nor in the case file', async () => {
  const words = 'Mevrouw Proefpersoon 999900006';
  const coding = { system: 'urn:example', code: words, display: words };
  const outcome = {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: words, diagnostics: words, details: { coding: [coding], text: words } }],
  };
  const team = await openReceiver(answer(422, {}, outcome));
  const refusing = await startGateway({ addresses: { 'registration-team': team.base } });
  try {
    const body = await example('099-urgent-referral', 'input.json');
    expect((await refusing.ask('POST', '/fhir', { as: 'gp-de-linde', body })).status).toBe(200);
    const dead = async () => (await refusing.store.undelivered({ recipient: 'registration-team', count: 9 })).items;
    await expect.poll(async () => (await dead())[0]?.state, { timeout: 20_000 }).toBe('dead');
    const [letter] = await dead();
    const { id = '' } = (await refusing.store.messageHeads({ count: 9 })).items.at(-1) ?? {};
    const browser = await loggedInAs(refusing.url, 'beheerder');
    const shown = async () =>
      (await Promise.all(['', '?as=case'].map((it) => browser.visit(`${refusing.url}/messages/${id}${it}`))))
        .map(({ text }) => text)
        .join();
    expect(await shown()).toContain('receiver-refused: 422');
    expect(await shown()).not.toMatch(personal);
    const skipped = await refusing.ask('POST', `/dead-letters/${letter?.id}/$skip`, {
      as: 'operator',
      body: JSON.stringify({ reason: 'Gebeld met Proefpersoon' }),
      contentType: 'application/json',
    });
    expect(skipped.status, skipped.text).toBe(200);
    expect(await shown()).toContain('"state": "skipped"');
    expect(await shown()).not.toMatch(personal);
  } finally {
    await refusing.stop();
    await team.close();
  }
});

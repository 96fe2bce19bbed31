import type { Task } from '@medplum/fhirtypes';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, isTooWide, openChromium, openPage, violationsIn } from '../support/console/chromium.ts';
import { example } from '../support/console/console.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import { resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

const words = {
  nl: {
    help: 'Hulp bij geld',
    accept: 'Aannemen',
    begin: 'Wij zijn begonnen',
    complete: 'Afronden',
    reject: 'Afwijzen',
    empty: 'Geen nieuwe verzoeken',
    full: 'Geen plaats',
    ended: 'Dit verzoek is klaar',
  },
  en: {
    help: 'Help with money',
    accept: 'Accept',
    begin: 'We have begun',
    complete: 'Complete',
    reject: 'Reject',
    empty: 'No new requests',
    full: 'No room',
    ended: 'This request has ended',
  },
};

describe.skipIf(!hasChromium)('the inbox in a browser', () => {
  let gateway: TestGateway;
  let browser: Browser;
  let referrer: Sink;
  beforeAll(async () => {
    [browser, referrer] = await Promise.all([openChromium(), startSink()]);
    gateway = await startGateway({ addresses: { 'gp-de-linde': referrer.url } });
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
    await referrer?.close();
  });

  const request = async () => {
    const body = await example('060-social-request', 'input.json');
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
    expect(answer.status).toBe(200);
    return /"Task\/([0-9a-f-]{36})/.exec(answer.text)?.[1] ?? '';
  };

  const notified = (since: number) =>
    referrer.received
      .slice(since)
      .map(({ text }) => text)
      .join('');

  const statusFor = async (id: string) =>
    resourceOf<Task>(await gateway.ask('GET', `/fhir/Task/${id}`, { as: 'gp-de-linde' })).status;

  describe.each([
    ['nl', 'phone'],
    ['en', 'phone'],
    ['nl', 'desktop'],
    ['en', 'desktop'],
  ] as const)('%s, %s', (language, size) => {
    const say = words[language];

    test('somebody of the team accepts a request, begins and completes it, and the referrer is notified of each', async () => {
      const { context, page, errors } = await openPage(browser, gateway.url, 'wijkteam', { size, language });
      await page.goto(`${gateway.url}/inbox`);
      expect(await page.locator('.empty').textContent()).toContain(say.empty);
      const id = await request();
      await page.reload();
      expect(await violationsIn(page)).toEqual([]);
      await page.getByText(say.help).click();
      await page.waitForURL(new RegExp(id));
      expect(await violationsIn(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      const before = referrer.received.length;
      await page.getByRole('button', { name: say.accept }).click();
      await expect.poll(() => statusFor(id)).toBe('accepted');
      await expect.poll(() => notified(before)).toContain('"accepted"');
      await page.getByRole('button', { name: say.begin }).click();
      await expect.poll(() => statusFor(id)).toBe('in-progress');
      expect(await violationsIn(page)).toEqual([]);
      await page.locator('#words').fill('Er is een budgetplan gemaakt.');
      await page.getByRole('button', { name: say.complete }).click();
      await expect.poll(() => statusFor(id)).toBe('completed');
      await expect.poll(() => notified(before)).toContain('"completed"');
      expect(await page.locator('main').textContent()).toContain(say.ended);
      expect(errors).toEqual([]);
      await context.close();
    });

    test('somebody rejects a request with a reason', async () => {
      const id = await request();
      const { context, page, errors } = await openPage(browser, gateway.url, 'wijkteam', { size, language });
      await page.goto(`${gateway.url}/inbox/${id}`);
      await page.getByRole('button', { name: say.reject }).first().click();
      await page.getByLabel(say.full).check();
      expect(await violationsIn(page)).toEqual([]);
      await page.locator('#reject').getByRole('button', { name: say.reject, exact: true }).click();
      await expect.poll(() => statusFor(id)).toBe('rejected');
      expect(errors).toEqual([]);
      await context.close();
    });
  });
});

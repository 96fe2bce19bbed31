import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, isTooWide, openChromium, openPage, violationsIn } from '../support/console/chromium.ts';
import { example } from '../support/console/console.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

describe.skipIf(!hasChromium)('the other pages in a browser', () => {
  let gateway: TestGateway;
  let browser: Browser;
  let message: string;
  beforeAll(async () => {
    [gateway, browser] = await Promise.all([startGateway(), openChromium()]);
    const body = await example('099-urgent-referral', 'input.json');
    expect((await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body })).status).toBe(200);
    message = (await gateway.store.messageHeads({ count: 1 })).items[0]?.id ?? '';
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  describe.each([
    ['nl', 'phone', 'light'],
    ['en', 'phone', 'dark'],
    ['nl', 'desktop', 'dark'],
    ['en', 'desktop', 'light'],
  ] as const)('%s, %s, %s', (language, size, theme) => {
    test.each([
      ['/', 'beheerder', /(voorbij de termijn|past its deadline)/],
      ['/', 'wijkteam', /(Wat u hier kunt doen|What you can do here)/],
      ['/messages', 'beheerder', /(Huisartsenpraktijk De Linde.*bestemming|Huisartsenpraktijk De Linde.*destination)/s],
      ['/messages?q=nothing-like-it', 'beheerder', /(Niets gevonden|Nothing found)/],
      ['/messages/:id', 'beheerder', /(Waarom gebeurt er niets|Why is nothing happening)/],
      ['/docs/findings?q=bsn', 'leverancier', /bsn-mismatch/],
      ['/docs/findings/bsn-mismatch', 'leverancier', /422/],
      ['/docs', 'leverancier', /Find your role/],
      ['/docs?q=retention', 'leverancier', /(plaatsen|places)/],
      ['/docs/guide/workflow', 'leverancier', /Task/],
      ['/docs/reference/access', 'leverancier', /Who may do what|decide/],
      ['/docs/definitions', 'leverancier', /mgn-referral-bundle/],
      ['/docs/definitions/StructureDefinition/mgn-referral-bundle', 'leverancier', /(Wat het toevoegt|What it adds)/],
      ['/docs/definitions/CodeSystem/mgn-use-case', 'leverancier', /transfer/],
      ['/workbench', 'huisarts', /(Nog niets geprobeerd|Nothing tried yet)/],
    ])(
      '%s for %s: its main sentence, no violation of WCAG 2.2 AA, no error, nothing too wide',
      async (path, who, sentence) => {
        const { context, page, errors } = await openPage(browser, gateway.url, who, { size, language, theme });
        await page.goto(gateway.url + path.replace(':id', message));
        expect(await page.locator('main').textContent()).toMatch(sentence);
        expect(await page.locator('html').getAttribute('lang')).toBe(language);
        expect(await violationsIn(page)).toEqual([]);
        expect(await isTooWide(page)).toBe(false);
        expect(errors).toEqual([]);
        await context.close();
      },
    );
  });

  test('with the keyboard: the first stop leads to the content, language and theme are links, and the choice stays', async () => {
    const { context, page } = await openPage(browser, gateway.url, 'leverancier', { size: 'desktop' });
    await page.goto(`${gateway.url}/docs/findings`);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.getAttribute("href")')).toBe('#content');
    await page.getByRole('link', { name: 'English' }).click();
    await page.getByRole('link', { name: 'Dark theme' }).click();
    await page.goto(`${gateway.url}/`);
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await page.locator('h1').textContent()).toBe('Now');
    await context.close();
  });
});

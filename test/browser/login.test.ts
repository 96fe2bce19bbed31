import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startIdentityProvider } from '../support/access/identity-provider.ts';
import { providerOf, secretVariable, settingsOf, startPeopleGateway } from '../support/access/people-gateway.ts';
import { hasChromium, isTooWide, openChromium, openPage, sizes, violationsIn } from '../support/console/chromium.ts';
import { freePort } from '../support/free-port.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

describe.skipIf(!hasChromium)('the pages on the way in and out, in a browser', () => {
  let gateway: TestGateway;
  let browser: Browser;
  beforeAll(async () => {
    [gateway, browser] = await Promise.all([startGateway(), openChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  const open = async (size: keyof typeof sizes, language: 'nl' | 'en', theme: 'light' | 'dark') => {
    const context = await browser.newContext({ viewport: sizes[size], colorScheme: theme, locale: language });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('console', (message) => {
      // the page of a refusal is loaded with its status
      if (message.type() === 'error' && !/status of 40[13]/.test(message.text())) errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    const check = async (title: RegExp) => {
      expect(await page.locator('h1').textContent()).toMatch(title);
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
      expect(await page.locator('script').count()).toBe(0);
      expect(await violationsIn(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      expect(errors).toEqual([]);
    };
    return { context, page, check };
  };

  test.each([
    ['phone', 'nl', 'light'],
    ['phone', 'en', 'dark'],
    ['desktop', 'nl', 'dark'],
    ['desktop', 'en', 'light'],
  ] as const)(
    'login, refused, session ended, logged out (%s, %s, %s): no violation of WCAG 2.2 AA, no error, nothing too wide',
    async (size, language, theme) => {
      const { context, page, check } = await open(size, language, theme);
      await page.goto(`${gateway.url}/login?return=/docs/findings`);
      await check(/^(Inloggen in de demo|Log in to the demo)$/);

      await page.evaluate("document.querySelector('button[name=person]').value = 'nobody'");
      await page.locator('button[name=person]').first().click();
      await check(/^(Inloggen is niet gelukt|The login failed)$/);
      await page.getByRole('link', { name: /^(Opnieuw inloggen|Log in again)$/ }).click();

      await page.locator('button[value="huisarts"]').click();
      await page.waitForURL(`${gateway.url}/`);
      const cookies = await context.cookies();
      await page
        .locator('button.link')
        .filter({ visible: true, hasText: /^(Uitloggen|Log out)$/ })
        .click();
      await check(/^(U bent uitgelogd|You are logged out)$/);
      expect(page.url()).toBe(`${gateway.url}/login/ended`);

      await page.goto(`${gateway.url}/session`);
      await check(/^(U bent niet ingelogd|You are not logged in)$/);
      await context.addCookies(cookies);
      await page.goto(`${gateway.url}/session`);
      await check(/^(Inloggen is niet gelukt|The login failed)$/);
      expect(await page.locator('main').textContent()).toContain('session-ended');
      await context.close();
    },
  );

  test('the language that is chosen on the way in stays', async () => {
    const { context, page } = await open('desktop', 'nl', 'light');
    await page.goto(`${gateway.url}/login`);
    await page.getByRole('link', { name: 'English' }).click();
    await page.locator('button[value="huisarts"]').click();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await context.close();
  });

  test('the login of a page that was open stays usable after the session ended: the console leads to it', async () => {
    const { context, page } = await openPage(browser, gateway.url, 'huisarts', { size: 'desktop' });
    await context.clearCookies();
    await page.goto(`${gateway.url}/inbox`);
    expect(page.url()).toBe(`${gateway.url}/login?return=%2Finbox`);
    await context.close();
  });
});

describe.skipIf(!hasChromium)('a logout at a provider, in a browser', () => {
  test('is not barred by form-action: the browser arrives there by itself', async () => {
    const port = await freePort();
    const claims = { name: 'Huisarts Proef', roles: ['professional'], organization: 'ura-gp' };
    const accounts = { 'h.linde': { acr: 'substantial', claims } };
    const idp = await startIdentityProvider(accounts, { gateway: `http://127.0.0.1:${port}` });
    process.env[secretVariable] = idp.clientSecret;
    const gateway = await startPeopleGateway(settingsOf({ provider: providerOf(idp) }), { port });
    const browser = await openChromium();
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('console', (message) => {
        if (/Content Security Policy/i.test(message.text())) errors.push(message.text());
      });
      await page.goto(`${gateway.url}/login?return=/docs/findings`);
      await page.locator('[name=account]').fill('h.linde');
      await page.locator('[name=account]').press('Enter');
      await page.waitForURL(`${gateway.url}/docs/findings`);
      await page.getByRole('button', { name: 'Uitloggen' }).filter({ visible: true }).click();
      await page.waitForURL(`${idp.issuer}/session/end?**`);
      expect(errors).toEqual([]);
    } finally {
      delete process.env[secretVariable];
      await browser.close();
      await gateway.stop();
      await idp.close();
    }
  });
});

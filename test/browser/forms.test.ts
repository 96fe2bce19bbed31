import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, isTooWide, openChromium, openPage, violationsIn } from '../support/console/chromium.ts';
import { loggedInAs, plain } from '../support/console/console.ts';
import { conversation, type Filled, registration } from '../support/console/form.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const fill = async (page: Page, fields: Filled): Promise<void> => {
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`[name="${name}"]`).first();
    const type = await field.evaluate((it: unknown) => (it as { type: string }).type);
    if (type === 'hidden') continue;
    for (const one of [value].flat()) {
      if (type === 'radio' || type === 'checkbox') {
        const box = page.locator(`[name="${name}"][value="${one}"]`);
        await box.evaluate((it: unknown) => {
          const folded = (it as { closest: (at: string) => { open: boolean } | null }).closest('details');
          if (folded) folded.open = true;
        });
        await box.check();
      } else if (type === 'select-one') await field.selectOption(one);
      else await field.fill(one);
    }
  }
};

describe.skipIf(!hasChromium)('the forms in a browser', () => {
  let gateway: TestGateway;
  let browser: Browser;
  beforeAll(async () => {
    [gateway, browser] = await Promise.all([startGateway(), openChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
  });

  describe.each([
    ['nl', 'phone'],
    ['en', 'phone'],
    ['nl', 'desktop'],
    ['en', 'desktop'],
  ] as const)('%s, %s', (language, size) => {
    test('a practice registers somebody and stops halfway; nobody else reads the draft; the team holds the conversation and prints the plan', async () => {
      const look = { size, language } as const;
      const { context, page, errors } = await openPage(browser, gateway.url, 'huisarts', look);
      const check = async (it: Page) => {
        // what stands half outside the window counts as too small a target: the window is as high as the page
        const { width, height } = it.viewportSize() ?? { width: 390, height: 844 };
        const whole = Number(await it.evaluate('document.documentElement.scrollHeight'));
        await it.setViewportSize({ width, height: Math.max(height, whole) });
        expect(await violationsIn(it)).toEqual([]);
        expect(await isTooWide(it)).toBe(false);
        await it.setViewportSize({ width, height });
      };
      await page.goto(`${gateway.url}/register`);
      await check(page);
      await page.locator('form[action="/register"] button').click();
      const address = page.url().split('?')[0] ?? '';
      for (const [index, fields] of registration.entries()) {
        await page.waitForURL(`${address}?step=${index + 1}`);
        await fill(page, index === 3 ? { ...fields, request: `${language} ${size}: ik slaap slecht.` } : fields);
        await check(page);
        if (index === 2) {
          await page.locator('[value="later"]').click();
          expect((await (await loggedInAs(gateway.url, 'leverancier')).visit(address)).status).toBe(404);
          await page.goto(`${address}?step=3`);
          expect(await page.locator('[name="person.postalCode"]').inputValue()).toBe(fields['person.postalCode']);
        }
        await page.locator('[value="next"], [value="send"]').click();
      }
      await page.locator('#sent-title').waitFor();
      await check(page);
      expect(errors).toEqual([]);
      await context.close();

      const team = await openPage(browser, gateway.url, 'aanmeldteam', look);
      await team.page.goto(`${gateway.url}/inbox`);
      await team.page.locator('.request-link').first().click();
      await team.page.locator('.primary-form button').click();
      await team.page.locator('.actions [popovertarget="ask"]').waitFor();
      await team.page.locator('.actions [popovertarget="ask"]').click();
      await check(team.page);
      await team.page.goto(`${gateway.url}/conversation`);
      await check(team.page);
      await team.page.locator('form[action="/conversation"] button').first().click();
      await fill(team.page, conversation);
      await team.page.locator('.actions [value="save"]').click();
      await team.page.locator('#plan ul').first().waitFor();
      await check(team.page);
      expect(plain(await team.page.locator('#plan').innerHTML())).toContain(
        'wie: Lot en Sam, uiterlijk 3 december 2026',
      );
      await team.page.locator('a[href$="?plan=1"]').click();
      await team.page.locator('[data-print]').waitFor();
      await check(team.page);
      await team.page.emulateMedia({ media: 'print' });
      expect(await team.page.locator('header.page-head').isVisible()).toBe(false);
      expect(await team.page.locator('#plan').isVisible()).toBe(true);
      await team.page.emulateMedia({ media: 'screen' });
      await team.page.goBack();
      await team.page.locator('.actions [value="send"]').click();
      await team.page.locator('.ok.row').waitFor();
      expect(team.errors).toEqual([]);
      await team.context.close();
    });
  });
});

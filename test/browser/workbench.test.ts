import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, isTooWide, openChromium, openPage, violationsIn } from '../support/console/chromium.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const words = {
  nl: {
    accepted: 'Dit bericht wordt aangenomen.',
    refused: 'Dit bericht wordt geweigerd.',
    remedy: 'Zo lost u het op:',
    run: 'Draai',
    slow: 'De gateway antwoordt niet. Er is niets verloren',
    ended: 'Log eerst in',
  },
  en: {
    accepted: 'This message will be accepted.',
    refused: 'This message will be refused.',
    remedy: 'Remedy:',
    run: 'Run',
    slow: 'The gateway does not answer. Nothing is lost',
    ended: 'Log in first',
  },
};

describe.skipIf(!hasChromium)('the workbench in a browser', () => {
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
    ['nl', 'desktop'],
    ['nl', 'phone'],
    ['en', 'desktop'],
    ['en', 'phone'],
  ] as const)('%s, %s', (language, size) => {
    const say = words[language];

    test('a newcomer chooses the ELZ example, makes the BSN wrong and sees the issue under its line with its remedy', async () => {
      const { context, page, errors } = await openPage(browser, gateway.url, 'leverancier', { size, language });
      await page.goto(`${gateway.url}/workbench`);
      await page.selectOption('#example', '005-elz-referral-xml');
      await page.waitForURL(/example=005/);
      await expect.poll(() => page.locator('#verdict h2').textContent()).toBe(say.accepted);
      expect(await violationsIn(page)).toEqual([]);
      await page.locator('#trial summary').click();
      const text = await page.locator('#message').inputValue();
      await page
        .locator('#message')
        .fill(text.replace('999900195', '999900196').replace(/(9999\d{4})(\d)(?=")/, '$10'));
      await page.getByRole('button', { name: say.run, exact: true }).click();
      await expect.poll(() => page.locator('#verdict h2').textContent()).toBe(say.refused);
      const issue = page.locator('#input .line.bad + .issue');
      await expect.poll(() => issue.isVisible()).toBe(true);
      expect(await issue.textContent()).toContain('mgn-bsn');
      expect(await issue.textContent()).toContain(say.remedy);
      // in view within its pane, without a search
      const [at, pane] = await Promise.all([issue.boundingBox(), page.locator('#input').boundingBox()]);
      expect(at && pane && at.y >= pane.y - 1 && at.y < pane.y + pane.height).toBe(true);
      expect(await page.evaluate('document.activeElement?.id')).toBe('verdict');
      expect(await violationsIn(page)).toEqual([]);
      expect(await isTooWide(page)).toBe(false);
      expect(errors).toEqual([]);
      await context.close();
    });
  });

  test('a line of the result that is clicked, or reached with the arrow keys, lights its source and names its rule', async () => {
    const { context, page, errors } = await openPage(browser, gateway.url, 'leverancier', { size: 'desktop' });
    await page.goto(`${gateway.url}/workbench?example=005-elz-referral-xml`);
    await page.locator('#result-lines .line[data-path="Bundle.entry[1].resource.category[0]"]').first().click();
    expect(await page.locator('#lineage [data-rule]').textContent()).toMatch(/^Order\.category · elz-bundle\.fml:\d+$/);
    const lit = page.locator('#input .line.lit');
    expect(await lit.evaluateAll((lines) => lines.map(({ id }) => id))).toEqual(
      [55, 56, 57, 58, 59, 60, 61].map((it) => `r${it}`),
    );
    await page.locator('#result-lines').focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('#lineage [data-to]').textContent()).toBe('entry[1].category[0].coding');
    await page.locator('#r54').click();
    expect(await page.locator('#lineage [data-to]').textContent()).toBe('entry[1].intent');
    expect(errors).toEqual([]);
    await context.close();
  });

  test('a shared link carries the message in its fragment only: no request contains it but the trial of who opens it', async () => {
    const first = await openPage(browser, gateway.url, 'leverancier', { size: 'desktop' });
    await first.page.goto(`${gateway.url}/workbench?example=127-referral-form`);
    const asked: string[] = [];
    first.page.on('request', (request) => asked.push(`${request.url()} ${request.postData() ?? ''}`));
    await first.page.getByRole('button', { name: 'Deel deze proef' }).click();
    await expect.poll(() => first.page.url()).toMatch(/\/workbench#in=[\w-]{100,}$/);
    expect(asked).toEqual([]);
    expect(await first.page.locator('#toast').isVisible()).toBe(true);
    const link = first.page.url();
    await first.context.close();
    const second = await openPage(browser, gateway.url, 'huisarts', { size: 'phone', language: 'en' });
    second.page.on('request', (request) => asked.push(request.url()));
    await second.page.goto(link);
    await expect.poll(() => second.page.locator('#verdict h2').textContent()).toBe(words.en.accepted);
    for (const it of asked) expect(it).not.toContain('in=');
    expect(second.errors).toEqual([]);
    await second.context.close();
  });

  test.each(['nl', 'en'] as const)(
    'when the gateway does not answer, or the session has ended, the page says what to do and the message stays: %s',
    async (language) => {
      const { context, page } = await openPage(browser, gateway.url, 'leverancier', { size: 'phone', language });
      await page.goto(`${gateway.url}/workbench?example=127-referral-form`);
      const run = page.getByRole('button', { name: words[language].run, exact: true });
      await page.route('**/workbench', (route) =>
        route.request().method() === 'POST' ? route.abort() : route.continue(),
      );
      await run.click();
      await expect.poll(() => page.locator('#trial-result').textContent()).toContain(words[language].slow);
      expect(await page.locator('#message').inputValue()).toContain('"person"');
      await page.unroute('**/workbench');
      await context.clearCookies({ name: 'mgn-session' });
      await run.click();
      await expect.poll(() => page.locator('#trial-result').textContent()).toContain(words[language].ended);
      expect(await page.locator('#message').inputValue()).toContain('"person"');
      await context.close();
    },
  );

  test('a file is dropped or chosen, and tried', async () => {
    const { context, page, errors } = await openPage(browser, gateway.url, 'leverancier', { size: 'desktop' });
    await page.goto(`${gateway.url}/workbench`);
    await page.locator('#file').setInputFiles({
      name: 'wrong.xml',
      mimeType: 'application/xml',
      buffer: Buffer.from('<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/></Bundle'),
    });
    await expect.poll(() => page.locator('#verdict h2').textContent()).toBe(words.nl.refused);
    expect(await page.locator('#message').inputValue()).toMatch(/^<Bundle/);
    expect(errors).toEqual([]);
    await context.close();
  });
});

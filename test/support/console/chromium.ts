import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** Debian's Chromium (.ci/chromium installs it), or the one that MGN_CHROMIUM names. */
const executable = [process.env.MGN_CHROMIUM, '/usr/bin/chromium'].find((it) => it && existsSync(it));

/** Whether the tests in a browser can run; where they cannot they are skipped, saying so. */
export const hasChromium = executable !== undefined;
if (!hasChromium)
  process.stderr.write('test/browser is skipped: no Chromium. Run .ci/chromium, or set MGN_CHROMIUM.\n');

export async function openChromium(): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: executable ?? '', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

export const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

export type Opened = {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the console of the browser reported as an error, and what a script threw. */
  readonly errors: readonly string[];
};

type Look = {
  readonly size: keyof typeof sizes;
  readonly language?: 'nl' | 'en';
  readonly theme?: 'light' | 'dark';
};

/** A page of the console in which a person of the demo is logged in. */
export async function openPage(
  browser: Browser,
  url: string,
  person: string,
  { size, language = 'nl', theme = 'light' }: Look,
): Promise<Opened> {
  const context = await browser.newContext({ viewport: sizes[size], colorScheme: theme, reducedMotion: 'reduce' });
  await context.addCookies([{ name: 'mgn-language', value: language, url }]);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`${url}/login?return=/docs/findings`);
  await page.click(`button[value="${person}"]`);
  return { context, page, errors };
}

const axe = () => readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Lines of code are alike: the first ones, and those with an issue, are looked at. */
const alike = ['#input .line:not(.bad, .warned):nth-child(n + 30)', '#result-lines .line:nth-child(n + 30)'];

/** The violations of WCAG 2.2 A and AA, and of good practice, each with the markup that it concerns. */
export async function violationsIn(page: Page): Promise<readonly string[]> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const found = await page.evaluate(
    `(() => { ${axe()}; return axe.run({ exclude: ${JSON.stringify(alike)} }, { runOnly: ${JSON.stringify(tags)} }) })()`,
  );
  const { violations } = found as { violations: { id: string; nodes: { html: string }[] }[] };
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

/** Whether the page has to be moved sideways to be read. */
export const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

/**
 * What the pages of the console cost in a browser, by its own figures, over a store with many messages:
 * node test/bench/pages.ts [messages], 100,000 by default. Load: until the load event, with an empty cache; script: bytes
 * on the wire; shift: cumulative layout shift. Needs Chromium (.ci/chromium).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openChromium, openPage } from '../support/console/chromium.ts';
import { startGateway } from '../support/test-gateway.ts';
import { commitOfGraph } from './graph-commit.ts';
import { quantile, say } from './timing.ts';

const messages = Number(process.argv[2] ?? 100_000);
const [lanes, visits] = [64, 7];

const folder = mkdtempSync(join(tmpdir(), 'mgn-pages-'));
const gateway = await startGateway({ store: `sqlite:${join(folder, 'store.db')}` });
let last = 0;
await Promise.all(
  Array.from({ length: lanes }, async () => {
    while (last < messages) {
      last += 1;
      await gateway.store.commit({ now: new Date(), ...commitOfGraph(String(last)) });
    }
  }),
);

/** Read in the page. */
const figures = `new Promise((done) => {
  let shift = 0;
  new PerformanceObserver((list) => {
    for (const it of list.getEntries()) shift += it.value;
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => {
    const [page] = performance.getEntriesByType('navigation');
    const scripts = performance.getEntriesByType('resource').filter((it) => it.initiatorType === 'script');
    const script = scripts.reduce((sum, it) => sum + it.encodedBodySize, 0);
    done({ load: page.loadEventEnd, answer: page.responseEnd, script, shift });
  }, 200);
})`;
type Figures = { readonly load: number; readonly answer: number; readonly script: number; readonly shift: number };

const browser = await openChromium();
say(`${messages} messages; medians of ${visits} visits`);
for (const [path, who] of [
  ['/', 'beheerder'],
  ['/messages', 'beheerder'],
  ['/messages?days=', 'beheerder'],
  ['/messages?days=&state=refused', 'beheerder'],
  ['/messages?days=&partner=ggz-horizonland', 'beheerder'],
  ['/inbox', 'wijkteam'],
  ['/workbench', 'leverancier'],
  ['/workbench?example=005-elz-referral-xml', 'leverancier'],
  ['/docs/findings', 'leverancier'],
] as const) {
  const found: Figures[] = [];
  for (let visit = 0; visit < visits; visit++) {
    const { context, page } = await openPage(browser, gateway.url, who, { size: 'desktop' });
    await page.goto(gateway.url + path, { waitUntil: 'load' });
    found.push((await page.evaluate(figures)) as Figures);
    await context.close();
  }
  const median = (name: keyof Figures) =>
    quantile(
      found.map((it) => it[name]),
      0.5,
    );
  say(
    `${path.padEnd(42)} load ${median('load').toFixed(0)} ms, answer ${median('answer').toFixed(0)} ms, script ${(median('script') / 1024).toFixed(1)} KiB, shift ${median('shift').toFixed(3)}`,
  );
}
await browser.close();
await gateway.stop();
rmSync(folder, { recursive: true, force: true });

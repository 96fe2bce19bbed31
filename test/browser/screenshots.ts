import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openChromium, openPage } from '../support/console/chromium.ts';
import { example } from '../support/console/console.ts';
import { startGateway } from '../support/test-gateway.ts';

/** Writes the screenshots of docs/console: `npm run screenshots`. */
const shots = [
  { name: 'workbench', by: 'leverancier', path: '/workbench?example=005-elz-referral-xml&change=bsn', size: 'desktop' },
  { name: 'workbench-dark', by: 'huisarts', path: '/workbench?example=120-ref-i12', size: 'desktop', theme: 'dark' },
  { name: 'workbench-phone', by: 'leverancier', path: '/workbench?example=127-referral-form', size: 'phone' },
  { name: 'findings-phone', by: 'leverancier', path: '/docs/findings?q=bsn', size: 'phone' },
  { name: 'docs', by: 'leverancier', path: '/docs', size: 'desktop' },
  {
    name: 'profile',
    by: 'leverancier',
    path: '/docs/definitions/StructureDefinition/mgn-referral-bundle',
    size: 'desktop',
  },
  { name: 'inbox-phone', by: 'wijkteam', path: '/inbox', size: 'phone' },
  { name: 'request-phone', by: 'wijkteam', path: '/inbox/:id', size: 'phone' },
  { name: 'messages', by: 'beheerder', path: '/messages', size: 'desktop' },
  { name: 'message', by: 'beheerder', path: '/messages/:message', size: 'desktop' },
  { name: 'message-phone', by: 'beheerder', path: '/messages/:message', size: 'phone' },
  { name: 'start', by: 'beheerder', path: '/', size: 'desktop' },
] as const;

const folder = join(import.meta.dirname, '../../docs/console');
await mkdir(folder, { recursive: true });
const [gateway, browser] = await Promise.all([startGateway(), openChromium()]);
const body = await example('060-social-request', 'input.json');
const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
const id = /"Task\/([0-9a-f-]{36})/.exec(answer.text)?.[1] ?? '';
const message = (await gateway.store.messageHeads({ count: 1 })).items[0]?.id ?? '';
for (const shot of shots) {
  const theme = 'theme' in shot ? shot.theme : 'light';
  const { context, page } = await openPage(browser, gateway.url, shot.by, { size: shot.size, theme });
  if (shot.size === 'desktop') await page.setViewportSize({ width: 1200, height: 900 });
  await page.goto(gateway.url + shot.path.replace(':id', id).replace(':message', message));
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: join(folder, `${shot.name}.png`) });
  await context.close();
}
await browser.close();
await gateway.stop();

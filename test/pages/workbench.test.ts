import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditTrail } from '../../src/tracker/index.ts';
import { openBrowser } from '../support/access/browser.ts';
import { example, formTokenIn, loggedInAs, plain } from '../support/console/console.ts';
import { cpuTimeOf } from '../support/cpu-time.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const elz = '/workbench?example=005-elz-referral-xml';

async function events(interaction: string): Promise<number> {
  let count = 0;
  for await (const _ of auditTrail(gateway.store, { interaction })) count++;
  return count;
}

test('the newcomer: the ELZ example is accepted; with a wrong BSN the issue is under its line, with its remedy, in both languages', async () => {
  const browser = await loggedInAs(gateway.url, 'leverancier');
  const good = await browser.visit(`${gateway.url}${elz}`);
  expect(good.status).toBe(200);
  expect(good.text).toContain('Dit bericht wordt aangenomen.');
  const text = (await example('005-elz-referral-xml', 'input.xml')).split('\n');
  const line = text.findIndex((it) => it.includes('fhir/NamingSystem/bsn')) + 1;
  for (const [query, refused, remedy] of [
    ['', 'Dit bericht wordt geweigerd.', 'Zo lost u het op: Neem het nummer opnieuw over'],
    ['&lang=en', 'This message will be refused.', 'Remedy: Copy the number from your system again'],
  ]) {
    const { text: page } = await browser.visit(`${gateway.url}${elz}&change=bsn${query}`);
    expect(page).toContain(refused);
    const [, at, after] =
      /<div class="line bad" id="r(\d+)"[^>]*>.*?<\/div>(<div class="issue">[\s\S]*?<\/div>)/.exec(page) ?? [];
    expect(Math.abs(Number(at) - line)).toBeLessThanOrEqual(1);
    expect(plain(after ?? '')).toContain('mgn-bsn');
    expect(plain(after ?? '')).toContain(remedy);
  }
});

test('the result names for each line the rule and the lines of the input that it comes from', async () => {
  const browser = await loggedInAs(gateway.url, 'leverancier');
  const { text } = await browser.visit(`${gateway.url}${elz}`);
  const [, attributes = ''] =
    /<div class="line" id="m\d+" data-n="\d+"( data-path="Bundle\.entry\[1\]\.resource\.category\[0\]"[^>]*)>/.exec(
      text,
    ) ?? [];
  expect(attributes).toContain('data-rule="Order.category"');
  expect(attributes).toMatch(/data-file="elz-bundle\.fml:\d+"/);
  expect(attributes).toContain('data-lines="55-61"');
  const hl7 = await browser.visit(`${gateway.url}/workbench?example=120-ref-i12`);
  expect(hl7.text).toMatch(/data-lines="4-4" data-source="hl7v2-ref-i12\.PID\./);
});

test('the route is a tree of rules with their reason; each recipient has what goes beside what is withheld, with its ground', async () => {
  const browser = await loggedInAs(gateway.url, 'huisarts');
  const page = plain((await browser.visit(`${gateway.url}${elz}`)).text);
  expect(page).toContain('Naar Verkennend gesprek Zonnerveen');
  expect(page).toMatch(
    /minorovergeslagen: vraagt dat de leeftijd van de persoon jonger dan 18 is; hier is dat 36 jaar/,
  );
  expect(page).toContain('municipality-team beslist');
  expect(page).toMatch(/Aanmeldteam Veen en Mond.*de verwijzing · grondslag: verwijzing binnen de zorg/);
  expect(page).toMatch(/Huisartsenpraktijk De Linde.*de stand/);
  expect(page).toContain('krijgt alleen de stand');
  expect(page).toContain("curl -s 'http://localhost:8080/fhir/$explain'");
});

test.each([
  ['127-referral-form', 'input.json', 'JSON', '/intake/referral'],
  ['120-ref-i12', 'input.hl7', 'HL7 v2', '/intake/referral'],
  ['004-elz-referral-json', 'input.json', 'JSON', '$explain'],
  ['005-elz-referral-xml', 'input.xml', 'XML', '$explain'],
])('a pasted message is tried in its own format: %s', async (id, file, format, call) => {
  const browser = await loggedInAs(gateway.url, 'huisarts');
  const csrf = formTokenIn(await browser.visit(`${gateway.url}/workbench`));
  const message = (await example(id, file)).replaceAll('\r', '\n');
  const page = await browser.submit(`${gateway.url}/workbench`, { message, csrf });
  expect(page.status).toBe(200);
  expect(page.text).toContain('Dit bericht wordt aangenomen.');
  expect(plain(page.text)).toContain(`Invoer${format}, `);
  expect(plain(page.text)).toContain(call);
});

test('whatever is pasted is shown as text: markup of a message is never markup of the page', async () => {
  const browser = await loggedInAs(gateway.url, 'huisarts');
  const csrf = formTokenIn(await browser.visit(`${gateway.url}/workbench`));
  for (const message of [
    '<Bundle xmlns="http://hl7.org/fhir"><script>alert(1)</script></Bundle>',
    '{"resourceType": "Bundle", "<img src=x onerror=alert(1)>": "</textarea><script>alert(2)</script>"}',
    'MSH|^~\\&|"><script>alert(3)</script>|||',
    '"><script>alert(4)</script>',
  ]) {
    const { text } = await browser.submit(`${gateway.url}/workbench`, { message, csrf });
    expect(text).not.toMatch(/<script>|<img /);
    expect([...text.matchAll(/<script/g)].length).toBe(2);
  }
});

test('nothing of a trial is stored but that somebody tried: no message, no resource, no delivery, and no content in the audit trail', async () => {
  const browser = await loggedInAs(gateway.url, 'huisarts');
  const before = await events('explain');
  await browser.visit(`${gateway.url}${elz}`);
  expect(await events('explain')).toBe(before + 1);
  expect(await events('accept')).toBe(0);
  for await (const line of auditTrail(gateway.store, { interaction: 'explain' }))
    expect(JSON.stringify(line)).not.toMatch(/9999\d{5}|Proefpersoon/);
  expect((await gateway.store.search('ServiceRequest', { criteria: [], sort: '_lastUpdated', count: 5 })).kind).toBe(
    'found',
  );
  const found = await gateway.store.search('ServiceRequest', { criteria: [], sort: '_lastUpdated', count: 5 });
  expect(found.kind === 'found' && found.resources).toEqual([]);
});

describe('who may not try', () => {
  test('a visitor is led to the login and back; a part of a page is refused with what to do', async () => {
    const visitor = await openBrowser().visit(`${gateway.url}${elz}`, (url) => url.includes('/login'));
    expect(visitor.url).toBe(`${gateway.url}/login?return=${encodeURIComponent(elz)}`);
    const part = await openBrowser().send('POST', `${gateway.url}/workbench`, {
      body: 'message=x',
      headers: { 'hx-request': 'true', 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(part.status).toBe(401);
    expect(part.text).toMatch(/^<div class="callout fail/);
  });

  test('a form of another site, and one without the token of the session, try nothing', async () => {
    const browser = await loggedInAs(gateway.url, 'huisarts');
    const csrf = formTokenIn(await browser.visit(`${gateway.url}/workbench`));
    const refused = [
      await browser.submit(`${gateway.url}/workbench`, { message: '{}', csrf }, 'https://evil.example'),
      await browser.submit(`${gateway.url}/workbench`, { message: '{}' }),
      await browser.submit(`${gateway.url}/workbench`, {
        message: '{}',
        csrf: csrf.replace(/.$/, csrf.endsWith('A') ? 'B' : 'A'),
      }),
    ];
    for (const { status, text } of refused) {
      expect(status).toBe(403);
      expect(text).toContain('request-forged');
      expect(text).toContain('<html lang="nl"');
    }
  });

  test('who may not read records of the partner learns nothing of them by a draft: not even that its person was referred before', async () => {
    const body = await example('001-referral-as-collection', 'input.json');
    expect((await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body })).status).toBe(200);
    const pages = await Promise.all(
      ['leverancier', 'huisarts'].map(async (who) => {
        const browser = await loggedInAs(gateway.url, who);
        const csrf = formTokenIn(await browser.visit(`${gateway.url}/workbench`));
        return (await browser.submit(`${gateway.url}/workbench`, { message: body, csrf })).text;
      }),
    );
    for (const page of pages) expect(page).toContain('Dit bericht wordt aangenomen.');
    expect(pages.map((it) => it.includes('second-referral'))).toEqual([false, true]);
  });
});

test('a message above the limit is refused in words, as is an empty one', async () => {
  const browser = await loggedInAs(gateway.url, 'huisarts');
  const csrf = formTokenIn(await browser.visit(`${gateway.url}/workbench`));
  const large = await browser.submit(`${gateway.url}/workbench`, { message: `"${'x'.repeat(5_300_000)}"`, csrf });
  expect(large.status).toBe(413);
  expect(large.text).toContain('body-too-large');
  const empty = await browser.submit(`${gateway.url}/workbench`, { message: ' ', csrf });
  expect(empty.status).toBe(400);
  expect(empty.text).toContain('body-missing');
});

test.each<[string, string]>([
  ['a string that does not end', `{"resourceType":"${'\\\\"'.repeat(400_000)}`],
  ['JSON without line ends', `{"resourceType":"Bundle"${',"a":1'.repeat(140_000)}}`],
  ['long lines', `${`{"resourceType":"Bundle",${'"a":1,'.repeat(100)}\n`.repeat(1_300)}}`],
  ['XML on one line', `<Bundle xmlns="http://hl7.org/fhir">${'<a b="'.repeat(140_000)}`],
  ['HL7 v2 on one line', `MSH|^~\\&|${'a|'.repeat(400_000)}`],
])(
  '800 KB of %s is shown up to a bound, and the page says so',
  async (_, message) => {
    const browser = await loggedInAs(gateway.url, 'leverancier');
    const csrf = formTokenIn(await browser.visit(`${gateway.url}/workbench`));
    const submitted = () => browser.submit(`${gateway.url}/workbench?lang=en`, { message, csrf });
    const { value: page, milliseconds } = await cpuTimeOf(submitted);
    expect(page.status).toBe(200);
    const result = page.text.slice(page.text.indexOf('id="trial-result"'));
    expect(result.length).toBeLessThan(3_000_000);
    expect(result).toContain('Only its beginning is shown.');
    expect(milliseconds, 'milliseconds of CPU time; what is quadratic costs minutes').toBeLessThan(20_000);
  },
  120_000,
);

import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Questionnaire, QuestionnaireItem, QuestionnaireResponse, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newRingLine } from '../../src/store/sql/vault/ring.ts';
import { auditTrail } from '../../src/tracker/index.ts';
import { type Browser, openBrowser, type Visited } from '../support/access/browser.ts';
import { formTokenIn, loggedInAs, plain } from '../support/console/console.ts';
import {
  begunConversation,
  begunRegistration,
  conversation,
  filledIn as fillIn,
  registration,
  saveRecord,
  sendStep,
} from '../support/console/form.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { referral } from '../support/exchange/transfer-bundle.ts';
import { locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** Pages under attack: by who asks questions, by who fills in forms, and by who lost the right to what a page names. */
const folder = mkdtempSync(join(tmpdir(), 'mgn-hostile-pages-'));
let gateway: TestGateway;
beforeAll(async () => {
  const file = join(folder, 'store.db');
  // persons are erased from a store with keys only
  writeFileSync(`${file}.keys`, newRingLine('k1'));
  gateway = await startGateway({ store: `sqlite:${file}` });
});
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A referral that the registration team accepted. */
async function accepted(): Promise<string> {
  const task = locationOf(await partnerAt(gateway, 'gp-de-linde').post('', referral()), 'Task')!;
  await partnerAt(gateway, 'registration-team').move(task, { status: 'accepted', businessStatus: 'on-waitlist' });
  return task;
}

const sdc = 'http://hl7.org/fhir/uv/sdc/CodeSystem/temp';

/** A question of the system of the team to the practice; returns the id of its Task. */
async function asked(item: QuestionnaireItem[]): Promise<string> {
  const questionnaire: Questionnaire = {
    resourceType: 'Questionnaire',
    id: 'q',
    url: `https://mgn.example/fhir/Questionnaire/${randomUUID()}`,
    status: 'active',
    item,
  };
  const created = await partnerAt(gateway, 'registration-team').post('/Task', {
    resourceType: 'Task',
    contained: [questionnaire],
    status: 'requested',
    intent: 'order',
    code: { coding: [{ system: sdc, code: 'complete-questionnaire' }] },
    focus: { reference: await accepted() },
    input: [{ type: { coding: [{ system: sdc, code: 'questionnaire' }] }, valueReference: { reference: '#q' } }],
  });
  expect(created.status, created.text).toBe(201);
  return resourceOf<Task>(created).id ?? '';
}

const answerForm = ({ text }: Visited): string =>
  (text.split('<form').find((it) => it.includes('name="to" value="completed"')) ?? '').split('</form>')[0] ?? '';

/** The fields of a form as a browser sends them, with something typed in every text and the first of every choice. */
function filledIn(form: string, typed: string): [string, string][] {
  const attribute = (tag: string, name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
  const fields: [string, string][] = [];
  for (const [tag] of form.matchAll(/<(?:input|textarea)\b[^>]*>/g)) {
    const [name, type] = [attribute(tag, 'name'), attribute(tag, 'type')];
    if (type === 'hidden') fields.push([name, attribute(tag, 'value')]);
    else if (type !== 'radio') fields.push([name, typed]);
    else if (!fields.some(([other]) => other === name)) fields.push([name, attribute(tag, 'value')]);
  }
  return fields;
}

const posted = (browser: Browser, path: string, body: string): Promise<Visited> =>
  browser.send('POST', `${gateway.url}${path}`, {
    body,
    headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
  });

const outputOf = async (task: string): Promise<QuestionnaireResponse> => {
  const { output } = resourceOf<Task>(await gateway.ask('GET', `/fhir/Task/${task}`, { as: 'registration-team' }));
  const reference = output?.[0]?.valueReference?.reference ?? 'none';
  return resourceOf(await gateway.ask('GET', `/fhir/${reference}`, { as: 'registration-team' }));
};

describe('who asks a question chooses the names of its items', () => {
  // those of the form of the page, and of every object of JavaScript
  const names = ['csrf', 'to', 'words', 'version', 'request', 'go', 'constructor', '__proto__', 'toString', 'content'];
  const option = (code: string) => ({ valueCoding: { system: 'urn:example:codes', code, display: code } });
  test.each([
    ['text', {}],
    ['text', { repeats: true }],
    ['choice', { answerOption: [option('yes'), option('no')] }],
  ] as const)(
    'the page shows a %s under each of them, and nothing but what was typed is the answer',
    async (type, more) => {
      const id = await asked(
        names.map(
          (linkId) =>
            ({ linkId, type, text: `Vraag over ${linkId}?`, ...structuredClone(more) }) as unknown as QuestionnaireItem,
        ),
      );
      const gp = await loggedInAs(gateway.url, 'huisarts');
      const page = await gp.visit(`${gateway.url}/inbox/${id}`);
      expect(page.status).toBe(200);
      for (const name of names) expect(plain(page.text)).toContain(`Vraag over ${name}?`);
      const ids = [...page.text.matchAll(/ id="([^"]+)"/g)].map(([, it]) => it);
      expect(ids.length, 'an id names one element').toBe(new Set(ids).size);
      const fields = filledIn(answerForm(page), 'Wat is ingevuld');
      const answer = await posted(gp, `/inbox/${id}`, new URLSearchParams(fields).toString());
      expect(answer.status, plain(answer.text)).toBe(303);
      const { item = [] } = await outputOf(id);
      expect(item.map(({ linkId }) => linkId)).toEqual(names);
      const given = item.map((it) =>
        it.answer?.map(({ valueString, valueCoding }) => valueString ?? valueCoding?.code),
      );
      expect(given).toEqual(names.map(() => [type === 'text' ? 'Wat is ingevuld' : 'yes']));
    },
  );

  test('a group that may be repeated has no button that would send the answer', async () => {
    const inner = { linkId: 'inner', type: 'string', text: 'Naam?' } as const;
    const id = await asked([{ linkId: 'group', type: 'group', text: 'Mensen', repeats: true, item: [inner] }]);
    const gp = await loggedInAs(gateway.url, 'huisarts');
    const page = await gp.visit(`${gateway.url}/inbox/${id}`);
    expect(answerForm(page).match(/<button/g)).toHaveLength(1);
    await posted(gp, `/inbox/${id}`, new URLSearchParams(filledIn(answerForm(page), 'Lot Proef')).toString());
    const answer = [{ linkId: 'inner', answer: [{ valueString: 'Lot Proef' }] }];
    expect((await outputOf(id)).item).toMatchObject([{ linkId: 'group', item: answer }]);
  });
});

describe('a form of tens of thousands of fields', () => {
  const many = {
    'names of their own': Array.from({ length: 40_000 }, (_, n) => `${n.toString(36)}=`).join('&'),
    'one name': 'a&'.repeat(100_000),
  };
  test.each(Object.entries(many))('with %s is refused at once, whoever sends it', async (_, fields) => {
    const id = await asked([{ linkId: 'one', type: 'text', text: 'Een vraag?' }]);
    const gp = await loggedInAs(gateway.url, 'huisarts');
    const csrf = formTokenIn(await gp.visit(`${gateway.url}/inbox/${id}`));
    const body = `csrf=${csrf}&to=completed&version=1&request=${randomUUID()}&${fields}`;
    for (const [browser, path] of [
      [gp, `/inbox/${id}`],
      [gp, '/register'],
      [gp, '/conversation'],
      [openBrowser(), '/register'],
    ] as const) {
      const answer = await posted(browser, path, body);
      expect([path, answer.status, answer.text.includes('form-fields-too-many')]).toEqual([path, 413, true]);
      expect(answer.text.length, 'it is not repeated').toBeLessThan(20_000);
    }
  });

  test('and one of almost as many as are taken is done, without those that the page does not have', async () => {
    const id = await asked([{ linkId: 'one', type: 'text', text: 'Een vraag?' }]);
    const gp = await loggedInAs(gateway.url, 'huisarts');
    const page = await gp.visit(`${gateway.url}/inbox/${id}`);
    const own = new URLSearchParams(filledIn(answerForm(page), 'Ja')).toString();
    const other = await posted(gp, `/inbox/${id}`, `${own}&${'a&'.repeat(4_900)}`);
    expect(other.status).toBe(303);
  });
});

test('no link of a page leads to another host, whatever its address', async () => {
  for (const path of [
    '//evil.example/docs',
    '///evil.example',
    '//evil.example/docs/guide/login?q=1',
    '/\\evil.example',
  ])
    for (const browser of [openBrowser(), await loggedInAs(gateway.url, 'huisarts')]) {
      const { text, headers } = await browser.send('GET', `${gateway.url}${path}`, {
        headers: { accept: 'text/html' },
      });
      const links = [...text.matchAll(/(?:href|action)="([^"]*)"/g)].map(([, it = '']) => it);
      const hosts = [...links, String(headers.location ?? '/')].map((it) => new URL(it, gateway.url).host);
      expect([path, ...new Set(hosts)].filter((it) => it.includes('evil'))).toEqual(
        [path].filter((it) => it.includes('evil')),
      );
    }
});

describe('the record of a conversation names its person', () => {
  async function begun() {
    const task = await accepted();
    const team = await loggedInAs(gateway.url, 'aanmeldteam');
    const address = await begunConversation(team, gateway.url, task.slice('Task/'.length));
    await saveRecord(team, address, conversation);
    return { task, team, address };
  }

  test('each view of it is in the audit trail as a read of the registration', async () => {
    const { task, team, address } = await begun();
    await team.visit(address);
    await team.visit(`${gateway.url}/conversation`);
    let reads = 0;
    for await (const { references, person } of auditTrail(gateway.store, { interaction: 'console' }))
      if (person === 'aanmeldteam' && references.includes(task)) reads++;
    expect(reads).toBeGreaterThanOrEqual(4);
  });

  test('nobody opens, changes or sends it any more once the person was erased', async () => {
    const { task, team, address } = await begun();
    const csrf = formTokenIn(await team.visit(address));
    expect((await team.visit(`${gateway.url}/conversation`)).text).toContain(address.slice(-36));
    const { for: person } = resourceOf<Task>(await gateway.ask('GET', `/fhir/${task}`, { as: 'registration-team' }));
    const wish = { patients: [person?.reference ?? ''], network: 'Netwerk', reason: 'Requested by the person.' };
    const erased = await gateway.store.erasePerson({ ...wish, now: new Date(), evenIfOpen: true });
    expect(erased).toMatchObject({ kind: 'erased' });
    for (const path of [address, `${address}?plan=1`]) expect((await team.visit(path)).status).toBe(404);
    for (const go of ['save', 'later', 'send'])
      expect((await team.submit(address, { csrf, go, ...conversation })).status, go).toBe(404);
    expect((await team.visit(`${gateway.url}/conversation`)).text).not.toContain(address.slice(-36));
  });
});

describe('a registration that was begun', () => {
  test('tells by no page and no refusal what others sent about the person', async () => {
    const pages: string[][] = [];
    for (const isKnown of [true, false]) {
      const other = await startGateway();
      try {
        const [person, sender] = isKnown ? ['999901102', 'gp-veenzicht'] : ['999902337', 'gp-veenzicht'];
        const text = JSON.stringify(referral()).replaceAll('99990101', '99990199').replaceAll('01999901', '01999999');
        const sent = await partnerAt(other, sender).post('', JSON.parse(text.replaceAll(/9999\d{5}(?=")/g, person)));
        expect(sent.status, sent.text).toBe(200);
        const criteria = [{ name: 'identifier', values: ['http://fhir.nl/fhir/NamingSystem/bsn|999901102'] }];
        const found = await other.store.search('Patient', { criteria, count: 1 });
        expect(found.kind === 'found' && found.resources.length > 0).toBe(isKnown);
        const gp = await loggedInAs(other.url, 'huisarts');
        const address = await begunRegistration(gp, other.url);
        await fillIn(gp, address);
        const shown: string[] = [];
        for (let step = 1; step <= registration.length; step++)
          shown.push((await gp.visit(`${address}?step=${step}`)).text);
        shown.push((await sendStep(gp, address, 7, registration[6]!, 'look')).text);
        shown.push((await sendStep(gp, address, registration.length, { agreed: 'yes' }, 'send')).text);
        expect(shown.at(-1)).toContain('id="sent-title"');
        pages.push(shown.map(masked));
      } finally {
        await other.stop();
      }
    }
    expect(pages[0]).toEqual(pages[1]);
  });

  test('is in no log, metric or audit event, nor readable in the store', async () => {
    const lines: string[] = [];
    const line = (it: object) => lines.push(JSON.stringify(it));
    const file = join(folder, 'told.db');
    const told = await startGateway({ store: `sqlite:${file}`, log: { info: line, error: line } });
    const typed = 'Kanarievogel';
    try {
      const gp = await loggedInAs(told.url, 'huisarts');
      const address = await begunRegistration(gp, told.url);
      await sendStep(gp, address, 2, { 'person.familyName': typed, 'person.bsn': '999901102' });
      await sendStep(gp, address, 8, { agreed: 'yes' }, 'send');
      expect((await gp.visit(`${told.url}/register`)).text, 'it was kept').toContain(typed);
      const audit = (await told.store.audit({ count: 500 })).items.map(({ text }) => text);
      expect(audit.length).toBeGreaterThan(3);
      const metrics = await told.ask('GET', '/metrics', { as: 'operator' });
      expect([...audit, ...lines, metrics.text].join()).not.toMatch(/Kanarievogel|999901102/);
    } finally {
      await told.stop();
    }
    const written = readdirSync(folder).filter((it) => it.startsWith('told.db'));
    expect(written.length).toBeGreaterThan(0);
    for (const it of written) expect(readFileSync(join(folder, it)).includes(typed), it).toBe(false);
  });
});

/** Without what is drawn at random, and without the moment. */
const masked = (text: string): string =>
  text
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id')
    .replace(/name="csrf" value="[^"]*"/g, 'csrf')
    .replace(/<code>[0-9a-f]{8}<\/code>/g, 'number')
    .replace(/127\.0\.0\.1:\d+/g, 'host')
    .replace(/\d\d:\d\d/g, 'time');

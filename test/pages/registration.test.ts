import type { Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditTrail } from '../../src/tracker/index.ts';
import type { Browser } from '../support/access/browser.ts';
import { formTokenIn, loggedInAs, plain } from '../support/console/console.ts';
import { begunRegistration, filledIn, registration, sendStep } from '../support/console/form.ts';
import { resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

type Search = { entry?: { resource: Task }[] };

const tasksOf = async (partner: string): Promise<readonly Task[]> =>
  (resourceOf(await gateway.ask('GET', '/fhir/Task?_count=200', { as: partner })) as Search).entry?.map(
    ({ resource }) => resource,
  ) ?? [];

const lastStep = registration.length;

async function filled(browser: Browser, changes: Readonly<Record<number, object>> = {}): Promise<string> {
  const address = await begunRegistration(browser, gateway.url);
  await filledIn(browser, address);
  for (const [step, fields] of Object.entries(changes))
    await sendStep(browser, address, Number(step), { ...registration[Number(step) - 1], ...fields });
  return address;
}

describe('a GP practice registers somebody, without a system', () => {
  test('the team of the conversation gets the referral, as that of a system; the sender sees who has the move and until when', async () => {
    const browser = await loggedInAs(gateway.url, 'huisarts');
    const address = await filled(browser);
    const before = await tasksOf('registration-team');
    const sent = await sendStep(browser, address, lastStep, { agreed: 'yes' }, 'send');
    expect([sent.status, sent.url]).toEqual([200, address]);
    expect(plain(sent.text)).toMatch(/Verstuurd.*belt de persoon.*Zij antwoorden voor \w+dag \d+ \w+ \d\d:\d\d/s);
    const known = new Set(before.map(({ id }) => id));
    const [task, ...others] = (await tasksOf('registration-team')).filter(({ id }) => !known.has(id));
    expect(others).toEqual([]);
    expect(task).toMatchObject({ status: 'requested' });
    const all = await gateway.ask('GET', `/fhir/${task?.focus?.reference}/$case`, { as: 'registration-team' });
    for (const text of [
      'Testpersoon',
      '1991-05-14',
      '999901102',
      'slaap slecht',
      'Buurvrouw Proef',
      '1283AB',
      'H. Voorbeeldarts',
    ])
      expect(all.text).toContain(text);
  });

  test('the message is recorded as any other: who sent it, and what it became', async () => {
    const browser = await loggedInAs(gateway.url, 'huisarts');
    const address = await filled(browser);
    await sendStep(browser, address, lastStep, { agreed: 'yes' }, 'send');
    const lines = [];
    for await (const line of auditTrail(gateway.store, { interaction: 'accept' })) lines.push(line);
    expect(lines.at(-1)).toMatchObject({ outcome: 'success', partner: 'gp-de-linde', person: 'huisarts' });
    expect(lines.at(-1)?.references.some((it) => it.startsWith('Task/'))).toBe(true);
  });

  test('sent twice, or opened again with the back button, it is one referral', async () => {
    const browser = await loggedInAs(gateway.url, 'huisarts');
    const address = await filled(browser, { 4: { request: 'Wie helpt mij met de post?' } });
    const csrf = formTokenIn(await browser.visit(address));
    const before = (await tasksOf('gp-de-linde')).length;
    const send = () => browser.submit(`${address}?step=${lastStep}`, { csrf, go: 'send', agreed: 'yes' });
    const both = await Promise.all([send(), send()]);
    const again = await send();
    expect([...both, again].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await tasksOf('gp-de-linde')).length).toBe(before + 1);
    expect(plain((await browser.visit(`${address}?step=2`)).text)).not.toContain('Testpersoon');
  });
});

describe('what is wrong is said at its field, and what was typed stays', () => {
  test.each([
    [2, { 'person.birthDate': '31-02-1991' }, 'person-birthDate', 'Deze datum bestaat niet'],
    [2, { 'person.bsn': '999901101' }, 'person-bsn', 'Dit nummer kan niet bestaan'],
    [2, { 'person.familyName': '' }, 'person-familyName', 'Vul de achternaam in'],
    [3, { 'person.postalCode': '12 AB' }, 'person-postalCode', 'vier cijfers en twee letters'],
    [4, { request: ' ' }, 'request', 'Schrijf op wat de vraag is'],
    [6, { 'closeOne.name': '', 'closeOne.phone': '0600000009' }, 'closeOne-name', 'Vul de naam in'],
    [7, { 'share.data': [] }, 'share-data', 'Kies wat de gemeente mag weten'],
    [7, { 'share.date': '01-01-2199' }, 'share-date', 'Niet in de toekomst'],
  ] as const)('step %i: %o', async (step, wrong, id, words) => {
    const browser = await loggedInAs(gateway.url, 'huisarts');
    const address = await begunRegistration(browser, gateway.url);
    await filledIn(browser, address, step - 1);
    const answer = await sendStep(browser, address, step, { ...registration[step - 1], ...wrong });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(`href="#${id}"`);
    expect(plain(answer.text)).toContain(words);
    for (const typed of Object.values({ ...registration[step - 1], ...wrong }).flat())
      if (typed.trim() && typed.length > 3) expect(answer.text).toContain(typed);
    expect(answer.text.match(/id="wrong"/g)).toHaveLength(1);
  });

  test('a step further on is not reached before those before it are right', async () => {
    const browser = await loggedInAs(gateway.url, 'huisarts');
    const address = await begunRegistration(browser, gateway.url);
    expect(plain((await browser.visit(`${address}?step=8`)).text)).toContain('Wie meldt aan?');
    const early = await sendStep(browser, address, lastStep, { agreed: 'yes' }, 'send');
    expect([early.status, plain(early.text).includes('Wie meldt aan?')]).toEqual([422, true]);
  });
});

describe('what is passed on beside what is withheld follows the choices', () => {
  const columns = (text: string, about: string) => {
    const at = text.slice(text.indexOf(about));
    const [, sent = '', kept = ''] = /class="sent">([\s\S]*?)<\/div><div class="kept">([\s\S]*?)<\/div>/.exec(at) ?? [];
    return { sent: plain(sent.replaceAll('<li>', ' ')), kept: plain(kept.replaceAll('<li>', ' ')) };
  };
  const look = async (fields: object) => {
    const browser = await loggedInAs(gateway.url, 'huisarts');
    const address = await begunRegistration(browser, gateway.url);
    await filledIn(browser, address, 6);
    return (await sendStep(browser, address, 7, { 'share.date': '01-12-2025', ...fields }, 'look')).text;
  };

  test('the team gets everything; the municipality what the person agreed to, never the complaint or the words of the request', async () => {
    const text = await look({ 'share.care': 'yes', 'share.social': 'yes', 'share.data': ['contact-data'] });
    expect(columns(text, 'Team van het gesprek').sent).toMatch(
      /naam.*telefoon.*de vraag, in uw woorden|de vraag, in uw woorden.*naam/s,
    );
    const social = columns(text, 'Gemeente en sociaal werk');
    expect(social.sent).toMatch(/naam/);
    expect(social.sent).toMatch(/telefoon/);
    expect(social.sent).not.toMatch(/BSN|geboortedatum|vraag, in uw woorden/);
    expect(social.kept).toMatch(/geboortedatum/);
    expect(social.kept).toMatch(/BSN/);
    expect(social.kept).toMatch(/de vraag, in uw woorden/);
  });

  test('a no to one recipient withholds everything from it, and nothing from another', async () => {
    const text = await look({ 'share.care': 'no', 'share.social': 'yes', 'share.data': ['goals'] });
    expect(columns(text, 'Ggz die later helpt')).toEqual({
      sent: expect.stringContaining('Niets'),
      kept: expect.stringContaining('de persoon zei nee'),
    });
    const social = columns(text, 'Gemeente en sociaal werk');
    expect(social.sent).toMatch(/naam/);
    expect(social.sent).not.toMatch(/telefoon|BSN/);
    expect(social.kept).toMatch(/telefoon/);
  });

  test('without an answer the municipality gets nothing', async () => {
    expect(columns(await look({}), 'Gemeente en sociaal werk').sent).toContain('Niets');
  });
});

describe('somebody outside care', () => {
  test('is asked no BSN, needs a yes of the person, and sends on that consent', async () => {
    const browser = await loggedInAs(gateway.url, 'wijkteam');
    const address = await begunRegistration(browser, gateway.url);
    const steps = registration.map((it) => ({ ...it })) as Record<string, string | readonly string[]>[];
    steps[0] = { 'referrer.name': 'S. Voorbeeldwijk', 'referrer.profession': 'sociaal werker' };
    for (const [index, fields] of steps.slice(0, 6).entries()) await sendStep(browser, address, index + 1, fields);
    expect(plain((await browser.visit(`${address}?step=2`)).text)).toContain('Wij vragen u geen BSN');
    const without = await sendStep(browser, address, 7, { ...steps[6], 'share.network': 'no' });
    expect([without.status, plain(without.text).includes('Vraag het eerst')]).toEqual([422, true]);
    await sendStep(browser, address, 7, { ...steps[6], 'share.network': 'yes' });
    const before = new Set((await tasksOf('registration-team')).map(({ id }) => id));
    const sent = await sendStep(browser, address, 8, { agreed: 'yes' }, 'send');
    expect(plain(sent.text)).toContain('Verstuurd');
    const [task] = (await tasksOf('registration-team')).filter(({ id }) => !before.has(id));
    expect(JSON.stringify(task)).toContain('explicit-consent');
    const all = await gateway.ask('GET', `/fhir/${task?.focus?.reference}/$case`, { as: 'registration-team' });
    expect(all.text).not.toContain('999901102');
  });
});

describe('a draft', () => {
  test('is gone on with later, where it stopped; it can be discarded', async () => {
    const browser = await loggedInAs(gateway.url, 'huisarts');
    const address = await begunRegistration(browser, gateway.url);
    await filledIn(browser, address, 2);
    const left = await sendStep(browser, address, 3, { 'person.postalCode': '1283' }, 'later');
    expect(plain(left.text)).toContain('Sam Testpersoon');
    const later = await loggedInAs(gateway.url, 'huisarts');
    const resumed = await later.visit(address);
    expect(plain(resumed.text)).toContain('Hoe bereiken wij Sam?');
    expect(resumed.text).toContain('value="1283"');
    await later.submit(address, { csrf: formTokenIn(resumed), go: 'remove' });
    expect((await later.visit(address)).status).toBe(404);
  });

  test('of somebody else does not exist, to read, to change, or to send, whoever asks', async () => {
    const browser = await loggedInAs(gateway.url, 'huisarts');
    const address = await filled(browser);
    for (const who of ['leverancier', 'wijkteam', 'aanmeldteam', 'beheerder', 'privacy-officer', 'behandelaar']) {
      const other = await loggedInAs(gateway.url, who);
      expect((await other.visit(address)).status, who).toBe(404);
      const csrf = formTokenIn(await other.visit(`${gateway.url}/`));
      for (const go of ['next', 'send', 'remove'])
        expect((await other.submit(`${address}?step=8`, { csrf, go, agreed: 'yes' })).status, who).toBe(404);
    }
    expect((await gateway.ask('GET', new URL(address).pathname, { as: 'gp-de-linde' })).status).toBe(404);
    expect(plain((await browser.visit(address)).text)).toContain('Klopt alles?');
  });
});

describe('a session that ends, and forms of others', () => {
  test('what was typed comes back, and is saved after a new login', async () => {
    const browser = await loggedInAs(gateway.url, 'huisarts');
    const address = await begunRegistration(browser, gateway.url);
    const page = await browser.visit(address);
    const csrf = formTokenIn(page);
    await browser.submit(`${gateway.url}/logout`, { csrf });
    const fields = { csrf, go: 'next', ...registration[0] };
    const ended = await browser.submit(`${address}?step=1`, fields);
    expect(ended.status).toBe(401);
    expect(plain(ended.text)).toContain('Niets is kwijt');
    expect(ended.text).toContain('name="referrer.name" value="H. Voorbeeldarts"');
    await browser.submit(`${gateway.url}/login/demo`, { person: 'huisarts', return: '/docs/findings' });
    const back = await browser.submit(`${address}?step=1`, { ...fields, csrf: '' });
    expect(back.status).toBe(403);
    const again = await browser.submit(`${address}?step=1`, { ...fields });
    expect(again.status).toBe(403);
    expect(plain(again.text)).toContain('U bent opnieuw ingelogd');
    const saved = await browser.submit(`${address}?step=1`, { ...fields, csrf: formTokenIn(again) });
    expect([saved.status, saved.url]).toEqual([200, `${address}?step=2`]);
    expect((await browser.visit(`${address}?step=1`)).text).toContain('value="H. Voorbeeldarts"');
  });

  test('a form of another site changes nothing and repeats nothing', async () => {
    const browser = await loggedInAs(gateway.url, 'huisarts');
    const address = await begunRegistration(browser, gateway.url);
    const csrf = formTokenIn(await browser.visit(address));
    for (const token of [csrf, 'other', '']) {
      const answer = await browser.submit(
        `${address}?step=1`,
        { csrf: token, go: 'next', 'referrer.name': 'Van elders' },
        'https://evil.example',
      );
      expect([answer.status, answer.text.includes('Van elders')]).toEqual([403, false]);
    }
    expect((await browser.visit(address)).text).not.toContain('Van elders');
  });
});

test('who may not send a referral has no form', async () => {
  for (const who of ['leverancier', 'beheerder', 'privacy-officer']) {
    const browser = await loggedInAs(gateway.url, who);
    expect((await browser.visit(`${gateway.url}/register`)).status, who).toBe(404);
    expect((await browser.visit(`${gateway.url}/`)).text, who).not.toContain('href="/register"');
  }
});

import type { CarePlan, Questionnaire } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formTokenIn, loggedInAs, plain } from '../support/console/console.ts';
import { begunConversation, conversation, saveRecord } from '../support/console/form.ts';
import { resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

let numbered = 0;

/** A registration that the team accepted; returns the id of its Task. */
async function accepted(): Promise<{ task: string }> {
  numbered++;
  const body = JSON.stringify({
    reference: `F-${numbered}`,
    date: '2026-11-16',
    referrer: { role: 'gp', name: 'H. Voorbeeldarts', organization: { name: 'Huisartsenpraktijk De Linde' } },
    person: { familyName: `Testpersoon ${numbered}`, givenName: 'Sam', birthDate: '1991-05-14', postalCode: '1283AB' },
    request: `Graag een gesprek, ${numbered}.`,
  });
  const sent = await gateway.ask('POST', '/intake/referral', {
    as: 'gp-de-linde',
    body,
    contentType: 'application/json',
  });
  const task = /Task\/([0-9a-f-]{36})/.exec(sent.text)?.[1] ?? '';
  const team = await loggedInAs(gateway.url, 'aanmeldteam');
  const page = await team.visit(`${gateway.url}/inbox/${task}`);
  const request = /name="request" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const fields = { csrf: formTokenIn(page), version: '1', request, to: 'accepted' };
  expect((await team.submit(`${gateway.url}/inbox/${task}`, fields)).status).toBe(200);
  return { task };
}

/** The plan that a record became, by the answer to the message that the draft was sent as. */
const planOf = async (address: string): Promise<CarePlan | undefined> => {
  const id = address.split('/').at(-1) ?? '';
  const message = await gateway.store.messageByRequest('registration-team', id);
  const plan = /CarePlan\/[0-9a-f-]{36}/.exec(message?.answer.body ?? '')?.[0] ?? 'CarePlan/-';
  return resourceOf<CarePlan>(await gateway.ask('GET', `/fhir/${plan}`, { as: 'registration-team' }));
};

test('the form asks every question of the published Questionnaire, in its words, and in English', async () => {
  const { task } = await accepted();
  const browser = await loggedInAs(gateway.url, 'aanmeldteam');
  const address = await begunConversation(browser, gateway.url, task);
  const page = await browser.visit(address);
  const published = resourceOf<Questionnaire>(
    await gateway.ask('GET', '/fhir/Questionnaire/verkennend-gesprek', { as: 'registration-team' }),
  );
  const all = (published.item ?? []).flatMap((it) => [it, ...(it.item ?? [])]);
  expect(all.length).toBeGreaterThan(30);
  // what a system is told about addresses is a list to choose from in the form
  for (const { text = '' } of all) expect(plain(page.text)).toContain(text.split(', zoals')[0]);
  const english = plain((await browser.visit(`${address}?lang=en`)).text);
  for (const { text = '', linkId } of all) expect([linkId, english.includes(`>${text}<`)]).toEqual([linkId, false]);
});

test('the record becomes the conversation with its plan: who does what by when, and what is asked per life domain', async () => {
  const { task } = await accepted();
  const browser = await loggedInAs(gateway.url, 'aanmeldteam');
  const address = await begunConversation(browser, gateway.url, task);
  const sent = await saveRecord(browser, address, conversation, 'send');
  expect([sent.status, plain(sent.text).includes('Het verslag is verstuurd')]).toEqual([200, true]);
  const plan = await planOf(address);
  const text = plain(plan?.text?.div ?? '');
  expect(text).toContain('Samen de brieven openen (wie: Lot en Sam, uiterlijk 3 december 2026)');
  expect(text).toContain(
    'Over geld. Dit gaat goed: Ik betaal de huur op tijd. Dit is de vraag: De post maakt mij bang.',
  );
  expect(text).toContain('Houdt zich aan afspraken');
  expect(JSON.stringify(plan)).toContain('mgn-agreement-by');
  expect((await gateway.ask('GET', `/fhir/Task/${task}`, { as: 'gp-de-linde' })).status).toBe(200);
});

test('the plan beside the form follows what is saved, and is what the person gets', async () => {
  const { task } = await accepted();
  const browser = await loggedInAs(gateway.url, 'aanmeldteam');
  const address = await begunConversation(browser, gateway.url, task);
  expect(plain((await browser.visit(address)).text)).toContain('Het plan verschijnt hier zodra');
  const saved = await saveRecord(browser, address, conversation);
  expect(saved.status).toBe(200);
  expect(plain(saved.text)).toContain('Samen de brieven openen (wie: Lot en Sam, uiterlijk 3 december 2026)');
  const printed = await browser.visit(`${address}?plan=1`);
  expect(printed.text).not.toContain('<textarea');
  await saveRecord(browser, address, conversation, 'send');
  const words = (text: string) => plain(text.replaceAll('<', ' <')).replace(/\s+/g, ' ').trim();
  const sheet = /<article[^>]*>([\s\S]*?)<\/article>/.exec(printed.text)?.[1] ?? '';
  expect(words(sheet)).toBe(words((await planOf(address))?.text?.div ?? ''));
});

test('markup in an answer is text in the plan', async () => {
  const { task } = await accepted();
  const browser = await loggedInAs(gateway.url, 'aanmeldteam');
  const address = await begunConversation(browser, gateway.url, task);
  const wrong = { ...conversation, 'agreed.0.agreed-what': '<img src=x onerror=alert(1)></article>' };
  const saved = await saveRecord(browser, address, wrong);
  expect(saved.text).not.toContain('<img');
  expect(plain(saved.text)).toContain('<img src=x onerror=alert(1)></article> (wie: Lot en Sam');
});

describe('what is wrong is said at its field, and what was typed stays', () => {
  test.each([
    [{ outcome: [] }, 'outcome'],
    [{ date: '31-02-2026' }, 'date'],
    [{ 'agreed.0.agreed-by': 'snel' }, 'agreed-0-agreed-by'],
    [{ 'goal.0.goal-description': '' }, 'goal-0-goal-description'],
    [{ 'participant.0.participant-role': '' }, 'participant-0-participant-role'],
  ])('%o', async (change, id) => {
    const { task } = await accepted();
    const browser = await loggedInAs(gateway.url, 'aanmeldteam');
    const address = await begunConversation(browser, gateway.url, task);
    const answer = await saveRecord(browser, address, { ...conversation, ...change }, 'send');
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(`href="#${id}"`);
    expect(answer.text).toContain('value="Samen de brieven openen"');
  });

  test('one more row keeps what is in the others', async () => {
    const { task } = await accepted();
    const browser = await loggedInAs(gateway.url, 'aanmeldteam');
    const address = await begunConversation(browser, gateway.url, task);
    const more = await saveRecord(browser, address, conversation, 'add:agreed');
    expect(more.text).toContain('name="agreed.1.agreed-what"');
    expect(more.text).toContain('value="Samen de brieven openen"');
  });
});

describe('who', () => {
  test('only the organisation that accepted the registration begins a record, and only who began it reads it', async () => {
    const { task } = await accepted();
    const team = await loggedInAs(gateway.url, 'aanmeldteam');
    const address = await begunConversation(team, gateway.url, task);
    await saveRecord(team, address, conversation);
    for (const who of ['huisarts', 'behandelaar', 'wijkteam', 'beheerder', 'leverancier']) {
      const other = await loggedInAs(gateway.url, who);
      expect((await other.visit(address)).status, who).toBe(404);
      const csrf = formTokenIn(await other.visit(`${gateway.url}/`));
      expect((await other.submit(address, { csrf, go: 'send', ...conversation })).status, who).toBe(404);
      const request = crypto.randomUUID();
      expect((await other.submit(`${gateway.url}/conversation`, { csrf, request, task })).status, who).toBe(404);
    }
  });

  test('sent twice it is one record', async () => {
    const { task } = await accepted();
    const browser = await loggedInAs(gateway.url, 'aanmeldteam');
    const address = await begunConversation(browser, gateway.url, task);
    const csrf = formTokenIn(await browser.visit(address));
    const send = () => browser.submit(address, { csrf, go: 'send', ...conversation });
    const all = [...(await Promise.all([send(), send()])), await send()];
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { items } = await gateway.store.messages({ latestFirst: true, partner: 'registration-team', count: 50 });
    expect(items.filter(({ requestId }) => address.endsWith(requestId))).toHaveLength(1);
  });
});

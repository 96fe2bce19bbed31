import type { Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditTrail } from '../../src/tracker/index.ts';
import type { Browser } from '../support/access/browser.ts';
import { example, formTokenIn, loggedInAs, plain } from '../support/console/console.ts';
import { resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

/** A request of the GP to the neighbourhood team; returns the id of its Task. */
async function requested(): Promise<string> {
  const before = await tasks();
  const body = await example('060-social-request', 'input.json');
  expect((await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body })).status).toBe(200);
  const [id = ''] = (await tasks()).filter((it) => !before.includes(it));
  return id;
}

const tasks = async (): Promise<readonly string[]> => {
  const found = await gateway.ask('GET', '/fhir/Task?_count=200', { as: 'wijkteam-zonnerveen' });
  return (resourceOf(found) as { entry?: { resource: Task }[] }).entry?.map(({ resource }) => resource.id ?? '') ?? [];
};

const asReferrer = async (id: string): Promise<Task> =>
  resourceOf<Task>(await gateway.ask('GET', `/fhir/Task/${id}`, { as: 'gp-de-linde' }));

const fieldsIn = ({ text }: { text: string }, to: string) => {
  const [form = ''] = [...text.matchAll(/<form[\s\S]*?<\/form>/g)]
    .map(([it]) => it)
    .filter((it) => it.includes(`name="to" value="${to}"`));
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(form)?.[1] ?? '';
  return { csrf: field('csrf'), version: field('version'), request: field('request'), to };
};

test('the team sees what is requested, for whom and before when, in its projection: no diagnosis, no BSN, no birth date', async () => {
  const id = await requested();
  const browser = await loggedInAs(gateway.url, 'wijkteam');
  for (const path of ['/inbox', `/inbox/${id}`]) {
    const page = await browser.visit(`${gateway.url}${path}`);
    expect(page.status).toBe(200);
    expect(plain(page.text)).toContain('Hulp bij geld');
    expect(plain(page.text)).toContain('Testa Proefpersoon');
    expect(page.text).not.toMatch(/9999\d{5}|1990|Somber|P03|depressie/i);
  }
  const page = plain((await browser.visit(`${gateway.url}/inbox/${id}`)).text);
  expect(page).toMatch(/Antwoord voor \w+dag \d+ \w+ \d\d:\d\d\. Daarna zoekt het aanmeldteam contact\./);
  expect(page).toContain('0600000001');
});

test('accept, begin and complete, or reject with a reason: the referrer reads each, with the outcome', async () => {
  const id = await requested();
  const browser = await loggedInAs(gateway.url, 'wijkteam');
  const at = `${gateway.url}/inbox/${id}`;
  for (const [to, words] of [['accepted'], ['in-progress'], ['completed', 'Er is een budgetplan gemaakt.']] as const) {
    const landed = await browser.submit(at, { ...fieldsIn(await browser.visit(at), to), ...(words ? { words } : {}) });
    expect([landed.status, landed.url]).toEqual([200, at]);
    expect((await asReferrer(id)).status).toBe(to);
  }
  expect(plain((await browser.visit(at)).text)).toContain('Dit verzoek is klaar.');
  const other = await requested();
  const there = `${gateway.url}/inbox/${other}`;
  await browser.submit(there, {
    ...fieldsIn(await browser.visit(there), 'rejected'),
    reason: 'at-capacity',
    words: 'Na januari weer.',
  });
  const rejected = await asReferrer(other);
  expect(rejected.status).toBe('rejected');
  expect(rejected.statusReason?.coding?.some(({ code }) => code === 'at-capacity')).toBe(true);
  const done = plain((await browser.visit(`${gateway.url}/inbox?show=done`)).text);
  expect(done).toMatch(/afgewezen/);
  expect(done).toMatch(/afgerond/);
});

test('a form that is sent twice is done once; one of an older version changes nothing and says so', async () => {
  const id = await requested();
  const browser = await loggedInAs(gateway.url, 'wijkteam');
  const at = `${gateway.url}/inbox/${id}`;
  const first = await browser.visit(at);
  const accept = fieldsIn(first, 'accepted');
  const [one, two] = [await browser.submit(at, accept), await browser.submit(at, accept)];
  expect([one.status, two.status]).toEqual([200, 200]);
  expect((await asReferrer(id)).meta?.versionId).toBe('2');
  const stale = await browser.submit(at, {
    ...fieldsIn(first, 'rejected'),
    request: crypto.randomUUID(),
    reason: 'other',
  });
  expect(stale.status).toBe(412);
  expect(stale.text).toContain('version-stale');
  expect((await asReferrer(id)).status).toBe('accepted');
});

/** A registration of the GP, of which the registration team is the owner; accepted. */
async function registered(): Promise<{ team: Browser; at: string; id: string }> {
  const body = JSON.stringify({
    reference: crypto.randomUUID(),
    date: '2026-11-16',
    referrer: { role: 'gp', name: 'H. Voorbeeldarts', organization: { name: 'Huisartsenpraktijk De Linde' } },
    person: { givenName: 'Sam', familyName: `Testpersoon ${crypto.randomUUID().slice(0, 4)}`, birthDate: '1991-05-14' },
    request: 'Graag een gesprek.',
  });
  const sent = await gateway.ask('POST', '/intake/referral', {
    as: 'gp-de-linde',
    body,
    contentType: 'application/json',
  });
  const id = /Task\/([0-9a-f-]{36})/.exec(sent.text)?.[1] ?? '';
  const team = await loggedInAs(gateway.url, 'aanmeldteam');
  const at = `${gateway.url}/inbox/${id}`;
  await team.submit(at, fieldsIn(await team.visit(at), 'accepted'));
  return { team, at, id };
}

describe('the moves', () => {
  const offered = ({ text }: { text: string }) =>
    [...new Set([...text.matchAll(/name="to" value="([^"]+)"/g)].map(([, to = '']) => to))].sort();

  test('are those that the owner may make, and no other', async () => {
    const { team, at } = await registered();
    const go = async (to: string, more: object = {}) =>
      team.submit(at, { ...fieldsIn(await team.visit(at), to), ...more });
    expect(offered(await team.visit(at))).toEqual(['ask', 'in-progress', 'progress', 'rejected']);
    await go('in-progress');
    expect(offered(await team.visit(at))).toEqual(['ask', 'completed', 'failed', 'on-hold', 'progress']);
    await go('on-hold', { reason: 'cannot-contact', words: 'Na de vakantie.' });
    expect(offered(await team.visit(at))).toEqual(['ask', 'in-progress', 'progress']);
    await go('in-progress');
    await go('failed', { reason: 'patient-choice' });
    expect(offered(await team.visit(at))).toEqual([]);
    const social = await requested();
    const wijkteam = await loggedInAs(gateway.url, 'wijkteam');
    expect(offered(await wijkteam.visit(`${gateway.url}/inbox/${social}`))).not.toContain('ask');
  });

  test('progress and the reason of a pause are told to the referrer', async () => {
    const { team, at, id } = await registered();
    await team.submit(at, { ...fieldsIn(await team.visit(at), 'progress'), business: 'on-waitlist', words: '' });
    expect(JSON.stringify((await asReferrer(id)).businessStatus)).toContain('on-waitlist');
    expect(plain((await team.visit(at)).text)).toContain('op de wachtlijst');
    await team.submit(at, fieldsIn(await team.visit(at), 'in-progress'));
    await team.submit(at, { ...fieldsIn(await team.visit(at), 'on-hold'), reason: 'cannot-contact', words: '' });
    expect(await asReferrer(id)).toMatchObject({ status: 'on-hold' });
    expect(JSON.stringify((await asReferrer(id)).statusReason)).toContain('cannot-contact');
  });

  test('a question goes to the referrer, who answers it in the browser; the asker reads the answer', async () => {
    const { team, at } = await registered();
    const question = 'Bij welke apotheek staat Sam ingeschreven?';
    await team.submit(at, { ...fieldsIn(await team.visit(at), 'ask'), words: question });
    expect(plain((await team.visit(at)).text)).toMatch(/Wat u vroeg.*apotheek.*Nog geen antwoord/s);
    const gp = await loggedInAs(gateway.url, 'huisarts');
    const list = await gp.visit(`${gateway.url}/inbox`);
    const asked = /href="(\/inbox\/[0-9a-f-]{36})"/.exec(list.text)?.[1] ?? '';
    const page = await gp.visit(gateway.url + asked);
    expect(plain(page.text)).toContain(question);
    const answer = await gp.submit(gateway.url + asked, {
      ...fieldsIn(page, 'completed'),
      'answer-question': 'Apotheek Verzonnen',
    });
    expect([answer.status, plain(answer.text).includes('Dit verzoek is klaar')]).toEqual([200, true]);
    expect(plain((await team.visit(at)).text)).toContain('Apotheek Verzonnen');
  });

  test('somebody else was first: the page says so, shows how it stands, and repeats what was typed', async () => {
    const { team, at } = await registered();
    const page = await team.visit(at);
    await team.submit(at, fieldsIn(page, 'in-progress'));
    const late = await team.submit(at, {
      ...fieldsIn(page, 'rejected'),
      request: crypto.randomUUID(),
      reason: 'other',
      words: 'Mijn uitleg',
    });
    expect(late.status).toBe(412);
    expect(plain(late.text)).toContain('Iemand anders was u voor');
    expect(plain(late.text)).toContain('Mijn uitleg');
    expect(offered(late)).toContain('completed');
  });

  test('what was typed when the session ended comes back', async () => {
    const { team, at } = await registered();
    const fields = { ...fieldsIn(await team.visit(at), 'rejected'), reason: 'other', words: 'Lange uitleg' };
    await team.submit(`${gateway.url}/logout`, { csrf: fields.csrf });
    const ended = await team.submit(at, fields);
    expect([ended.status, ended.text.includes('value="Lange uitleg"')]).toEqual([401, true]);
  });
});

describe('what somebody may not', () => {
  test('another organisation finds no request of this one, and may not answer it', async () => {
    const id = await requested();
    const team = await loggedInAs(gateway.url, 'wijkteam');
    const fields = fieldsIn(await team.visit(`${gateway.url}/inbox/${id}`), 'accepted');
    for (const who of ['sociaal-werk', 'behandelaar', 'huisarts', 'beheerder', 'leverancier']) {
      const browser = await loggedInAs(gateway.url, who);
      expect((await browser.visit(`${gateway.url}/inbox/${id}`)).status, who).toBe(404);
      const csrf = formTokenIn(await browser.visit(`${gateway.url}/`));
      const answer = await browser.submit(`${gateway.url}/inbox/${id}`, {
        ...fields,
        csrf,
        request: crypto.randomUUID(),
      });
      expect(answer.status, who).toBeGreaterThanOrEqual(403);
    }
    expect((await asReferrer(id)).status).toBe('requested');
  });

  test('a form of another site, or without the token of the session, changes nothing', async () => {
    const id = await requested();
    const browser = await loggedInAs(gateway.url, 'wijkteam');
    const at = `${gateway.url}/inbox/${id}`;
    const fields = fieldsIn(await browser.visit(at), 'accepted');
    expect((await browser.submit(at, fields, 'https://evil.example')).status).toBe(403);
    expect((await browser.submit(at, { ...fields, csrf: '' })).status).toBe(403);
    expect((await asReferrer(id)).status).toBe('requested');
  });

  test('the menu has the inbox for who may read contents only', async () => {
    for (const [who, has] of [
      ['wijkteam', true],
      ['leverancier', false],
      ['beheerder', false],
    ] as const) {
      const page = await (await loggedInAs(gateway.url, who)).visit(`${gateway.url}/`);
      expect(page.text.includes('href="/inbox"'), who).toBe(has);
    }
  });
});

test('each view is in the audit trail as a read of the Task and of the person, with who read it', async () => {
  const id = await requested();
  const browser = await loggedInAs(gateway.url, 'wijkteam');
  await browser.visit(`${gateway.url}/inbox/${id}`);
  const lines = [];
  for await (const line of auditTrail(gateway.store, { interaction: 'read' })) lines.push(line);
  const own = lines.filter(({ references }) => references.includes(`Task/${id}`));
  expect(own).toMatchObject([{ outcome: 'success', partner: 'wijkteam-zonnerveen', person: 'wijkteam' }]);
  expect(own[0]?.references.some((it) => it.startsWith('Patient/'))).toBe(true);
});

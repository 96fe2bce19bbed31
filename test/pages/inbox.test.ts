import type { Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditTrail } from '../../src/tracker/index.ts';
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

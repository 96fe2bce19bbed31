import type { Bundle, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { personReport, reportAsText } from '../../../src/tracker/index.ts';
import { type Browser, openBrowser, type Visited } from '../../support/access/browser.ts';
import { type ShownSession, sessionOf } from '../../support/access/people-gateway.ts';
import { referralText } from '../../support/exchange/example-referral.ts';
import {
  type Answered,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../../support/test-gateway.ts';

/** What people may, of what their partner may: against the running gateway, with the people of the demo network. */
let gateway: TestGateway;
let clock = 0;
let sent: Answered;
let order: string;
let task: string;
let patient: string;

const personal = /Proefpersoon|9999\d{5}|Somber/;

beforeAll(async () => {
  gateway = await startGateway({
    configure: (it) => ({ ...it, world: { ...it.world, now: () => new Date(Date.now() + clock) } }),
  });
  sent = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  [order, task, patient] = ['ServiceRequest', 'Task', 'Patient'].map((it) => locationOf(sent, it) ?? '') as [
    string,
    string,
    string,
  ];
});
afterAll(() => gateway.stop());

type Person = { readonly browser: Browser; readonly session: ShownSession };

async function as(person: string): Promise<Person> {
  const browser = openBrowser();
  const landed = await browser.submit(`${gateway.url}/login/demo`, { person });
  if (landed.status !== 200) throw new Error(landed.text);
  return { browser, session: await sessionOf(browser, gateway.url) };
}

const get = ({ browser }: Person, path: string): Promise<Visited> => browser.send('GET', `${gateway.url}${path}`);

const send = (
  { browser, session }: Person,
  method: 'POST' | 'PATCH',
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Visited> =>
  browser.send(method, `${gateway.url}${path}`, {
    body,
    headers: {
      'content-type': 'application/fhir+json',
      'x-csrf-token': session.csrfToken,
      'x-request-id': crypto.randomUUID(),
      ...headers,
    },
  });

const idOf = (reference: string): string => reference.split('/')[1] ?? '';

describe('contents (see-body)', () => {
  test('a professional reads what the partner may read, and nothing of another', async () => {
    const gp = await as('huisarts');
    for (const path of [patient, order, task]) expect((await get(gp, `/fhir/${path}`)).status, path).toBe(200);
    expect((await get(gp, `/fhir/${order}/$case`)).text).toMatch(personal);
    for (const other of ['behandelaar', 'wijkteam', 'sociaal-werk']) {
      const stranger = await as(other);
      for (const path of [patient, order, task, `${order}/$case`, `${order}/$explain`]) {
        const found = await get(stranger, `/fhir/${path}`);
        expect([found.status, rulesOf(found)], `${other} ${path}`).toEqual([404, ['not-found']]);
      }
      expect(resourceOf<Bundle>(await get(stranger, `/fhir/Task?_id=${idOf(task)}`)).entry ?? []).toEqual([]);
    }
  });

  test.each(['leverancier', 'beheerder', 'privacy-officer'])(
    '%s reads no contents, by whatever question',
    async (who) => {
      const person = await as(who);
      for (const path of [
        `/fhir/${patient}`,
        `/fhir/${order}`,
        `/fhir/${task}`,
        `/fhir/${task}/_history`,
        `/fhir/${task}/_history/1`,
        `/fhir/Task?_id=${idOf(task)}`,
        `/fhir/ServiceRequest?patient=${patient}`,
        `/fhir/${order}/$case`,
        `/fhir/${order}/$explain`,
        `/fhir/${order}/$propose-transfer`,
      ]) {
        const found = await get(person, path);
        expect(found.status, path).toBe(404);
        expect(found.text).not.toMatch(personal);
      }
    },
  );

  test('the directory and the figures are for everybody who is logged in', async () => {
    for (const who of ['leverancier', 'privacy-officer', 'wijkteam'])
      expect((await get(await as(who), '/fhir/HealthcareService')).status).toBe(200);
  });
});

describe('envelope and findings (see-envelope, see-issues)', () => {
  test('an operator sees where an order is, whole, and nothing of its contents', async () => {
    const operator = await as('beheerder');
    const envelope = await get(operator, `/orders/${idOf(order)}`);
    expect(envelope.status).toBe(200);
    const shown = JSON.parse(envelope.text);
    expect(shown).toMatchObject({ order, status: 'active', sender: 'gp-de-linde' });
    expect(shown.tasks.map((it: { task: string }) => it.task)).toContain(task);
    expect(shown.deliveries.map((it: { recipient: string }) => it.recipient)).toContain('registration-team');
    expect(envelope.text).not.toMatch(personal);
  });

  test('an engineer of the partner sees its own part, and that of no other', async () => {
    const engineer = await as('leverancier');
    const envelope = await get(engineer, `/orders/${idOf(order)}`);
    const shown = JSON.parse(envelope.text);
    expect(shown).toMatchObject({ order, sender: 'gp-de-linde', traces: [] });
    expect(shown.deliveries.filter((it: { recipient: string }) => it.recipient !== 'gp-de-linde')).toEqual([]);
    expect(envelope.text).not.toMatch(personal);
    for (const other of ['wijkteam', 'behandelaar', 'sociaal-werk'])
      for (const path of [`/orders/${idOf(order)}`, `/orders/${idOf(order)}/issues`]) {
        const found = await get(await as(other), path);
        expect([found.status, rulesOf(found)], other).toEqual([404, ['not-found']]);
      }
  });

  test('what may not be seen is like what is not there', async () => {
    const other = await as('wijkteam');
    const absent = '00000000-0000-4000-8000-000000000000';
    for (const path of ['', '/issues']) {
      const foreign = await get(other, `/orders/${idOf(order)}${path}`);
      const nothing = await get(other, `/orders/${absent}${path}`);
      expect([foreign.status, foreign.text]).toEqual([nothing.status, nothing.text]);
    }
    for (const odd of ['999911120', 'ServiceRequest%2Fx', '%00'])
      expect((await get(await as('beheerder'), `/orders/${odd}`)).status).toBe(404);
  });

  test('findings are codes: of everybody to an operator, the own ones to an engineer, none to who has no such right', async () => {
    const stale = await gateway.ask('PATCH', `/fhir/${task}`, {
      as: 'registration-team',
      body: JSON.stringify([{ op: 'replace', path: '/status', value: 'accepted' }]),
      contentType: 'application/json-patch+json',
      headers: { 'if-match': 'W/"9"' },
    });
    expect(stale.status).toBe(412);
    const path = `/orders/${idOf(order)}/issues`;
    const all = JSON.parse((await get(await as('beheerder'), path)).text).issues;
    expect(all).toContainEqual(expect.objectContaining({ codes: ['version-stale'], partner: 'registration-team' }));
    const own = JSON.parse((await get(await as('leverancier'), path)).text).issues;
    expect(own.filter((it: { partner: string }) => it.partner === 'registration-team')).toEqual([]);
    expect((await get(await as('privacy-officer'), path)).status).toBe(404);
  });

  test('a system sees the envelope of its own orders with its token, and an operator of any', async () => {
    const path = `/orders/${idOf(order)}`;
    expect((await gateway.ask('GET', path, { as: 'gp-de-linde' })).status).toBe(200);
    expect((await gateway.ask('GET', path, { as: 'operator' })).status).toBe(200);
    expect((await gateway.ask('GET', path, { as: 'ggz-de-kade' })).status).toBe(404);
    expect((await gateway.ask('GET', path)).status).toBe(401);
  });
});

describe('acting (act, operate, audit)', () => {
  const accept = JSON.stringify([{ op: 'replace', path: '/status', value: 'accepted' }]);
  const patch = (person: Person, version: string) =>
    send(person, 'PATCH', `/fhir/${task}`, accept, {
      'content-type': 'application/json-patch+json',
      'if-match': version,
    });

  test.each(['leverancier', 'beheerder', 'privacy-officer'])('%s sends and changes nothing', async (who) => {
    const person = await as(who);
    for (const [path, body] of [
      ['/fhir', referralText.toString()],
      ['/fhir/Task', '{"resourceType":"Task"}'],
      ['/fhir/Subscription', '{"resourceType":"Subscription"}'],
      ['/fhir/QuestionnaireResponse', '{"resourceType":"QuestionnaireResponse"}'],
    ] as const) {
      const refused = await send(person, 'POST', path, body);
      expect([refused.status, rulesOf(refused)], path).toEqual([403, ['person-may-not-act']]);
    }
    expect(rulesOf(await patch(person, 'W/"1"'))).toEqual(['person-may-not-act']);
  });

  test('a professional of the team accepts the Task, and the trail names who', async () => {
    const team = await as('aanmeldteam');
    const { status, headers } = await get(team, `/fhir/${task}`);
    expect(status).toBe(200);
    const moved = await patch(team, String(headers.etag));
    expect(resourceOf<Task>(moved).status).toBe('accepted');
    const { items } = await gateway.store.audit({ entity: task, count: 500 });
    const move = items
      .map(({ text }) => JSON.parse(text))
      .find((it) => it.subtype[0].code === 'patch' && it.outcome === '0');
    expect(move.agent[0]).toMatchObject({ altId: 'aanmeldteam', who: { identifier: { value: 'registration-team' } } });
  });

  test('a session is no login for systems: a notification needs a token', async () => {
    const refused = await send(await as('huisarts'), 'POST', '/notifications', '{}');
    expect([refused.status, rulesOf(refused)]).toEqual([401, ['login-missing']]);
  });

  test('operating is for operators, and the report of a person for the privacy officer', async () => {
    const [operator, officer, gp] = [await as('beheerder'), await as('privacy-officer'), await as('huisarts')];
    expect((await get(operator, '/dead-letters')).status).toBe(200);
    expect((await get(officer, '/dead-letters')).status).toBe(403);
    expect((await get(gp, '/dead-letters')).status).toBe(403);
    const report = `/fhir/${patient}/$disclosures`;
    expect((await get(officer, report)).status).toBe(200);
    expect((await get(operator, report)).status).toBe(403);
    expect((await get(gp, report)).status).toBe(403);
  });
});

describe('emergency access (break-glass)', () => {
  const reason = 'Spoedtelefoontje: persoon in gevaar, behandelaar onbereikbaar.';
  const begin = (person: Person, about: unknown, why: unknown = reason) =>
    send(person, 'POST', '/emergency', JSON.stringify({ about, reason: why }), { 'content-type': 'application/json' });

  test('needs the right to it: never by a role alone, and never in the social domain', async () => {
    for (const who of ['huisarts', 'leverancier', 'privacy-officer', 'wijkteam']) {
      const refused = await begin(await as(who), order);
      expect([refused.status, rulesOf(refused)], who).toEqual([403, ['emergency-forbidden']]);
    }
  });

  test.each<[string, unknown, unknown, string]>([
    ['no reason', 'order', null, 'emergency-reason-invalid'],
    ['a reason of one word', 'order', 'nodig', 'emergency-reason-invalid'],
    ['a reason of spaces', 'order', ' '.repeat(50), 'emergency-reason-invalid'],
    ['a reason of several lines', 'order', `${reason}\nen verder`, 'emergency-reason-invalid'],
    ['a BSN in the reason', 'order', `${reason} 9999 11 120`, 'emergency-reason-invalid'],
    ['no resource', undefined, reason, 'emergency-request-invalid'],
    ['something that is no reference', 'a/b/c', reason, 'emergency-request-invalid'],
    ['a resource that is not there', 'Task/00000000-0000-4000-8000-000000000000', reason, 'not-found'],
  ])('is refused with %s', async (_, about, why, rule) => {
    const person = await as('beheerder');
    const refused = await begin(person, about === 'order' ? order : about, why);
    expect(rulesOf(refused)).toEqual([rule]);
    expect((await get(person, `/fhir/${patient}`)).status).toBe(404);
  });

  test('shows single resources of that person, ends by itself, and is in the report of the person with its reason', async () => {
    const operator = await as('beheerder');
    expect((await get(operator, `/fhir/${patient}`)).status).toBe(404);
    const begun = await begin(operator, order);
    expect(begun.status).toBe(201);
    expect(JSON.parse(begun.text)).toMatchObject({ patient });
    expect((await sessionOf(operator.browser, gateway.url)).emergencies).toMatchObject([{ patient }]);
    for (const path of [patient, order, task, `${task}/_history`]) {
      const found = await get(operator, `/fhir/${path}`);
      expect(found.status, path).toBe(200);
    }
    expect((await get(operator, `/fhir/${patient}`)).text).toMatch(personal);
    // not by a search, and not of anybody else
    expect((await get(operator, `/fhir/Task?_id=${idOf(task)}`)).status).toBe(404);
    const another = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    const other = locationOf(another, 'Patient') ?? '';
    expect(other).not.toBe(patient);
    expect((await get(operator, `/fhir/${other}`)).status).toBe(404);
    expect((await get(operator, `/fhir/${locationOf(another, 'Task')}`)).status).toBe(404);
    // not by another session of the same person
    expect((await get(await as('beheerder'), `/fhir/${patient}`)).status).toBe(404);

    const events = (await gateway.store.audit({ entity: patient, count: 500 })).items.map(({ text }) =>
      JSON.parse(text),
    );
    const broken = events.find(({ subtype }) => subtype[0].code === 'break-glass' && subtype);
    expect(broken).toMatchObject({
      purposeOfEvent: [{ coding: [{ code: 'BTG' }] }],
      agent: [{ altId: 'beheerder' }],
      entity: expect.arrayContaining([{ detail: [{ type: 'reason', valueString: reason }] }]),
    });
    const read = events.find(
      ({ subtype, purposeOfEvent }) => subtype[0].code === 'read' && purposeOfEvent[0].coding[0].code === 'BTG',
    );
    expect(read).toBeTruthy();

    const report = await personReport(gateway.store, { patient: idOf(patient) });
    const lines = reportAsText(report!, 'nl', 'Europe/Amsterdam').join('\n');
    expect(lines).toContain('Beheer van de gateway heeft noodtoegang tot uw gegevens genomen.');
    expect(lines).toContain(`noodtoegang, met als reden: ${reason}`);
    expect(lines).not.toMatch(personal);

    try {
      clock = 20 * 60_000;
      expect((await get(operator, `/fhir/${patient}`)).status).toBe(200);
      clock = 40 * 60_000;
      const late = await get(operator, `/fhir/${patient}`);
      expect([late.status, rulesOf(late)]).toEqual([404, ['not-found']]);
      expect((await sessionOf(operator.browser, gateway.url)).emergencies).toEqual([]);
    } finally {
      clock = 0;
    }
  });

  test('by BSN for who has no reference: all of the person, with the names of what it opens; without the number in the trail', async () => {
    const operator = await as('beheerder');
    const bsn = /9999\d{5}/.exec(referralText)![0];
    for (const wrong of [{ bsn: '999900007' }, { bsn: 999900006 }, { bsn: '' }, {}, [], { identifier: bsn }])
      expect(rulesOf(await begin(operator, wrong)), JSON.stringify(wrong)).toEqual(['emergency-request-invalid']);
    expect(rulesOf(await begin(operator, { bsn: '999990019' }))).toEqual(['not-found']);
    for (const who of ['huisarts', 'leverancier', 'privacy-officer', 'wijkteam'])
      expect(rulesOf(await begin(await as(who), { bsn }))).toEqual(['emergency-forbidden']);
    expect(rulesOf(await begin(operator, { bsn }, 'nodig'))).toEqual(['emergency-reason-invalid']);
    const begun = await begin(operator, { bsn });
    expect(begun.status, begun.text).toBe(201);
    const { patients, opens } = JSON.parse(begun.text);
    expect(patients).toContain(patient);
    expect(opens).toEqual(expect.arrayContaining([patient, order, task]));
    expect(begun.text).not.toMatch(personal);
    for (const path of [patient, order, task]) expect((await get(operator, `/fhir/${path}`)).status, path).toBe(200);
    const trail = (await gateway.store.audit({ count: 1_000 })).items.map(({ text }) => text);
    expect(trail.some((it) => it.includes('break-glass'))).toBe(true);
    expect(trail.filter((it) => it.includes(bsn) || it.includes('999990019'))).toEqual([]);
  });

  test('ends with the session', async () => {
    const operator = await as('beheerder');
    expect((await begin(operator, patient)).status).toBe(201);
    const { csrfToken } = operator.session;
    await operator.browser.send('POST', `${gateway.url}/logout`, { headers: { 'x-csrf-token': csrfToken } });
    expect((await get(operator, `/fhir/${patient}`)).status).toBe(401);
  });

  test('two that are begun at once are both there', async () => {
    const operator = await as('beheerder');
    const second = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    const other = locationOf(second, 'Patient') ?? '';
    const both = await Promise.all([begin(operator, patient), begin(operator, other)]);
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    for (const it of [patient, other]) expect((await get(operator, `/fhir/${it}`)).status).toBe(200);
  });
});

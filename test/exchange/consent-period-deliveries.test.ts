import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Consent, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isConditional } from '../../src/delivery/conditional.ts';
import { mayStillDisclose } from '../../src/exchange/consent/still-permitted.ts';
import type { Dispatch } from '../../src/store/port.ts';
import { message, requestedConsultation } from '../support/exchange/consultation.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** A Consent that ends by its period while the system of the recipient is away: what waits rests on it and is not sent. */
let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.stop());

const municipality = 'wijkteam-zonnerveen';

async function asked(dispatch: Dispatch, now: string) {
  const { world, ...rest } = gateway.running.gateway;
  return mayStillDisclose(() => ({ ...rest, world: { ...world, now: () => new Date(now) } }))(dispatch);
}

const kindsFor = async (recipient: string) => {
  const { items } = await gateway.store.dispatches({ recipient, count: 99 });
  return items.map((it): Dispatch => ({ ...it, body: '' }));
};

test('the content of a case consultation: its preparation and its minutes', async () => {
  const given = await requestedConsultation(gateway);
  const team = partnerAt(gateway, 'registration-team');
  await team.move(given.consultation, { status: 'accepted' });
  const prepared = message('151-consultation-prepared', given);
  for (const { resource } of prepared.entry ?? [])
    if (resource?.resourceType === 'Consent')
      (resource as Consent).provision = { ...(resource as Consent).provision, period: { end: '2030-01-01' } };
  expect((await team.post('', prepared)).status).toBe(200);
  expect((await team.move(given.consultation, { status: 'in-progress' })).status).toBe(200);
  const recorded = await team.post('', message('152-consultation-recorded', given));
  expect(recorded.status, recorded.text).toBe(200);
  const waiting = (await kindsFor(municipality)).filter(({ kind }) => kind === 'consultation-extract');
  expect(waiting.length).toBeGreaterThan(1);
  for (const it of waiting) {
    expect(await asked(it, '2029-12-31T00:00:00Z')).toEqual({ ok: true });
    expect(await asked(it, '2030-02-01T00:00:00Z')).toEqual({ ok: false, because: 'consent-ended' });
  }
  // a party to the case does not depend on a Consent
  for (const it of (await kindsFor('gp-de-linde')).filter(({ kind }) => kind === 'consultation'))
    expect(await asked(it, '2030-02-01T00:00:00Z')).toEqual({ ok: true });
});

const example = (name: string): Bundle =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../examples/messages', name, 'input.json'), 'utf8'));

/** The Consents of a message end with 2029. */
function ending(bundle: Bundle): Bundle {
  for (const { resource } of bundle.entry ?? [])
    if (resource?.resourceType === 'Consent')
      resource.provision = { ...resource.provision, period: { end: '2030-01-01' } };
  return bundle;
}

/** At the first attempt, right after the commit that decided on it. */
const isJudgedAtOnce = (it: Dispatch): boolean => {
  const now = new Date('2026-12-01T10:00:00Z');
  return isConditional({ ...it, attempts: 0, createdAt: now }, { now, asksOutside: false });
};

test.each([
  ['referral', '009-referral-by-social-work', 'sociaal-werk-lissenmond', 'registration-team'],
  ['social-request', '060-social-request', 'gp-de-linde', municipality],
])('a %s on explicit consent, at its first attempt too: to the second', async (kind, name, sender, recipient) => {
  const sent = await partnerAt(gateway, sender).post('', ending(example(name)));
  expect(sent.status, sent.text).toBe(200);
  const waiting = (await kindsFor(recipient)).filter((it) => it.kind === kind);
  expect(waiting).toHaveLength(1);
  for (const it of waiting) {
    expect(isJudgedAtOnce(it)).toBe(true);
    expect(await asked(it, '2030-01-01T22:59:59Z')).toEqual({ ok: true });
    expect(await asked(it, '2030-01-01T23:00:00Z')).toEqual({ ok: false, because: 'consent-ended' });
  }
});

test('what rests on no Consent waits for no judgement at once: a referral within care', async () => {
  expect((await partnerAt(gateway, 'gp-de-linde').post('', example('001-referral-as-collection'))).status).toBe(200);
  const [waiting] = (await kindsFor('registration-team')).filter(({ kind }) => kind === 'referral');
  expect(waiting && isJudgedAtOnce(waiting)).toBe(false);
});

test('the answer to a question about a referral on explicit consent', async () => {
  const sender = partnerAt(gateway, 'sociaal-werk-lissenmond');
  const team = partnerAt(gateway, 'registration-team');
  const sent = await sender.post('', ending(example('009-referral-by-social-work')));
  const task = locationOf(sent, 'Task')!;
  await team.move(task, { status: 'accepted', businessStatus: 'on-waitlist' });
  const sdc = 'http://hl7.org/fhir/uv/sdc/CodeSystem/temp';
  const questionnaire = 'https://mgn.example/fhir/Questionnaire/aanvullende-informatie';
  const question = await team.post('/Task', {
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    code: { coding: [{ system: sdc, code: 'complete-questionnaire' }] },
    focus: { reference: task },
    input: [{ type: { coding: [{ system: sdc, code: 'questionnaire' }] }, valueCanonical: questionnaire }],
  } as Task);
  expect(question.status, question.text).toBe(201);
  const own = `Task/${resourceOf<Task>(question).id}`;
  const done = await gateway.ask('POST', `/fhir/${own}/$transition`, {
    as: 'sociaal-werk-lissenmond',
    body: JSON.stringify({
      resourceType: 'Parameters',
      parameter: [
        { name: 'status', valueCode: 'completed' },
        {
          name: 'answer',
          resource: {
            resourceType: 'QuestionnaireResponse',
            questionnaire,
            status: 'completed',
            item: [
              { linkId: 'person-informed', answer: [{ valueBoolean: true }] },
              { linkId: 'earlier-help', answer: [{ valueString: 'Gesprekken bij de POH' }] },
            ],
          },
        },
      ],
    }),
    headers: { 'if-match': `W/"${(await sender.read<Task>(own)).meta?.versionId}"` },
  });
  expect(done.status, done.text).toBe(200);
  const waiting = (await kindsFor('registration-team')).filter(({ kind }) => kind === 'answer');
  expect(waiting).toHaveLength(1);
  for (const it of waiting) {
    expect(await asked(it, '2029-12-31T00:00:00Z')).toEqual({ ok: true });
    expect(await asked(it, '2030-02-01T00:00:00Z')).toEqual({ ok: false, because: 'consent-ended' });
  }
});

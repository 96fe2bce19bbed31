import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Appointment, Bundle, Communication, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, partnerAt } from '../support/exchange/partner-client.ts';
import { referral, transferOf } from '../support/exchange/transfer-bundle.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import { locationOf, resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** Who carries an order out plans the conversation; its Task follows, and who may see it is told. */
let gateway: TestGateway;
let practice: Sink;
let gp: ReturnType<typeof partnerAt>;
let team: ReturnType<typeof partnerAt>;
let social: ReturnType<typeof partnerAt>;
beforeAll(async () => {
  practice = await startSink();
  gateway = await startGateway({ addresses: { 'gp-de-linde': practice.url } });
  gp = partnerAt(gateway, 'gp-de-linde');
  team = partnerAt(gateway, 'registration-team');
  social = partnerAt(gateway, 'wijkteam-zonnerveen');
});
afterAll(async () => {
  await gateway.stop();
  await practice.close();
});

const bySocialWork = readFileSync(
  join(import.meta.dirname, '../../examples/messages/009-referral-by-social-work/input.json'),
  'utf8',
);

async function takenOn(as: 'gp-de-linde' | 'sociaal-werk-lissenmond' = 'gp-de-linde') {
  const sent = await gateway.ask('POST', '/fhir', {
    as,
    body: as === 'gp-de-linde' ? JSON.stringify(referral()) : bySocialWork,
  });
  const [task, order] = [locationOf(sent, 'Task')!, locationOf(sent, 'ServiceRequest')!];
  await team.move(task, { status: 'accepted' });
  return { task, order };
}

const planned = (order: string, more: Partial<Appointment> = {}): Appointment => ({
  resourceType: 'Appointment',
  status: 'booked',
  start: '2026-12-03T13:00:00+01:00',
  end: '2026-12-03T14:30:00+01:00',
  basedOn: [{ reference: order }],
  participant: [
    { actor: { display: 'Z. Voorbeeldzus' }, status: 'tentative' },
    { actor: { reference: 'HealthcareService/neighbourhood-team-zonnerveen' }, status: 'accepted' },
    { actor: { display: 'E. Voorbeelderva' }, status: 'accepted' },
  ],
  ...more,
});

async function appointed(more: Partial<Appointment> = {}) {
  const it = await takenOn();
  const made = await team.post('/Appointment', planned(it.order, more));
  expect(made.status, made.text).toBe(201);
  return { ...it, appointment: resourceOf<Appointment>(made) };
}

const put = async (it: Appointment, more: Partial<Appointment>, as = 'registration-team') => {
  const now = resourceOf<Appointment>(
    await gateway.ask('GET', `/fhir/Appointment/${it.id}`, { as: 'registration-team' }),
  );
  return gateway.ask('PUT', `/fhir/Appointment/${it.id}`, {
    as,
    body: JSON.stringify({ ...now, ...more }),
    headers: { 'if-match': `W/"${now.meta?.versionId}"` },
  });
};
const says = async (task: string) => codeOf((await team.read<Task>(task)).businessStatus);

describe('an Appointment', () => {
  test('is made by who took the order on: the Task says so, and the referrer gets it', async () => {
    const before = practice.received.length;
    const { task, order, appointment } = await appointed();
    expect(await says(task)).toBe('intake-scheduled');
    const person = (await team.read<Task>(task)).for?.reference;
    expect(appointment.participant[0]?.actor?.reference, 'the person takes part').toBe(person);
    expect(await gp.status(`Appointment/${appointment.id}`)).toBe(200);
    expect(await social.status(`Appointment/${appointment.id}`), 'not the social domain').toBe(404);
    const found = resourceOf<Bundle>(
      await gateway.ask('GET', `/fhir/Appointment?based-on=${order}&status=booked`, { as: 'gp-de-linde' }),
    );
    expect(found.entry).toHaveLength(1);
    const told = () => practice.received.slice(before).filter(({ text }) => text.includes('"Appointment"'));
    await expect.poll(() => told().length).toBe(1);
  });

  test('is moved to another day, and kept: the referrer hears of it as an update', async () => {
    const { appointment, task } = await appointed();
    const before = practice.received.length;
    const later = await put(appointment, { start: '2026-12-10T13:00:00+01:00', end: '2026-12-10T14:30:00+01:00' });
    expect(later.status, later.text).toBe(200);
    expect(await says(task)).toBe('intake-scheduled');
    await expect.poll(() => practice.received.slice(before).some(({ text }) => text.includes('2026-12-10'))).toBe(true);
    const { text } = practice.received.slice(before).find((one) => one.text.includes('2026-12-10'))!;
    expect((JSON.parse(text) as Bundle).entry?.[0]?.request?.method).toBe('PUT');
    expect((await put(appointment, { status: 'fulfilled' })).status).toBe(200);
    const over = await put(appointment, { status: 'noshow' });
    expect([over.status, ...rulesOf(over)]).toEqual([409, 'appointment-ended']);
  });

  test('that the person did not come to is told to the referrer', async () => {
    const { appointment, task, order } = await appointed();
    expect((await put(appointment, { status: 'noshow' })).status).toBe(200);
    expect(await says(task)).toBe('no-show');
    const whole = await gateway.ask('GET', `/fhir/${order}/$case`, { as: 'gp-de-linde' });
    const told = JSON.stringify(resourceOf(whole));
    expect(told).toContain('no-show');
    const communications = (JSON.parse(told).parameter[0].resource as Bundle).entry?.flatMap(({ resource }) =>
      resource?.resourceType === 'Communication' ? [resource as Communication] : [],
    );
    expect(communications?.map(({ topic }) => topic?.coding?.[0]?.code)).toContain('no-show');
  });

  test('that is cancelled leaves the Task without, until there is another', async () => {
    const { appointment, task, order } = await appointed();
    expect((await put(appointment, { status: 'cancelled' })).status).toBe(200);
    expect(await says(task)).toBe('appointment-cancelled');
    expect((await team.post('/Appointment', planned(order))).status).toBe(201);
    expect(await says(task)).toBe('intake-scheduled');
  });

  test('that was one of two leaves the other', async () => {
    const { appointment, task, order } = await appointed();
    await team.post(
      '/Appointment',
      planned(order, { start: '2026-12-20T13:00:00+01:00', end: '2026-12-20T14:00:00+01:00' }),
    );
    await put(appointment, { status: 'cancelled' });
    expect(await says(task)).toBe('intake-scheduled');
  });

  test('is off when the order is withdrawn, or its Task ends', async () => {
    const one = await appointed();
    await gp.move(one.order, { status: 'revoked', reason: 'withdrawn-by-person' });
    const other = await appointed();
    await team.move(other.task, { status: 'rejected', reason: 'patient-choice' });
    for (const { appointment } of [one, other])
      expect((await gp.read<Appointment>(`Appointment/${appointment.id}`)).status).toBe('cancelled');
  });
});

describe('it is refused', () => {
  test.each([
    ['by who sent the order', 'gp-de-linde', {}, 403, 'appointment-forbidden'],
    ['by who may not see the order', 'ggz-de-kade', {}, 422, 'appointment-invalid'],
    [
      'that is over already',
      'registration-team',
      { status: 'fulfilled' as const },
      422,
      'appointment-transition-invalid',
    ],
    [
      'with somebody else',
      'registration-team',
      {
        participant: [
          { actor: { reference: 'Patient/00000000-0000-4000-8000-000000000001' }, status: 'accepted' as const },
        ],
      },
      422,
      'appointment-invalid',
    ],
    ['without an order', 'registration-team', { basedOn: [{ display: 'de opdracht' }] }, 422, 'appointment-invalid'],
  ])('%s', async (_, as, more, status, rule) => {
    const { order } = await takenOn();
    const body = JSON.stringify(planned(order, more));
    const refused = await gateway.ask('POST', '/fhir/Appointment', { as, body });
    expect([refused.status, ...rulesOf(refused)], refused.text).toEqual([status, rule]);
  });

  test('before the Task is accepted', async () => {
    const sent = await gp.post('', referral());
    const early = await team.post('/Appointment', planned(locationOf(sent, 'ServiceRequest')!));
    expect([early.status, ...rulesOf(early)]).toEqual([422, 'appointment-task-not-accepted']);
  });

  test('from a version that is gone, for another order, or by who only reads it', async () => {
    const { appointment } = await appointed();
    await put(appointment, { description: 'Bij de persoon thuis' });
    const stale = await gateway.ask('PUT', `/fhir/Appointment/${appointment.id}`, {
      as: 'registration-team',
      body: JSON.stringify(appointment),
      headers: { 'if-match': 'W/"1"' },
    });
    expect(stale.status).toBe(412);
    const { order } = await takenOn();
    expect(rulesOf(await put(appointment, { basedOn: [{ reference: order }] }))).toEqual(['appointment-invalid']);
    expect((await put(appointment, {}, 'gp-de-linde')).status).toBe(403);
  });
});

test('an organisation that is only a candidate for its own order does not plan yet', async () => {
  const { task, order } = await takenOn();
  await team.move(task, { status: 'in-progress' });
  const horizonland = partnerAt(gateway, 'ggz-horizonland');
  const directed = transferOf(['specialist-ggz-horizonland'], {
    directed: true,
    onward: { basedOn: order, partOf: task },
  });
  const sent = await team.post('', directed);
  const own = { task: locationOf(sent, 'Task')!, order: locationOf(sent, 'ServiceRequest')! };
  await horizonland.move(own.task, { status: 'accepted' });
  await horizonland.move(own.task, { status: 'in-progress' });
  const solicited = await horizonland.post(
    '',
    transferOf(['specialist-ggz-horizonland', 'addiction-care-keerpunt'], {
      onward: { basedOn: own.order, partOf: own.task },
    }),
  );
  expect(solicited.status, solicited.text).toBe(200);
  const asked = locationOf(solicited, 'ServiceRequest')!;
  const tasks = await horizonland.tasks(`focus=${asked}`);
  const candidate = tasks.find(({ owner }) => owner?.reference === 'HealthcareService/specialist-ggz-horizonland')!;
  await horizonland.move(`Task/${candidate.id}`, { status: 'accepted' });
  const early = await horizonland.post('/Appointment', planned(asked));
  expect([early.status, ...rulesOf(early)]).toEqual([403, 'appointment-forbidden']);
  expect(codeOf((await horizonland.read<Task>(`Task/${candidate.id}`)).businessStatus)).not.toBe('intake-scheduled');
  const still = await horizonland.post('/Appointment', planned(own.order));
  expect(still.status, still.text).toBe(201);
});

test('who referred from the social domain reads in the Task that there is one, and no more', async () => {
  const { task, order } = await takenOn('sociaal-werk-lissenmond');
  const made = await team.post('/Appointment', planned(order));
  expect(made.status, made.text).toBe(201);
  const werk = partnerAt(gateway, 'sociaal-werk-lissenmond');
  expect(codeOf((await werk.read<Task>(task)).businessStatus)).toBe('intake-scheduled');
  expect(await werk.status(`Appointment/${resourceOf(made).id}`)).toBe(404);
});

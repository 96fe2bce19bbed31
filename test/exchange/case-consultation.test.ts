import type {
  Appointment,
  Bundle,
  Communication,
  Composition,
  OperationOutcome,
  ServiceRequest,
  Task,
} from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { traceOf } from '../../src/exchange/memory/trace.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import {
  message,
  preparationsOf,
  preparedConsultation,
  requestedConsultation,
  resourcesOf,
} from '../support/exchange/consultation.ts';
import { codeOf, partnerAt } from '../support/exchange/partner-client.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import {
  type Answered,
  locationOf,
  rulesOf,
  startGateway,
  type TestGateway,
  warningsOf,
} from '../support/test-gateway.ts';

/** A casusoverleg across domains, from the question of the GP to the minutes, through HTTP with simulated partners. */
/** Words of care in these examples: what the social domain must never read. */
const ofCare = /slapeloosheid|depressie|Somberheid|huisarts beoordeelt|behandeling|9999\d{5}|Somber/;

let gateway: TestGateway;
let sinks: Readonly<Record<'gp' | 'wijkteam' | 'ggz' | 'team', Sink>>;
beforeAll(async () => {
  sinks = { gp: await startSink(), wijkteam: await startSink(), ggz: await startSink(), team: await startSink() };
  gateway = await startGateway({
    addresses: {
      'gp-de-linde': sinks.gp.url,
      'wijkteam-zonnerveen': sinks.wijkteam.url,
      'ggz-horizonland': sinks.ggz.url,
      'registration-team': sinks.team.url,
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all(Object.values(sinks).map((it) => it.close()));
});

const at = (id: string) => partnerAt(gateway, id);
const gp = () => at('gp-de-linde');
const team = () => at('registration-team');
const wijkteam = () => at('wijkteam-zonnerveen');
const ggz = () => at('ggz-horizonland');

const types = (bundle: Bundle | undefined) =>
  resourcesOf(bundle!)
    .map(({ resourceType }) => resourceType)
    .sort();
const preparationOf = async (partner: ReturnType<typeof at>, consultation: string) =>
  (await preparationsOf(partner, consultation))[0]!;

describe('the question', () => {
  test('goes to the service that prepares consultations, with the order and the person', async () => {
    const { order, consultation } = await requestedConsultation(gateway);
    const task = await team().read<Task>(consultation);
    expect(task.owner?.reference).toBe('HealthcareService/case-consultation');
    expect(task.description).toContain('Wie pakt wat op');
    expect(task.focus?.reference).toBe(order);
    expect(await team().status(task.for?.reference ?? '')).toBe(200);
    expect(await ggz().status(consultation)).toBe(404);
  });

  test('belongs to the journey of its order', async () => {
    const { order, consultation } = await requestedConsultation(gateway);
    const [journey, ofOrder] = await Promise.all([consultation, order].map((it) => traceOf(gateway.store, it)));
    expect(journey).toBeDefined();
    expect(journey).toBe(ofOrder);
  });

  test('does not complete, hold or decide the order that it is about', async () => {
    const { order, consultation } = await requestedConsultation(gateway);
    const [registration] = (await team().tasks(`focus=${order}`)).filter(
      (it) => codeOf(it.code) === 'fulfill' && !it.description,
    );
    await team().move(`Task/${registration?.id}`, { status: 'in-progress' });
    await team().move(`Task/${registration?.id}`, { status: 'completed', outcome: 'Plan gemaakt' });
    expect((await gp().read<ServiceRequest>(order)).status).toBe('completed');
    expect((await gp().read<Task>(consultation)).status).toBe('requested');
  });

  test('is no more to see for a stranger than one about nothing', async () => {
    const { order } = await requestedConsultation(gateway);
    const [about, nothing] = await Promise.all(
      [order, 'ServiceRequest/00000000-0000-4000-8000-000000000009'].map((it) =>
        at('ggz-de-kade').post('', message('153-consultation-by-a-stranger', { order: it })),
      ),
    );
    const told = ({ status, text }: Answered) => [
      status,
      (JSON.parse(text) as OperationOutcome).issue.map(({ details, expression }) => [details, expression]),
    ];
    expect(told(about!)).toEqual(told(nothing!));
    expect(about!.status).toBe(403);
  });
});

describe('the preparation', () => {
  let given: Awaited<ReturnType<typeof preparedConsultation>>;
  beforeAll(async () => {
    given = await preparedConsultation(gateway);
  });

  test('tells the coordinator who hears less, and why', () => {
    expect(warningsOf(given.answer)).toEqual(['invitation-content-withheld']);
  });

  test('gives care its agenda with the order and the person', async () => {
    const task = await preparationOf(gp(), given.consultation);
    expect(task.input?.[0]?.valueString).toContain('Wat is er geprobeerd');
    await gateway.running.delivery.idle();
    const received = sinks.gp.received.map(({ bundle }) => types(bundle)).find((it) => it.includes('Appointment'));
    expect(received).toEqual(['Appointment', 'Patient', 'ServiceRequest', 'Task']);
  });

  test('gives the social domain what is marked for it, on explicit consent, and nothing of care', async () => {
    const task = await preparationOf(wijkteam(), given.consultation);
    expect(
      task.input?.map(({ valueString, valueCodeableConcept }) => valueString ?? codeOf(valueCodeableConcept)),
    ).toEqual(['finances', 'Welke regeling is mogelijk voor de schulden?']);
    const person = await gateway.ask('GET', `/fhir/${task.for?.reference}`, { as: 'wijkteam-zonnerveen' });
    expect(person.text).toContain('Testa');
    await sinks.wijkteam.until(1);
    const [received] = sinks.wijkteam.received;
    expect(types(received?.bundle)).toEqual(['Appointment', 'Patient', 'Task']);
    expect(received?.text).not.toMatch(ofCare);
    expect(received?.text).not.toMatch(/horizonland|de-linde|De Linde/);
    expect(await wijkteam().status(given.order)).toBe(404);
  });

  test('tells who has no right nothing of the person, and lets nobody begin on it', async () => {
    const task = await preparationOf(ggz(), given.consultation);
    await sinks.ggz.until(1);
    const { text, bundle } = sinks.ggz.received[0]!;
    expect(types(bundle)).toEqual(['Appointment', 'Task']);
    expect(text).not.toMatch(ofCare);
    expect(text).not.toMatch(/Patient|Testa|zinvol|wijkteam/);
    expect(task.for).toBeUndefined();
    expect((await ggz().move(`Task/${task.id}`, { status: 'accepted' })).status).toBe(200);
    const began = await ggz().move(`Task/${task.id}`, { status: 'in-progress' });
    expect([began.status, rulesOf(began)]).toEqual([422, ['task-code-not-fulfill']]);
    const chosen = await team().move(`Task/${task.id}`, { businessStatus: 'selected' });
    expect([chosen.status, rulesOf(chosen)]).toEqual([409, ['invitee-not-selectable']]);
  });

  test('invites the person in plain Dutch', async () => {
    const invitation = locationOf(given.answer, 'Communication')!;
    const { payload = [] } = await team().read<Communication>(invitation);
    const text = payload.map(({ contentString }) => contentString).join('\n');
    expect(text).toContain('Op 27 november 2026 overleggen we over uw hulp. U bent uitgenodigd.');
    expect(text).toContain('horen alleen wat u goed vond: Wijkteam Zonnerveen');
    expect(text).toContain('zonder te weten over wie het gaat: GGZ Horizonland');
    expect(await wijkteam().status(invitation)).toBe(404);
  });

  test('takes the answers as outputs, and the coordinator reads them', async () => {
    const task = await preparationOf(wijkteam(), given.consultation);
    for (const status of ['accepted', 'in-progress']) await wijkteam().move(`Task/${task.id}`, { status });
    const done = await wijkteam().move(`Task/${task.id}`, { status: 'completed', outcome: 'Een regeling kan' });
    expect(done.status, done.text).toBe(200);
    expect((await team().read<Task>(`Task/${task.id}`)).output?.[0]?.valueString).toBe('Een regeling kan');
    const query = { criteria: [{ name: 'based-on', values: [given.order] }], count: 20 } as const;
    const heard = await gateway.store.search('Communication', query, 'gp-de-linde');
    expect(heard, 'that a preparation is done is no end of the help').toEqual({ kind: 'found', resources: [] });
  });

  test('sent again plans another moment; nobody is invited twice', async () => {
    const again = message('151-consultation-prepared', given);
    const twice = await team().post('', again);
    expect(rulesOf(twice)).toContain('organisation-duplicate');
    const moved = { ...again, entry: again.entry!.filter(({ resource }) => resource?.resourceType !== 'Task') };
    (moved.entry[0]!.resource as Appointment).start = '2026-12-10T15:00:00+01:00';
    (moved.entry[0]!.resource as Appointment).end = '2026-12-10T16:00:00+01:00';
    const answer = await team().post('', moved);
    expect(answer.status, answer.text).toBe(200);
    expect((await team().read<Appointment>(locationOf(given.answer, 'Appointment')!)).status).toBe('cancelled');
    const seen = await gateway.store.search(
      'Appointment',
      { criteria: [{ name: 'based-on', values: [given.order] }], count: 20 },
      'ggz-horizonland',
    );
    const theirs = seen.kind === 'found' ? seen.resources.map(({ text }) => JSON.parse(text) as Appointment) : [];
    expect(theirs.map(({ status, start }) => [status, start?.slice(0, 10)]).sort()).toEqual([
      ['booked', '2026-12-10'],
      ['cancelled', '2026-11-27'],
    ]);
  });
});

describe('the record', () => {
  let given: Awaited<ReturnType<typeof preparedConsultation>>;
  let answer: Answered;
  let before: Readonly<Record<'gp' | 'wijkteam' | 'ggz', number>>;
  beforeAll(async () => {
    given = await preparedConsultation(gateway);
    const began = await preparationOf(gp(), given.consultation);
    await gp().move(`Task/${began.id}`, { status: 'accepted' });
    await gp().move(`Task/${began.id}`, { status: 'in-progress' });
    await team().move(given.consultation, { status: 'in-progress' });
    await gateway.running.delivery.idle();
    before = { gp: sinks.gp.received.length, wijkteam: sinks.wijkteam.received.length, ggz: sinks.ggz.received.length };
    answer = await team().post('', message('152-consultation-recorded', given));
    expect(answer.status, answer.text).toBe(200);
    await gateway.running.delivery.idle();
  });
  const told = (name: 'gp' | 'wijkteam' | 'ggz') =>
    sinks[name].received.slice(before[name]).map(({ bundle }) => bundle);
  const recordIn = (bundles: readonly Bundle[]) =>
    bundles.flatMap(resourcesOf).find((it): it is Resource & Composition => it.resourceType === 'Composition');

  test('completes the consultation with the record as its output, and what was planned has been', async () => {
    const task = await gp().read<Task>(given.consultation);
    expect(task.status).toBe('completed');
    expect(task.output?.[0]?.valueReference?.reference).toBe(locationOf(answer, 'Composition'));
    expect((await team().read<Appointment>(locationOf(given.answer, 'Appointment')!)).status).toBe('fulfilled');
    expect((await gp().read<ServiceRequest>(given.order)).status).toBe('active');
  });

  test('ends the preparations: what was begun is done, what nobody began is overtaken', async () => {
    expect((await preparationOf(gp(), given.consultation)).status).toBe('completed');
    const never = await preparationOf(wijkteam(), given.consultation);
    expect([never.status, codeOf(never.statusReason)]).toEqual(['cancelled', 'overtaken']);
  });

  test('goes to care whole', () => {
    const record = recordIn(told('gp'));
    expect(record?.section?.length).toBe(6);
    expect(JSON.stringify(record)).toContain('depressie');
  });

  test('goes to the social domain with the sections that are marked for it, and without the rest', () => {
    const record = recordIn(told('wijkteam'));
    expect(record?.section?.map(({ title }) => title)).toEqual(['Kijk van het wijkteam', 'Wat eerst', 'Afspraak']);
    expect(record?.text).toBeUndefined();
    expect(JSON.stringify(told('wijkteam'))).not.toMatch(ofCare);
  });

  test('does not go to who may not know about whom it was', () => {
    expect(warningsOf(answer)).toEqual(['minutes-withheld']);
    expect(told('ggz').map(types)).toEqual([['Task']]);
    expect(JSON.stringify(told('ggz'))).not.toMatch(/Testa|depressie|Patient/);
  });

  test('becomes a request to the social domain and advice to the GP', async () => {
    const social = told('wijkteam')
      .flatMap(resourcesOf)
      .find(({ resourceType }) => resourceType === 'ServiceRequest');
    expect(JSON.stringify(social)).toContain('social-request');
    const proposal = told('gp')
      .flatMap(resourcesOf)
      .find(
        (it): it is Resource & ServiceRequest =>
          it.resourceType === 'ServiceRequest' && (it as ServiceRequest).intent === 'proposal',
      );
    expect(proposal?.reasonCode?.[0]?.text).toContain('over vier weken');
  });

  test('is told to the person in plain Dutch', async () => {
    const record = await team().read<Composition>(locationOf(answer, 'Composition')!);
    expect(record.text?.div).toContain('<h1>Het overleg over uw hulp</h1>');
    expect(record.text?.div).toContain('Eerst rust in de geldzaken');
    expect(record.text?.div).toContain('Met mijn zus elke week de post openen (over geld)');
    expect(record.text?.div).not.toContain('depressie');
  });

  test('is in the case of each party as far as it may read it', async () => {
    const caseOf = async (as: string) => (await gateway.ask('GET', `/fhir/${given.order}/$case`, { as })).text;
    expect(await caseOf('gp-de-linde')).toContain('depressie');
    expect(await caseOf('registration-team')).toContain('overleggen we over uw hulp');
    expect((await gateway.ask('GET', `/fhir/${given.order}/$case`, { as: 'ggz-horizonland' })).status).toBe(404);
  });

  test('a consultation is not completed by hand, nor twice', async () => {
    const other = await preparedConsultation(gateway);
    await team().move(other.consultation, { status: 'in-progress' });
    const byHand = await team().move(other.consultation, { status: 'completed', outcome: 'Het was goed' });
    expect(rulesOf(byHand)).toEqual(['consultation-record-missing']);
    const again = await team().post('', message('152-consultation-recorded', given));
    expect([again.status, rulesOf(again)]).toEqual([409, ['consultation-not-started']]);
  });
});

describe('a consultation that is withdrawn', () => {
  test('before it begins takes its preparations and the appointment with it', async () => {
    const { consultation, answer } = await preparedConsultation(gateway);
    const off = await gp().move(consultation, { status: 'cancelled', reason: 'withdrawn-by-person' });
    expect(off.status, off.text).toBe(200);
    for (const partner of [gp(), wijkteam(), ggz()]) {
      const part = await preparationOf(partner, consultation);
      expect([part.status, codeOf(part.statusReason)]).toEqual(['cancelled', 'withdrawn-by-person']);
    }
    expect((await team().read<Appointment>(locationOf(answer, 'Appointment')!)).status).toBe('cancelled');
    await gateway.running.delivery.idle();
    const last = sinks.ggz.received
      .flatMap(({ bundle }) => resourcesOf(bundle))
      .filter((it): it is Resource & Appointment => it.resourceType === 'Appointment')
      .at(-1);
    expect(last?.status).toBe('cancelled');
  });

  test('while it is under way asks who has begun to stop', async () => {
    const { consultation } = await preparedConsultation(gateway);
    const part = await preparationOf(gp(), consultation);
    await gp().move(`Task/${part.id}`, { status: 'accepted' });
    await gp().move(`Task/${part.id}`, { status: 'in-progress' });
    await gp().move(consultation, { status: 'cancelled', reason: 'withdrawn-by-referrer' });
    expect(codeOf((await gp().read<Task>(`Task/${part.id}`)).businessStatus)).toBe('cancellation-requested');
  });
});

import type { Appointment, Bundle, Consent, ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { message, preparationsOf, preparedConsultation } from '../support/exchange/consultation.ts';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** The right to read what a case consultation disclosed ends with its ground, as that of an order does. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const at = (id: string) => partnerAt(gateway, id);
const team = () => at('registration-team');
const gp = () => at('gp-de-linde');
const wijkteam = () => at('wijkteam-zonnerveen');

/** What came with an invitation: its person and its Appointments, as this partner reads them. */
async function invited(partner: string, consultation: string) {
  const [task] = await preparationsOf(at(partner), consultation);
  const person = task!.for?.reference;
  const reads: string[] = [];
  for (const it of await everything())
    if (!it.startsWith('Task/') && (await at(partner).status(it)) === 200) reads.push(it);
  return { task: `Task/${task!.id}`, person, reads };
}

/** Everything that the last messages stored, whoever may read it. */
async function everything(): Promise<readonly string[]> {
  const references = new Set<string>();
  for (let cursor: string | undefined; ; ) {
    const page = await gateway.store.audit({ count: 500, ...(cursor ? { cursor } : {}) });
    for (const { text } of page.items)
      for (const { what } of JSON.parse(text).entity ?? []) if (what?.reference) references.add(what.reference);
    if (!page.next) return [...references].filter((it) => !/^(HealthcareService|Organization|Endpoint)\//.test(it));
    cursor = page.next;
  }
}

async function readsOwnTaskOnly(
  partner: string,
  { task, reads }: { readonly task: string; readonly reads: readonly string[] },
) {
  expect(reads.length).toBeGreaterThan(1);
  for (const it of reads)
    for (const path of [it, `${it}/_history`, `${it}/_history/1`])
      expect(await at(partner).status(path), path).toBe(404);
  const own = await at(partner).read<Task>(task);
  expect([own.description, own.for]).toEqual([undefined, undefined]);
  expect(JSON.stringify(own.input ?? []), 'codes, no words of the agenda').not.toContain('valueString');
  expect(await at(partner).status(`${task}/_history/1`)).toBe(404);
}

describe('reads its own Task only, from the move on', () => {
  test('an invitee that declines', async () => {
    const { consultation } = await preparedConsultation(gateway);
    const given = await invited('wijkteam-zonnerveen', consultation);
    expect((await wijkteam().move(given.task, { status: 'rejected', reason: 'at-capacity' })).status).toBe(200);
    await readsOwnTaskOnly('wijkteam-zonnerveen', given);
  });

  test('an invitee that had accepted, and declines after all', async () => {
    const { consultation } = await preparedConsultation(gateway);
    const given = await invited('wijkteam-zonnerveen', consultation);
    await wijkteam().move(given.task, { status: 'accepted' });
    expect((await wijkteam().move(given.task, { status: 'rejected', reason: 'at-capacity' })).status).toBe(200);
    await readsOwnTaskOnly('wijkteam-zonnerveen', given);
  });

  test('an invitee that had not started, of a consultation that is withdrawn', async () => {
    const { consultation } = await preparedConsultation(gateway);
    const given = await invited('wijkteam-zonnerveen', consultation);
    const withdrawn = await gp().move(consultation, { status: 'cancelled', reason: 'withdrawn-by-person' });
    expect(withdrawn.status, withdrawn.text).toBe(200);
    await readsOwnTaskOnly('wijkteam-zonnerveen', given);
  });

  test('a coordinator that rejects, and has no other Task of the case', async () => {
    const referral = await gp().post(
      '',
      JSON.parse(JSON.stringify(message('001-referral-as-collection', { order: '' }))),
    );
    const order = locationOf(referral, 'ServiceRequest')!;
    const asked = await gp().post('', message('150-consultation-asked', { order }));
    expect(asked.status, asked.text).toBe(200);
    const consultation = locationOf(asked, 'Task')!;
    // its own Task of the referral ends first: until then that is another ground
    await team().move(locationOf(referral, 'Task')!, { status: 'rejected', reason: 'at-capacity' });
    const reads = [];
    for (const it of (resourceOf<Bundle>(referral).entry ?? []).map(({ response }) => response!.location!))
      if ((await team().status(it.replace(/\/_history.*/, ''))) === 200) reads.push(it.replace(/\/_history.*/, ''));
    expect((await team().move(consultation, { status: 'rejected', reason: 'at-capacity' })).status).toBe(200);
    await readsOwnTaskOnly('registration-team', {
      task: consultation,
      reads: reads.filter((it) => !it.startsWith('Task/')),
    });
  });
});

describe('the end of a Consent', () => {
  test('an invitee in the social domain whose invitation is no longer permitted reads its own Task only', async () => {
    const { consultation, answer, order } = await preparedConsultation(gateway);
    const given = await invited('wijkteam-zonnerveen', consultation);
    const consent = locationOf(answer, 'Consent')!;
    const stored = await team().read<Consent>(consent);
    const ended = await gateway.ask('PUT', `/fhir/${consent}`, {
      as: 'registration-team',
      body: JSON.stringify({ ...stored, status: 'inactive' }),
      headers: { 'if-match': `W/"${stored.meta?.versionId}"` },
    });
    expect(ended.status, ended.text).toBe(200);
    expect(given.reads.length).toBeGreaterThan(1);
    for (const it of given.reads) expect(await wijkteam().status(it), it).toBe(404);
    expect((await wijkteam().read<Task>(given.task)).status).toBe('cancelled');
    expect((await gp().read<ServiceRequest>(order)).status, 'the referral goes on').toBe('active');
    expect((await team().read<Task>(consultation)).status, 'and so does the consultation').toBe('accepted');
  });
});

describe('reads on', () => {
  test('a party of the case that declines', async () => {
    const { consultation, order } = await preparedConsultation(gateway);
    const [task] = await preparationsOf(gp(), consultation);
    expect((await gp().move(`Task/${task!.id}`, { status: 'rejected', reason: 'at-capacity' })).status).toBe(200);
    expect(await gp().status(order)).toBe(200);
  });

  test('an invitee that took part', async () => {
    const { consultation } = await preparedConsultation(gateway);
    const given = await invited('wijkteam-zonnerveen', consultation);
    for (const status of ['accepted', 'in-progress']) await wijkteam().move(given.task, { status });
    const done = await wijkteam().move(given.task, { status: 'completed', outcome: 'Klaar.' });
    expect(done.status, done.text).toBe(200);
    for (const it of given.reads) expect(await wijkteam().status(it), it).toBe(200);
  });

  test('one that declines an invitation reads on what another one disclosed', async () => {
    const [one, other] = [await preparedConsultation(gateway), await preparedConsultation(gateway)];
    const first = await preparationsOf(wijkteam(), one.consultation);
    const second = await preparationsOf(wijkteam(), other.consultation);
    await wijkteam().move(`Task/${first[0]!.id}`, { status: 'rejected', reason: 'at-capacity' });
    expect(await wijkteam().status(second[0]!.for!.reference!)).toBe(200);
    const [appointment] = (
      resourceOf<Bundle>(await gateway.ask('GET', `/fhir/Appointment?based-on=${other.order}`, { as: 'gp-de-linde' }))
        .entry ?? []
    ).map(({ resource }) => resource as Appointment);
    expect(appointment).toBeDefined();
  });
});

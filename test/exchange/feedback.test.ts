import type { Bundle, Communication, Composition, Patient } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mgnProfile } from '../../src/fhir/canonical.ts';
import { codeOf, partnerAt } from '../support/exchange/partner-client.ts';
import { referral, transferOf } from '../support/exchange/transfer-bundle.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import { locationOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** Who referred hears what becomes of it, also where the order went on to others; never what was said. */
let gateway: TestGateway;
let gp: ReturnType<typeof partnerAt>;
let team: ReturnType<typeof partnerAt>;
let keerpunt: ReturnType<typeof partnerAt>;
let practice: Sink;
beforeAll(async () => {
  practice = await startSink();
  gateway = await startGateway({ addresses: { 'gp-de-linde': practice.url } });
  gp = partnerAt(gateway, 'gp-de-linde');
  team = partnerAt(gateway, 'registration-team');
  keerpunt = partnerAt(gateway, 'keerpunt-verslavingszorg');
});
afterAll(async () => {
  await gateway.stop();
  await practice.close();
});

async function underway() {
  const answer = await gp.post('', referral());
  const [task, order] = [locationOf(answer, 'Task')!, locationOf(answer, 'ServiceRequest')!];
  await team.move(task, { status: 'accepted' });
  await team.move(task, { status: 'in-progress' });
  return { task, order };
}

/** What the GP may read of its order's feedback, the oldest first. */
async function heardOf(order: string): Promise<readonly Communication[]> {
  const query = { criteria: [{ name: 'based-on', values: [order] }], sort: '_lastUpdated', count: 20 } as const;
  const found = await gateway.store.search('Communication', query, 'gp-de-linde');
  if (found.kind !== 'found') throw new Error(found.kind);
  return found.resources.map(({ text }) => JSON.parse(text) as Communication);
}
const topicsOf = async (order: string) => (await heardOf(order)).map(({ topic }) => codeOf(topic));

test('of a no-show once, and of the end', async () => {
  const { task, order } = await underway();
  await team.move(task, { businessStatus: 'intake-scheduled' });
  await team.move(task, { businessStatus: 'no-show' });
  await team.move(task, { businessStatus: 'no-show' });
  await team.move(task, { businessStatus: 'first-contact-done' });
  await team.move(task, { status: 'completed', outcome: 'A plan was made, with content that is nobody else’s.' });
  expect(await topicsOf(order)).toEqual(['no-show', 'completed']);
  const [first] = await heardOf(order);
  expect(JSON.stringify(first)).not.toMatch(/nobody else|9999\d{5}|Proefpersoon/);
  const report = gateway.running.gateway.validator.validate(first!);
  expect(report.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('of a failure', async () => {
  const { task, order } = await underway();
  await team.move(task, { status: 'failed', reason: 'cannot-contact' });
  expect(await topicsOf(order)).toEqual(['not-completed']);
});

test('of a transfer: that it is asked, and that it was taken over by somebody whom the referrer never wrote to', async () => {
  const { task, order } = await underway();
  const onward = { basedOn: order, partOf: task };
  const answer = await team.post('', transferOf(['addiction-care-keerpunt'], { onward }));
  expect(answer.status, answer.text).toBe(200);
  const asked = locationOf(answer, 'Task')!;
  await keerpunt.move(asked, { status: 'accepted' });
  await team.move(asked, { businessStatus: 'selected' });
  await keerpunt.move(asked, { status: 'in-progress' });
  const done = await keerpunt.move(asked, { status: 'completed', businessStatus: 'handed-over' });
  expect(done.status, done.text).toBe(200);
  expect(await topicsOf(order)).toEqual(['transfer', 'handed-over']);
  expect(await gp.status(asked), 'the Task itself is not the referrer’s').toBe(404);
});

/** The letter of a Communication, as the GP reads it at the gateway. */
async function letterOf({ payload = [] }: Communication): Promise<Bundle> {
  const { contentReference } = payload.find((it) => it.contentReference) ?? {};
  return gp.read<Bundle>(contentReference?.reference ?? 'Bundle/none');
}
const letterIn = (it: Bundle) => it.entry?.[0]?.resource as Composition;
const personIn = (it: Bundle) =>
  it.entry?.find(({ resource }) => resource?.resourceType === 'Patient')?.resource as Patient;

test('within care each time as a letter too: a document that meets its profile and can be filed', async () => {
  const { task, order } = await underway();
  await team.move(task, { businessStatus: 'no-show' });
  await team.move(task, {
    status: 'completed',
    outcome: 'What nobody else may know.',
    businessStatus: 'first-contact-done',
  });
  for (const told of await heardOf(order)) {
    const letter = await letterOf(told);
    expect(letter.type).toBe('document');
    expect(codeOf(letterIn(letter).event?.[0]?.code?.[0])).toBe(codeOf(told.topic));
    expect(letterIn(letter).section?.[0]?.text?.div).toContain(told.payload?.[0]?.contentString);
    expect(personIn(letter)).toMatchObject({ birthDate: '1990-02-28', name: [{ family: 'Proefpersoon' }] });
    expect(JSON.stringify(letter)).not.toMatch(/nobody else|Somber|Verzonnenlaan|0600000001/);
    const { verdict, issues } = gateway.running.gateway.validator.validate(letter, {
      profiles: [mgnProfile('feedback-document')],
    });
    expect([verdict, issues.filter(({ severity }) => severity === 'error')]).toEqual(['valid', []]);
  }
});

test('the letter of a transfer is about the person as the referrer knows it, not as who passed it on does', async () => {
  const { task, order } = await underway();
  const transfer = transferOf(['addiction-care-keerpunt'], { onward: { basedOn: order, partOf: task } });
  for (const { resource } of transfer.entry ?? [])
    if (resource?.resourceType === 'Patient') resource.name = [{ family: 'Anders' }];
  expect((await team.post('', transfer)).status).toBe(200);
  const [told] = await heardOf(order);
  expect(personIn(await letterOf(told!)).name?.[0]?.family).toBe('Proefpersoon');
});

test('no letter where the person objects: the referrer hears that it happened, and no more', async () => {
  const objecting = referral();
  const patient = objecting.entry?.find(({ resource }) => resource?.resourceType === 'Patient')?.fullUrl;
  objecting.entry?.push(objectionTo('Organization/gp-de-linde', patient ?? ''));
  const answer = await gp.post('', objecting);
  expect(answer.status, answer.text).toBe(200);
  const [task, order] = [locationOf(answer, 'Task')!, locationOf(answer, 'ServiceRequest')!];
  await team.move(task, { status: 'accepted' });
  await team.move(task, { businessStatus: 'no-show' });
  const [told] = await heardOf(order);
  expect(told?.payload).toHaveLength(1);
});

test('and it goes out, to who has an address', async () => {
  const { task, order } = await underway();
  await team.move(task, { status: 'failed', reason: 'cannot-contact' });
  const [told] = await heardOf(order);
  const letter = told?.payload?.[1]?.contentReference?.reference ?? 'Bundle/none';
  const delivered = () =>
    practice.received
      .flatMap(({ bundle }) => bundle.entry ?? [])
      .find(({ resource }) => letter === `Bundle/${resource?.id}`);
  await expect.poll(() => delivered()?.request).toMatchObject({ method: 'POST', url: 'Bundle' });
  const { meta: _, ...kept } = await letterOf(told!);
  expect(delivered()?.resource).toMatchObject(kept);
  const { items } = await gateway.store.dispatches({ recipient: 'gp-de-linde', count: 500 });
  expect(
    items
      .slice(-2)
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(['feedback', 'status']);
});

/** A Consent by which the person refuses one recipient. */
const objectionTo = (recipient: string, patient: string): NonNullable<Bundle['entry']>[number] => ({
  fullUrl: 'urn:uuid:5f0c1f0e-0000-4000-8000-000000000099',
  resource: {
    resourceType: 'Consent',
    status: 'active',
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IDSCL' }] }],
    patient: { reference: patient },
    dateTime: '2026-11-20',
    policy: [{ uri: 'https://wetten.overheid.nl/BWBR0005290' }],
    provision: {
      type: 'deny',
      actor: [
        {
          role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
          reference: { reference: recipient },
        },
      ],
    },
  },
});

import type { Bundle, Composition, Consent, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { message, preparationsOf, preparedConsultation, resourcesOf } from '../support/exchange/consultation.ts';
import { codeOf, partnerAt } from '../support/exchange/partner-client.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import { startGateway, type TestGateway, warningsOf } from '../support/test-gateway.ts';

/** What an organisation may know of a consultation is asked again at each message: a Consent opens it, an objection closes it. */
let gateway: TestGateway;
let wijkteam: Sink;
beforeAll(async () => {
  wijkteam = await startSink();
  gateway = await startGateway({ addresses: { 'wijkteam-zonnerveen': wijkteam.url } });
});
afterAll(async () => {
  await gateway.stop();
  await wijkteam.close();
});
const at = (id: string) => partnerAt(gateway, id);

const only = (bundle: Bundle, keep: (it: Resource) => boolean): Bundle => ({
  ...bundle,
  entry: bundle.entry!.filter(({ resource }) => keep(resource!)),
});

test('who was invited without knowing about whom is invited anew once a Consent permits it', async () => {
  const given = await preparedConsultation(gateway);
  const again = only(
    message('151-consultation-prepared', given),
    (it) =>
      it.resourceType !== 'Task' || (it as Task).owner?.reference === 'HealthcareService/specialist-ggz-horizonland',
  );
  const consent = resourcesOf(again).find((it): it is Resource & Consent => it.resourceType === 'Consent');
  consent!.provision!.actor![0]!.reference = { reference: 'Organization/ggz-horizonland' };
  const answer = await at('registration-team').post('', again);
  expect([answer.status, warningsOf(answer)]).toEqual([200, []]);
  const [blind, seeing] = await preparationsOf(at('ggz-horizonland'), given.consultation);
  expect([blind?.status, codeOf(blind?.statusReason), blind?.for]).toEqual(['cancelled', 'replaced', undefined]);
  expect(codeOf(seeing?.code)).toBe('fulfill');
  expect(await at('ggz-horizonland').status(seeing?.for?.reference ?? '')).toBe(200);
  expect(await at('ggz-horizonland').status(given.order)).toBe(200);
});

test('who may not know any more when the record comes gets none of it', async () => {
  const given = await preparedConsultation(gateway);
  await at('registration-team').move(given.consultation, { status: 'in-progress' });
  const consent = resourcesOf(message('161-person-objects-to-an-organisation', given)).find(
    ({ resourceType }) => resourceType === 'Consent',
  );
  const recorded = only(message('152-consultation-recorded', given), (it) => it.resourceType !== 'ServiceRequest');
  const objecting = { fullUrl: 'urn:uuid:7c1e5b20-0000-4000-8000-000000000080', resource: consent } as NonNullable<
    Bundle['entry']
  >[number];
  const answer = await at('registration-team').post('', { ...recorded, entry: [...recorded.entry!, objecting] });
  expect([answer.status, warningsOf(answer)]).toEqual([200, ['minutes-withheld']]);
  expect(answer.text).toContain('2 of the invited organisations have no legal basis');
  await wijkteam.until(2);
  const received = wijkteam.received.flatMap(({ bundle }) => resourcesOf(bundle));
  expect(received.filter((it): it is Resource & Composition => it.resourceType === 'Composition')).toEqual([]);
});

test('a request to the social domain without Consent stops the whole record', async () => {
  const given = await preparedConsultation(gateway);
  await at('registration-team').move(given.consultation, { status: 'in-progress' });
  const recorded = message('152-consultation-recorded', given);
  const social = resourcesOf(recorded).find((it) => JSON.stringify(it).includes('debt-counselling'));
  Object.assign(social ?? {}, { performer: [{ reference: 'HealthcareService/debt-counselling-lissenmond' }] });
  const answer = await at('registration-team').post('', recorded);
  expect(answer.status).toBe(403);
  expect((await at('registration-team').read<Task>(given.consultation)).status).toBe('in-progress');
});

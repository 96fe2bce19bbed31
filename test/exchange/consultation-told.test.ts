import type { Bundle, Parameters, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isType } from '../../src/fhir/resource.ts';
import { message } from '../support/exchange/consultation.ts';
import { codeOf, partnerAt } from '../support/exchange/partner-client.ts';
import { referral } from '../support/exchange/transfer-bundle.ts';
import { locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** Who referred and was not at the table hears that the case was consulted about, and nothing of what was said. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const without = (bundle: Bundle, owner: string): Bundle => ({
  ...bundle,
  entry: (bundle.entry ?? []).filter(({ resource }) => (resource as Task).owner?.reference !== owner),
});

/** What the GP asks and says in the examples, by the team. */
const ofTheTeam = (bundle: Bundle): Bundle =>
  JSON.parse(JSON.stringify(bundle).replaceAll('Organization/gp-de-linde', 'Organization/network-veen-en-mond'));

test('the GP who was not invited', async () => {
  const [gp, team] = [partnerAt(gateway, 'gp-de-linde'), partnerAt(gateway, 'registration-team')];
  const sent = await gp.post('', referral());
  const [order, task] = [locationOf(sent, 'ServiceRequest')!, locationOf(sent, 'Task')!];
  await team.move(task, { status: 'accepted' });
  const asked = await team.post('', ofTheTeam(message('150-consultation-asked', { order })));
  expect(asked.status, asked.text).toBe(200);
  const given = { order, consultation: locationOf(asked, 'Task')! };
  await team.move(given.consultation, { status: 'accepted' });
  const prepared = await team.post(
    '',
    without(message('151-consultation-prepared', given), 'Organization/gp-de-linde'),
  );
  expect(prepared.status, prepared.text).toBe(200);
  await team.move(given.consultation, { status: 'in-progress' });
  const recorded = await team.post('', ofTheTeam(message('152-consultation-recorded', given)));
  expect(recorded.status, recorded.text).toBe(200);

  const seen = resourceOf<Parameters>(await gateway.ask('GET', `/fhir/${order}/$case`, { as: 'gp-de-linde' }));
  const graph = seen.parameter?.find(({ name }) => name === 'graph')?.resource as Bundle;
  const told = (graph.entry ?? []).flatMap(({ resource }) => (isType(resource, 'Communication') ? [resource] : []));
  expect(told.map(({ topic }) => codeOf(topic))).toEqual(['consultation-held']);
  const [record] = (resourceOf<Bundle>(recorded).entry ?? []).flatMap(({ response }) =>
    response?.location?.startsWith('Composition/') ? [response.location.replace(/\/_history.*/, '')] : [],
  );
  expect(await gp.status(record ?? ''), 'not the record').toBe(404);
});

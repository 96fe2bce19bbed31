import type { Bundle, OperationOutcome } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import type { Gateway } from '../../src/exchange/pipeline/gateway.ts';
import { maximumIncluded } from '../../src/http/inclusions.ts';
import { entriesOf, idsOf, restClient } from '../support/rest-client.ts';
import { create, task } from '../support/store/samples.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

/** What a search may cost has an end, which its answer names. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const rulesIn = (outcome: OperationOutcome) => outcome.issue.map((it) => it.details?.coding?.[1]?.code);

test('a page with more related resources than the limit has the first ones, and a warning', async () => {
  const owner = { reference: 'HealthcareService/conversation-zonnerveen' };
  const changes = Array.from({ length: maximumIncluded + 1 }, (_, n) =>
    create(task(`t${n}`, { owner }), 'registration-team'),
  );
  await gateway.store.commit({ now: new Date(), changes });
  const found = await restClient(gateway, 'registration-team').find(
    'HealthcareService?_id=conversation-zonnerveen&_revinclude=Task:owner',
  );
  expect([found.total, idsOf(found, 'include').length]).toEqual([1, maximumIncluded]);
  expect(rulesIn(entriesOf(found, 'outcome')[0] as OperationOutcome)).toEqual(['search-include-truncated']);
});

test('a sort of more resources than the store sorts is refused with the way out', async () => {
  const own = gateway.running.gateway;
  const store = { ...own.store, search: async () => ({ kind: 'too-many', name: '_sort' }) as const };
  const app = createApp({ ...own, store } as Gateway, { version: '0', started: new Date(0) } as never);
  const headers = { authorization: 'Bearer demo-registration-team' };
  const answer = await app.request('/fhir/Task?_sort=authored-on', { headers });
  expect([answer.status, ...rulesIn((await answer.json()) as OperationOutcome)]).toEqual([400, 'search-sort-too-many']);
});

test('an empty search has a total of 0, and links', async () => {
  const found: Bundle = await restClient(gateway, 'ggz-de-kade').find('Task?status=draft');
  expect([found.total, idsOf(found), found.link?.length]).toEqual([0, [], 1]);
});

import { randomUUID } from 'node:crypto';
import type { OperationOutcome, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { referral } from '../support/exchange/transfer-bundle.ts';
import { locationOf, resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** The right to read ended: no way leads back to what was read before, nor to what the gateway answered before. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const words = 'Words about the person';
const content = /Words about the person|Patient\/|9999\d{5}|Proefpersoon/;
const owner = 'registration-team';

async function accepted(requestId: string) {
  const bundle = referral();
  for (const { resource } of bundle.entry ?? [])
    if (resource?.resourceType === 'Task') Object.assign(resource, { description: words, note: [{ text: words }] });
  const sent = await partnerAt(gateway, 'gp-de-linde').post('', bundle);
  expect(sent.status, sent.text).toBe(200);
  const task = locationOf(sent, 'Task')!;
  const move = () =>
    gateway.ask('POST', `/fhir/${task}/$transition`, {
      as: owner,
      sameOrder: true,
      requestId,
      body: '{"resourceType":"Parameters","parameter":[{"name":"status","valueCode":"accepted"}]}',
      headers: { 'if-match': 'W/"1"' },
    });
  const first = await move();
  expect(first.status, first.text).toBe(200);
  expect(first.text).toMatch(content);
  return { task, order: locationOf(sent, 'ServiceRequest')!, person: locationOf(sent, 'Patient')!, again: move };
}

const cancelled = async (task: string) => {
  const answer = await partnerAt(gateway, 'gp-de-linde').move(task, {
    status: 'cancelled',
    reason: 'withdrawn-by-person',
  });
  expect(answer.status, answer.text).toBe(200);
};

describe('a request that is sent again', () => {
  test('is answered as before while its sender may read what it was answered', async () => {
    const { again } = await accepted(randomUUID());
    const second = await again();
    expect([second.status, rulesOf(second)]).toEqual([409, ['duplicate']]);
    const [first] = resourceOf<OperationOutcome>(second).contained as [Task];
    expect([first.resourceType, first.status, first.meta?.versionId, first.description]).toEqual([
      'Task',
      'accepted',
      '2',
      words,
    ]);
  });

  test('is not answered with what its sender may not read any more', async () => {
    const { task, again } = await accepted(randomUUID());
    await cancelled(task);
    const second = await again();
    expect([second.status, rulesOf(second)]).toEqual([409, ['duplicate']]);
    expect(second.text).not.toMatch(content);
    expect(resourceOf<OperationOutcome>(second).contained).toBeUndefined();
  });
});

test('versions, history, searches, inclusions and operations show nothing of before the end', async () => {
  const { task, order, person } = await accepted(randomUUID());
  await cancelled(task);
  const [id] = task.split('/').slice(1);
  for (const path of [
    ...[task, `${task}/_history`, `${task}/_history/1`, `${task}/_history/2`, `${task}/_history/3`],
    ...[order, `${order}/_history`, `${order}/_history/1`, person, `${person}/_history/1`],
    ...[`${order}/$case`, `${order}/$explain`, `${order}/$propose-transfer`],
    ...[
      `Task?_id=${id}&_include=*&_revinclude=*`,
      `Task?_id=${id}&_elements=note,description,for`,
      `Task?patient=${person}`,
    ],
    ...[`ServiceRequest?_id=${order.split('/')[1]}`, `Composition?patient=${person}`, `Condition?patient=${person}`],
  ])
    expect((await gateway.ask('GET', `/fhir/${path}`, { as: owner })).text, path).not.toMatch(content);
});

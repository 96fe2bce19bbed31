import type { Bundle, ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { watch } from '../../src/watchdog/watch.ts';
import { invitation, orderOf, owners, person, sent, taskOf } from '../support/exchange/coordination.ts';
import { locationOf, resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const create = (resource: object & { resourceType: string }, as = 'gp-de-linde', requestId?: string) =>
  gateway.ask('POST', `/fhir/${resource.resourceType}`, {
    as,
    body: JSON.stringify(resource),
    ...(requestId ? { requestId } : {}),
  });
const read = (place: string, as: string) => gateway.ask('GET', `/fhir/${place}`, { as });
const tasksOf = async (as: string) =>
  (resourceOf<Bundle>(await read('Task', as)).entry ?? []).flatMap(({ resource }) =>
    resource?.resourceType === 'Task' ? [resource as Task] : [],
  );
const alone = (more: Partial<ServiceRequest> = {}): ServiceRequest => {
  const { id: _, ...order } = orderOf({
    contained: [{ ...person, id: 'p' }],
    subject: { reference: '#p' },
    ...more,
  });
  return order;
};
const taskFor = (order: string, more: Partial<Task> = {}): Task => {
  const { id: _, for: __, input: ___, ...task } = taskOf(orderOf(), { owner: owners.horizonland, ...more });
  return { ...task, focus: { reference: order } };
};
const created = async (order: ServiceRequest, as?: string) => {
  const answer = await create(order, as);
  expect(answer.status, answer.text).toBe(201);
  return `ServiceRequest/${resourceOf<ServiceRequest>(answer).id}`;
};

/** The gateway after so many hours. */
const later = (hours: number) => {
  const { gateway: running } = gateway.running;
  return { ...running, world: { ...running.world, now: () => new Date(Date.now() + hours * 3_600_000) } };
};

describe('an order and its Task in two requests', () => {
  test('the order is the sender’s own until its Task arrives; then the owner has both, under the same id', async () => {
    const place = await created(alone());
    expect((await read(place, 'gp-de-linde')).status).toBe(200);
    expect((await read(place, 'ggz-horizonland')).status).toBe(404);
    const answer = await create(taskFor(place));
    expect(answer.status, answer.text).toBe(201);
    const task = resourceOf<Task>(answer);
    expect([task.status, task.owner?.reference, task.focus?.reference]).toEqual([
      'requested',
      'HealthcareService/specialist-ggz-horizonland',
      place,
    ]);
    expect(String(answer.headers.location)).toContain(`Task/${task.id}`);
    const order = resourceOf<ServiceRequest>(await read(place, 'ggz-horizonland'));
    expect([order.meta?.versionId, order.contained, order.subject.reference]).toEqual([
      '2',
      undefined,
      task.for?.reference,
    ]);
    expect((await read(String(task.for?.reference), 'ggz-horizonland')).text).toContain('999901102');
    const again = await create(taskFor(place));
    expect([again.status, rulesOf(again)]).toEqual([409, ['order-has-task']]);
    expect(again.text).toContain(`Task/${task.id}`);
  });

  test('the same order created once more, with a Task of the same name: no second referral', async () => {
    const identifier = [{ system: 'https://placer.example/order-names', value: 'once' }];
    const named = { identifier: [{ system: 'https://placer.example/task-names', value: 'once' }] };
    const first = await create(taskFor(await created(alone({ identifier })), named));
    expect(first.status, first.text).toBe(201);
    const again = await create(taskFor(await created(alone({ identifier })), named));
    expect([again.status, rulesOf(again)]).toEqual([409, ['order-has-task']]);
    expect(again.text).toContain(`Task/${resourceOf<Task>(first).id}`);
    const other = await create(
      taskFor(await created(alone({ identifier, priority: 'asap' })), { ...named, priority: 'asap' }),
    );
    expect([other.status, rulesOf(other)]).toEqual([409, ['order-sent-before']]);
  });

  test('labels of the order, such as its confidentiality, stay', async () => {
    const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }];
    const identifier = [{ system: 'https://placer.example/order-names', value: 'labelled' }];
    const place = await created(alone({ meta: { security }, identifier }));
    const answer = await create(taskFor(place, { identifier }));
    expect(answer.status, answer.text).toBe(201);
    expect(resourceOf<ServiceRequest>(await read(place, 'ggz-horizonland')).meta?.security).toEqual(security);
  });

  test('an order that has a Task gets no second one by the mark of a waiting order, written by its sender', async () => {
    const identifier = [{ system: 'https://mgn.example/fhir/NamingSystem/order-without-task', value: 'waiting' }];
    const order = orderOf({ identifier });
    const first = await gateway.ask('POST', '/fhir', {
      as: 'gp-de-linde',
      body: JSON.stringify(sent(order, taskOf(order))),
    });
    expect(first.status, first.text.slice(0, 400)).toBe(200);
    const answer = await create(
      taskFor(locationOf(first, 'ServiceRequest')!, {
        identifier: [{ system: 'https://placer.example/tasks', value: 'second' }],
      }),
    );
    expect([answer.status, rulesOf(answer)]).toEqual([409, ['order-has-task']]);
    await watch(later(30));
    const place = locationOf(first, 'ServiceRequest');
    const raised = (await tasksOf('registration-team')).filter(
      (it) => it.focus?.reference === place && it.code?.coding?.some(({ code }) => code === 'escalate'),
    );
    expect(raised, 'nor is it raised as one without a Task').toEqual([]);
  });

  test('the person may be a Patient that the sender sent before', async () => {
    const earlier = orderOf();
    const first = await gateway.ask('POST', '/fhir', {
      as: 'gp-de-linde',
      body: JSON.stringify(sent(earlier, taskOf(earlier))),
    });
    const patient = locationOf(first, 'Patient')!;
    const { contained: _, ...order } = alone({ subject: { reference: patient } });
    expect(rulesOf(await create(order, 'gp-het-baken'))).toEqual(['referral-patient-missing']);
    const place = await created(order);
    const answer = await create(taskFor(place));
    expect(answer.status, answer.text).toBe(201);
  });

  test('the same X-Request-Id twice makes one Task', async () => {
    const place = await created(alone());
    const requestId = '0e4d5c9a-6d0e-4d0c-9d55-6f3b8f4d1c99';
    const body = taskFor(place);
    expect((await create(body, 'gp-de-linde', requestId)).status).toBe(201);
    const again = await create(body, 'gp-de-linde', requestId);
    expect([again.status, rulesOf(again)]).toEqual([409, ['duplicate']]);
  });

  test('what is wrong with the whole is found when it is whole, and the order waits for a better Task', async () => {
    const place = await created(alone());
    const requester = { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/ura', value: '99990102' } };
    expect(rulesOf(await create(taskFor(place, { requester })))).toContain('requester-not-represented');
    expect((await create(taskFor(place))).status).toBe(201);
  });

  test.each([
    [
      'an order without a person',
      { ...alone(), contained: [], subject: { display: 'Sterre' } },
      'referral-patient-missing',
    ],
    ['a Task of no order', taskFor('ServiceRequest/1'), 'task-without-order'],
    [
      'a Task of an unknown order',
      taskFor('ServiceRequest/00000000-0000-4000-8000-000000000009'),
      'task-without-order',
    ],
    ['a candidate alone', { ...invitation(orderOf(), owners.kade), id: undefined }, 'task-without-order'],
  ])('%s: refused, with how a referral is sent', async (_, resource, rule) => {
    const { contained, ...rest } = resource as ServiceRequest;
    const body = contained?.length === 0 ? rest : resource;
    const answer = await create(body as never);
    expect([answer.status, rulesOf(answer)]).toEqual([422, [rule]]);
  });

  test('the order of another is not found, and an operator or the social domain places none', async () => {
    const place = await created(alone());
    expect(rulesOf(await create(taskFor(place), 'gp-het-baken'))).toEqual(['task-without-order']);
    expect(rulesOf(await create(alone(), 'operator'))).toEqual(['role-forbidden']);
  });
});

test('an order whose Task does not arrive is raised once', async () => {
  const place = await created(alone());
  const raised = async () => (await tasksOf('registration-team')).filter((it) => it.focus?.reference === place);
  await watch(later(1));
  expect(await raised()).toEqual([]);
  await watch(later(25));
  await watch(later(26));
  const [task, ...more] = await raised();
  expect([more, task?.code?.coding?.some(({ code }) => code === 'escalate'), task?.for]).toEqual([[], true, undefined]);
  expect((await read(place, 'registration-team')).status).toBe(404);
  expect((await create(taskFor(place))).status).toBe(201);
});

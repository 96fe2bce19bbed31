import { randomUUID } from 'node:crypto';
import type { Bundle, Resource, ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fulfill, invitation, orderOf, owners, person, taskOf, twiin } from '../support/exchange/coordination.ts';
import { placerNotification } from '../support/notification/placer-notification.ts';
import { openPlacer, type Placer } from '../support/servers/placer.ts';
import { resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

const hasty = { timeout: 30_000, pause: 10, maximumPause: 50, poll: 30 };

let placer: Placer;
let gateway: TestGateway;
let events = 0;
beforeEach(async () => {
  events = 0;
  placer = await openPlacer();
  gateway = await startGateway({ addresses: { 'gp-de-linde': placer.base }, delivery: hasty });
});
afterEach(async () => {
  await gateway.stop();
  await placer.close();
});

const told = async (id: string) => {
  const body = placerNotification(placer.base, [{ number: ++events, focus: `${placer.base}/Task/${id}` }]);
  const answer = await gateway.ask('POST', '/notifications', {
    as: 'gp-de-linde',
    body: JSON.stringify(body),
    requestId: null,
  });
  expect(answer.status, answer.text).toBe(200);
  await settled();
};
const settled = () =>
  expect
    .poll(async () => (await gateway.store.depth()).recipients.some(({ recipient }) => recipient === 'gp-de-linde'), {
      interval: 10,
      timeout: 20_000,
    })
    .toBe(false);
const put = (resource: Resource) => placer.put(resource as never);
const tasksOf = async (as: string): Promise<Task[]> =>
  (resourceOf<Bundle>(await gateway.ask('GET', '/fhir/Task', { as })).entry ?? []).flatMap(({ resource }) =>
    resource?.resourceType === 'Task' ? resource : [],
  );
const move = async (task: Task, as: string, operations: object[]) => {
  const current = await gateway.ask('GET', `/fhir/Task/${task.id}`, { as });
  const answer = await gateway.ask('PATCH', `/fhir/Task/${task.id}`, {
    as,
    body: JSON.stringify(operations),
    contentType: 'application/json-patch+json',
    headers: { 'if-match': String(current.headers.etag) },
  });
  expect(answer.status, answer.text).toBe(200);
  await settled();
};
const set = (path: string, value: unknown) => ({ op: 'add', path: `/${path}`, value });
const codes = (concept: Task['code']) => (concept?.coding ?? []).map(({ code }) => code);
const pulls = async () =>
  (await gateway.store.dispatches({ recipient: 'gp-de-linde', count: 50 })).items.filter(({ kind }) => kind === 'pull');

describe('one fulfiller, at a placer that stores its own Tasks', () => {
  test('comes in, is accepted, started, paused and completed; the placer reads it in its own Task', async () => {
    const order = orderOf();
    const task = taskOf(order, { owner: owners.horizonland });
    for (const it of [person, order, task]) put(it);
    await told(task.id!);
    expect((await pulls()).map(({ state, because }) => [state, because])).toEqual([['delivered', undefined]]);
    const [own] = await tasksOf('ggz-horizonland');
    expect(codes(own?.code)).toEqual(['fulfill', 'transfer']);
    expect(placer.task(task.id!)).toMatchObject({ status: 'requested' });
    await move(own!, 'ggz-horizonland', [set('status', 'accepted')]);
    expect(placer.task(task.id!)).toMatchObject({ status: 'accepted', requester: task.requester });
    await move(own!, 'ggz-horizonland', [set('status', 'in-progress')]);
    await move(own!, 'ggz-horizonland', [set('status', 'on-hold'), set('statusReason', { text: 'Vakantie' })]);
    expect(placer.task(task.id!)).toMatchObject({ status: 'in-progress', statusReason: { text: 'Vakantie' } });
    await move(own!, 'ggz-horizonland', [set('status', 'in-progress')]);
    await move(own!, 'ggz-horizonland', [
      set('status', 'completed'),
      set('output', [{ type: { text: 'Uitkomst' }, valueString: 'Klaar' }]),
    ]);
    expect(placer.task(task.id!)).toMatchObject({ status: 'completed', output: [{ valueString: 'Klaar' }] });
  });

  test('for a service that does not fit: people decide, and nothing is written to the placer', async () => {
    const order = orderOf();
    const task = taskOf(order, { owner: owners.kade });
    const elsewhere = { ...person, address: [{ use: 'home' as const, postalCode: '1289AB', country: 'NL' }] };
    for (const it of [elsewhere, order, task]) put(it);
    await told(task.id!);
    const [own] = await tasksOf('registration-team');
    expect(codes(own?.businessStatus)).toEqual(['human-decision']);
    expect(placer.asked.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

describe('several fulfillers, at a placer that stores its own Tasks', () => {
  const invited = async () => {
    const order = orderOf();
    const tasks = [owners.kade, owners.horizonland, owners.keerpunt].map((owner) => invitation(order, owner));
    put(order);
    for (const task of tasks) {
      put(task);
      await told(task.id!);
    }
    return { order, tasks: tasks as [Task, Task, Task] };
  };

  test('are invited without the person, answer in the Task of the placer, and one is selected', async () => {
    const { order, tasks } = await invited();
    expect((await pulls()).map(({ state, because }) => [state, because])).toEqual(
      tasks.map(() => ['delivered', undefined]),
    );
    const [kade] = await tasksOf('ggz-de-kade');
    const [horizonland] = await tasksOf('ggz-horizonland');
    expect([codes(kade?.code), kade?.for, kade?.partOf]).toEqual([
      ['request-fulfillment', 'transfer'],
      undefined,
      undefined,
    ]);
    await move(kade!, 'ggz-de-kade', [
      set('status', 'accepted'),
      set('output', [{ type: { text: 'Bid' }, valueString: 'Vanaf 12 oktober' }]),
    ]);
    expect(placer.task(tasks[0].id!)).toMatchObject({
      status: 'accepted',
      code: tasks[0].code,
      output: [{ valueString: 'Vanaf 12 oktober' }],
    });
    await move(horizonland!, 'ggz-horizonland', [set('status', 'rejected'), set('statusReason', { text: 'Vol' })]);
    expect(placer.task(tasks[1].id!)).toMatchObject({ status: 'rejected', statusReason: { text: 'Vol' } });

    // the placer selects: fulfill, with the person; the others are not selected
    const letter = {
      resourceType: 'Observation',
      id: randomUUID(),
      status: 'final',
      code: { text: 'Lengte' },
      subject: order.subject,
      valueString: '1,80 m',
    };
    put(person);
    put(letter as Resource);
    put({
      ...placer.task(tasks[0].id!),
      code: fulfill,
      for: order.subject,
      businessStatus: twiin('selected'),
      input: [{ type: twiin('supplemental-resource'), valueReference: { reference: `Observation/${letter.id}` } }],
    } as Task);
    put({
      ...placer.task(tasks[2].id!),
      status: 'cancelled',
      statusReason: { ...twiin('not-selected'), text: 'not selected' },
    });
    await told(tasks[0].id!);
    await told(tasks[2].id!);
    await told(tasks[0].id!);
    expect((await pulls()).map(({ because }) => because).filter(Boolean)).toEqual([]);
    const [selected, ...others] = (await tasksOf('ggz-de-kade')).filter(({ status }) => status === 'accepted');
    expect(others).toEqual([]);
    expect([codes(selected?.code), codes(selected?.businessStatus)]).toEqual([['fulfill', 'transfer'], ['selected']]);
    const answer = await gateway.ask('GET', `/fhir/${selected?.for?.reference}`, { as: 'ggz-de-kade' });
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('999901102')]);
    const read = resourceOf<ServiceRequest>(
      await gateway.ask('GET', `/fhir/${selected?.focus?.reference}`, { as: 'ggz-de-kade' }),
    );
    expect([read.intent, read.subject.reference]).toEqual(['filler-order', selected?.for?.reference]);
    const supplement = await gateway.ask('GET', `/fhir/${read.supportingInfo?.[0]?.reference}`, { as: 'ggz-de-kade' });
    expect(supplement.status).toBe(200);
    const [keerpunt] = await tasksOf('keerpunt-verslavingszorg');
    expect([keerpunt?.status, codes(keerpunt?.statusReason), keerpunt?.statusReason?.text]).toEqual([
      'cancelled',
      ['not-selected'],
      undefined,
    ]);
    await move(selected!, 'ggz-de-kade', [set('status', 'in-progress')]);
    expect(placer.task(tasks[0].id!)).toMatchObject({ status: 'in-progress', code: fulfill });
  });

  test('a selection that cannot be taken in is left to people, and nobody learns the person', async () => {
    const { order, tasks } = await invited();
    const [kade] = await tasksOf('ggz-de-kade');
    await move(kade!, 'ggz-de-kade', [set('status', 'accepted')]);
    put({ ...placer.task(tasks[0].id!), code: fulfill, for: order.subject, businessStatus: twiin('selected') } as Task);
    const before = placer.task(tasks[0].id!);
    await told(tasks[0].id!);
    expect(placer.task(tasks[0].id!)).toEqual(before);
    const reports = (await tasksOf('registration-team')).filter((it) => codes(it.code).includes('escalate'));
    expect(reports).toHaveLength(1);
    expect(reports[0]?.input?.at(-1)?.valueString).toContain('referral-patient-missing');
    put(person);
    await told(tasks[0].id!);
    const [after] = await tasksOf('ggz-de-kade');
    expect(codes(after?.code)).toEqual(['fulfill', 'transfer']);
  });
});

import type { Bundle, OperationOutcome, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { orderOf, person, taskOf } from '../support/exchange/coordination.ts';
import { type PlacerEvent, placerNotification } from '../support/notification/placer-notification.ts';
import { openPlacer, type Placer } from '../support/servers/placer.ts';
import { resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

const hasty = { timeout: 30_000, pause: 10, maximumPause: 50, poll: 30 };
let placer: Placer;
let gateway: TestGateway;
beforeEach(async () => {
  placer = await openPlacer();
  gateway = await startGateway({ addresses: { 'gp-de-linde': placer.base }, delivery: hasty });
});
afterEach(async () => {
  await gateway.stop();
  await placer.close();
});

const notify = (body: object) =>
  gateway.ask('POST', '/notifications', { as: 'gp-de-linde', body: JSON.stringify(body), requestId: null });
const pulls = async () =>
  (await gateway.store.dispatches({ recipient: 'gp-de-linde', count: 50 })).items.filter(({ kind }) => kind === 'pull');
const settled = () =>
  expect
    .poll(async () => (await gateway.store.depth()).recipients.some(({ recipient }) => recipient === 'gp-de-linde'), {
      interval: 10,
    })
    .toBe(false);
const at = (number: number, more: Partial<PlacerEvent> = {}): PlacerEvent => ({
  number,
  // no Task: nothing is read for it
  focus: `${placer.base}/Observation/t${number}`,
  ...more,
});
const authorization = [
  { name: 'authorization-type', valueCoding: { system: 'https://placer.example/types', code: 'x' } },
  { name: 'authorization-value', valueString: 'not-a-secret' },
];

describe('a notification that the drafts of Twiin do not allow is refused, with the rule', () => {
  test.each<[string, string, () => object]>([
    [
      'a relative Subscription',
      'notification-subscription-relative',
      () => placerNotification(placer.base, [at(1)], { subscription: 'Subscription/s1' }),
    ],
    [
      'another request than GET <subscription>/$status',
      'notification-request-mismatch',
      () => placerNotification(placer.base, [at(1)], { request: { method: 'GET', url: 'Subscription/s1/$status' } }),
    ],
    [
      'an entry without request',
      'notification-entries-invalid',
      () => placerNotification(placer.base, [at(1)], { entries: [{ fullUrl: `${placer.base}/Task/t1` }] }),
    ],
    [
      'an entry without any focus',
      'notification-entries-invalid',
      () =>
        placerNotification(placer.base, [{ number: 1 }], {
          entries: [{ fullUrl: `${placer.base}/Task/t1`, request: { method: 'PUT', url: 'Task/t1' } }],
        }),
    ],
    [
      'an authorization value alone',
      'notification-authorization-invalid',
      () => placerNotification(placer.base, [at(1, { parts: authorization.slice(1) })]),
    ],
    [
      'an authorization in a heartbeat',
      'notification-authorization-invalid',
      () => placerNotification(placer.base, [at(1, { parts: authorization })], { type: 'heartbeat', total: 1 }),
    ],
  ])('%s: %s', async (_, rule, body) => {
    const answer = await notify(body());
    expect([answer.status, rulesOf(answer)]).toEqual([422, [rule]]);
    expect(await pulls()).toEqual([]);
  });

  test('what is allowed: an authorization in an event, and a relative focus with a warning', async () => {
    expect((await notify(placerNotification(placer.base, [at(1, { parts: authorization })]))).status).toBe(200);
    const relative = await notify(placerNotification(placer.base, [{ number: 2, focus: 'Task/t2' }], { entries: [] }));
    expect([relative.status, rulesOf(relative)]).toEqual([
      200,
      ['notification-received', 'notification-focus-relative'],
    ]);
    const heartbeat = await notify(placerNotification(placer.base, [], { type: 'heartbeat' }));
    expect(rulesOf(heartbeat)).toEqual(['notification-received', 'notification-incomplete']);
  });

  test('the payload mode of a Subscription does not change', async () => {
    expect((await notify(placerNotification(placer.base, [at(1)]))).status).toBe(200);
    const answer = await notify(placerNotification(placer.base, [{ number: 2 }]));
    expect([answer.status, rulesOf(answer)]).toEqual([409, ['notification-content-changed']]);
    const another = { subscription: `${placer.base}/Subscription/s2` };
    expect((await notify(placerNotification(placer.base, [{ number: 1 }], another))).status).toBe(200);
  });
});

describe('events that did not arrive', () => {
  const missed = (answer: { readonly text: string }) =>
    (JSON.parse(answer.text) as OperationOutcome).issue.some((it) =>
      it.details?.coding?.some(({ code }) => code === 'notification-events-missed'),
    );
  const requested = () => placer.asked.map(({ path }) => path).filter((it) => it.includes('$events'));

  test('are found by their numbers, requested, and taken in', async () => {
    const order = orderOf();
    const task = taskOf(order);
    for (const it of [person, order, task]) placer.put(it as Task);
    const focus = `${placer.base}/Task/${task.id}`;
    placer.events.set('Subscription/s1', placerNotification(placer.base, [{ number: 2, focus }]) as unknown as Bundle);
    expect(missed(await notify(placerNotification(placer.base, [], { type: 'handshake', total: 0 })))).toBe(false);
    expect(missed(await notify(placerNotification(placer.base, [at(1)])))).toBe(false);
    expect(missed(await notify(placerNotification(placer.base, [at(4)])))).toBe(true);
    await settled();
    expect(requested()).toEqual(['Subscription/s1/$events?eventsSinceNumber=2&eventsUntilNumber=3&content=id-only']);
    const found = resourceOf<Bundle>(await gateway.ask('GET', '/fhir/Task', { as: 'registration-team' }));
    expect(found.total).toBe(1);
    expect(missed(await notify(placerNotification(placer.base, [at(4)])))).toBe(false);
  });

  test('are found by a heartbeat too', async () => {
    placer.events.set('Subscription/s1', placerNotification(placer.base, []) as unknown as Bundle);
    await notify(placerNotification(placer.base, [], { type: 'handshake', total: 3 }));
    expect(missed(await notify(placerNotification(placer.base, [], { type: 'heartbeat', total: 3 })))).toBe(false);
    expect(missed(await notify(placerNotification(placer.base, [], { type: 'heartbeat', total: 5 })))).toBe(true);
    await settled();
    expect(requested()).toEqual(['Subscription/s1/$events?eventsSinceNumber=4&eventsUntilNumber=5&content=id-only']);
  });

  test('without a number of events nothing is known to be missing', async () => {
    expect(missed(await notify(placerNotification(placer.base, [at(17)])))).toBe(false);
    await settled();
    expect(requested()).toEqual([]);
  });
});

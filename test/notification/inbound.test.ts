import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle, ServiceRequest, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RequestRecipient } from '../../src/delivery/channel/channel.ts';
import { issueOfReason } from '../../src/delivery/reason.ts';
import { issue } from '../../src/fhir/issue.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { refusalOf } from '../../src/notification/inbound/refusal.ts';
import { placerUpdateHandler } from '../../src/notification/inbound/update-placer.ts';
import type { Delivery } from '../../src/store/port.ts';
import { referral } from '../support/notification/subscription.ts';
import { openPlacer, type Placer } from '../support/servers/placer.ts';
import { resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

const hasty = { timeout: 30_000, pause: 10, maximumPause: 50, poll: 30 };
const address = 'urn:ietf:rfc:3986';

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

/** The referral of example 001 as a placer keeps it: each resource under an address of its own, references relative. */
function placed(
  name: string,
  change: { readonly task?: Partial<Task>; readonly order?: Partial<ServiceRequest> } = {},
) {
  const bundle = JSON.parse(referral.toString()) as Bundle;
  const places = new Map(
    (bundle.entry ?? []).map(({ fullUrl = '', resource }, index) => [
      fullUrl,
      `${resource?.resourceType}/${resource?.resourceType === 'Task' ? name : `${name}-${index}`}`,
    ]),
  );
  let text = JSON.stringify(bundle.entry);
  for (const [fullUrl, place] of places) text = text.replaceAll(`"${fullUrl}"`, JSON.stringify(place));
  for (const { fullUrl, resource } of JSON.parse(text) as { fullUrl: string; resource: Resource }[]) {
    const more =
      resource.resourceType === 'Task' ? change.task : resource.resourceType === 'ServiceRequest' ? change.order : {};
    placer.put({ ...resource, ...more, id: fullUrl.split('/')[1]! } as Resource);
  }
}

type Event = { readonly number?: number; readonly focus?: string };

/** As another vendor writes it: from the backport guide, not from our code. */
const notification = (events: readonly Event[], type = 'event-notification', subscription = 'Subscription/s1') => ({
  resourceType: 'Bundle',
  type: 'history',
  timestamp: '2026-11-22T06:00:00Z',
  entry: [
    {
      fullUrl: `urn:uuid:${randomUUID()}`,
      resource: {
        resourceType: 'Parameters',
        parameter: [
          { name: 'subscription', valueReference: { reference: `${placer.base}/${subscription}` } },
          { name: 'topic', valueCanonical: 'http://example.org/SubscriptionTopic/task' },
          { name: 'status', valueCode: 'active' },
          { name: 'type', valueCode: type },
          ...events.map(({ number = 1, focus }) => ({
            name: 'notification-event',
            part: [
              { name: 'event-number', valueString: String(number) },
              ...(focus === undefined ? [] : [{ name: 'focus', valueReference: { reference: focus } }]),
            ],
          })),
        ],
      },
      request: { method: 'GET', url: `${placer.base}/${subscription}/$status` },
      response: { status: '200' },
    },
  ],
});

const notify = (body: object, more: { readonly as?: string; readonly requestId?: string | null } = {}) =>
  gateway.ask('POST', '/notifications', { as: 'gp-de-linde', body: JSON.stringify(body), ...more });
/** Everything for the placer is done; what others are sent waits, since nobody listens there. */
const settled = () =>
  expect
    .poll(async () => (await gateway.store.depth()).recipients.some(({ recipient }) => recipient === 'gp-de-linde'), {
      interval: 10,
    })
    .toBe(false);
const told = async (...foci: string[]) => {
  const answer = await notify(notification(foci.map((focus, index) => ({ number: index + 1, focus }))));
  expect(answer.status, answer.text).toBe(200);
  await settled();
};
const ownTasks = async (as = 'registration-team'): Promise<Task[]> =>
  (resourceOf<Bundle>(await gateway.ask('GET', '/fhir/Task', { as })).entry ?? []).flatMap(({ resource }) =>
    resource?.resourceType === 'Task' ? resource : [],
  );
const move = async (task: Task, patch: object[], as = 'registration-team') => {
  const current = await gateway.ask('GET', `/fhir/Task/${task.id}`, { as });
  const answer = await gateway.ask('PATCH', `/fhir/Task/${task.id}`, {
    as,
    body: JSON.stringify(patch),
    contentType: 'application/json-patch+json',
    headers: { 'if-match': String(current.headers.etag) },
  });
  expect(answer.status, answer.text).toBe(200);
};
const pulls = async () =>
  (await gateway.store.dispatches({ recipient: 'gp-de-linde', count: 50 })).items.filter(({ kind }) => kind === 'pull');

describe('a placer that stores its own Tasks', () => {
  test('is read after its notification: the order comes in as a filler-order that follows from its own', async () => {
    placed('t1');
    await told('Task/t1');
    const [task, ...more] = await ownTasks();
    expect(more).toEqual([]);
    expect(task?.status).toBe('requested');
    expect(task?.partOf).toEqual([{ type: 'Task', identifier: { system: address, value: `${placer.base}/Task/t1` } }]);
    const order = resourceOf<ServiceRequest>(
      await gateway.ask('GET', `/fhir/${task?.focus?.reference}`, { as: 'registration-team' }),
    );
    expect([order.intent, order.basedOn?.[0]?.identifier?.value?.startsWith(`${placer.base}/ServiceRequest/`)]).toEqual(
      ['filler-order', true],
    );
    const person = await gateway.ask('GET', `/fhir/${order.subject.reference}`, { as: 'registration-team' });
    expect(person.status).toBe(200);
    expect((await pulls()).map(({ state, location }) => [state, location])).toEqual([
      ['delivered', `Task/${task?.id}`],
    ]);
  });

  test.each(['handshake', 'handshake-notification', 'heartbeat', 'heartbeat-notification'])(
    '%s is received, and nothing is read',
    async (type) => {
      expect((await notify(notification([], type))).status).toBe(200);
      await settled();
      expect(placer.asked).toEqual([]);
    },
  );

  test('a notification twice, with the same X-Request-Id or another or none, changes nothing', async () => {
    placed('t1');
    const requestId = randomUUID();
    const body = notification([{ focus: 'Task/t1' }]);
    for (const it of [requestId, requestId, randomUUID(), null])
      expect((await notify(body, { requestId: it })).status).toBe(200);
    await settled();
    expect(await ownTasks()).toHaveLength(1);
    expect(await pulls()).toHaveLength(3);
    await told('Task/t1', `${placer.base}/Task/t1`);
    expect(await ownTasks()).toHaveLength(1);
  });

  test('what it cancels is withdrawn here, and a notification that overtook it revives nothing', async () => {
    placed('t1');
    await told('Task/t1');
    placer.put({ ...placer.task('t1'), status: 'cancelled' });
    await told('Task/t1');
    expect((await ownTasks()).map(({ status }) => status)).toEqual(['cancelled']);
    await told('Task/t1', 'Task/t1');
    placer.put({ ...placer.task('t1'), status: 'requested' });
    await told('Task/t1');
    expect((await ownTasks()).map(({ status }) => status)).toEqual(['cancelled']);
  });

  test('the owner of work in progress is asked to stop, once', async () => {
    placed('t1');
    await told('Task/t1');
    const [task] = await ownTasks();
    for (const status of ['accepted', 'in-progress'])
      await move(task!, [{ op: 'replace', path: '/status', value: status }]);
    await settled();
    placer.put({ ...placer.task('t1'), status: 'cancelled' });
    await told('Task/t1');
    await told('Task/t1');
    const tasks = await ownTasks();
    expect(tasks.map(({ status }) => status).sort()).toEqual(['in-progress', 'requested']);
    expect(tasks.filter(({ code }) => code?.coding?.some((it) => it.code === 'abort'))).toHaveLength(1);
  });

  test('an order cancelled before it was read is not accepted', async () => {
    placed('t1', { task: { status: 'cancelled' } });
    placed('t2', { order: { status: 'revoked' } });
    await told('Task/t1', 'Task/t2');
    expect(await ownTasks()).toEqual([]);
    expect((await pulls()).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
  });

  test('moves of the owner reach its own Task, with If-Match, and no copy of ours', async () => {
    placed('t1');
    await told('Task/t1');
    const [task] = await ownTasks();
    let overtakes = 1;
    placer.afterRead = (path) => {
      if (path === 'Task/t1' && overtakes-- > 0) placer.put({ ...placer.task('t1'), description: 'Changed meanwhile' });
    };
    await move(task!, [{ op: 'replace', path: '/status', value: 'accepted' }]);
    await settled();
    expect(placer.task('t1')).toMatchObject({ id: 't1', status: 'accepted', description: 'Changed meanwhile' });
    const copies = placer.posted
      .flatMap(({ entry = [] }) => entry)
      .filter(({ resource }) => resource?.resourceType === 'Task');
    expect(copies).toEqual([]);
    await told('Task/t1');
    expect((await ownTasks()).map(({ status }) => status)).toEqual(['accepted']);
  });

  test('the events of an empty notification are requested', async () => {
    placed('t1');
    placer.events.set(
      'Subscription/s1',
      notification([{ number: 4, focus: `${placer.base}/Task/t1` }], 'query-event') as Bundle,
    );
    expect((await notify(notification([{ number: 4 }]))).status).toBe(200);
    await settled();
    expect(placer.asked[0]?.path).toBe(
      'Subscription/s1/$events?eventsSinceNumber=4&eventsUntilNumber=4&content=id-only',
    );
    expect(await ownTasks()).toHaveLength(1);
  });

  test('an order that is not accepted: its Task is left to people, who are told once; corrected, it comes in', async () => {
    placed('t1', { task: { extension: [] } });
    const before = placer.task('t1');
    await told('Task/t1');
    await told('Task/t1');
    expect(placer.task('t1')).toEqual(before);
    expect(placer.asked.filter(({ method }) => method !== 'GET')).toEqual([]);
    const [pull] = await pulls();
    expect([pull?.state, pull?.because]).toEqual(['dead', expect.stringMatching(/^pulled-order-refused: /)]);
    for (const as of ['registration-team', 'gp-de-linde']) {
      const [report, ...more] = await ownTasks(as);
      expect(more).toEqual([]);
      expect(report?.code?.coding?.map(({ code }) => code)).toContain('escalate');
      expect(report?.focus?.identifier).toEqual({ system: address, value: `${placer.base}/Task/t1` });
      expect(report?.input?.at(-1)?.valueString).toBe(pull?.because?.split(': ')[1]);
    }
    placed('t1');
    await told('Task/t1');
    expect(await ownTasks()).toHaveLength(2);
  });

  test('a request to stop that is stored at the placer is left to people, who are told', async () => {
    placed('t1');
    await told('Task/t1');
    const code = { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'abort' }] };
    placer.put({ ...placer.task('t1'), id: 'stop', code, focus: { reference: 'Task/t1' }, status: 'requested' });
    await told('Task/stop');
    const reports = (await ownTasks()).filter((it) => it.focus?.identifier?.value === `${placer.base}/Task/stop`);
    expect(reports.map(({ input }) => input?.at(-1)?.valueString)).toEqual(['pulled-order-unsupported']);
    expect(placer.task('stop').status).toBe('requested');
  });

  test('of several Tasks in one notification, one that is not accepted does not hold up the others', async () => {
    placed('t1', { task: { extension: [] } });
    placed('t2');
    await told('Task/t1', 'Task/t2');
    const order = (await ownTasks()).filter(({ code }) => !code?.coding?.some((it) => it.code === 'escalate'));
    expect(order.map(({ partOf }) => partOf?.[0]?.identifier?.value)).toEqual([`${placer.base}/Task/t2`]);
  });

  test('what is not the Task that was announced is a dead letter', async () => {
    placed('t1');
    placer.put(placer.task('t1'), 'Task/t2');
    await told('Task/t2');
    const [pull] = await pulls();
    expect([pull?.state, pull?.because]).toEqual(['dead', 'pulled-order-invalid: Task']);
    expect(issueOfReason(pull?.because ?? '')).toMatchObject({ rule: 'pulled-order-invalid' });
  });

  test('an unavailable placer is read once it is back, also after a restart', async () => {
    await gateway.stop();
    const store = `sqlite:${join(mkdtempSync(join(tmpdir(), 'mgn-')), 'store.db')}`;
    const start = () => startGateway({ addresses: { 'gp-de-linde': placer.base }, delivery: hasty, store });
    gateway = await start();
    placed('t1');
    placer.down = 503;
    expect((await notify(notification([{ focus: 'Task/t1' }]))).status).toBe(200);
    await expect.poll(() => placer.asked.length).toBeGreaterThan(0);
    await gateway.stop();
    placer.down = undefined;
    gateway = await start();
    await settled();
    expect(await ownTasks()).toHaveLength(1);
  });
});

describe('what a notification may not be', () => {
  test('a pointer to somewhere else: nothing is read', async () => {
    for (const focus of [
      'http://169.254.169.254/Task/1',
      'https://ggz-de-kade.example/fhir/Task/1',
      `${placer.base}x/Task/1`,
    ]) {
      const answer = await notify(notification([{ focus }]));
      expect([answer.status, rulesOf(answer)]).toEqual([403, ['notification-reference-forbidden']]);
    }
    expect(await pulls()).toEqual([]);
  });

  test('anything but a notification, or of nobody', async () => {
    for (const body of [
      { resourceType: 'Bundle', type: 'history' },
      { ...notification([{ focus: 'Task/t1' }]), type: 'collection' },
      notification([{ focus: 'Task/t1' }], 'query-event'),
      notification([]),
    ]) {
      const answer = await notify(body);
      expect([answer.status, rulesOf(answer)]).toEqual([422, ['notification-invalid']]);
    }
    const stranger = await gateway.ask('POST', '/notifications', { body: JSON.stringify(notification([])) });
    expect([stranger.status, rulesOf(stranger)]).toEqual([401, ['login-missing']]);
  });

  test('of a partner without an address', async () => {
    const answer = await notify(notification([{ focus: 'Task/1' }]), { as: 'operator' });
    expect([answer.status, rulesOf(answer)]).toEqual([422, ['notification-address-missing']]);
  });

  test('the word of another partner about a Task that is not its own', async () => {
    placed('t1');
    await told('Task/t1');
    placer.put({ ...placer.task('t1'), status: 'cancelled' });
    const answer = await notify(notification([{ focus: `${placer.base}/Task/t1` }]), { as: 'gp-het-baken' });
    expect([answer.status, rulesOf(answer)]).toEqual([403, ['notification-reference-forbidden']]);
    expect((await ownTasks()).map(({ status }) => status)).toEqual(['requested']);
  });
});

describe('the end of an attempt', () => {
  test('is put off while the gateway itself cannot decide', () => {
    const sent = refusalOf({ kind: 'refused', issues: [issue('store-unavailable', { seconds: 10 })] } as never);
    expect(sent).toEqual({ kind: 'retry', reason: { rule: 'pulled-order-undecided', detail: 'store-unavailable' } });
    expect(issueOfReason('pulled-order-undecided: store-unavailable')).toMatchObject({
      rule: 'pulled-order-undecided',
    });
  });

  const own = { resourceType: 'Task', id: 'own', status: 'accepted', intent: 'order' };
  const tell = (task: object, ask: RequestRecipient) =>
    placerUpdateHandler(() => gateway.running.gateway)(
      { body: JSON.stringify(task) } as Delivery,
      { base: 'https://placer.example/fhir' },
      ask,
      new AbortController().signal,
    );

  test('is final for a Task that is not of this placer: nothing is read', async () => {
    const ask: RequestRecipient = () => Promise.reject(new Error('nothing may be read'));
    expect(await tell(own, ask)).toMatchObject({ kind: 'refused', reason: { rule: 'placer-address-mismatch' } });
    expect(issueOfReason('placer-address-mismatch')).toMatchObject({ rule: 'placer-address-mismatch' });
  });

  test('is put off when the Task was changed there between reading and writing', async () => {
    const partOf = [{ identifier: { system: 'urn:ietf:rfc:3986', value: 'https://placer.example/fhir/Task/t1' } }];
    const there = { resourceType: 'Task', id: 't1', status: 'requested', intent: 'order' };
    const ask = (async (method: string) =>
      method === 'GET'
        ? { kind: 'answer', text: JSON.stringify(there), etag: 'W/"1"' }
        : {
            kind: 'ended',
            sent: { kind: 'refused', status: 412, reason: { rule: 'receiver-refused' } },
          }) as RequestRecipient;
    expect(await tell({ ...own, partOf }, ask)).toMatchObject({
      kind: 'retry',
      reason: { rule: 'placer-task-changed', detail: '412' },
    });
    expect(issueOfReason('placer-task-changed: 412')).toMatchObject({ rule: 'placer-task-changed' });
  });
});

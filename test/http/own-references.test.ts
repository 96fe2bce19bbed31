import { randomUUID } from 'node:crypto';
import type { Bundle, Condition, Subscription, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partOf, referralText, referralWith } from '../support/exchange/example-referral.ts';
import { subscriptionRequest } from '../support/notification/subscription.ts';
import { idsOf, restClient } from '../support/rest-client.ts';
import { type Listener, openListener } from '../support/servers/notification-endpoint.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import {
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
  warningsOf,
} from '../support/test-gateway.ts';

/** A client writes an address of this gateway as it received it: absolute, from a delivery or a Bundle. */
const base = 'http://localhost:8080/fhir';
const as = 'registration-team';
let gateway: TestGateway;
let sink: Sink;
let listener: Listener;
let team: ReturnType<typeof restClient>;
beforeAll(async () => {
  sink = await startSink();
  listener = await openListener();
  gateway = await startGateway({ addresses: { [as]: sink.url, 'gp-de-linde': listener.base } });
  team = restClient(gateway, as);
});
afterAll(async () => {
  await gateway.stop();
  await sink.close();
  await listener.close();
});

async function referred(body = referralText) {
  const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
  expect(answer.status, answer.text).toBe(200);
  const [task, order, person] = ['Task', 'ServiceRequest', 'Patient'].map((it) => locationOf(answer, it)!);
  return { task: task!, order: order!, person: person!, answer };
}

const deliveredTask = (task: string): Task => {
  const bundle = sink.received
    .map((it) => it.bundle)
    .find((it) => it.entry?.some(({ fullUrl }) => fullUrl?.endsWith(task)));
  return bundle?.entry?.find(({ fullUrl }) => fullUrl?.endsWith(task))?.resource as Task;
};

describe('search by the address of a resource here', () => {
  test.each([
    ['absolute', (it: string) => `${base}/${it}`],
    ['with a host in capitals', (it: string) => `http://LOCALHOST:8080/fhir/${it}`],
    ['of a version', (it: string) => `${base}/${it}/_history/1`],
    ['of a version, relative', (it: string) => `${it}/_history/1`],
    ['with a trailing slash', (it: string) => `${base}/${it}/`],
  ])('%s, finds what the relative one finds', async (_, spell) => {
    const { task, order, person } = await referred();
    for (const [name, reference] of [['focus', order] as const, ['patient', person] as const]) {
      expect(idsOf(await team.find(`Task?${name}=${encodeURIComponent(spell(reference))}`))).toEqual([task]);
      const posted = await team.post('/fhir/Task/_search', `${name}=${encodeURIComponent(spell(reference))}`);
      expect(idsOf(resourceOf<Bundle>(posted))).toEqual([task]);
    }
  });

  test('the same path under another base finds nothing', async () => {
    const { order } = await referred();
    for (const foreign of ['http://localhost:8081/fhir', 'https://localhost:8080/fhir', 'http://other.example/fhir'])
      expect(idsOf(await team.find(`Task?focus=${encodeURIComponent(`${foreign}/${order}`)}`))).toEqual([]);
  });
});

describe('a write with references as they were delivered', () => {
  test('PUT of the pushed copy moves the Task, and the gateway stores what it stored before', async () => {
    const { task, order, person } = await referred();
    await expect.poll(() => deliveredTask(task)?.status).toBe('requested');
    const before = await team.get(`/fhir/${task}`);
    const copy = deliveredTask(task);
    const absolute = JSON.parse(JSON.stringify(copy), (key, value) =>
      key === 'reference' && !/^(http|#)/.test(value) ? `${base}/${value}` : value,
    ) as Task;
    expect([absolute.focus?.reference, absolute.for?.reference]).toEqual([`${base}/${order}`, `${base}/${person}`]);
    const moved = await gateway.ask('PUT', `/fhir/${task}`, {
      as,
      body: JSON.stringify({ ...absolute, status: 'accepted' }),
      headers: { 'if-match': 'W/"1"' },
    });
    expect([moved.status, ...(moved.status === 200 ? [] : rulesOf(moved))], moved.text).toEqual([200]);
    const after = resourceOf<Task>(moved);
    const stored = resourceOf<Task>(before);
    expect({ ...after, meta: 0, status: 0, lastModified: 0 }).toEqual({
      ...stored,
      meta: 0,
      status: 0,
      lastModified: 0,
    });
    expect(idsOf(await team.find(`Task?focus=${order}`)), 'the index is as before').toEqual([task]);
  });

  test.each(['application/json-patch+json', 'application/fhir+json'])('a patch as %s', async (contentType) => {
    const { task, order } = await referred();
    const operations = [
      { op: 'test', path: '/focus/reference', value: `${base}/${order}` },
      { op: 'test', path: '/focus', value: { reference: `${base}/${order}/` } },
      { op: 'replace', path: '/focus/reference', value: `${base}/${order}` },
      { op: 'replace', path: '/status', value: 'accepted' },
    ];
    const parameters = {
      resourceType: 'Parameters',
      parameter: [
        replaced('Task.focus', { valueReference: { reference: `${base}/${order}` } }),
        replaced('Task.status', { valueCode: 'accepted' }),
      ],
    };
    const body = JSON.stringify(contentType.includes('patch') ? operations : parameters);
    const moved = await gateway.ask('PATCH', `/fhir/${task}`, {
      as,
      body,
      contentType,
      headers: { 'if-match': 'W/"1"' },
    });
    expect([moved.status, resourceOf<Task>(moved).focus?.reference], moved.text).toEqual([200, order]);
  });

  const replaced = (path: string, value: object) => ({
    name: 'operation',
    part: [
      { name: 'type', valueCode: 'replace' },
      { name: 'path', valueString: path },
      { name: 'value', ...value },
    ],
  });

  test('a transaction of moves names its Tasks by any spelling of their address', async () => {
    const { task } = await referred();
    const resource = { ...resourceOf<Task>(await team.get(`/fhir/${task}`)), status: 'accepted' };
    const request = { method: 'PUT', url: `HTTP://localhost:8080/fhir/${task}`, ifMatch: 'W/"1"' };
    const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: [{ resource, request }] });
    const answer = await gateway.ask('POST', '/fhir', { as, body });
    expect(answer.status, answer.text).toBe(200);
  });

  test('a foreign base stays foreign: it is another order, and refused', async () => {
    const { task, order } = await referred();
    const copy = resourceOf<Task>(await team.get(`/fhir/${task}`));
    const body = JSON.stringify({
      ...copy,
      status: 'accepted',
      focus: { reference: `https://other.example/fhir/${order}` },
    });
    const moved = await gateway.ask('PUT', `/fhir/${task}`, { as, body, headers: { 'if-match': 'W/"1"' } });
    expect(moved.status).toBe(422);
  });
});

describe('a Subscription filter names an owner', () => {
  const request = (filter: string) =>
    gateway.ask('POST', '/fhir/Subscription', {
      as,
      body: JSON.stringify(subscriptionRequest({ endpoint: sink.url, filter })),
    });

  test.each([
    ['its own organisation', 'owner=Organization/network-veen-en-mond'],
    ['its own organisation, absolute', `owner=${base}/Organization/network-veen-en-mond`],
    ['its own service, absolute', `owner=${base}/HealthcareService/conversation-zonnerveen/`],
    ['its own service as GET Task would', 'Task?owner=HealthcareService/conversation-zonnerveen'],
  ])('by %s: it fires, and a search by the same finds the Task', async (_, filter) => {
    const before = sink.received.length;
    const answer = await request(filter);
    expect(answer.status, answer.text).toBe(201);
    const { id } = resourceOf<Subscription>(answer);
    await expect.poll(async () => (await gateway.store.subscription(id!))?.status).toBe('active');
    const { task } = await referred();
    await expect.poll(async () => (await gateway.store.subscription(id!))?.events).toBe(1);
    expect(sink.received.length).toBeGreaterThan(before);
    const query = filter
      .replace(/^Task\?/, '')
      .replace(/^(\w+)=(.*)$/, (_, name, value) => `${name}=${encodeURIComponent(value)}`);
    expect(idsOf(await team.find(`Task?${query}&_count=500`))).toContain(task);
    const current = resourceOf<Subscription>(await team.get(`/fhir/Subscription/${id}`));
    await gateway.ask('PUT', `/fhir/Subscription/${id}`, {
      as,
      body: JSON.stringify({ ...current, status: 'off' }),
      headers: { 'if-match': `W/"${current.meta?.versionId}"` },
    });
  });

  test.each(['owner=Organization/ggz-de-kade', 'owner=https://other.example/fhir/Organization/network-veen-en-mond'])(
    'of another: %s is refused',
    async (filter) => expect(rulesOf(await request(filter))).toEqual(['subscription-filter-forbidden']),
  );
});

describe('a relative reference that leads nowhere', () => {
  const withEncounter = (reference: string) =>
    JSON.stringify(referralWith((it) => void Object.assign(partOf(it, 'Condition'), { encounter: { reference } })));

  test('stays as it was sent, where it is stored and where it is delivered, with a warning', async () => {
    const { answer, task } = await referred(withEncounter('Encounter/one-of-our-own'));
    expect(warningsOf(answer)).toContain('reference-unresolved-retained');
    const condition = locationOf(answer, 'Condition')!;
    const read = resourceOf<Condition>(await team.get(`/fhir/${condition}`));
    expect(read.encounter?.reference).toBe('Encounter/one-of-our-own');
    const delivered = () =>
      sink.received.flatMap(({ bundle }) => bundle.entry ?? []).find(({ fullUrl }) => fullUrl?.endsWith(condition))
        ?.resource as Condition | undefined;
    await expect.poll(() => delivered()?.encounter?.reference).toBe('Encounter/one-of-our-own');
    await expect.poll(() => deliveredTask(task)?.owner?.reference).toMatch(/^http:\/\/localhost:8080\/fhir\//);
  });

  test('in the form of the addresses here is refused', async () => {
    const body = withEncounter(`Encounter/${randomUUID()}`);
    expect(rulesOf(await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body }))).toContain(
      'reference-outside-referral',
    );
  });
});

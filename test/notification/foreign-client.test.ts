import { randomUUID } from 'node:crypto';
import { MedplumClient } from '@medplum/core';
import type { Bundle, ServiceRequest, Subscription, Task } from '@medplum/fhirtypes';
import { Client } from 'fhir-kit-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { referral, subscriptionRequest } from '../support/notification/subscription.ts';
import { type Listener, openListener, read } from '../support/servers/notification-endpoint.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { locationOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** Clients that nobody here wrote play the provider: what they can't do with this gateway, an EHR can't do either. */
let listener: Listener;
let gateway: TestGateway;
beforeAll(async () => {
  listener = await openListener();
  gateway = await startGateway({ addresses: { 'registration-team': listener.base } });
});
afterAll(async () => {
  await gateway.stop();
  await listener.close();
});

const refer = async (): Promise<string> =>
  locationOf(await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral }), 'Task')!;

const idOf = (location: string): string => location.split('/')[1]!;
const newRequest = () => ({ 'x-request-id': randomUUID() });
const active = async (client: { get: () => Promise<Subscription> }): Promise<void> => {
  await expect.poll(async () => (await client.get()).status).toBe('active');
};

describe('fhir-kit-client plays a provider', () => {
  const provider = () =>
    new Client({
      baseUrl: `${gateway.url}/fhir`,
      bearerToken: 'demo-registration-team',
      customHeaders: { Accept: 'application/fhir+json', 'Content-Type': 'application/fhir+json' },
    });

  test('finds its Tasks, reads the order, subscribes, and is notified of its own move and of a new referral', async () => {
    const client = provider();
    const task = await refer();
    const found = (await client.resourceSearch({
      resourceType: 'Task',
      searchParams: { owner: 'HealthcareService/conversation-zonnerveen', status: 'requested' },
    })) as unknown as Bundle<Task>;
    const mine = found.entry?.find(({ resource }) => resource?.id === idOf(task))?.resource;
    expect(mine?.status).toBe('requested');
    const order = (await client.read({
      resourceType: 'ServiceRequest',
      id: idOf(mine?.focus?.reference ?? ''),
    })) as unknown as ServiceRequest;
    expect(order.status).toBe('active');

    const before = listener.heard.length;
    const asked = (await client.create({
      resourceType: 'Subscription',
      body: subscriptionRequest({ endpoint: listener.base }) as never,
      options: { headers: newRequest() },
    })) as unknown as Subscription;
    expect(asked.status).toBe('requested');
    const [handshake] = (await listener.wait(before + 1)).slice(before);
    expect(handshake).toMatchObject({ type: 'handshake', status: 'requested', events: [] });
    const get = async () =>
      (await client.read({ resourceType: 'Subscription', id: asked.id ?? '' })) as unknown as Subscription;
    await active({ get });

    const moved = (await client.patch({
      resourceType: 'Task',
      id: idOf(task),
      jsonPatch: [{ op: 'replace', path: '/status', value: 'accepted' }],
      options: { headers: { ...newRequest(), 'If-Match': 'W/"1"', 'Content-Type': 'application/json-patch+json' } },
    })) as unknown as Task;
    expect(moved.status).toBe('accepted');
    const second = await refer();
    const heard = (await listener.wait(before + 3)).slice(before + 1);
    expect(heard.map(({ type, status, events }) => ({ type, status, events }))).toEqual([
      event(1, task),
      event(2, second),
    ]);

    const status = (await client.operation({
      name: '$status',
      resourceType: 'Subscription',
      id: asked.id ?? '',
      method: 'GET',
    })) as unknown as Bundle;
    expect(status.type).toBe('searchset');
    expect(read(status)).toMatchObject({ type: 'query-status', status: 'active' });
    const events = (await client.operation({
      name: '$events',
      resourceType: 'Subscription',
      id: asked.id ?? '',
      method: 'GET',
      input: { eventsSinceNumber: '2' },
    })) as unknown as Bundle;
    expect(read(events)).toMatchObject({ type: 'query-event', events: event(2, second).events });

    const current = await get();
    await client.update({
      resourceType: 'Subscription',
      id: asked.id ?? '',
      body: { ...current, status: 'off' } as never,
      options: { headers: { ...newRequest(), 'If-Match': `W/"${current.meta?.versionId}"` } },
    });
    await refer();
    expect(await gateway.store.subscription(asked.id ?? '')).toMatchObject({ status: 'off', events: 2 });
  });

  const event = (number: number, task: string) => ({
    type: 'event-notification',
    status: 'active',
    events: [{ number, focus: `http://localhost:8080/fhir/${task}` }],
  });
});

describe('fhir-kit-client as a REST client', () => {
  test('pages through a search by POST and by GET, includes the order, and returns its pushed copy', async () => {
    // links name the base of the network: this gateway listens elsewhere
    const here = (url: string) => url.replace('http://localhost:8080', gateway.url);
    const client = new Client({
      baseUrl: `${gateway.url}/fhir`,
      bearerToken: 'demo-registration-team',
      customHeaders: { Accept: 'application/fhir+json' },
    });
    const tasks = [await refer(), await refer(), await refer()];
    for (const postSearch of [false, true]) {
      const seen: (string | undefined)[] = [];
      let page = (await client.search({
        resourceType: 'Task',
        searchParams: { _count: '2', _include: 'Task:focus', _sort: '-authored-on' },
        options: { postSearch },
      })) as unknown as Bundle;
      for (;;) {
        const entries = page.entry ?? [];
        const matches = entries
          .filter(({ search }) => search?.mode === 'match')
          .map(({ resource }) => resource as Task);
        seen.push(...matches.map(({ id }) => id));
        const orders = entries.filter(({ search }) => search?.mode === 'include').map(({ resource }) => resource?.id);
        expect(new Set(orders)).toEqual(new Set(matches.map(({ focus }) => idOf(focus?.reference ?? ''))));
        const next = page.link?.find(({ relation }) => relation === 'next')?.url;
        if (!next) break;
        const link = [{ relation: 'next', url: here(next) }];
        page = (await client.nextPage({ bundle: { ...page, link } as never })) as unknown as Bundle;
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(tasks.map(idOf)));
    }
  });

  test('updates with the copy that was pushed to it: absolute references, as the receiver stored it', async () => {
    const sink = await startSink();
    const own = await startGateway({ addresses: { 'registration-team': sink.url } });
    try {
      const answer = await own.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral });
      const task = locationOf(answer, 'Task')!;
      await sink.until(1);
      const pushed = sink.received.flatMap(({ bundle }) => bundle.entry ?? []).map(({ resource }) => resource);
      const copy = JSON.parse(
        JSON.stringify(pushed.find((it) => it?.resourceType === 'Task')),
        // a receiver without rewriting of references resolves them against the fullUrl
        (key, value) => (key === 'reference' && !/^http/.test(value) ? `http://localhost:8080/fhir/${value}` : value),
      ) as Task;
      const client = new Client({ baseUrl: `${own.url}/fhir`, bearerToken: 'demo-registration-team' });
      const moved = (await client.update({
        resourceType: 'Task',
        id: idOf(task),
        body: { ...copy, status: 'accepted' } as never,
        options: { headers: { ...newRequest(), 'If-Match': 'W/"1"', 'Content-Type': 'application/fhir+json' } },
      })) as unknown as Task;
      expect([moved.status, moved.focus?.reference]).toEqual(['accepted', locationOf(answer, 'ServiceRequest')]);
    } finally {
      await own.stop();
      await sink.close();
    }
  });
});

describe('MedplumClient plays a provider', () => {
  test('pages through its Tasks with their orders, and reads a history', async () => {
    const client = new MedplumClient({
      baseUrl: gateway.url,
      fhirUrlPath: 'fhir',
      accessToken: 'demo-registration-team',
      cacheTime: 0,
      fetch: (url: string, options: RequestInit) => fetch(url.replace('http://localhost:8080', gateway.url), options),
    });
    const tasks = [await refer(), await refer()];
    const seen: (string | undefined)[] = [];
    for await (const page of client.searchResourcePages('Task', { _count: '1', _sort: '-_lastUpdated' }))
      seen.push(...page.map(({ id }) => id));
    expect(seen).toEqual(expect.arrayContaining(tasks.map(idOf)));
    expect(new Set(seen).size).toBe(seen.length);
    const found = await client.search('Task', `_id=${idOf(tasks[0]!)}&_include=Task:focus&_include=Task:patient`);
    expect(found.entry?.map(({ resource, search }) => [resource?.resourceType as string, search?.mode])).toEqual([
      ['Task', 'match'],
      ['ServiceRequest', 'include'],
      ['Patient', 'include'],
    ]);
    expect((await client.readHistory('Task', idOf(tasks[0]!))).total).toBe(1);
    expect(
      (await client.search('Task', 'requester:identifier=http://fhir.nl/fhir/NamingSystem/ura|99990101')).total,
    ).toBe(seen.length);
  });

  test('finds its Tasks, reads the order, patches with If-Match, subscribes and is notified', async () => {
    const client = new MedplumClient({
      baseUrl: gateway.url,
      fhirUrlPath: 'fhir',
      accessToken: 'demo-registration-team',
      cacheTime: 0,
      fetch: (url: string, options: RequestInit) =>
        fetch(url, { ...options, headers: { ...(options.headers as object), ...newRequest() } }),
    });
    const task = await refer();
    const tasks = await client.searchResources('Task', {
      owner: 'HealthcareService/conversation-zonnerveen',
      status: 'requested',
    });
    const mine = tasks.find(({ id }) => id === idOf(task));
    expect((await client.readReference<ServiceRequest>(mine?.focus as never)).intent).toBe('order');

    const before = listener.heard.length;
    const asked = await client.createResource(subscriptionRequest({ endpoint: listener.base, content: 'empty' }));
    await active({ get: () => client.readResource('Subscription', asked.id ?? '', { cache: 'reload' }) });
    const moved = await client.patchResource(
      'Task',
      idOf(task),
      [{ op: 'replace', path: '/status', value: 'accepted' }],
      { headers: { 'If-Match': 'W/"1"' } },
    );
    expect(moved.status).toBe('accepted');
    const [, heard] = (await listener.wait(before + 2)).slice(before);
    expect(heard).toMatchObject({ type: 'event-notification', events: [{ number: 1 }] });
    expect(heard?.events[0]?.focus, 'empty tells that something happened, not to what').toBeUndefined();
  });
});

import { randomUUID } from 'node:crypto';
import { MedplumClient } from '@medplum/core';
import type { Bundle, ServiceRequest, Subscription, Task } from '@medplum/fhirtypes';
import { Client } from 'fhir-kit-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { referral, subscriptionRequest } from '../support/notification/subscription.ts';
import { type Listener, openListener, read } from '../support/servers/notification-endpoint.ts';
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

describe('MedplumClient plays a provider', () => {
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

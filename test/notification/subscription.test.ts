import type { Bundle, Subscription } from '@medplum/fhirtypes';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mgnProfile } from '../../src/fhir/canonical.ts';
import { referral, type SubscriptionRequest, subscriptionRequest } from '../support/notification/subscription.ts';
import { type Listener, openListener, read } from '../support/servers/notification-endpoint.ts';
import {
  type Answered,
  locationOf,
  resourceOf,
  rulesOf,
  startGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

const topic = (useCase: string) => `https://mgn.example/fhir/SubscriptionTopic/mgn-task-${useCase}`;
const hasty = { timeout: 30_000, pause: 10, maximumPause: 50, poll: 30 };

let listener: Listener;
let gateway: TestGateway;
beforeAll(async () => {
  listener = await openListener();
  const addresses = { 'registration-team': listener.base, 'gp-de-linde': listener.base };
  gateway = await startGateway({ addresses, delivery: hasty });
});
afterAll(async () => {
  await gateway.stop();
  await listener.close();
});

afterEach(async () => {
  listener.answer = 200;
  for (const it of await gateway.store.subscriptions({})) if (it.status !== 'off') await end(it, it.partner);
});

const ask = (
  more: Partial<SubscriptionRequest> = {},
  as = 'registration-team',
  change: object = {},
): Promise<Answered> =>
  gateway.ask('POST', '/fhir/Subscription', {
    as,
    body: JSON.stringify({ ...subscriptionRequest({ endpoint: listener.base, ...more }), ...change }),
  });
const agreed = async (more: Partial<SubscriptionRequest> = {}, as = 'registration-team'): Promise<Subscription> => {
  const answer = await ask(more, as);
  expect(answer.status, answer.text).toBe(201);
  const asked = resourceOf<Subscription>(answer);
  await expect.poll(async () => (await gateway.store.subscription(asked.id ?? ''))?.status).toBe('active');
  return asked;
};
const refer = async (): Promise<string> =>
  locationOf(await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral }), 'Task')!;
const end = async ({ id = '' }: { readonly id?: string }, as = 'registration-team'): Promise<Answered> => {
  const current = await gateway.ask('GET', `/fhir/Subscription/${id}`, { as });
  return gateway.ask('PUT', `/fhir/Subscription/${id}`, {
    as,
    body: JSON.stringify({ ...resourceOf<Subscription>(current), status: 'off' }),
    headers: { 'if-match': String(current.headers.etag) },
  });
};
const heardOf = ({ id }: Subscription) => listener.heard.filter(({ subscription }) => subscription?.endsWith(`/${id}`));

describe('what a Subscription may not be', () => {
  test.each([
    ['another topic', { topic: 'https://elsewhere.example/topic' }, 422, 'subscription-topic-unknown'],
    ['FHIR search as criteria, as R4 had it', { topic: 'Task?status=requested' }, 422, 'subscription-topic-unknown'],
    ['the whole resource in the notification', { content: 'full-resource' }, 422, 'subscription-content-unsupported'],
    ['another filter', { filter: 'patient=Patient/1' }, 422, 'subscription-filter-unsupported'],
    [
      'an endpoint nobody registered',
      { endpoint: 'https://elsewhere.example/in' },
      403,
      'subscription-endpoint-unregistered',
    ],
    [
      'an endpoint of another partner',
      { endpoint: 'https://ggz-de-kade.example/fhir' },
      403,
      'subscription-endpoint-unregistered',
    ],
    [
      'Tasks of another service',
      { filter: 'owner=HealthcareService/basis-ggz-de-kade' },
      403,
      'subscription-filter-forbidden',
    ],
    [
      'own Tasks and those of another',
      { filter: 'owner=HealthcareService/conversation-zonnerveen,HealthcareService/basis-ggz-de-kade' },
      403,
      'subscription-filter-forbidden',
    ],
    ['a heartbeat where the network gives none', { heartbeat: 60 }, 422, 'subscription-heartbeat-unsupported'],
  ] as const)('%s', async (_, more, status, rule) => {
    const answer = await ask(more);
    expect([answer.status, rulesOf(answer)]).toEqual([status, [rule]]);
    expect(await gateway.store.subscriptions({})).toEqual([]);
  });

  test.each([
    ['active before the handshake', { status: 'active' }, 'subscription-status-invalid'],
    ['without a filter', { _criteria: undefined }, 'subscription-filter-missing'],
    [
      'by e-mail',
      { channel: { ...subscriptionRequest({ endpoint: '' }).channel, endpoint: 'x', type: 'email' } },
      'subscription-channel-unsupported',
    ],
    ['until a day', { end: '2030-01-01T00:00:00Z' }, 'subscription-end-unsupported'],
  ])('%s', async (_, change, rule) => {
    const answer = await ask({}, 'registration-team', change);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(rulesOf(answer)).toContain(rule);
  });

  test('with a header: it would be a secret in a resource', async () => {
    const { channel } = subscriptionRequest({ endpoint: listener.base });
    const answer = await ask({}, 'registration-team', { channel: { ...channel, header: ['Authorization: Bearer x'] } });
    expect([answer.status, rulesOf(answer)]).toEqual([422, ['subscription-header-forbidden']]);
  });

  test('with XML as its payload', async () => {
    const { channel } = subscriptionRequest({ endpoint: listener.base });
    const answer = await ask({}, 'registration-team', { channel: { ...channel, payload: 'application/fhir+xml' } });
    expect([answer.status, rulesOf(answer)]).toEqual([422, ['subscription-payload-unsupported']]);
  });

  test('for an unknown client, or what is no Subscription', async () => {
    expect((await ask({}, 'nobody')).status).toBe(401);
    const none = await gateway.ask('POST', '/fhir/Subscription', {
      as: 'registration-team',
      body: '{"resourceType":"Task"}',
    });
    expect(none.status).toBe(400);
  });
});

describe('a Subscription', () => {
  test('is its partner’s alone: another finds nothing, and does not change it', async () => {
    const mine = await agreed();
    for (const path of ['', '/$status', '/$events'])
      expect((await gateway.ask('GET', `/fhir/Subscription/${mine.id}${path}`, { as: 'gp-de-linde' })).status).toBe(
        404,
      );
    const others = resourceOf<Bundle>(await gateway.ask('GET', '/fhir/Subscription', { as: 'gp-de-linde' }));
    expect(others.total).toBe(0);
    const own = resourceOf<Bundle>(await gateway.ask('GET', '/fhir/Subscription', { as: 'registration-team' }));
    expect(own.entry?.map(({ resource }) => resource?.id)).toContain(mine.id);
    const body = JSON.stringify({ ...mine, status: 'off' });
    const headers = { 'if-match': 'W/"2"' };
    const foreign = await gateway.ask('PUT', `/fhir/Subscription/${mine.id}`, { as: 'gp-de-linde', body, headers });
    expect(foreign.status).toBe(404);
    const stale = await gateway.ask('PUT', `/fhir/Subscription/${mine.id}`, {
      as: 'registration-team',
      body,
      headers: { 'if-match': 'W/"1"' },
    });
    expect([stale.status, rulesOf(stale)]).toEqual([412, ['version-stale']]);
    expect((await end(mine)).status).toBe(200);
  });

  test('is open once for the same topic, filter and endpoint; the same request again is a duplicate', async () => {
    const mine = await agreed();
    const again = await ask();
    expect([again.status, rulesOf(again)]).toEqual([409, ['subscription-duplicate']]);
    await end(mine);
    await end(await agreed());
  });

  test('is valid R4 as it is read, and so are its notifications', async () => {
    const mine = await agreed({ filter: 'owner:identifier=http://fhir.nl/fhir/NamingSystem/kvk|99990001' }).catch(() =>
      agreed(),
    );
    await refer();
    await expect.poll(() => heardOf(mine).length).toBeGreaterThan(1);
    const { validator } = gateway.running.gateway;
    const shown = resourceOf(await gateway.ask('GET', `/fhir/Subscription/${mine.id}`, { as: 'registration-team' }));
    const status = resourceOf(
      await gateway.ask('GET', `/fhir/Subscription/${mine.id}/$status`, { as: 'registration-team' }),
    );
    const profiled = [
      [shown, mgnProfile('subscription')],
      ...heardOf(mine).map(({ bundle }) => [bundle, mgnProfile('notification')] as const),
      [status, 'http://hl7.org/fhir/StructureDefinition/Bundle'],
    ] as const;
    for (const [{ meta: _, ...bare }, profile] of profiled) {
      const errors = validator.validate(bare, { profiles: [profile] }).issues;
      expect(errors.filter(({ severity }) => severity === 'error')).toEqual([]);
    }
  });

  test('contains no person, no content and no secret', async () => {
    const mine = await agreed();
    await refer();
    await expect.poll(() => heardOf(mine).length).toBe(2);
    for (const { text, headers } of heardOf(mine)) {
      expect(text).not.toMatch(/9999\d{5}|Proefpersoon|Bearer|ServiceRequest|Patient/);
      expect(headers.authorization).toBeUndefined();
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test('by the referrer covers the moves of its own referrals', async () => {
    const gp = gateway.running.gateway.network.directory.organizationOfPartner('gp-de-linde')!;
    const { system, value } = gp.identifiers[0]!;
    const mine = await agreed({ filter: `requester:identifier=${system}|${value}` }, 'gp-de-linde');
    const task = await refer();
    await expect.poll(() => heardOf(mine).length).toBe(2);
    expect(heardOf(mine)[1]?.events).toEqual([{ number: 1, focus: `http://localhost:8080/fhir/${task}` }]);
  });

  test('of another use case is not notified of this one', async () => {
    const mine = await agreed({ topic: topic('transfer') });
    await refer();
    expect((await gateway.store.subscription(mine.id ?? ''))?.events).toBe(0);
  });

  test('is notified of every move once, in the order of its numbers, also of simultaneous ones', async () => {
    const mine = await agreed();
    const tasks = await Promise.all(Array.from({ length: 20 }, refer));
    await expect.poll(() => heardOf(mine).length).toBe(21);
    const events = heardOf(mine)
      .slice(1)
      .flatMap((it) => it.events);
    expect(events.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect(events.map(({ focus }) => focus?.replace(/.*fhir\//, '')).sort()).toEqual([...tasks].sort());
  });
});

describe('a receiver in trouble', () => {
  test('gets missed events: by itself after a pause, and by $events on request', async () => {
    const mine = await agreed();
    listener.answer = 503;
    const task = await refer();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(heardOf(mine)).toHaveLength(1);
    const missed = await gateway.ask('GET', `/fhir/Subscription/${mine.id}/$events?eventsSinceNumber=1`, {
      as: 'registration-team',
    });
    expect(read(resourceOf<Bundle>(missed)).events).toEqual([
      { number: 1, focus: `http://localhost:8080/fhir/${task}` },
    ]);
    listener.answer = 200;
    await expect.poll(() => heardOf(mine).length).toBe(2);
  });

  test('that refuses the handshake has a Subscription in error, with the reason; requested again it is active', async () => {
    listener.answer = 404;
    const asked = resourceOf<Subscription>(await ask());
    await expect.poll(async () => (await gateway.store.subscription(asked.id ?? ''))?.status).toBe('error');
    const status = read(
      resourceOf<Bundle>(
        await gateway.ask('GET', `/fhir/Subscription/${asked.id}/$status`, { as: 'registration-team' }),
      ),
    );
    expect(status).toMatchObject({ type: 'query-status', status: 'error' });
    listener.answer = 200;
    const again = await gateway.ask('PUT', `/fhir/Subscription/${asked.id}`, {
      as: 'registration-team',
      body: JSON.stringify({ ...asked, status: 'requested' }),
      headers: { 'if-match': 'W/"2"' },
    });
    expect(again.status, again.text).toBe(200);
    await expect.poll(async () => (await gateway.store.subscription(asked.id ?? ''))?.status).toBe('active');
  });

  test('a Subscription is replaced, not changed', async () => {
    const mine = await agreed();
    const change = (more: object) =>
      gateway.ask('PUT', `/fhir/Subscription/${mine.id}`, {
        as: 'registration-team',
        body: JSON.stringify({ ...mine, status: 'requested', ...more }),
        headers: { 'if-match': 'W/"2"' },
      });
    const empty = {
      ...mine.channel,
      _payload: {
        extension: [
          {
            url: 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content',
            valueCode: 'empty',
          },
        ],
      },
    };
    for (const more of [{ criteria: mine.criteria?.replace('registration', 'transfer') }, { channel: empty }]) {
      const answer = await change(more);
      expect([answer.status, rulesOf(answer)]).toEqual([422, ['subscription-change-unsupported']]);
    }
    // the new one is active before the old one ends
    const another = await agreed({ content: 'empty' });
    expect((await end(mine)).status).toBe(200);
    expect((await gateway.store.subscription(another.id ?? ''))?.status).toBe('active');
  });

  test('whose Subscription ends meanwhile is no longer notified', async () => {
    const mine = await agreed();
    listener.answer = 503;
    await refer();
    await end(mine);
    listener.answer = 200;
    await expect
      .poll(async () => {
        const ended = await gateway.store.dispatches({
          recipient: 'registration-team',
          state: 'withdrawn',
          count: 500,
        });
        return ended.items.filter(({ subscription }) => subscription === mine.id).map(({ because }) => because);
      })
      .toEqual(['delivery-forbidden: subscription-ended']);
    expect(heardOf(mine)).toHaveLength(1);
  });
});

test('the CapabilityStatement lists topics and operations as the backport requires', async () => {
  const statement = (await gateway.ask('GET', '/fhir/metadata')).text;
  for (const useCase of ['registration', 'transfer', 'escalation']) expect(statement).toContain(topic(useCase));
  expect(statement).toContain('backport-subscription-status');
  const answer = await gateway.ask('DELETE', '/fhir/Subscription/x', { as: 'registration-team' });
  expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD, PUT']);
});

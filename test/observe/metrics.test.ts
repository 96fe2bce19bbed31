import { afterEach, describe, expect, test } from 'vitest';
import { kindNames } from '../../src/exchange/kinds.ts';
import { catalogue } from '../../src/fhir/catalogue/index.ts';
import { httpRoutes } from '../../src/http/http-routes.ts';
import type { Configuration } from '../../src/main.ts';
import { person, referralText, referralWith } from '../support/exchange/example-referral.ts';
import { measured, metricNamesIn, samplesIn } from '../support/observe/exposition.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function gatewayWith(options: Parameters<typeof startGateway>[0] = {}): Promise<TestGateway> {
  const gateway = await startGateway(options);
  closing.push(gateway.stop);
  return gateway;
}

const withSettings =
  (more: Partial<Configuration['network']['settings']>) =>
  (it: Configuration): Configuration => ({
    ...it,
    network: { ...it.network, settings: { ...it.network.settings, ...more } },
  });

const metricsOf = async (
  { ask }: Pick<TestGateway, 'ask'>,
  asking: Parameters<TestGateway['ask']>[2] = { as: 'operator' },
) => (await ask('GET', '/metrics', asking)).text;

describe('who reads the metrics', () => {
  const token = 'a-token-of-the-scraper-only-0123';

  test('an operator all of them; without a login anybody reads when certificates end, and nothing that others send changes that', async () => {
    const gateway = await gatewayWith();
    const names = async () => metricNamesIn(await metricsOf(gateway, {}));
    const before = await names();
    await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    expect(await names()).toEqual(before);
    expect(before).toEqual([
      'mgn_certificate_expiry_timestamp_seconds',
      'mgn_revocation_list_expiry_timestamp_seconds',
      'mgn_tls_reload_failed',
      'mgn_time_seconds',
    ]);
    expect(await metricsOf(gateway)).toContain('mgn_messages_received_total{partner="gp-de-linde"');
  });

  test('a partner that is no operator is refused, and so is a wrong token: a scraper would find less and report nothing', async () => {
    const gateway = await gatewayWith();
    for (const partner of ['gp-de-linde', 'ggz-horizonland', 'wijkteam-zonnerveen']) {
      const answer = await gateway.ask('GET', '/metrics', { as: partner });
      expect([answer.status, answer.text.includes('operator-only')], partner).toEqual([403, true]);
    }
    const wrong = await gateway.ask('GET', '/metrics', { token });
    expect([wrong.status, wrong.text.includes('mgn_')]).toEqual([401, false]);
  });

  test('the scraper of the network by the token in the environment, which opens nothing else', async () => {
    process.env.TEST_METRICS_TOKEN = token;
    try {
      const monitoring = { tokenFrom: 'TEST_METRICS_TOKEN', deliveredWithinMinutes: 15 };
      const gateway = await gatewayWith({ configure: withSettings({ monitoring }) });
      expect(await metricsOf(gateway, { token })).toContain('mgn_outbox_dead 0');
      for (const path of ['/fhir/Task', '/dead-letters', '/fhir/Task/$silent'])
        expect((await gateway.ask('GET', path, { token })).status, path).toBe(401);
      expect((await gateway.ask('GET', '/metrics', { token: `${token}x` })).status).toBe(401);
      process.env.TEST_METRICS_TOKEN = 'short';
      await expect(startGateway({ configure: withSettings({ monitoring }) })).rejects.toThrow(/TEST_METRICS_TOKEN/);
    } finally {
      delete process.env.TEST_METRICS_TOKEN;
    }
  });
});

describe('what is counted', () => {
  test('messages by partner and use case, refusals by code, their duration, and the commit', async () => {
    const gateway = await gatewayWith();
    await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    const twoWrong = referralWith(({ entry = [] }) => {
      for (const { resource } of entry)
        if (resource?.resourceType === 'Task') Object.assign(resource, { status: 'nonsense', intent: 'nonsense' });
    });
    const refused = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: JSON.stringify(twoWrong) });
    expect(refused.status).toBe(422);
    await gateway.ask('POST', '/fhir', { as: 'gp-het-baken', body: '{' });
    const text = await metricsOf(gateway);
    const of = { partner: 'gp-de-linde', use_case: 'referral' };
    expect(measured(text, 'mgn_messages_received_total', { ...of, outcome: 'accepted' })).toBe(1);
    expect(measured(text, 'mgn_messages_received_total', { ...of, outcome: 'refused' })).toBe(1);
    expect(measured(text, 'mgn_message_duration_seconds_count', of)).toBe(2);
    const codes = samplesIn(text).filter(({ name }) => name === 'mgn_messages_refused_total');
    expect(codes.filter(({ labels }) => labels.partner === 'gp-de-linde').length).toBeGreaterThan(0);
    expect(codes.find(({ labels }) => labels.partner === 'gp-het-baken')?.labels).toMatchObject({
      use_case: 'unrecognised',
      code: 'json-incomplete',
    });
    expect(measured(text, 'mgn_store_commit_duration_seconds_count', { result: 'committed' })).toBeGreaterThan(0);
    expect(measured(text, 'mgn_objective_events_total', { objective: 'answered', result: 'met' })).toBe(3);
    expect(measured(text, 'mgn_second_validations_total', { result: 'differed' })).toBe(0);
    expect(measured(text, 'mgn_http_requests_total', { method: 'POST', route: '/fhir', status: '200' })).toBe(1);
  });

  test('deliveries by partner: attempts with their reason, what waits and since when, and whether the partner pauses', async () => {
    const sink = await startSink();
    closing.push(sink.close);
    const down = await gatewayWith();
    await down.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    await expect
      .poll(async () => measured(await metricsOf(down), 'mgn_recipient_failures', { partner: 'registration-team' }))
      .toBeGreaterThan(0);
    const text = await metricsOf(down);
    const team = { partner: 'registration-team' };
    expect(measured(text, 'mgn_outbox_waiting', team)).toBe(1);
    expect(measured(text, 'mgn_outbox_oldest_age_seconds', team)).toBeGreaterThan(0);
    expect(measured(text, 'mgn_recipient_paused', team)).toBeDefined();
    expect(
      measured(text, 'mgn_delivery_attempts_total', { ...team, result: 'retry', code: 'receiver-unreachable' }),
    ).toBeGreaterThan(0);
    expect(measured(text, 'mgn_objective_events_total', { objective: 'delivered', result: 'missed' })).toBe(0);

    const up = await gatewayWith({ addresses: { 'registration-team': sink.url, 'gp-de-linde': sink.url } });
    await up.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    await up.running.delivery.idle();
    const after = await metricsOf(up);
    expect(measured(after, 'mgn_delivery_attempts_total', { ...team, result: 'delivered', code: 'none' })).toBe(1);
    expect(measured(after, 'mgn_delivery_attempt_duration_seconds_count', team)).toBe(1);
    expect(measured(after, 'mgn_objective_events_total', { objective: 'delivered', result: 'met' })).toBe(2);
    expect(measured(after, 'mgn_outbox_waiting', team)).toBeUndefined();
  });

  test('Tasks past a deadline and Tasks that will be within the night, by rule and owner', async () => {
    const rule = {
      useCases: ['registration'],
      statuses: ['requested'],
      from: 'status',
      does: 'remind',
      to: 'owner',
    } as const;
    const watchdog = withSettings({
      watchdog: {
        ...(await import('../support/demo-configuration.ts').then(({ demoConfiguration }) => demoConfiguration()))
          .network.settings.watchdog,
        every: 1,
        rules: [
          { ...rule, id: 'passed-at-once', after: { minutes: 0 } },
          { ...rule, id: 'passes-tonight', after: { minutes: 600 } },
          { ...rule, id: 'passes-tomorrow', after: { minutes: 1_500 } },
        ],
      },
    });
    const gateway = await gatewayWith({ configure: watchdog });
    await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    const seen = async (name: string, id: string) =>
      measured(await metricsOf(gateway), name, {
        rule: id,
        use_case: 'registration',
        partner: 'registration-team',
        effect: 'remind',
      });
    await expect.poll(() => seen('mgn_tasks_past_deadline', 'passed-at-once')).toBe(1);
    expect(await seen('mgn_tasks_due_soon', 'passed-at-once')).toBe(0);
    expect(await seen('mgn_tasks_due_soon', 'passes-tonight')).toBe(1);
    expect(await seen('mgn_tasks_past_deadline', 'passes-tonight')).toBe(0);
    expect(await seen('mgn_tasks_due_soon', 'passes-tomorrow')).toBeUndefined();
  });

  test('two gateways of one process count apart', async () => {
    const [one, other] = [await gatewayWith(), await gatewayWith()];
    await one.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    expect(await metricsOf(one)).toContain('mgn_messages_received_total{partner="gp-de-linde"');
    expect(await metricsOf(other)).not.toContain('partner="gp-de-linde"');
  });
});

describe('a label', () => {
  const canary = 'Canarysson999990019';

  test('has names of the configuration and of the code only: a hostile sender adds no value, and no person is in any', async () => {
    const gateway = await gatewayWith();
    const { partners, settings } = gateway.running.gateway.network;
    const ask = async (...[method, path, asking]: Parameters<typeof gateway.ask>) =>
      gateway.ask(method, path, asking).catch(() => undefined);
    const hostile = referralWith(({ entry = [] }) => {
      for (const { resource } of entry)
        Object.assign(resource ?? {}, { meta: { profile: [`http://${canary}.example`], tag: [{ code: canary }] } });
    });
    for (const as of ['gp-de-linde', canary, undefined]) {
      const by = as ? { as } : {};
      for (const body of [referralText, JSON.stringify(hostile), canary, `{"resourceType":"${canary}"}`])
        await ask('POST', '/fhir', { ...by, body });
      await ask('POST', `/intake/${canary}`, { ...by, body: canary });
      await ask('GET', `/fhir/${canary}`, by);
      await ask('GET', `/fhir/Task?${canary}=${canary}`, by);
      await ask('GET', `/${canary}`, by);
      await ask('PATCH', `/fhir/Task/${canary}`, { ...by, body: '[]', contentType: `text/${canary.toLowerCase()}` });
      await ask('POST', `/fhir/Task/${canary}/$${canary}`, { ...by, body: '{}' });
      await ask(canary.toUpperCase() as 'GET', '/fhir/Task', by);
      await ask('GET', '/fhir/Task', { ...by, headers: { traceparent: canary, 'x-trace-id': canary, host: canary } });
    }
    const text = await metricsOf(gateway);
    expect(text).not.toMatch(new RegExp(canary, 'i'));
    expect(JSON.stringify(samplesIn(text).map(({ labels }) => labels))).not.toMatch(person);
    const allowed: Readonly<Record<string, ReadonlySet<string>>> = {
      partner: new Set([...partners.keys(), 'none', 'other']),
      use_case: new Set([
        ...kindNames,
        ...['unrecognised', 'other', 'authenticate', 'create', 'update', 'patch', 'transition', 'transaction'],
        ...settings.watchdog.rules.flatMap(({ useCases }) => useCases),
      ]),
      rule: new Set(settings.watchdog.rules.map(({ id }) => id)),
      effect: new Set(['remind', 'alert', 'escalate']),
      code: new Set([...Object.keys(catalogue), 'none', 'other']),
      outcome: new Set(['accepted', 'refused', 'failed']),
      route: new Set([...httpRoutes.map(({ path }) => path), '/fhir/:type/$validate', '/intake/:name', 'other']),
      method: new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'other']),
    };
    for (const { name, labels } of samplesIn(text))
      for (const [label, value] of Object.entries(labels))
        if (allowed[label]) expect([...allowed[label]], `${name} ${label}`).toContain(value);
    expect(samplesIn(text).length).toBeGreaterThan(100);
  });

  test('of a partner that makes every mistake there is: its series are bounded, what is beyond counts as other', async () => {
    const gateway = await gatewayWith();
    const codes = Object.keys(catalogue);
    for (const kind of kindNames)
      for (const code of codes)
        gateway.running.gateway.log({
          step: 'map',
          outcome: 'refused',
          interaction: 'accept',
          partner: 'gp-de-linde',
          kind,
          codes: [code],
        });
    const samples = samplesIn(await metricsOf(gateway)).filter(({ name }) => name === 'mgn_messages_refused_total');
    expect(codes.length * kindNames.length).toBeGreaterThan(1_000);
    expect(samples.length).toBeLessThanOrEqual(201);
    expect(samples.reduce((sum, { value }) => sum + value, 0)).toBe(codes.length * kindNames.length);
  });
});

import type { Bundle } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/delivery/test-worker.ts';
import { answer, openReceiver, type Receiver } from '../support/servers/receiver.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import { dispatch } from '../support/store/samples.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

/** What a partner sees and does for itself by API: nothing of another partner. */
let gateway: TestGateway;
let refusing: Receiver;
let sink: Sink;
const one = 'ggz-de-kade';
const other = 'registration-team';
beforeAll(async () => {
  refusing = await openReceiver(answer(422));
  sink = await startSink();
  gateway = await startGateway({ addresses: { [one]: refusing.base, [other]: sink.url } });
  await gateway.store.commit({
    now: new Date(),
    dispatches: [
      dispatch('mine', one, { kind: 'note', about: [] }),
      dispatch('theirs', other, { kind: 'note', about: [] }),
    ],
  });
  await until(async () => (await gateway.store.dispatch('mine'))?.state === 'dead');
  await sink.until(1);
});
afterAll(async () => {
  await gateway.stop();
  await refusing.close();
  await sink.close();
});

const get = async (path: string, as = one) => {
  const { status, text } = await gateway.ask('GET', `/partner/${path}`, { as });
  return { status, body: JSON.parse(text) };
};
const post = async (path: string, body: object, as = one) => {
  const { status, text } = await gateway.ask('POST', `/partner/${path}`, {
    as,
    body: JSON.stringify(body),
    contentType: 'application/json',
  });
  return { status, body: JSON.parse(text) };
};

test('its health, and its failures with reason and remedy', async () => {
  expect((await get('health')).body).toMatchObject({
    partner: one,
    state: 'failed deliveries',
    givenUp: 1,
    waiting: 0,
  });
  expect((await get('health', other)).body).toMatchObject({ partner: other, givenUp: 0 });
  const { body } = await get('failures');
  expect(body.failures).toMatchObject([{ id: 'mine', because: expect.stringContaining('receiver-refused: 422') }]);
  expect(body.failures[0].remedy.en).toMatch(/receiver/);
  expect(body.failures[0].remedy.nl).toMatch(/ontvanger/);
  expect(JSON.stringify(body)).not.toMatch(/resourceType|\{\w+\}/);
  expect((await get('failures', other)).body.failures).toEqual([]);
});

test('one delivery with its attempts; that of another partner is not found', async () => {
  expect((await get('deliveries/mine')).body).toMatchObject({ id: 'mine', tried: [{ status: 422 }] });
  expect((await get('deliveries/theirs')).status).toBe(404);
  expect((await get('deliveries/mine', other)).status).toBe(404);
});

test('its endpoint, keys and certificates, without a secret', async () => {
  const { body } = await get('endpoint');
  expect(body).toMatchObject({
    partner: one,
    channel: 'fhir-rest',
    tokens: [{ comment: 'public demo token', days: expect.any(Number) }],
  });
  expect(JSON.stringify(body)).not.toMatch(/sha256|[0-9a-f]{64}/);
  expect((await get('endpoint', 'gp-het-baken')).body.logins).toMatchObject([
    { kind: 'backend-services', keys: ['demo-2026'] },
  ]);
});

test('a test message goes to its own system, is about nobody, and is limited', async () => {
  const sent = await post('$test', {}, other);
  expect(sent.status).toBe(200);
  await sink.until(2);
  const bundle = sink.received.at(-1)!.bundle as Bundle;
  expect(bundle.entry?.[0]?.resource).toMatchObject({ resourceType: 'Basic', meta: { security: [{ code: 'HTEST' }] } });
  expect((await get(`deliveries/${sent.body.delivery}`, other)).status).toBe(200);
  expect((await get(`deliveries/${sent.body.delivery}`)).status).toBe(404);
  const statuses = [];
  for (let n = 0; n < 21; n++) statuses.push((await post('$test', {}, other)).status);
  expect(statuses.at(-1)).toBe(400);
  expect((await post('$test', {}, 'operator')).status).toBe(400);
});

test('a replay of what failed since a time, of its own only', async () => {
  refusing.conduct = (arrival, response, store) => {
    store();
    response.writeHead(200, { 'content-type': 'application/fhir+json' });
    response.end(JSON.stringify({ resourceType: 'Bundle', type: 'transaction-response', id: arrival.id }));
  };
  expect((await post('failures/$replay', {})).status).toBe(400);
  const started = await post('failures/$replay', { since: '2020-01-01' });
  expect(started).toMatchObject({ status: 200, body: { total: 1 } });
  const { name } = started.body;
  await expect.poll(async () => (await get(`replays/${name}`)).body.state, { timeout: 20_000 }).toBe('done');
  expect((await get(`replays/${name}`)).body.counts).toEqual({ sent: 1 });
  expect((await get(`replays/${name}`, other)).status).toBe(404);
  await expect.poll(() => refusing.stored, { timeout: 20_000 }).toEqual(['mine']);
});

test('nobody gets in without a login, and no partner into the door of the operator', async () => {
  expect((await gateway.ask('GET', '/partner/health')).status).toBe(401);
  for (const path of ['messages', 'partners', 'failures', 'replays'])
    expect((await gateway.ask('GET', `/admin/${path}`, { as: one })).status, path).toBe(403);
  const hold = { as: one, body: '{"reason": "Because I can"}', contentType: 'application/json' };
  expect((await gateway.ask('POST', `/admin/partners/${other}/$hold`, hold)).status).toBe(403);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Consent, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mayStillDisclose } from '../../src/exchange/consent/still-permitted.ts';
import { codeOf, partnerAt } from '../support/exchange/partner-client.ts';
import { referral, transferOf } from '../support/exchange/transfer-bundle.ts';
import { freePort } from '../support/free-port.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import { locationOf, resourceOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/**
 * The right to read ends while the receiver is down: what waits for it is not sent afterwards, except that it ended
 * (docs/guide/workflow.md, "Who reads on, and who does not").
 */
let gateway: TestGateway;
let gp: ReturnType<typeof partnerAt>;
let port: number;
let sink: Sink | undefined;
const receivers = ['registration-team', 'wijkteam-zonnerveen', 'keerpunt-verslavingszorg'];
beforeEach(async () => {
  port = await freePort();
  gateway = await startGateway({
    addresses: Object.fromEntries(receivers.map((it) => [it, `http://127.0.0.1:${port}/fhir`])),
    delivery: { pause: 50, maximumPause: 100 },
  });
  gp = partnerAt(gateway, 'gp-de-linde');
});
afterEach(async () => {
  await gateway.stop();
  await sink?.close();
  sink = undefined;
});

const words = 'Words about the person';

async function referred() {
  const bundle = referral();
  for (const { resource } of bundle.entry ?? []) if (resource?.resourceType === 'Task') resource.description = words;
  const answer = await gp.post('', bundle);
  expect(answer.status, answer.text).toBe(200);
  return { task: locationOf(answer, 'Task')!, order: locationOf(answer, 'ServiceRequest')! };
}

/** Everything that this receiver gets once it is up. */
async function arrivedAt(recipient: string): Promise<{ readonly text: string; readonly tasks: readonly Task[] }> {
  // once what waits has been tried, no attempt of what was withdrawn is under way any more: there is one at a time
  const [first] = (await gateway.store.dispatches({ recipient, state: 'waiting', count: 1 })).items;
  if (first)
    await expect
      .poll(async () => (await gateway.store.attempts(first.id)).length, { timeout: 50_000 })
      .toBeGreaterThan(0);
  sink = await startSink(port);
  const waiting = async () => (await gateway.store.depth()).recipients.some((it) => it.recipient === recipient);
  await expect.poll(waiting, { timeout: 50_000 }).toBe(false);
  // the sink is the system of several partners
  const { items } = await gateway.store.dispatches({ recipient, count: 99 });
  const own = sink.received.filter(({ requestId }) => items.some((it) => it.requestId === requestId));
  const tasks = own.flatMap(({ bundle }) =>
    (bundle.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === 'Task' ? [resource] : [])),
  );
  return { text: own.map(({ text }) => text).join('\n'), tasks };
}

const statesOf = async (recipient: string) =>
  (await gateway.store.dispatches({ recipient, count: 99 })).items.map(({ kind, state }) => `${kind} ${state}`);

async function withdrawalsInTrail(recipient: string): Promise<number> {
  const { items } = await gateway.store.audit({ count: 999 });
  return items.filter(({ text }) => text.includes('withdraw-delivery') && text.includes(`"${recipient}"`)).length;
}

const content = /Words about the person|"Patient"|"ServiceRequest",|9999\d{5}|birthDate/;

describe('what waits is withdrawn, with an audit event,', () => {
  test('when the owner rejects: nothing more is sent', async () => {
    const { task } = await referred();
    const team = partnerAt(gateway, 'registration-team');
    expect((await team.move(task, { status: 'rejected', reason: 'at-capacity' })).status).toBe(200);
    expect(await statesOf('registration-team')).toEqual(['referral withdrawn']);
    expect(await withdrawalsInTrail('registration-team')).toBe(1);
    expect((await arrivedAt('registration-team')).text).toBe('');
  });

  test.each<[string, { readonly status: string; readonly reason?: string }]>([
    ['entered in error', { status: 'entered-in-error' }],
    ['withdrawn', { status: 'revoked', reason: 'withdrawn-by-person' }],
  ])('when the order is %s: its owner gets that it ended, without content', async (_, moved) => {
    const { order } = await referred();
    expect((await gp.move(order, moved)).status).toBe(200);
    expect(await statesOf('registration-team')).toEqual(['referral withdrawn', 'status waiting']);
    expect(await withdrawalsInTrail('registration-team')).toBe(1);
    const { text, tasks } = await arrivedAt('registration-team');
    expect(tasks.map(({ status }) => status)).toEqual([moved.status === 'revoked' ? 'cancelled' : moved.status]);
    expect(text).not.toMatch(content);
    expect(tasks[0]?.for).toBeUndefined();
  });

  test('when the Consent ends: the social domain gets that it ended, without content', async () => {
    const text = readFileSync(
      join(import.meta.dirname, '../../examples/messages/060-social-request/input.json'),
      'utf8',
    );
    const sent = await gp.post('', JSON.parse(text) as Bundle);
    expect(sent.status, sent.text).toBe(200);
    const reference = locationOf(sent, 'Consent')!;
    const consent = await gp.read<Consent>(reference);
    const ended = await gateway.ask('PUT', `/fhir/${reference}`, {
      as: 'gp-de-linde',
      body: JSON.stringify({ ...consent, status: 'inactive' }),
      headers: { 'if-match': `W/"${consent.meta?.versionId}"` },
    });
    expect(ended.status, ended.text).toBe(200);
    expect(await statesOf('wijkteam-zonnerveen')).toEqual(['social-request withdrawn', 'status waiting']);
    const arrived = await arrivedAt('wijkteam-zonnerveen');
    expect(arrived.tasks.map(({ status }) => status)).toEqual(['cancelled']);
    expect(arrived.text).not.toMatch(content);
  });

  test('when another candidate is selected: the others get that they were not', async () => {
    const { task, order } = await referred();
    const team = partnerAt(gateway, 'registration-team');
    for (const status of ['accepted', 'in-progress']) await team.move(task, { status });
    const candidates = ['addiction-care-keerpunt', 'specialist-ggz-horizonland'];
    const sent = await team.post('', transferOf(candidates, { onward: { basedOn: order, partOf: task } }));
    expect(sent.status, sent.text).toBe(200);
    const tasks = (resourceOf<Bundle>(sent).entry ?? []).flatMap(
      ({ response }) => response?.location?.match(/^Task\/[^/]+/)?.[0] ?? [],
    );
    const owned = await Promise.all(tasks.map((it) => partnerAt(gateway, 'ggz-horizonland').status(it)));
    const [chosen, passed] = [tasks[owned.indexOf(200)], tasks[owned.indexOf(404)]];
    const other = partnerAt(gateway, 'ggz-horizonland');
    expect((await other.move(chosen!, { status: 'accepted' })).status).toBe(200);
    expect((await team.move(chosen!, { businessStatus: 'selected' })).status).toBe(200);
    expect(await statesOf('keerpunt-verslavingszorg')).toEqual(['solicitation withdrawn', 'status waiting']);
    const { tasks: arrived } = await arrivedAt('keerpunt-verslavingszorg');
    expect(
      arrived
        .filter(({ id }) => `Task/${id}` === passed)
        .map(({ id, status, statusReason }) => [`Task/${id}`, status, codeOf(statusReason)]),
    ).toEqual([[passed, 'cancelled', 'not-selected']]);
  });
});

test('a request to the social domain is not sent once its Consent has expired, and is before', async () => {
  const text = readFileSync(join(import.meta.dirname, '../../examples/messages/060-social-request/input.json'), 'utf8');
  const bundle = JSON.parse(text) as Bundle;
  for (const { resource } of bundle.entry ?? [])
    if (resource?.resourceType === 'Consent')
      resource.provision = { ...resource.provision, period: { start: '2026-01-01', end: '2030-01-01' } };
  const sent = await gp.post('', bundle);
  expect(sent.status, sent.text).toBe(200);
  const [waiting] = (await gateway.store.dispatches({ recipient: 'wijkteam-zonnerveen', count: 9 })).items;
  const { world, ...rest } = gateway.running.gateway;
  const asked = (now: string) =>
    mayStillDisclose(() => ({ ...rest, world: { ...world, now: () => new Date(now) } }))({
      ...waiting!,
      body: '',
    });
  expect(await asked('2029-12-31T00:00:00Z')).toEqual({ ok: true });
  expect(await asked('2030-02-01T00:00:00Z')).toEqual({ ok: false, because: 'consent-ended' });
});

describe('what waits is sent all the same', () => {
  test('about another referral of the same person, which has a ground of its own', async () => {
    const [ended, kept] = [await referred(), await referred()];
    await gp.move(ended.order, { status: 'revoked', reason: 'withdrawn-by-person' });
    expect((await statesOf('registration-team')).sort()).toEqual([
      'referral waiting',
      'referral withdrawn',
      'status waiting',
    ]);
    const { tasks } = await arrivedAt('registration-team');
    expect(tasks.map(({ id, status }) => [`Task/${id}`, status])).toContainEqual([kept.task, 'requested']);
  });

  test('to the sender of the order', async () => {
    const { order } = await referred();
    await gp.move(order, { status: 'entered-in-error' });
    expect((await statesOf('gp-de-linde')).filter((it) => it.includes('withdrawn'))).toEqual([]);
  });
});

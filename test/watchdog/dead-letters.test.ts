import type { Bundle, Communication, Task } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { watchDeliveries } from '../../src/watchdog/dead-letter/watch.ts';
import { codeOf, partnerAt } from '../support/exchange/partner-client.ts';
import { referral, transferOf } from '../support/exchange/transfer-bundle.ts';
import { accept, answer, openReceiver, type Receiver } from '../support/servers/receiver.ts';
import { locationOf, resourceOf, rulesOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** A receiver refuses a message: people find out why, the sender knows, and the operator mends it. */
let team: Receiver;
let gateway: TestGateway;
let gp: ReturnType<typeof partnerAt>;
beforeEach(async () => {
  team = await openReceiver(answer(422));
  gateway = await startGateway({ addresses: { 'registration-team': team.base } });
  gp = partnerAt(gateway, 'gp-de-linde');
});
afterEach(async () => {
  await gateway.stop();
  await team.close().catch(() => undefined);
});

const operator = (method: 'GET' | 'POST', path: string, body?: object, as = 'operator') =>
  gateway.ask(method, path, {
    as,
    ...(body ? { body: JSON.stringify(body), contentType: 'application/json' } : {}),
  });

async function refer(): Promise<string> {
  const sent = await gp.post('', referral());
  expect(sent.status, sent.text).toBe(200);
  return locationOf(sent, 'Task')!;
}
const statusOf = async (task: string) => codeOf((await gp.read<Task>(task)).businessStatus);
const failed = (task: string) => expect.poll(() => statusOf(task), { timeout: 20_000 }).toBe('delivery-failed');
const inquiries = async () => {
  const found = await gateway.store.search('Task', { criteria: [], count: 99 });
  const tasks = found.kind === 'found' ? found.resources.map(({ text }) => JSON.parse(text) as Task) : [];
  return tasks.filter(({ code }) => code?.coding?.some((it) => it.code === 'escalate'));
};
const dead = async () => (await gateway.store.undelivered({ recipient: 'registration-team', count: 99 })).items;

describe('a message that its receiver refuses', () => {
  test('is reported: a Task without content to find out why, and business status and feedback to its sender', async () => {
    const task = await refer();
    await failed(task);
    const [inquiry, ...others] = await inquiries();
    expect(others).toEqual([]);
    expect(inquiry).toMatchObject({ status: 'requested', focus: { reference: task } });
    expect(inquiry?.description).toContain('receiver-refused: 422');
    expect([inquiry?.for, JSON.stringify(inquiry).match(/9999\d{5}|Jansen|Patient\//)]).toEqual([undefined, null]);
    const found = await gateway.store.search('Communication', { criteria: [], count: 9 });
    const feedback = found.kind === 'found' ? found.resources.map(({ text }) => JSON.parse(text) as Communication) : [];
    expect(feedback.map(({ topic }) => codeOf(topic))).toEqual(['delivery-failed']);
    expect(await gp.status(`Communication/${feedback[0]?.id}`), 'its sender reads it').toBe(200);
    const kinds = (await gateway.store.dispatches({ recipient: 'gp-de-linde', count: 99 })).items.map(
      ({ kind }) => kind,
    );
    expect(kinds.slice(-2)).toEqual(['status', 'feedback']);
    const toTeam = await gateway.store.dispatches({ recipient: 'registration-team', count: 99 });
    expect(
      toTeam.items.filter(({ kind }) => kind === 'status' || kind === 'escalate'),
      'not to the system that fails',
    ).toEqual([]);
  });

  test('is reported once, however often the watchdog runs', async () => {
    await failed(await refer());
    expect(await watchDeliveries(gateway.running.gateway)).toBe(0);
    expect(await inquiries()).toHaveLength(1);
  });

  test('and that its sender withdraws meanwhile is withdrawn: the receiver gets the end of the Task, not the person', async () => {
    const task = await refer();
    await failed(task);
    team.conduct = accept;
    const moved = await gp.move(task, { status: 'cancelled', reason: 'withdrawn-by-person' });
    expect(moved.status, moved.text).toBe(200);
    await expect.poll(() => team.stored.length, { timeout: 20_000 }).toBe(1);
    const states = async () => {
      const { items } = await gateway.store.dispatches({ recipient: 'registration-team', count: 9 });
      return items.map(({ kind, state }) => `${kind} ${state}`);
    };
    await expect.poll(states).toEqual(['referral withdrawn', 'status delivered']);
    expect(await dead()).toEqual([]);
  });

  test('requeued and delivered: the business status is back to what it was, and the sender is notified', async () => {
    const task = await refer();
    await failed(task);
    team.conduct = accept;
    const answered = await operator('POST', '/dead-letters/$requeue', { all: true });
    expect(JSON.parse(answered.text)).toMatchObject({ requeued: [expect.any(String)], refused: [] });
    await expect.poll(() => statusOf(task), { timeout: 20_000 }).toBeUndefined();
    expect(team.stored).toHaveLength(1);
    expect((await gp.read<Task>(task)).status).toBe('requested');
  });

  test('and refused again after it was requeued is reported again', async () => {
    const task = await refer();
    await failed(task);
    await operator('POST', '/dead-letters/$requeue', { all: true });
    await expect.poll(async () => (await inquiries()).length, { timeout: 20_000 }).toBe(2);
    expect(await statusOf(task)).toBe('delivery-failed');
  });

  test('and skipped leaves the Task as it is: nobody received it', async () => {
    const task = await refer();
    await failed(task);
    const [letter] = await dead();
    const skipped = await operator('POST', `/dead-letters/${letter?.id}/$skip`, { reason: 'By telephone to the team' });
    expect(skipped.status, skipped.text).toBe(200);
    team.conduct = accept;
    await watchDeliveries(gateway.running.gateway);
    expect(await statusOf(task)).toBe('delivery-failed');
    const trail = await gateway.store.audit({ traceId: letter!.traceId, count: 99 });
    const skips = trail.items.filter(({ text }) => text.includes('skip-delivery'));
    expect(skips.map(({ text }) => JSON.parse(text).outcomeDesc)).toEqual([
      `${letter?.id} skipped: By telephone to the team`,
    ]);
  });
});

test('a candidate whose system refuses the solicitation: its Task alone says so, and names nobody', async () => {
  await gateway.stop();
  gateway = await startGateway({ addresses: { 'keerpunt-verslavingszorg': team.base } });
  gp = partnerAt(gateway, 'gp-de-linde');
  const first = await gp.post('', referral());
  const [task, order] = [locationOf(first, 'Task')!, locationOf(first, 'ServiceRequest')!];
  const sender = partnerAt(gateway, 'registration-team');
  for (const status of ['accepted', 'in-progress']) await sender.move(task, { status });
  const candidates = ['addiction-care-keerpunt', 'specialist-ggz-horizonland'];
  const sent = await sender.post('', transferOf(candidates, { onward: { basedOn: order, partOf: task } }));
  expect(sent.status, sent.text).toBe(200);
  const tasks = (resourceOf<Bundle>(sent).entry ?? []).flatMap(
    ({ response }) => response?.location?.match(/^Task\/[^/]+/)?.[0] ?? [],
  );
  const statuses = async () =>
    Promise.all(tasks.map(async (it) => codeOf((await sender.read<Task>(it)).businessStatus) ?? 'none'));
  await expect.poll(async () => (await statuses()).sort(), { timeout: 20_000 }).toEqual(['delivery-failed', 'none']);
  const seen = await gateway.ask('GET', '/fhir/Task', { as: 'keerpunt-verslavingszorg' });
  expect(seen.text).not.toMatch(/9999\d{5}|Proefpersoon|Patient\//);
});

test('no partner sets the business status that a delivery failed', async () => {
  team.conduct = accept;
  const task = await refer();
  const owner = partnerAt(gateway, 'registration-team');
  const set = await owner.move(task, { status: 'accepted', businessStatus: 'delivery-failed' });
  expect([set.status, rulesOf(set)]).toEqual([422, ['business-status-invalid']]);
});

test('an owner that moves its Task with the business status that it read is not refused', async () => {
  const task = await refer();
  await failed(task);
  const moved = await partnerAt(gateway, 'registration-team').move(task, { status: 'accepted' });
  expect(moved.status, moved.text).toBe(200);
});

describe('the operator over HTTP', () => {
  test('lists, reads and requeues without content; nobody else does', async () => {
    await failed(await refer());
    const listed = await operator('GET', '/dead-letters?partner=registration-team');
    expect(listed.status, listed.text).toBe(200);
    const { deadLetters } = JSON.parse(listed.text);
    expect(deadLetters).toMatchObject([
      { partner: 'registration-team', kind: 'referral', state: 'dead', because: 'receiver-refused: 422', attempts: 1 },
    ]);
    const one = await operator('GET', `/dead-letters/${deadLetters[0].id}`);
    expect(JSON.parse(one.text).tried).toMatchObject([{ outcome: 'dead', status: 422 }]);
    for (const { text } of [listed, one]) expect(text).not.toMatch(/9999\d{5}|Jansen|resourceType|http:/);
    const routes: readonly (readonly ['GET' | 'POST', string, object?])[] = [
      ['GET', '/dead-letters'],
      ['GET', `/dead-letters/${deadLetters[0].id}`],
      ['POST', '/dead-letters/$requeue', { all: true }],
      ['POST', `/dead-letters/${deadLetters[0].id}/$skip`, { reason: 'Because they can' }],
    ];
    for (const as of ['gp-de-linde', 'registration-team', 'wijkteam-zonnerveen'])
      for (const [method, path, body] of routes) {
        const refused = await operator(method, path, body, as);
        expect([refused.status, rulesOf(refused)], `${as} ${path}`).toEqual([403, ['operator-only']]);
      }
    for (const [method, path, body] of routes)
      expect((await gateway.ask(method, path, body ? { body: JSON.stringify(body) } : {})).status, path).toBe(401);
  });

  test.each<[string, object]>([
    ['nothing', {}],
    ['two kinds at once', { all: true, partner: 'registration-team' }],
    ['no list', { ids: 'x' }],
    ['an empty list', { ids: [] }],
    ['a list of other things', { ids: [1] }],
    ['all of nothing', { all: false }],
    ['another property', { all: true, dryRun: true }],
    ['a list', []],
  ])('is refused a request that names %s', async (_, body) => {
    const refused = await operator('POST', '/dead-letters/$requeue', body);
    expect([refused.status, rulesOf(refused)]).toEqual([400, ['dead-letter-request-invalid']]);
  });

  test('is refused what is delivered, unknown, or done by another operator', async () => {
    await failed(await refer());
    const [letter] = await dead();
    team.conduct = accept;
    const both = await Promise.all([1, 2].map(() => operator('POST', '/dead-letters/$requeue', { ids: [letter?.id] })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    await expect.poll(async () => (await gateway.store.dispatch(letter!.id))?.state).toBe('delivered');
    const late = await operator('POST', '/dead-letters/$requeue', { ids: [letter?.id] });
    expect([late.status, rulesOf(late)]).toEqual([409, ['dead-letter-ended']]);
    const skipped = await operator('POST', `/dead-letters/${letter?.id}/$skip`, { reason: 'By telephone' });
    expect([skipped.status, rulesOf(skipped)]).toEqual([409, ['dead-letter-ended']]);
    const unknown = await operator('POST', '/dead-letters/$requeue', { ids: ['nothing-of-this-id'] });
    expect([unknown.status, rulesOf(unknown)]).toEqual([404, ['dead-letter-unknown']]);
    expect((await operator('GET', '/dead-letters/nothing-of-this-id')).status).toBe(404);
    expect((await operator('GET', '/dead-letters?cursor=nowhere')).status).toBe(400);
  });

  test.each([
    '',
    'no',
    'x'.repeat(201),
    'two\nlines of text',
    'the person 999900006',
    'the person 9999 00 006',
    'the person 9999/00–006',
    'the person ９９９９００００６',
    7,
  ])('is refused a skip for the reason %j', async (reason) => {
    const refused = await operator('POST', '/dead-letters/any/$skip', { reason });
    expect([refused.status, rulesOf(refused)]).toEqual([422, ['dead-letter-reason-invalid']]);
  });
});

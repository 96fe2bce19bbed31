import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OutsideAnswer } from '../../src/disclosure/index.ts';
import type { Replay } from '../../src/operations/index.ts';
import { groundsOf, groundsText } from '../support/disclosure/grounds.ts';
import { isLong } from '../support/long.ts';
import { accept, openReceiver, type Receiver } from '../support/servers/receiver.ts';
import { type Sink, startSink } from '../support/servers/recording-receiver.ts';
import { dispatch, message } from '../support/store/samples.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

/** Named replays: by filter, cancelled and continued, killed, by the configuration of then and of now; never what may not be disclosed now. */
const team = 'registration-team';
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Operator = {
  readonly get: <T>(path: string) => Promise<T>;
  readonly post: (path: string, body?: object) => Promise<{ readonly status: number; readonly body: Replay }>;
};

const operatorAt = ({ ask }: TestGateway): Operator => ({
  get: async (path) => JSON.parse((await ask('GET', path, { as: 'operator' })).text),
  post: async (path, body = {}) => {
    const options = { as: 'operator', body: JSON.stringify(body), contentType: 'application/json' };
    const { status, text } = await ask('POST', path, options);
    return { status, body: JSON.parse(text) };
  },
});

const ended = async (operator: Operator, name: string): Promise<Replay> => {
  let replay: Replay | undefined;
  await expect
    .poll(
      async () => {
        replay = await operator.get<Replay>(`/admin/replays/${name}`);
        return replay.state;
      },
      { timeout: 240_000, interval: 100 },
    )
    .toBe('done');
  return replay!;
};

const hasAll = async ({ store }: TestGateway) =>
  expect
    .poll(async () => (await store.depth()).recipients.some(({ recipient }) => recipient === team), { timeout: 60_000 })
    .toBe(false);

const reason = 'The EHR lost a day of messages';
/** Of another kind than those that rest on a stored Task: only the outbox is concerned. */
const note = (id: string, messageId: string) => dispatch(id, team, { kind: 'note', messageId, about: [] });

describe('a replay of many messages', () => {
  const total = isLong ? 5_000 : 200;
  let folder: string;
  let receiver: Receiver;
  const start = async () => {
    const addresses = { [team]: receiver.base };
    const gateway = await startGateway({
      addresses,
      store: `sqlite:${join(folder, 'gateway.db')}`,
      delivery: { poll: 50 },
    });
    closing.push(() => gateway.stop().catch(() => {}));
    return gateway;
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mgn-replay-'));
    closing.push(async () => rmSync(folder, { recursive: true, force: true }));
    receiver = await openReceiver();
    closing.push(() => receiver.close());
  });

  test('cancelled half way and continued, also by a gateway that starts later: each once, and each attempt names its digest', async () => {
    const first = await start();
    const ids = Array.from({ length: total }, (_, n) => `m${n}`);
    for (let at = 0; at < total; at += 100)
      await Promise.all(
        ids.slice(at, at + 100).map((id, n) =>
          first.store.commit({
            now: new Date(),
            message: message(id, { partner: 'gp-de-linde', configuration: `set-of-${(at + n) % 2}` }),
            dispatches: [note(id, `message-${id}`)],
          }),
        ),
      );
    await expect.poll(() => receiver.arrivals.length, { timeout: 240_000 }).toBe(total);
    await hasAll(first);
    const operator = operatorAt(first);
    const filter = { senders: ['gp-de-linde'], recipients: [team], states: ['delivered'] };
    const counted = await operator.post('/admin/replays/$count', { filter });
    expect(counted.body).toEqual({ count: total });
    const wish = { name: 'lost-day', reason, filter };
    expect(await operator.post('/admin/replays', wish)).toMatchObject({ status: 200, body: { total, done: 0 } });
    expect((await operator.post('/admin/replays', wish)).status).toBe(409);
    const { state, done } = await (async () => {
      await expect
        .poll(async () => (await operator.get<Replay>('/admin/replays/lost-day')).done, {
          timeout: 60_000,
          interval: 5,
        })
        .toBeGreaterThan(0);
      return (await operator.post('/admin/replays/lost-day/$cancel')).body;
    })();
    expect(state).toBe('cancelled');
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(total);
    expect((await operator.post('/admin/replays/lost-day/$cancel')).status).toBe(409);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const cancelled = await operator.get<Replay>('/admin/replays/lost-day');
    expect(cancelled.counts).toEqual({ sent: cancelled.done });
    await first.stop();

    const second = await start();
    const again = operatorAt(second);
    expect(await again.get<Replay>('/admin/replays/lost-day')).toEqual(cancelled);
    await again.post('/admin/replays/lost-day/$continue');
    const whole = await ended(again, 'lost-day');
    expect(whole).toMatchObject({ total, done: total, counts: { sent: total } });
    await expect.poll(() => receiver.arrivals.length, { timeout: 240_000 }).toBe(2 * total);
    await hasAll(second);
    // nothing came twice by the replay, and a receiver that knows what it has stored stored nothing twice
    const byId = new Map<string, number>();
    for (const { id } of receiver.arrivals) byId.set(id, (byId.get(id) ?? 0) + 1);
    expect(new Set(byId.values())).toEqual(new Set([2]));
    expect(receiver.stored).toHaveLength(total);
    const { items } = await again.get<{ items: { source: string; dispatch: string }[] }>(
      '/admin/replays/lost-day/items?count=200',
    );
    for (const { source, dispatch: copy } of items.slice(0, 20)) {
      const [then, now] = await Promise.all([second.store.attempts(source), second.store.attempts(copy)]);
      expect(now[0]?.configuration).toMatch(/^set-of-[01]$/);
      expect(now[0]?.configuration).toBe(then[0]?.configuration);
    }
    const events = await second.store.audit({ count: 1_000 });
    const steps = events.items.filter(
      ({ text }) => text.includes('"start-replay"') || text.includes('"cancel-replay"'),
    );
    expect(steps.length).toBeGreaterThanOrEqual(1);
  }, 600_000);

  test('a dry run sends nothing, and says what it would send', async () => {
    const gateway = await start();
    await gateway.store.commit({ now: new Date(), message: message('x'), dispatches: [note('x', 'message-x')] });
    await expect.poll(() => receiver.arrivals.length, { timeout: 20_000 }).toBe(1);
    const operator = operatorAt(gateway);
    await operator.post('/admin/replays', { name: 'dry', reason, filter: {}, 'dry-run': true });
    expect((await ended(operator, 'dry')).counts).toEqual({ 'would-send': 1 });
    expect(receiver.arrivals).toHaveLength(1);
    receiver.conduct = accept;
  }, 60_000);
});

describe('what is judged before it is sent again', () => {
  const body = readFileSync(
    join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
    'utf8',
  );
  let answer: OutsideAnswer = 'permit';
  let gateway: TestGateway;
  let operator: Operator;
  let sink: Sink;
  beforeEach(async () => {
    answer = 'permit';
    sink = await startSink();
    closing.push(() => sink.close());
    const grounds = groundsOf(
      groundsText().replaceAll('care: { consent: presumed', 'care: { outside: asked, consent: presumed'),
    );
    gateway = await startGateway({
      addresses: { [team]: sink.url },
      configure: (it) => ({
        ...it,
        network: {
          ...it.network,
          settings: { ...it.network.settings, retention: { ...it.network.settings.retention, refusedDays: 7 } },
        },
        grounds,
        consentSource: { ask: async () => answer, close: async () => {} },
      }),
    });
    closing.push(() => gateway.stop());
    operator = operatorAt(gateway);
  });
  const sent = async () => {
    const accepted = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
    expect(accepted.status, accepted.text).toBe(200);
    await sink.until(1);
    await hasAll(gateway);
  };
  const replay = async (name: string, more: object = {}) => {
    const started = await operator.post('/admin/replays', { name, reason, filter: { recipients: [team] }, ...more });
    expect(started.status, JSON.stringify(started.body)).toBe(200);
    return ended(operator, name);
  };

  test('as it ran: the same text with a new X-Request-Id, created only where the receiver has it not', async () => {
    await sent();
    expect((await replay('ran')).counts).toEqual({ sent: 1 });
    await sink.until(2);
    const [first, second] = sink.received;
    expect(second!.text).toBe(first!.text);
    expect(second!.requestId).not.toBe(first!.requestId);
    const posts = (second!.bundle as Bundle).entry!.filter(({ request }) => request?.method === 'POST');
    expect(posts.length).toBeGreaterThan(0);
    expect(posts.every(({ request }) => request?.ifNoneExist)).toBe(true);
  }, 60_000);

  test('as it is now: made anew, and its attempt names the digest in force', async () => {
    await sent();
    expect((await replay('now', { as: 'now' })).counts).toEqual({ sent: 1 });
    await sink.until(2);
    const identifiers = (text: string) =>
      (JSON.parse(text) as Bundle).entry!.map(({ request }) => request?.ifNoneExist ?? request?.url).sort();
    expect(identifiers(sink.received[1]!.text)).toEqual(identifiers(sink.received[0]!.text));
    const { items } = await operator.get<{ items: { dispatch: string }[] }>('/admin/replays/now/items');
    await expect
      .poll(async () => (await gateway.store.attempts(items[0]!.dispatch))[0]?.configuration)
      .toBe(gateway.running.gateway.configuration);
  }, 60_000);

  test.each(['ran', 'now'])(
    'a permission that ended bars it, also %s',
    async (as) => {
      await sent();
      answer = 'deny';
      expect((await replay('barred', { as })).counts).toEqual({ 'consent-ended': 1 });
      answer = 'undecided';
      expect((await replay('undecided', { as })).counts).toEqual({ undecided: 1 });
      expect(sink.received).toHaveLength(1);
    },
    60_000,
  );

  test('of the statuses of a Task only the last is sent again', async () => {
    await sent();
    const task = sink.received[0]!.bundle.entry!.find(({ resource }) => resource?.resourceType === 'Task')!.resource!;
    const status = (id: string) =>
      dispatch(id, team, { kind: 'status', about: [`Task/${task.id}`], traceId: task.id! });
    for (const id of ['s1', 's2', 's3']) await gateway.store.commit({ now: new Date(), dispatches: [status(id)] });
    await sink.until(4);
    await hasAll(gateway);
    expect((await replay('folded')).counts).toEqual({ sent: 2, superseded: 2 });
    await sink.until(6);
    expect(sink.received.slice(4).map(({ bundle }) => bundle.id)).toEqual(expect.arrayContaining(['s3']));
  }, 60_000);

  test('a right to read that ended bars it', async () => {
    await sent();
    const task = sink.received[0]!.bundle.entry!.find(({ resource }) => resource?.resourceType === 'Task')!.resource!;
    const revocation = { type: 'Task', id: task.id!, readers: [team] } as const;
    await gateway.store.commit({ now: new Date(), revocations: [revocation] });
    expect((await replay('revoked')).counts).toEqual({ 'right-ended': 1 });
    expect(sink.received).toHaveLength(1);
  }, 60_000);

  test.each(['ran', 'now'])(
    'copies of earlier replays are left out, unless named by id, also %s',
    async (as) => {
      await sent();
      for (const [n, name] of ['one', 'two', 'three'].entries()) {
        expect(await replay(name, { as })).toMatchObject({ total: 1, counts: { sent: 1 } });
        await sink.until(n + 2);
        await hasAll(gateway);
      }
      const { items } = await operator.get<{ items: { dispatch: string }[] }>('/admin/replays/one/items');
      const ids = [items[0]!.dispatch];
      expect(await replay('by-id', { as, filter: { ids } })).toMatchObject({ total: 1, counts: { sent: 1 } });
      await sink.until(5);
      await hasAll(gateway);
      expect(await replay('dead', { as, filter: { states: ['dead'] } })).toMatchObject({ total: 0, counts: {} });
      expect(sink.received).toHaveLength(5);
    },
    60_000,
  );

  test('a status that was sent again is not superseded by its own copy', async () => {
    await sent();
    const task = sink.received[0]!.bundle.entry!.find(({ resource }) => resource?.resourceType === 'Task')!.resource!;
    const status = dispatch('s1', team, { kind: 'status', about: [`Task/${task.id}`], traceId: task.id! });
    await gateway.store.commit({ now: new Date(), dispatches: [status] });
    await sink.until(2);
    await hasAll(gateway);
    const filter = { traces: [task.id!], recipients: [team] };
    for (const [n, name] of ['first', 'second'].entries()) {
      expect((await replay(name, { filter })).counts).toEqual({ sent: 1 });
      await sink.until(n + 3);
      await hasAll(gateway);
    }
  }, 60_000);

  test.each(['ran', 'now'])(
    'replays with overlapping filters that run at once send each delivery once, and count the others, also %s',
    async (as) => {
      await sent();
      const names = ['two', 'three', 'four'];
      const replays = await Promise.all(names.map((name) => replay(name, { as })));
      const counts = replays.map((it) => Object.keys(it.counts).join()).sort();
      const [first, second, third] = counts.map((it) => (it === 'waiting' ? 'replay-overlap' : it));
      expect([first, second, third]).toEqual(['replay-overlap', 'replay-overlap', 'sent']);
      await sink.until(2);
      await hasAll(gateway);
      expect(sink.received).toHaveLength(2);
    },
    60_000,
  );

  test('a refused message is retained, found without its content, and accepted by a replay when its cause is gone', async () => {
    answer = 'deny';
    const requestId = '01935f6e-0000-7000-8000-000000000001';
    const refused = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body, requestId });
    expect(refused.status).not.toBe(200);
    const { messages } = await operator.get<{ messages: { id: string; codes: string[] }[] }>(
      '/admin/messages?state=refused&sender=gp-de-linde',
    );
    expect(messages).toMatchObject([{ state: 'refused', requestId, deliveries: [] }]);
    expect(JSON.stringify(messages)).not.toMatch(/9999\d{5}|Patient/);
    const wish = { of: 'refused', filter: { senders: ['gp-de-linde'] } };
    expect(Object.keys((await replay('still', wish)).counts)).toEqual([`refused: ${messages[0]!.codes[0]}`]);
    expect((await replay('dry', { ...wish, 'dry-run': true })).counts).toEqual({ 'not-judged': 1 });
    const aside = { ...wish, name: 'aside', reason, filter: { recipients: ['nobody'] } };
    expect(await operator.post('/admin/replays', aside)).toMatchObject({ status: 400 });
    answer = 'permit';
    expect((await replay('corrected', wish)).counts).toEqual({ sent: 1 });
    await sink.until(1);
    expect((await replay('twice', wish)).counts).toEqual({ 'accepted-before': 1 });
    expect(sink.received).toHaveLength(1);
  }, 60_000);
});

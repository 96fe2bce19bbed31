import { afterEach, describe, expect, test } from 'vitest';
import { issueOfReason } from '../../src/delivery/reason.ts';
import type { Dispatch, Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { deliverTo, until } from '../support/delivery/test-worker.ts';
import { accept, answer, type Conduct, openReceiver, type Receiver } from '../support/servers/receiver.ts';
import { auditEvent, dispatch } from '../support/store/samples.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function memory(): Promise<Store> {
  const store = await openSqliteStore(':memory:');
  closing.push(() => store.close());
  return store;
}

async function receiver(conduct?: Conduct, port?: number): Promise<Receiver> {
  const it = await openReceiver(conduct, port);
  closing.push(() => it.close().catch(() => undefined));
  return it;
}

const deliver = (...given: Parameters<typeof deliverTo>) => {
  const worker = deliverTo(...given);
  closing.push(() => worker.stop());
  return worker;
};

const put = (store: Store, ...dispatches: Dispatch[]) => store.commit({ now: new Date(), dispatches });
/** One dispatch at a time, in the order of the commits. */
const oneLane = { settings: { lanes: 1 } };
const numbered = (count: number, recipient = 'a') =>
  Array.from({ length: count }, (_, n) => dispatch(`${recipient}${n}`, recipient));
const ids = (dispatches: readonly Dispatch[]) => dispatches.map((it) => it.id);
const stateOf = async (store: Store, id: string) =>
  (await store.dispatches({ count: 1_000 })).items.find((it) => it.id === id);

describe('a delivery', () => {
  test('arrives as a FHIR transaction with its ids and our credentials, and is recorded', async () => {
    const [store, a] = [await memory(), await receiver()];
    const worker = deliver(store, { a });
    await put(store, dispatch('d1', 'a', { correlationId: 'c1', messageId: 'm1' }));
    await worker.idle();
    expect(a.arrivals.map((it) => it.headers)).toMatchObject([
      {
        'content-type': 'application/fhir+json',
        'x-request-id': 'request-d1',
        'x-correlation-id': 'c1',
        'x-trace-id': 'trace-d1',
        authorization: 'Bearer token-for-a',
      },
    ]);
    expect(await stateOf(store, 'd1')).toMatchObject({
      state: 'delivered',
      location: 'Task/d1/_history/1',
      attempts: 1,
    });
    expect(await store.attempts('d1')).toMatchObject([{ outcome: 'delivered', status: 200 }]);
    expect(worker.lines).toMatchObject([{ outcome: 'delivered', dispatch: 'd1', recipient: 'a', status: 200 }]);
  });

  test('writes each attempt to the audit trail, with its outcome', async () => {
    const [store, a] = [await memory(), await receiver(answer(503))];
    const worker = deliver(
      store,
      { a },
      { audit: (it, { outcome }) => [auditEvent(outcome, { traceId: it.traceId })] },
    );
    await put(store, dispatch('d1', 'a'));
    await until(async () => (await store.attempts('d1')).length > 0);
    a.conduct = accept;
    await worker.idle();
    const trail = await store.audit({ traceId: 'trace-d1', count: 9 });
    expect(trail.items.map((it) => JSON.parse(it.text).id)).toEqual(
      (await store.attempts('d1')).map((it) => it.outcome),
    );
  });

  test('of 1,000 dispatches to 3 partners: each in its order, once each', async () => {
    const store = await memory();
    const receivers = { a: await receiver(), b: await receiver(), c: await receiver() };
    const worker = deliver(store, receivers, oneLane);
    const all = Array.from({ length: 1_000 }, (_, n) => dispatch(`d${n}`, ['a', 'b', 'c'][n % 3]));
    for (let start = 0; start < all.length; start += 50) await put(store, ...all.slice(start, start + 50));
    await worker.idle();
    for (const [name, it] of Object.entries(receivers)) {
      expect(it.arrivals.map(({ id }) => id)).toEqual(ids(all.filter(({ recipient }) => recipient === name)));
    }
    expect(await store.depth()).toMatchObject({ waiting: 0, dead: 0 });
  });
});

describe('a receiver that is down', () => {
  test('gets everything in order and once each when it is up again; the attempts are on record', async () => {
    const store = await memory();
    const a = await openReceiver();
    await a.close();
    const worker = deliver(store, { a }, oneLane);
    await put(store, ...numbered(20));
    await until(async () => (await store.attempts('a0')).length >= 2);
    const again = await receiver(accept, a.port);
    await worker.idle();
    expect(again.arrivals.map((it) => it.id)).toEqual(ids(numbered(20)));
    const attempts = await store.attempts('a0');
    expect(attempts[0]).toMatchObject({ outcome: 'retry', because: 'receiver-unreachable: ECONNREFUSED' });
    expect(attempts.at(-1)).toMatchObject({ outcome: 'delivered', status: 200 });
    expect(await store.attempts('a1')).toHaveLength(1);
  });

  test('is probed with its oldest dispatch only', async () => {
    const [store, a] = [await memory(), await receiver(answer(503))];
    deliver(store, { a }, oneLane);
    await put(store, ...numbered(5));
    await until(() => a.arrivals.length >= 4);
    expect(new Set(a.arrivals.map((it) => it.id))).toEqual(new Set(['a0']));
    expect((await store.depth()).recipients).toMatchObject([{ recipient: 'a', waiting: 5 }]);
  });

  test('does not delay another; neither does a slow one', async () => {
    const [store, down, slow, well] = [
      await memory(),
      await receiver(answer(503)),
      await receiver(() => undefined),
      await receiver(),
    ];
    deliver(store, { down, slow, well }, { settings: { timeout: 600_000, grace: 50 } });
    await put(store, ...numbered(50, 'down'), ...numbered(50, 'slow'), ...numbered(50, 'well'));
    await until(() => well.stored.length === 50);
    expect(slow.stored).toEqual([]);
  });

  test('is left alone for as long as its Retry-After says', async () => {
    const [store, a] = [await memory(), await receiver(answer(503, { 'retry-after': '1' }))];
    const worker = deliver(store, { a });
    await put(store, dispatch('d1', 'a'));
    await until(() => a.arrivals.length === 1);
    a.conduct = accept;
    await worker.idle();
    expect(a.arrivals).toHaveLength(2);
    expect(a.arrivals[1]!.at - a.arrivals[0]!.at).toBeGreaterThanOrEqual(995);
    expect(await store.attempts('d1')).toMatchObject([
      { status: 503, because: 'receiver-unavailable: 503' },
      { status: 200 },
    ]);
  });

  test('for longer than the network allows: the dispatch is given up, with what went wrong last', async () => {
    const [store, a] = [await memory(), await receiver(answer(503))];
    deliver(store, { a }, { settings: { maximumAge: 100 } });
    await put(store, dispatch('d1', 'a'));
    await until(async () => (await stateOf(store, 'd1'))?.state === 'dead');
    expect((await stateOf(store, 'd1'))?.because).toBe('delivery-expired: receiver-unavailable: 503');
  });

  test('by a redirect receives nothing at the other address', async () => {
    const [store, other] = [await memory(), await receiver()];
    const a = await receiver(answer(307, { location: other.base }));
    deliver(store, { a });
    await put(store, dispatch('d1', 'a'));
    await until(() => a.arrivals.length >= 2);
    expect(other.arrivals).toEqual([]);
    expect((await store.attempts('d1'))[0]).toMatchObject({ outcome: 'retry', because: 'receiver-redirected: 307' });
  });

  test('without an address gets its deliveries once it has one', async () => {
    const [store, a] = [await memory(), await receiver()];
    const receivers: Record<string, Receiver> = {};
    const worker = deliver(store, receivers);
    await put(store, dispatch('d1', 'a'));
    await until(async () => (await store.attempts('d1')).length > 0);
    expect((await store.attempts('d1'))[0]).toMatchObject({ because: 'receiver-address-missing' });
    receivers.a = a;
    await worker.idle();
    expect(a.stored).toEqual(['d1']);
  });
});

describe('a receiver that refuses', () => {
  const secret = 'Jansen, 999900006';
  const outcome = {
    resourceType: 'OperationOutcome',
    issue: [
      {
        severity: 'error',
        code: 'structure',
        diagnostics: secret,
        details: { text: secret, coding: [{ code: secret }] },
      },
      { severity: 'error', code: secret },
    ],
  };

  test('permanently yields a dead letter at once; later dispatches continue; its text is not stored', async () => {
    const [store, a] = [
      await memory(),
      await receiver((...given) => (given[0].id === 'a1' ? answer(400, {}, outcome) : accept)(...given)),
    ];
    const worker = deliver(store, { a }, oneLane);
    await put(store, ...numbered(3));
    await worker.idle();
    expect(a.arrivals.map((it) => it.id)).toEqual(['a0', 'a1', 'a2']);
    expect(a.stored).toEqual(['a0', 'a2']);
    expect(await stateOf(store, 'a1')).toMatchObject({ state: 'dead', because: 'receiver-refused: 400 structure' });
    expect(JSON.stringify([await store.attempts('a1'), worker.lines])).not.toContain('Jansen');
  });

  test('and is requeued by the operator gets it again', async () => {
    const [store, a] = [await memory(), await receiver(answer(422))];
    const worker = deliver(store, { a });
    await put(store, dispatch('d1', 'a'));
    await worker.idle();
    a.conduct = accept;
    expect(await store.requeue('d1', new Date())).toBe(true);
    await worker.idle();
    expect(a.stored).toEqual(['d1']);
    expect((await store.attempts('d1')).map((it) => it.outcome)).toEqual(['dead', 'delivered']);
  });

  test('as a duplicate has it already', async () => {
    const duplicate = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'duplicate' }] };
    const conflict = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'conflict' }] };
    const [store, a, b] = [
      await memory(),
      await receiver(answer(409, {}, duplicate)),
      await receiver(answer(409, {}, conflict)),
    ];
    const worker = deliver(store, { a, b });
    await put(store, dispatch('d1', 'a'), dispatch('d2', 'b'));
    await worker.idle();
    expect(await stateOf(store, 'd1')).toMatchObject({ state: 'delivered' });
    expect(await stateOf(store, 'd2')).toMatchObject({ state: 'dead', because: 'receiver-refused: 409 conflict' });
  });

  test('our credentials gets it once they are renewed', async () => {
    const [store, a] = [await memory(), await receiver(answer(401))];
    const worker = deliver(store, { a });
    await put(store, dispatch('d1', 'a'));
    await until(() => a.arrivals.length >= 2);
    a.conduct = accept;
    await worker.idle();
    expect(a.stored).toEqual(['d1']);
  });

  test('by stumbling over one dispatch again and again doesn’t hold up the others for days', async () => {
    const [store, a] = [
      await memory(),
      await receiver((...given) => (given[0].id === 'a0' ? answer(500) : accept)(...given)),
    ];
    const worker = deliver(store, { a }, { settings: { lanes: 1, maximumServerErrors: 3 } });
    await put(store, ...numbered(2));
    await worker.idle();
    expect(a.arrivals.map((it) => it.id)).toEqual(['a0', 'a0', 'a0', 'a1', 'a0']);
    expect(await stateOf(store, 'a0')).toMatchObject({ state: 'dead', because: 'receiver-refused: 500' });
  });
});

describe('a resend', () => {
  test('after an answer that came too late carries the same ids, and changes nothing at the receiver', async () => {
    const late: Conduct = (arrival, response, keep) => {
      if (a.arrivals.length > 1) return accept(arrival, response, keep);
      keep(); // and no answer before the sender gives up
    };
    const [store, a] = [await memory(), await receiver(late)];
    const worker = deliver(store, { a }, { settings: { timeout: 1_000 } });
    await put(store, dispatch('d1', 'a'));
    await worker.idle();
    expect(a.arrivals.map((it) => it.requestId)).toEqual(['request-d1', 'request-d1']);
    expect(a.stored).toEqual(['d1']);
    expect(await store.attempts('d1')).toMatchObject([
      { outcome: 'retry', because: 'receiver-timeout' },
      { status: 200 },
    ]);
  });

  test('is not needed when only the end of an answer is missing, or more of it than anyone needs', async () => {
    const endless: Conduct = (_, response, keep) => {
      keep();
      response.writeHead(200);
      for (let n = 0; n < 20; n++) response.write('x'.repeat(64 * 1024));
      response.end();
    };
    const broken: Conduct = (_, response, keep) => {
      keep();
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"resourceType"', () => response.destroy());
    };
    const [store, a, b] = [await memory(), await receiver(endless), await receiver(broken)];
    const worker = deliver(store, { a, b });
    await put(store, dispatch('d1', 'a'), dispatch('d2', 'b'));
    await worker.idle();
    expect([a.arrivals.length, b.arrivals.length]).toEqual([1, 1]);
    expect(await stateOf(store, 'd1')).toMatchObject({ state: 'delivered' });
    expect(await stateOf(store, 'd2')).toMatchObject({ state: 'delivered' });
  });
});

describe('before each attempt', () => {
  test('permission is checked: a forbidden dispatch becomes a dead letter and is never sent', async () => {
    const [store, a] = [await memory(), await receiver()];
    const worker = deliver(
      store,
      { a },
      { mayStillSend: async ({ id }) => (id === 'a0' ? { ok: false, because: 'consent-withdrawn' } : { ok: true }) },
    );
    await put(store, ...numbered(2));
    await worker.idle();
    expect(a.arrivals.map((it) => it.id)).toEqual(['a1']);
    expect(await stateOf(store, 'a0')).toMatchObject({
      state: 'dead',
      because: 'delivery-forbidden: consent-withdrawn',
    });
  });

  test('an undecided dispatch waits', async () => {
    const [store, a] = [await memory(), await receiver()];
    let away = true;
    const worker = deliver(
      store,
      { a },
      {
        mayStillSend: async () => {
          if (away) throw new Error('the consent register is away');
          return { ok: true };
        },
      },
    );
    await put(store, dispatch('d1', 'a'));
    await until(async () => (await store.attempts('d1')).length > 0);
    expect(a.arrivals).toEqual([]);
    away = false;
    await worker.idle();
    expect(a.stored).toEqual(['d1']);
  });
});

test('a dispatch on a channel that this gateway does not carry waits, with the reason on record', async () => {
  const [store, a] = [await memory(), await receiver()];
  deliver(store, { a });
  await put(store, dispatch('d1', 'a', { channel: 'fhir-placer' }));
  await until(async () => (await store.attempts('d1')).length > 0);
  const [attempt] = await store.attempts('d1');
  expect(attempt).toMatchObject({ outcome: 'retry', because: 'delivery-undecided' });
  expect(issueOfReason('delivery-undecided')?.message).not.toContain('{');
  expect(a.arrivals).toEqual([]);
});

describe('a worker that stops', () => {
  test('finishes attempts in progress, releases the rest, and sends nothing afterwards', async () => {
    const slowly: Conduct = (...given) => void setTimeout(() => accept(...given), 100);
    const [store, a] = [await memory(), await receiver(slowly)];
    const worker = deliver(store, { a }, oneLane);
    await put(store, ...numbered(10));
    await until(() => a.arrivals.length === 2);
    await worker.stop();
    expect(a.stored).toEqual(['a0', 'a1']);
    expect(await stateOf(store, 'a1')).toMatchObject({ state: 'delivered' });
    const [claim] = await store.claim({ worker: 'next', now: new Date(), lease: 1_000, recipients: 1, batch: 99 });
    expect(claim?.deliveries.map((it) => it.id)).toEqual(ids(numbered(10).slice(2)));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(a.arrivals).toHaveLength(2);
  });

  test('cuts off slow attempts, and releases them unchanged', async () => {
    const [store, a] = [await memory(), await receiver(() => undefined)];
    const worker = deliver(store, { a }, { settings: { grace: 50 } });
    await put(store, dispatch('d1', 'a'));
    await until(() => a.arrivals.length === 1);
    await worker.stop();
    expect(await store.attempts('d1')).toEqual([]);
    a.conduct = accept;
    await deliver(store, { a }).idle();
    expect(a.stored).toEqual(['d1']);
  });
});

test('two workers on one outbox: still in order, once each', async () => {
  const [store, a, b] = [await memory(), await receiver(), await receiver()];
  const workers = [deliver(store, { a, b }, oneLane), deliver(store, { a, b }, oneLane)];
  for (let n = 0; n < 100; n++) await put(store, dispatch(`a${n}`, 'a'), dispatch(`b${n}`, 'b'));
  await Promise.all(workers.map((it) => it.idle()));
  expect(a.arrivals.map((it) => it.id)).toEqual(ids(numbered(100, 'a')));
  expect(b.arrivals.map((it) => it.id)).toEqual(ids(numbered(100, 'b')));
});

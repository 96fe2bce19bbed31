import { afterEach, describe, expect, test } from 'vitest';
import type { DeliverySettings } from '../../src/delivery/settings.ts';
import type { Dispatch, Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { deliverTo, until } from '../support/delivery/test-worker.ts';
import { accept, answer, type Conduct, openReceiver, type Receiver } from '../support/servers/receiver.ts';
import { dispatch } from '../support/store/samples.ts';

/**
 * One message on which a receiver fails (poison), and a receiver that fails on everything (down). By one lane, so that
 * each step is certain; lanes.test.ts has the same with several.
 */
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function memory(): Promise<Store> {
  const store = await openSqliteStore(':memory:');
  closing.push(() => store.close());
  return store;
}

async function receiver(conduct?: Conduct): Promise<Receiver> {
  const it = await openReceiver(conduct);
  closing.push(() => it.close().catch(() => undefined));
  return it;
}

/** What is set aside stays so: with these pauses it would be dead within half a second, maybe before a test has looked. */
const patient: Partial<DeliverySettings> = { lanes: 1, maximumServerErrors: 1_000_000 };

const deliver = (store: Store, a: Receiver, settings: Partial<DeliverySettings> = {}) => {
  const worker = deliverTo(store, { a }, { settings: { ...patient, ...settings } });
  closing.push(() => worker.stop());
  return worker;
};

const put = (store: Store, ...dispatches: Dispatch[]) => store.commit({ now: new Date(), dispatches });
const of = (journey: string, n: number) => dispatch(`${journey}${n}`, 'a', { traceId: journey });
const stateOf = async (store: Store, id: string) => {
  const found = await store.dispatch(id);
  return found?.aside ? 'set aside' : found?.state;
};
const failing =
  (conduct: Conduct, ...ids: string[]): Conduct =>
  (arrival, ...rest) =>
    (ids.includes(arrival.id) ? conduct : accept)(arrival, ...rest);

const hangUp: Conduct = (_, response) => void response.destroy();

describe('a message on which the receiver fails while it stores others', () => {
  test.each<[string, Conduct]>([
    ['500', answer(500)],
    ['404', answer(404)],
    ['410', answer(410)],
    ['504', answer(504)],
    ['503 without Retry-After', answer(503)],
    ['a connection that it breaks', hangUp],
  ])('by %s is set aside: only its own journey waits', async (_, conduct) => {
    const [store, a] = [await memory(), await receiver(failing(conduct, 'poison0'))];
    deliver(store, a);
    await put(store, of('poison', 0), of('poison', 1), of('other', 0), of('other', 1), of('third', 0));
    await until(() => a.stored.length === 3);
    expect(a.stored).toEqual(['other0', 'other1', 'third0']);
    await until(async () => (await stateOf(store, 'poison0')) === 'set aside');
    expect(a.arrivals.some(({ id }) => id === 'poison1')).toBe(false);
    a.conduct = accept;
    await until(() => a.stored.length === 5);
    expect(a.stored.slice(3)).toEqual(['poison0', 'poison1']);
  });

  test('by no answer in time is set aside', async () => {
    const [store, a] = [await memory(), await receiver(failing(() => undefined, 'poison0'))];
    deliver(store, a, { timeout: 1_000 });
    await put(store, of('poison', 0), of('other', 0));
    await until(() => a.stored.length === 1);
    await until(async () => (await stateOf(store, 'poison0')) === 'set aside');
  });

  test('stays set aside for a gateway that starts later, and holds up nothing that comes later', async () => {
    const [store, a] = [await memory(), await receiver(failing(answer(500), 'poison0'))];
    const first = deliverTo(store, { a }, { settings: patient });
    await put(store, of('poison', 0), of('poison', 1), of('other', 0));
    await until(async () => (await stateOf(store, 'poison0')) === 'set aside');
    await first.stop();
    deliver(store, a);
    for (let n = 1; n <= 20; n++) await put(store, of('other', n));
    await until(() => a.stored.length === 21);
    expect(a.arrivals.some(({ id }) => id === 'poison1')).toBe(false);
  });

  test('is a dead letter after as many answers of 500 as the settings say; its journey still waits', async () => {
    const [store, a] = [await memory(), await receiver(failing(answer(500), 'poison0'))];
    const worker = deliver(store, a, { maximumServerErrors: 6 });
    await put(store, of('poison', 0), of('poison', 1), of('other', 0));
    await worker.idle();
    expect(await stateOf(store, 'poison0')).toBe('dead');
    expect(await stateOf(store, 'poison1')).toBe('waiting');
    expect(a.stored).toEqual(['other0']);
  });

  test('is several messages: each is set aside by itself', async () => {
    const poison = ['p0', 'q0', 'r0'];
    const [store, a] = [await memory(), await receiver(failing(answer(500), ...poison))];
    deliver(store, a);
    await put(store, of('p', 0), of('q', 0), of('r', 0), of('p', 1), of('s', 0), of('t', 0));
    await until(() => a.stored.length === 2);
    for (const id of poison) await until(async () => (await stateOf(store, id)) === 'set aside');
    expect(a.stored).toEqual(['s0', 't0']);
  });

  test('is tried again ever less often', async () => {
    const [store, a] = [await memory(), await receiver(failing(answer(500), 'poison0'))];
    deliver(store, a, { pause: 20, maximumPause: 600_000 });
    await put(store, of('poison', 0), of('other', 0));
    await until(async () => (await stateOf(store, 'poison0')) === 'set aside');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(a.arrivals.filter(({ id }) => id === 'poison0').length).toBeLessThan(20);
  });
});

describe('a receiver that fails on everything is down', () => {
  test.each<[string, Conduct]>([
    ['500', answer(500)],
    ['404', answer(404)],
    ['502', answer(502)],
    ['503', answer(503)],
    ['429', answer(429)],
    ['503 with Retry-After', answer(503, { 'retry-after': '0' })],
    ['401', answer(401)],
    ['connections that break', hangUp],
  ])(
    'by %s: nothing is set aside or given up, and all arrives in the order of its journeys afterwards',
    async (_, conduct) => {
      const [store, a] = [await memory(), await receiver(conduct)];
      deliver(store, a, { maximumServerErrors: 5 });
      await put(store, of('p', 0), of('q', 0), of('p', 1), of('q', 1), of('r', 0));
      await until(() => a.arrivals.length >= 30);
      expect((await store.undelivered({ count: 9 })).items).toEqual([]);
      expect(await store.depth()).toMatchObject({ waiting: 5, dead: 0 });
      a.conduct = accept;
      await until(() => a.stored.length === 5);
      for (const journey of ['p', 'q'])
        expect(a.stored.filter((id) => id.startsWith(journey))).toEqual([`${journey}0`, `${journey}1`]);
    },
  );

  test('it gets one attempt a pause, however many journeys wait', async () => {
    const [store, a] = [await memory(), await receiver(answer(500))];
    deliver(store, a, { pause: 20_000, maximumPause: 20_000 });
    await put(store, ...Array.from({ length: 50 }, (_, n) => of(`j${n}-`, 0)));
    await until(() => a.arrivals.length >= 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(a.arrivals.length).toBeLessThan(5);
  });

  test('without any connection it is probed with the oldest, and nothing counts against a message', async () => {
    const store = await memory();
    const a = await openReceiver();
    await a.close();
    deliver(store, a);
    await put(store, of('p', 0), of('q', 0));
    await until(async () => (await store.attempts('p0')).length >= 8);
    expect(await store.attempts('q0')).toEqual([]);
    expect((await store.undelivered({ count: 9 })).items).toEqual([]);
  });

  test('also by refusing everything for good: after a few dead letters it pauses', async () => {
    const [store, a] = [await memory(), await receiver(answer(422))];
    deliver(store, a, { maximumRefusals: 3, pause: 600_000, maximumPause: 600_000 });
    await put(store, ...Array.from({ length: 20 }, (_, n) => of(`j${n}-`, 0)));
    await until(async () => (await store.depth()).dead >= 3);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await store.depth()).toMatchObject({ dead: 3, waiting: 17 });
  });
});

describe('404 and 410', () => {
  test.each([404, 410])('%i is a dead letter after the configured time', async (status) => {
    const [store, a] = [await memory(), await receiver(answer(status))];
    deliver(store, a, { retryNotFound: 200 });
    await put(store, of('p', 0));
    await until(async () => (await stateOf(store, 'p0')) === 'dead');
    expect((await store.dispatch('p0'))?.because).toBe(`receiver-refused: ${status}`);
    expect(a.arrivals.length).toBeGreaterThan(1);
  });

  test('at once where the configuration says so', async () => {
    const [store, a] = [await memory(), await receiver(answer(404))];
    deliver(store, a, { retryNotFound: 0 });
    await put(store, of('p', 0));
    await until(async () => (await stateOf(store, 'p0')) === 'dead');
    expect(a.arrivals).toHaveLength(1);
  });
});

describe('behind a dead letter', () => {
  const refusing = async () => {
    const [store, a] = [await memory(), await receiver(failing(answer(422), 'p0'))];
    const worker = deliver(store, a);
    await put(store, of('p', 0), of('p', 1), of('q', 0), of('p', 2));
    await worker.idle();
    expect(a.stored).toEqual(['q0']);
    return { store, a, worker };
  };

  test('its journey waits until it is requeued, and arrives in order', async () => {
    const { store, a, worker } = await refusing();
    a.conduct = accept;
    await store.requeue('p0', new Date());
    await worker.idle();
    expect(a.stored).toEqual(['q0', 'p0', 'p1', 'p2']);
  });

  test('its journey continues once it is skipped', async () => {
    const { store, a, worker } = await refusing();
    expect(await store.skip('p0', { now: new Date(), because: 'skipped: by telephone' })).toBe(true);
    await worker.idle();
    expect(a.stored).toEqual(['q0', 'p1', 'p2']);
    expect(await stateOf(store, 'p0')).toBe('skipped');
  });
});

test('the endpoint of a Subscription that is down holds up no other delivery to its partner', async () => {
  const [store, a] = [await memory(), await receiver()];
  const down = await openReceiver();
  await down.close();
  const worker = deliverTo(
    store,
    {},
    {
      address: (_, { address }) => ({ base: address ?? a.base }),
    },
  );
  closing.push(() => worker.stop());
  const event = (n: number) =>
    dispatch(`e${n}`, 'a', { address: down.base, subscription: 's1', kind: 'event-notification' });
  await put(store, event(0), event(1), of('p', 0), of('q', 0));
  await until(() => a.stored.length === 2);
});

test('what was withdrawn while it was claimed is not sent', async () => {
  const store = await memory();
  let release = () => {};
  const slow: Conduct = (...given) => {
    release = () => accept(...given);
  };
  const a = await receiver(slow);
  const worker = deliver(store, a);
  await put(store, of('p', 0), dispatch('q0', 'a', { about: ['Task/q'] }), of('r', 0));
  await until(() => a.arrivals.length === 1);
  await store.commit({ now: new Date(), withdrawals: [{ recipient: 'a', about: ['Task/q'] }] });
  a.conduct = accept;
  release();
  await worker.idle();
  expect(a.stored).toEqual(['p0', 'r0']);
  expect(await stateOf(store, 'q0')).toBe('withdrawn');
});

import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { DeliveryOptions, DeliverySettings } from '../../src/delivery/settings.ts';
import type { Dispatch, Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { deliverTo, until } from '../support/delivery/test-worker.ts';
import { accept, answer, type Conduct, openReceiver } from '../support/servers/receiver.ts';
import { dispatch } from '../support/store/samples.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function setUp(conduct?: Conduct, settings: Partial<DeliverySettings> = {}, more: Partial<DeliveryOptions> = {}) {
  const store = await openSqliteStore(':memory:');
  const a = await openReceiver(conduct);
  const worker = deliverTo(store, { a }, { settings, ...more });
  closing.push(
    () => store.close(),
    () => a.close().catch(() => undefined),
    () => worker.stop(),
  );
  return { store, a, worker };
}

const put = (store: Store, ...dispatches: Dispatch[]) => store.commit({ now: new Date(), dispatches });
const of = (journey: string, n: number, more: Partial<Dispatch> = {}) =>
  dispatch(`${journey}-${n}`, 'a', { traceId: journey, ...more });
const journeyOf = (id: string) => id.split('-')[0]!;

/** Answers nothing until it is let go, and records what waits for an answer at any moment. */
function gate() {
  const open = new Map<string, () => void>();
  const most = { inAll: 0, ofOneJourney: 0 };
  const conduct: Conduct = (...given) => {
    open.set(given[0].id, () => accept(...given));
    const journeys = [...open.keys()].map(journeyOf);
    most.inAll = Math.max(most.inAll, journeys.length);
    most.ofOneJourney = Math.max(most.ofOneJourney, journeys.length - new Set(journeys).size + 1);
  };
  const letGo = (id: string) => {
    open.get(id)?.();
    open.delete(id);
  };
  return { conduct, most, letGo, open: () => [...open.keys()].sort() };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('journeys to one receiver', () => {
  test.each([1, 3, 8])('are sent %i at a time where the settings say so, one dispatch of each', async (lanes) => {
    const { conduct, most, letGo, open } = gate();
    const { store, a, worker } = await setUp(conduct, { lanes });
    await put(store, ...Array.from({ length: 24 }, (_, n) => of(`j${n % 12}`, Math.floor(n / 12))));
    while (a.stored.length < 24) {
      const unfinished = Array.from({ length: 12 }, (_, n) => `j${n}-1`).filter((id) => !a.stored.includes(id));
      await until(() => open().length === Math.min(lanes, unfinished.length));
      letGo(open()[0]!);
    }
    await worker.idle();
    expect(most).toEqual({ inAll: lanes, ofOneJourney: 1 });
  });

  test('do not wait for one that gets no answer, also those committed later', async () => {
    const slow = gate();
    const { store, a } = await setUp((...given) =>
      (journeyOf(given[0].id) === 'slow' ? slow.conduct : accept)(...given),
    );
    await put(store, of('slow', 0), of('slow', 1));
    await until(() => slow.open().length === 1);
    for (let n = 0; n < 200; n++) await put(store, of(`j${n}`, 0));
    await until(() => a.stored.length === 200);
    expect(a.arrivals.map(({ id }) => id)).not.toContain('slow-1');
    slow.letGo('slow-0');
    await until(() => slow.open().includes('slow-1'));
    slow.letGo('slow-1');
  });

  test('that a later dispatch connects: it waits for both', async () => {
    const { conduct, letGo, open } = gate();
    const { store, a } = await setUp(conduct);
    await put(store, of('p', 0, { about: ['Task/p'] }), of('q', 0, { about: ['Task/q'] }));
    await until(() => open().length === 2);
    await put(store, of('r', 0, { about: ['Task/p', 'Task/q'] }), of('s', 0, { about: ['Task/p'] }), of('t', 0));
    await until(() => open().includes('t-0'));
    letGo('p-0');
    await pause(200);
    expect(open()).toEqual(['q-0', 't-0']);
    letGo('q-0');
    await until(() => open().includes('r-0'));
    expect(open()).toEqual(['r-0', 't-0']);
    letGo('r-0');
    await until(() => open().includes('s-0'));
    for (const id of open()) letGo(id);
    await until(() => a.stored.length === 5);
  });

  test('one that was withdrawn while being sent is not overtaken by what ends its Task', async () => {
    const { conduct, letGo, open } = gate();
    const { store } = await setUp(conduct);
    const about = ['Task/p'];
    await put(store, of('p', 0, { about }));
    await until(() => open().length === 1);
    await store.commit({
      now: new Date(),
      withdrawals: [{ recipient: 'a', about }],
      dispatches: [of('q', 0, { about }), of('t', 0)],
    });
    await until(() => open().includes('t-0'));
    expect(open()).toEqual(['p-0', 't-0']);
    letGo('p-0');
    await until(() => open().includes('q-0'));
    for (const id of open()) letGo(id);
    await until(async () => (await store.depth()).waiting === 0);
    expect((await store.dispatch('p-0'))?.state).toBe('delivered');
  });

  test('notifications of one Subscription are sent in their order, beside those of another and beside content', async () => {
    const { conduct, letGo, open } = gate();
    const { store, a } = await setUp(conduct);
    const event = (subscription: string, n: number) => of(`${subscription}e${n}`, 0, { subscription });
    await put(store, event('s', 1), event('s', 2), event('t', 1), of('s', 1), event('s', 3));
    const order = ['se1-0', 'se2-0', 'se3-0'];
    for (const id of order) {
      await until(() => open().includes(id));
      expect(open().filter((other) => order.includes(other))).toEqual([id]);
      letGo(id);
    }
    for (const id of open()) letGo(id);
    await until(() => a.stored.length === 5);
  });
});

test('what is requeued as soon as it was given up is not passed by what follows it', async () => {
  let isFirst = true;
  const { store, a } = await setUp(
    (...given) => {
      const conduct = isFirst ? answer(422) : accept;
      isFirst = false;
      return conduct(...given);
    },
    {},
    {
      onEnded: (outcome, { id }) => {
        if (outcome === 'dead') void store.requeue(id, new Date());
      },
    },
  );
  await put(store, of('p', 0), of('p', 1), of('q', 0));
  await until(() => a.stored.length === 3);
  expect(a.stored.filter((id) => id !== 'q-0')).toEqual(['p-0', 'p-1']);
});

describe('a failure while others are being sent', () => {
  test('stops new sends; what the other lanes deliver is recorded, and not sent again', async () => {
    const { conduct, letGo, open } = gate();
    const { store, a, worker } = await setUp(
      (...given) => (given[0].id === 'bad-0' ? answer(503) : conduct)(...given),
      { lanes: 4 },
    );
    await put(store, ...['bad', 'p', 'q', 'r', 's', 't'].map((journey) => of(journey, 0)));
    await until(() => open().length === 3 && worker.lines.length === 1);
    await pause(150);
    expect(a.arrivals).toHaveLength(4);
    a.conduct = accept;
    for (const id of ['p-0', 'q-0', 'r-0']) letGo(id);
    await worker.idle();
    expect(a.arrivals.map(({ id }) => id).sort()).toEqual(['bad-0', 'bad-0', 'p-0', 'q-0', 'r-0', 's-0', 't-0']);
    expect((await store.attempts('bad-0')).map(({ outcome }) => outcome)).toEqual(['retry', 'delivered']);
    for (const journey of ['p', 'q', 'r']) expect(await store.attempts(`${journey}-0`)).toHaveLength(1);
  });

  test('of all lanes at once is one failure of the receiver: each attempt is on record, and then it is probed', async () => {
    const { store, a } = await setUp(answer(503), { lanes: 8, pause: 600_000, maximumPause: 600_000 });
    await put(store, ...Array.from({ length: 20 }, (_, n) => of(`j${n}`, 0)));
    await until(async () => (await store.depth()).recipients[0]?.failures === 1);
    const tried = await Promise.all(Array.from({ length: 20 }, (_, n) => store.attempts(`j${n}-0`)));
    expect(tried.flat()).toHaveLength(a.arrivals.length);
    expect(a.arrivals.length).toBeLessThanOrEqual(8);
  });

  test('on one message leads to its being set aside when later ones are delivered', async () => {
    // dead after twenty errors it would not arrive
    const { store, a } = await setUp((...given) => (given[0].id === 'bad-0' ? answer(500) : accept)(...given), {
      maximumServerErrors: 1_000_000,
    });
    await put(store, of('bad', 0), of('bad', 1), of('p', 0));
    await until(async () => (await store.attempts('bad-0')).length >= 3);
    await put(store, of('q', 0));
    await until(async () => (await store.dispatch('bad-0'))?.aside !== undefined);
    expect(a.stored.toSorted()).toEqual(['p-0', 'q-0']);
    a.conduct = accept;
    await until(() => a.stored.length === 4);
    expect(a.stored.slice(2)).toEqual(['bad-0', 'bad-1']);
  });

  test('by refusals for good ends soon: no more dead letters than lanes', async () => {
    const { store } = await setUp(answer(422), { maximumRefusals: 3, pause: 600_000, maximumPause: 600_000 });
    await put(store, ...Array.from({ length: 40 }, (_, n) => of(`j${n}`, 0)));
    await until(async () => (await store.depth()).recipients[0]?.failures === 1);
    const { dead } = await store.depth();
    expect(dead).toBeGreaterThanOrEqual(3);
    expect(dead).toBeLessThanOrEqual(9);
  });
});

test('a worker that stops waits for all lanes, and records them', async () => {
  const { conduct, letGo, open } = gate();
  const { store, a, worker } = await setUp(conduct, { grace: 60_000 });
  await put(store, ...Array.from({ length: 12 }, (_, n) => of(`j${n}`, 0)));
  await until(() => open().length === 8);
  const stopped = worker.stop();
  for (const id of open()) letGo(id);
  await stopped;
  expect([a.arrivals.length, (await store.depth()).waiting]).toEqual([8, 4]);
});

/** What the receiver does with each arrival in turn, and how long it takes. */
type Turn = { readonly does: 'accept' | 'fail' | 'busy' | 'refuse' | 'hang up'; readonly after: number };

const turn: fc.Arbitrary<Turn> = fc.record({
  does: fc.constantFrom('accept', 'accept', 'accept', 'accept', 'fail', 'busy', 'refuse', 'hang up'),
  after: fc.integer({ min: 0, max: 4 }),
});

const conducts: Readonly<Record<Turn['does'], Conduct>> = {
  accept,
  fail: answer(500),
  busy: answer(429, { 'retry-after': '0' }),
  refuse: answer(422),
  'hang up': (_, response) => void response.destroy(),
};

test('any journeys, any failures, any number of lanes: in order, nothing lost, nothing sent again once it was answered', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 2 }), {
        minLength: 1,
        maxLength: 40,
      }),
      fc.array(turn, { maxLength: 30 }),
      fc.integer({ min: 1, max: 20 }),
      async (lanes, subjects, turns, unrecorded) => {
        const all = subjects.map((tasks, n) =>
          dispatch(`d${n}`, 'a', { about: [...new Set(tasks)].map((task) => `Task/${task}`) }),
        );
        const [waiting, answered, accepted, wrong] = [
          new Set<string>(),
          new Set<string>(),
          [] as string[],
          [] as string[],
        ];
        let next = 0;
        const conduct: Conduct = async (arrival, ...rest) => {
          const { does, after } = turns[next++] ?? { does: 'accept', after: 0 };
          if (answered.has(arrival.id)) wrong.push(`${arrival.id} was sent again`);
          const tasks = all.find(({ id }) => id === arrival.id)?.about ?? [];
          for (const id of waiting)
            if (all.find((it) => it.id === id)?.about?.some((task) => tasks.includes(task)))
              wrong.push(`${arrival.id} was sent beside ${id}`);
          waiting.add(arrival.id);
          if (after) await pause(after);
          waiting.delete(arrival.id);
          if (does === 'accept') {
            answered.add(arrival.id);
            accepted.push(arrival.id);
          }
          conducts[does](arrival, ...rest);
        };
        const settings = { lanes, unrecorded, pause: 2, maximumPause: 5, poll: 10, batch: 16 };
        const { store, worker, a } = await setUp(conduct, settings);
        try {
          for (let start = 0; start < all.length; start += 7) await put(store, ...all.slice(start, start + 7));
          await until(async () => {
            const { items } = await store.undelivered({ state: 'dead', count: 99 });
            for (const { id } of items) await store.requeue(id, new Date());
            return !items.length && (await store.depth()).waiting === 0;
          });
          expect(wrong).toEqual([]);
          expect(a.stored.toSorted()).toEqual(all.map(({ id }) => id).toSorted());
          for (let task = 0; task <= 6; task++) {
            const inOrder = all.filter(({ about }) => about?.includes(`Task/${task}`)).map(({ id }) => id);
            expect(accepted.filter((id) => inOrder.includes(id))).toEqual(inOrder);
          }
        } finally {
          await worker.stop();
          await a.close();
          await store.close();
          closing.splice(0);
        }
      },
    ),
    { numRuns: 40 },
  );
});

import { afterEach, expect, test } from 'vitest';
import { defaults } from '../../src/delivery/settings.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { deliverTo, until } from '../support/delivery/test-worker.ts';
import { openReceiver } from '../support/servers/receiver.ts';
import { dispatch } from '../support/store/samples.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A receiver that answers at once, and a store that records deliveries only when it is let to. */
async function setUp(many: number, settings: Parameters<typeof deliverTo>[2] = {}) {
  const store = await openSqliteStore(':memory:');
  const waiting: (() => void)[] = [];
  let isOpen = false;
  const slow: Store = {
    ...store,
    complete: async (...given) => {
      if (!isOpen) await new Promise<void>((resolve) => waiting.push(resolve));
      return store.complete(...given);
    },
  };
  const a = await openReceiver();
  await store.commit({
    now: new Date(),
    dispatches: Array.from({ length: many }, (_, n) => dispatch(`d${n}`, 'a', { traceId: `j${n}` })),
  });
  const worker = deliverTo(slow, { a }, settings);
  closing.push(
    () => store.close(),
    () => a.close(),
    () => worker.stop(),
  );
  const record = (count: number) => {
    for (const resolve of waiting.splice(0, count)) resolve();
  };
  return {
    a,
    record,
    waiting: () => waiting.length,
    recordAll: () => {
      isOpen = true;
      record(waiting.length);
    },
  };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test.each([
  [1, 1],
  [8, 3],
  [8, 20],
  [8, defaults.unrecorded],
  [64, defaults.unrecorded],
])(
  'a receiver that answers faster than the store records, %i lanes: at most %i deliveries are sent and not recorded',
  async (lanes, unrecorded) => {
    const many = unrecorded + 30;
    const { a, record, waiting, recordAll } = await setUp(many, { settings: { lanes, unrecorded, batch: 200 } });
    await until(() => waiting() === unrecorded);
    await pause(60);
    expect(a.arrivals).toHaveLength(unrecorded);
    const some = Math.min(2, unrecorded);
    record(some);
    await until(() => waiting() === unrecorded);
    await pause(30);
    expect(a.arrivals).toHaveLength(unrecorded + some);
    recordAll();
    await until(() => a.stored.length === many);
    expect(a.arrivals).toHaveLength(many);
  },
);

test('a batch that is answered before any of it is recorded: the next is read when it is, not when the claim ends', async () => {
  const never = 2 ** 30;
  const { a, waiting, recordAll } = await setUp(40, { settings: { batch: 16, linger: never, poll: never } });
  await until(() => waiting() === 16);
  await pause(150);
  recordAll();
  await until(() => a.stored.length === 40, 20_000);
  expect(a.arrivals).toHaveLength(40);
});

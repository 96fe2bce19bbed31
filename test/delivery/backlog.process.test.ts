import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { DeliverySettings } from '../../src/delivery/settings.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { deliverTo, until } from '../support/delivery/test-worker.ts';
import { isLong } from '../support/long.ts';
import { accept, answer, openReceiver } from '../support/servers/receiver.ts';
import { dispatch } from '../support/store/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-backlog-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Settings as in use, but for how soon a partner that was away is tried again. */
const asInUse: Partial<DeliverySettings> = { pause: 1_000, maximumPause: 1_000, poll: 1_000 };
const times = <T>(count: number, item: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => item(at));

const backlog = isLong ? 100_000 : 3_000;

test(`a backlog of ${backlog} deliveries to a partner that was away drains in the order of each journey, and nobody else waits for it`, async () => {
  const store = await openSqliteStore(join(folder, 'backlog.db'));
  const [away, other] = [await openReceiver(answer(503)), await openReceiver()];
  const journeys = backlog / 10;
  for (let from = 0; from < backlog; from += 1_000)
    await store.commit({
      now: new Date(),
      dispatches: times(Math.min(1_000, backlog - from), (at) =>
        dispatch(`a${from + at}`, 'away', { traceId: `journey-${(from + at) % journeys}` }),
      ),
    });
  const worker = deliverTo(store, { away, other }, { settings: asInUse });
  await until(() => away.arrivals.length > 0);
  away.conduct = accept; // it is back
  const started = performance.now();

  // others get theirs meanwhile; what counts is how much of the backlog goes before it, not the speed of the machine
  const overtaken: number[] = [];
  const waited: number[] = [];
  for (let n = 0; away.stored.length < backlog; n++) {
    await until(() => away.stored.length > 0);
    const [before, at] = [away.stored.length, performance.now()];
    await store.commit({ now: new Date(), dispatches: [dispatch(`o${n}`, 'other', { traceId: `other-${n}` })] });
    await until(() => other.stored.length > n);
    overtaken.push(away.stored.length - before);
    waited.push(performance.now() - at);
  }
  const milliseconds = performance.now() - started;
  await until(async () => (await store.depth()).waiting === 0);
  await worker.stop();

  expect(away.stored).toHaveLength(backlog);
  expect(overtaken.length, 'deliveries to the other partner while the backlog drained').toBeGreaterThan(10);
  expect(Math.max(...overtaken), 'of the backlog before a delivery to another').toBeLessThan(1_000);
  const last = new Map<number, number>();
  for (const id of away.stored) {
    const number = Number(id.slice(1));
    expect(number).toBeGreaterThan(last.get(number % journeys) ?? -1);
    last.set(number % journeys, number);
  }
  waited.sort((a, b) => a - b);
  console.log(
    `${backlog} deliveries in ${(milliseconds / 1_000).toFixed(0)} s; meanwhile ${waited.length} to another partner, which waited ` +
      `${waited[waited.length >> 1]!.toFixed(0)} ms, at most ${waited.at(-1)!.toFixed(0)} ms`,
  );
  await store.close();
  for (const it of [away, other]) await it.close();
}, 1_800_000);

/** Milliseconds. */
const pause = 2_000;

test('one poison message among 1,000 delays the other journeys by the two pauses that show whose fault it is, and then none', async () => {
  const store = await openSqliteStore(join(folder, 'poison.db'));
  const receiver = await openReceiver((arrival, ...rest) =>
    (arrival.id === 'm100' ? answer(500) : accept)(arrival, ...rest),
  );
  const journeys = 100;
  const isOfPoison = (id: string) => Number(id.slice(1)) % journeys === 0;
  const ids = times(1_000, (at) => `m${at}`);
  const put = (of: readonly string[]) =>
    store.commit({
      now: new Date(),
      dispatches: of.map((id) => dispatch(id, 'a', { traceId: `journey-${Number(id.slice(1)) % journeys}` })),
    });
  await put(ids.slice(0, 900));
  const worker = deliverTo(store, { a: receiver }, { settings: { pause, maximumPause: pause }, chance: () => 0.999 });
  await until(async () => (await store.dispatch('m100'))?.aside !== undefined);
  const set = receiver.arrivals.length;
  await put(ids.slice(900));
  await until(() => receiver.stored.filter((id) => !isOfPoison(id)).length === 990);
  const others = receiver.arrivals.filter(({ id }) => !isOfPoison(id)).map(({ at }) => at);
  const pauses = others.filter((at, n) => n > 0 && at - others[n - 1]! > pause * 0.75);
  expect(pauses.length, 'pauses of the other journeys').toBeLessThanOrEqual(2);
  expect(receiver.arrivals.slice(0, set).filter(({ id }) => id === 'm100').length).toBeLessThanOrEqual(3);
  // of its own journey the one before it went, and those after it wait
  expect(receiver.stored.filter(isOfPoison)).toEqual(['m0']);
  await until(async () => (await store.depth()).waiting === 9);
  await worker.stop();
  await store.close();
  await receiver.close();
}, 120_000);

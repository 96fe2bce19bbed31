import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { deliverTo, until } from '../support/delivery/test-worker.ts';
import { openReceiver } from '../support/servers/receiver.ts';
import { dispatch } from '../support/store/samples.ts';

test('a clock that is set back a little while a receiver pauses does not lose the end of the pause', async () => {
  const store = await openSqliteStore(':memory:');
  const receiver = await openReceiver();
  let behind = 0;
  const now = () => new Date(Date.now() - behind);
  // nothing but the end of the pause wakes the worker
  const worker = deliverTo(
    store,
    {},
    {
      settings: { poll: 600_000, pause: 400, maximumPause: 400 },
      chance: () => 1,
      world: { now, newId: () => crypto.randomUUID() },
    },
  );
  await store.commit({ now: now(), dispatches: [dispatch('d', 'a')] });
  await until(async () => (await store.attempts('d')).length > 0);
  behind = 200;
  const before = (await store.attempts('d')).length;
  await until(async () => (await store.attempts('d')).length > before, 20_000);
  expect((await store.attempts('d')).length).toBeGreaterThan(before);
  await worker.stop();
  await store.close();
  await receiver.close();
});

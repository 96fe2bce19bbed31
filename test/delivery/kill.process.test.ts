import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { defaults } from '../../src/delivery/settings.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { until } from '../support/delivery/test-worker.ts';
import { isLong } from '../support/long.ts';
import { openReceiver } from '../support/servers/receiver.ts';
import { dispatch } from '../support/store/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-delivery-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The receiver has stored so many at each kill; the last time all. */
const goals = isLong ? [100, 300, 600] : [50, 150];
const all = goals.at(-1)!;

test('a worker that is killed mid-delivery and started again: everything arrives in order, nothing is lost', async () => {
  const file = join(folder, 'store.db');
  const receiver = await openReceiver();
  const store = await openSqliteStore(file);
  const dispatches = Array.from({ length: all }, (_, n) => dispatch(`d${n}`, 'a', { traceId: `journey-${n % 10}` }));
  await store.commit({ now: new Date(), dispatches });

  for (const goal of goals) {
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('../support/delivery/delivery-process.ts', import.meta.url)), file, receiver.base],
      {
        stdio: 'inherit',
      },
    );
    await until(() => receiver.stored.length >= goal);
    if (goal === all) await until(async () => (await store.depth()).waiting === 0);
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }

  expect(receiver.stored).toHaveLength(all);
  for (let journey = 0; journey < 10; journey++) {
    const inOrder = dispatches.filter((_, n) => n % 10 === journey).map(({ id }) => id);
    expect(receiver.stored.filter((id) => inOrder.includes(id))).toEqual(inOrder);
  }
  // What was sent but not yet recorded at a kill is sent again, with the same ids.
  expect(receiver.arrivals.length).toBeLessThanOrEqual(all + (goals.length - 1) * defaults.unrecorded);
  const requestIds = new Set(receiver.arrivals.map((it) => it.requestId));
  expect(requestIds.size).toBe(all);
  await store.close();
  await receiver.close();
});

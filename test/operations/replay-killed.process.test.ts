import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Replay } from '../../src/operations/index.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { isLong } from '../support/long.ts';
import { type GatewayProcess, networkAt, startGatewayProcess } from '../support/servers/gateway-process.ts';
import { openReceiver, type Receiver } from '../support/servers/receiver.ts';
import { dispatch, message } from '../support/store/samples.ts';

/** A replay whose gateway is killed goes on where it was: each delivery once, none left out. */
const [team, total, kills] = ['registration-team', isLong ? 5_000 : 300, isLong ? 5 : 2];
let folder: string;
let receiver: Receiver;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mgn-replay-killed-'));
  receiver = await openReceiver();
});
afterEach(async () => {
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Deliveries that a receiver took, as a gateway left them. */
async function delivered(file: string): Promise<void> {
  const store = await openSqliteStore(file);
  for (let n = 0; n < total; n++)
    await store.commit({
      now: new Date(),
      message: message(`m${n}`),
      dispatches: [dispatch(`d${n}`, team, { kind: 'note', messageId: `message-m${n}`, about: [] })],
    });
  for (let left = total; left > 0; )
    for (const claim of await store.claim({ worker: 'w', now: new Date(), lease: 9_000, recipients: 1, batch: 500 })) {
      for (const delivery of claim.deliveries)
        await store.complete(claim, delivery, { at: new Date(), milliseconds: 1, status: 200 });
      left -= claim.deliveries.length;
      await store.release(claim);
    }
  await store.close();
}

test('cancelled on its way and continued, killed at moments of its work and started again', async () => {
  const file = join(folder, 'gateway.db');
  await delivered(file);
  const network = networkAt(folder, receiver.base);
  const store = `sqlite:${file}`;
  let gateway: GatewayProcess = await startGatewayProcess(network, store);
  const shown = async () =>
    JSON.parse((await gateway.ask('GET', '/admin/replays/all', { as: 'operator' })).text) as Replay;
  const body = JSON.stringify({ name: 'all', reason: 'The receiver lost a day', filter: { recipients: [team] } });
  const started = await gateway.ask('POST', '/admin/replays', {
    as: 'operator',
    body,
    contentType: 'application/json',
  });
  expect(started.status, started.text).toBe(200);
  // a short one is over before half of it is seen
  if (isLong)
    await expect.poll(async () => (await shown()).done, { timeout: 300_000, interval: 20 }).toBeGreaterThan(total / 3);
  const change = async (how: string) =>
    gateway
      .ask('POST', `/admin/replays/all/$${how}`, { as: 'operator' })
      .then(({ text }) => JSON.parse(text) as Replay);
  const cancelled = await change('cancel');
  const { state, done } = cancelled;
  expect(state, JSON.stringify(cancelled)).toBe('cancelled');
  expect(done).toBeLessThan(total);
  const after = await shown();
  expect(after.counts.sent ?? 0).toBe(after.done);
  await change('continue');
  for (let kill = 1; kill <= kills; kill++) {
    const from = Math.floor((total * (kill - 1)) / (kills + 1));
    await expect.poll(async () => (await shown()).done, { timeout: 300_000, interval: 20 }).toBeGreaterThan(from);
    await gateway.kill('SIGKILL');
    gateway = await startGatewayProcess(network, store);
  }
  // the lease of the one that was killed ends by itself
  await expect.poll(async () => (await shown()).state, { timeout: 600_000, interval: 200 }).toBe('done');
  expect(await shown()).toMatchObject({ total, done: total, counts: { sent: total } });
  await expect.poll(() => receiver.stored.length, { timeout: 120_000 }).toBe(total);
  await gateway.kill('SIGTERM');
  // one X-Request-Id for each copy: nothing was copied twice
  expect(new Set(receiver.arrivals.map(({ requestId }) => requestId)).size).toBe(total);
}, 1_800_000);

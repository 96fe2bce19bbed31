import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { locationOf, startGateway } from '../support/test-gateway.ts';

const referral = readFileSync(
  join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
);

test('a receiver that is down for a while gets everything afterwards: once each, attempts on record', async () => {
  const port = await freePort();
  const gateway = await startGateway({
    addresses: { 'registration-team': `http://127.0.0.1:${port}/fhir` },
    delivery: { pause: 50, maximumPause: 200 },
  });
  const orders: string[] = [];
  for (let count = 0; count < 20; count++) {
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral });
    orders.push(locationOf(answer, 'ServiceRequest')!);
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  const waiting = await gateway.store.dispatches({ recipient: 'registration-team', count: 50 });
  expect(waiting.items.map(({ state }) => state)).toEqual(Array(20).fill('waiting'));

  const sink = await startSink(port);
  await sink.until(20);
  await expect
    .poll(
      async () =>
        (await gateway.store.dispatches({ recipient: 'registration-team', state: 'delivered', count: 50 })).items
          .length,
    )
    .toBe(20);
  const arrived = sink.received.map(
    ({ bundle }) => bundle.entry?.find(({ fullUrl }) => fullUrl?.includes('/ServiceRequest/'))?.fullUrl,
  );
  // journeys of their own, which are delivered at the same time
  expect(arrived.map((url) => url?.replace(/^.*\/fhir\//, '')).sort()).toEqual(orders.toSorted());
  const first = waiting.items[0]!;
  const attempts = await gateway.store.attempts(first.id);
  expect(attempts.length).toBeGreaterThan(1);
  expect(attempts.at(-1)?.outcome).toBe('delivered');
  expect(attempts.slice(0, -1).every(({ outcome, because }) => outcome === 'retry' && Boolean(because))).toBe(true);
  await gateway.stop();
  await sink.close();
});

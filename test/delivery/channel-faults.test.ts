import { afterEach, expect, test } from 'vitest';
import type { DeliveryOptions } from '../../src/delivery/settings.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { deliverTo, until } from '../support/delivery/test-worker.ts';
import { openReceiver } from '../support/servers/receiver.ts';
import { dispatch } from '../support/store/samples.ts';

/** Exceptions where none are expected: they may lead to no loop without a pause. */
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function deliver(more: Partial<DeliveryOptions>) {
  const store = await openSqliteStore(':memory:');
  closing.push(() => store.close());
  const receiver = await openReceiver();
  closing.push(() => receiver.close());
  const worker = deliverTo(store, { a: receiver }, more);
  closing.push(() => worker.stop());
  return { store, worker, receiver };
}

const fails = (): never => {
  throw new TypeError('Testa Proefpersoon');
};

test('an exception of a channel is an attempt: counted, with its pause, and its words are not repeated', async () => {
  const { store, worker } = await deliver({
    handlers: { 'zgw-status': fails },
    settings: { pause: 60_000, maximumPause: 60_000 },
    chance: () => 1,
  });
  await store.commit({ now: new Date(), dispatches: [dispatch('d', 'a', { channel: 'zgw-status' })] });
  await until(async () => (await store.dispatch('d'))?.attempts === 1);
  const lines = worker.lines.filter(({ step }) => step === 'deliver');
  expect(lines).toMatchObject([{ outcome: 'retry', because: 'delivery-undecided' }]);
  expect(JSON.stringify(lines)).not.toContain('Testa');
});

test('a fault of the gateway that leaves no record does not repeat the delivery without a pause', async () => {
  const { store, worker } = await deliver({ audit: fails, settings: { pause: 60_000 } });
  await store.commit({ now: new Date(), dispatches: [dispatch('d', 'a')] });
  const faults = () => worker.lines.filter(({ outcome }) => outcome === 'error').length;
  await until(() => faults() > 0);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(faults()).toBe(1);
});

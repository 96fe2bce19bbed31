import { afterAll, expect, test } from 'vitest';
import { openDeliveryThread } from '../../src/main/delivery/open-thread.ts';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { hasty, until } from '../support/delivery/test-worker.ts';
import { openReceiver } from '../support/servers/receiver.ts';
import { emptyPostgres } from '../support/store/postgres.ts';
import { dispatch } from '../support/store/samples.ts';

const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test('the thread of deliveries on PostgreSQL sends what this gateway commits, and what another one does, at once', async () => {
  const url = await emptyPostgres();
  const [own, other] = [await openPostgresStore(url), await openPostgresStore(url)];
  const receiver = await openReceiver();
  const thread = await openDeliveryThread({
    link: own.link!(),
    standing: {
      addressRules: { plainHttp: new Set<string>(), named: [], loopback: true },
      partners: new Map([['a', { name: 'a', addresses: [{ url: receiver.base }] }]]),
    },
    // nothing is found by looking from time to time
    settings: { ...hasty, poll: 600_000 },
    log: () => {},
    died: (why) => {
      throw why;
    },
  });
  closing.push(own.close, other.close, receiver.close, thread.stop);
  const put = (store: typeof own, id: string) => store.commit({ now: new Date(), dispatches: [dispatch(id, 'a')] });
  for (let n = 0; n < 5; n++) {
    await put(own, `own-${n}`);
    await until(() => receiver.stored.includes(`own-${n}`));
    await put(other, `other-${n}`);
    await until(() => receiver.stored.includes(`other-${n}`));
  }
  await thread.idle();
  expect(receiver.arrivals).toHaveLength(10);
  expect((await own.depth()).waiting).toBe(0);
});

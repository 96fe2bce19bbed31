import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { openHl7 } from '../../src/delivery/channel/hl7v2/hl7v2.ts';
import { type DeliveryOptions, defaults } from '../../src/delivery/settings.ts';
import { deliveryOf } from '../../src/directory/load/delivery-file.ts';
import { deliveringBy } from '../../src/main/delivery/standing.ts';
import { partnerLines, releasePartner } from '../../src/operations/index.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { deliverTo, until } from '../support/delivery/test-worker.ts';
import { accept, answer, type Conduct, openReceiver } from '../support/servers/receiver.ts';
import { dispatch } from '../support/store/samples.ts';

/** A partner that refuses everything, or answers what no contract has, is held by the gateway until an operator releases it. */
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const world = { now: () => new Date(), newId: () => crypto.randomUUID() };
const acting = (store: Store) => ({ store, world, by: { id: 'operator', name: 'Operator' } });

async function two(conduct: Conduct, more: Partial<DeliveryOptions> = {}) {
  const store = await openSqliteStore(':memory:');
  closing.push(() => store.close());
  const [a, b] = [await openReceiver(conduct), await openReceiver()];
  closing.push(
    () => a.close(),
    () => b.close(),
  );
  const settings = { quarantineAfter: 4, lanes: 1, maximumRefusals: 100, ...more.settings };
  const worker = deliverTo(store, { a, b }, { ...more, settings });
  closing.push(() => worker.stop());
  const put = (...ids: string[]) =>
    store.commit({ now: new Date(), dispatches: ids.map((id) => dispatch(id, id[0]!, { traceId: id })) });
  return { store, a, b, worker, put };
}

describe('quarantine', () => {
  test('after as many refusals in a row as the setting says nothing more is sent; others go on; release ends it', async () => {
    let conduct: Conduct = answer(422);
    const { store, a, b, worker, put } = await two((...it) => conduct(...it));
    await put('a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'b1');
    await until(async () => (await store.heldPartners()).length === 1);
    await put('b2', 'a7');
    await worker.idle();
    expect(a.arrivals).toHaveLength(4);
    expect(b.stored).toEqual(['b1', 'b2']);
    expect((await store.dispatch('a5'))?.state).toBe('waiting');
    const line = (await partnerLines(store)).find(({ partner }) => partner === 'a');
    expect(line?.held).toMatchObject({ by: 'mgn-gateway', reason: expect.stringContaining('quarantine: 4') });
    expect(worker.lines.filter(({ outcome }) => outcome === 'quarantined')).toMatchObject([{ recipient: 'a' }]);
    expect(JSON.stringify((await store.audit({ count: 99 })).items)).toContain('quarantine: 4');
    conduct = accept;
    expect((await releasePartner(acting(store), 'a')).ok).toBe(true);
    await until(async () => (await store.dispatch('a7'))?.state === 'delivered');
    expect(await store.heldPartners()).toEqual([]);
  });

  test('a delivery in between begins anew, and silence is no refusal: that is a matter of pause and probe', async () => {
    let n = 0;
    const refuseMost: Conduct = (...it) => (n++ % 4 === 3 ? accept : answer(422))(...it);
    const { store, put, worker } = await two(refuseMost);
    await put(...Array.from({ length: 12 }, (_, i) => `a${i}`));
    await until(async () => (await store.dispatch('a11'))?.state !== 'waiting');
    await worker.idle();
    expect(await store.heldPartners()).toEqual([]);
    const away = await two((_, response) => void response.destroy(), { settings: { setAsideAfter: 1_000 } });
    await away.put('a1');
    await until(() => away.a.arrivals.length > 8);
    expect(await away.store.heldPartners()).toEqual([]);
  });

  test('without the setting a partner that refuses is never held', async () => {
    const { store, put, worker } = await two(answer(422), { settings: { quarantineAfter: undefined as never } });
    await put(...Array.from({ length: 12 }, (_, i) => `a${i}`));
    await worker.idle();
    expect(await store.heldPartners()).toEqual([]);
  });

  test('ill-formed answers count too: a page where an acknowledgement was due', async () => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.end('<html>Welkom</html>'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => void server.close());
    const rules = { plainHttp: new Set<string>(), named: [], loopback: true };
    const hl7 = openHl7({ ...defaults, timeout: 2_000 }, () => rules);
    closing.push(() => hl7.close());
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hl7`;
    const { store, worker } = await two(accept, {
      address: () => ({ base: 'hl7v2', destination: { kind: 'hl7v2', address } }),
      handlers: { hl7v2: (it, to, _, cut) => hl7.send(it, to, () => new Date(), cut) },
    });
    const body = 'MSH|^~\\&|M||||1||RRI^I12|7|P|2.5\r';
    await store.commit({ now: new Date(), dispatches: [dispatch('h', 'a', { channel: 'hl7v2', body })] });
    await until(async () => (await store.heldPartners()).length === 1);
    const reasons = worker.lines.flatMap(({ because }) => because ?? []);
    expect(reasons).toEqual(Array.from({ length: 4 }, () => 'receiver-answer-invalid: MSA'));
  });

  test('a number of the partner takes precedence over that of the network', () => {
    const delivery = deliveryOf({ 'quarantine-after': 3 });
    const partners = new Map([
      ['own', { name: 'Own', addresses: [], delivery }],
      ['other', { name: 'Other', addresses: [] }],
    ]);
    const rules = { plainHttp: new Set<string>(), named: [], loopback: false };
    const by = deliveringBy(() => ({ addressRules: rules, quarantineAfter: 9, partners }), world);
    expect([by.inForce?.('own').quarantineAfter, by.inForce?.('other').quarantineAfter]).toEqual([3, 9]);
  });
});

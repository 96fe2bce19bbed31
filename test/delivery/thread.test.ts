import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import type { DeliveryLine, DeliverySettings } from '../../src/delivery/settings.ts';
import { type DeliveryThreadOptions, openDeliveryThread } from '../../src/main/delivery/open-thread.ts';
import type { Standing } from '../../src/main/delivery/standing.ts';
import type { Dispatch, Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { StoreFault } from '../../src/store/store-fault.ts';
import { deliverTo, hasty, until } from '../support/delivery/test-worker.ts';
import { accept, answer, type Conduct, openReceiver } from '../support/servers/receiver.ts';
import { dispatch } from '../support/store/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-delivery-thread-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Partner = Standing['partners'] extends ReadonlyMap<string, infer P> ? P : never;
const standing = (partners: Readonly<Record<string, Partial<Partner>>>, more: Partial<Standing> = {}): Standing => ({
  network: 'Netwerk',
  addressRules: { plainHttp: new Set(), named: [], loopback: true },
  partners: new Map(Object.entries(partners).map(([id, it]) => [id, { name: id, addresses: [], ...it }])),
  ...more,
});
const at = (url: string, more: Partial<Partner> = {}): Partial<Partner> => ({ addresses: [{ url }], ...more });

let files = 0;
async function setUp({
  conduct,
  settings = {},
  ...more
}: Partial<Omit<DeliveryThreadOptions, 'settings'>> & {
  readonly conduct?: Conduct;
  readonly settings?: Partial<DeliverySettings>;
} = {}) {
  const file = join(folder, `${files++}.db`);
  const store = await openSqliteStore(file);
  const a = await openReceiver(conduct);
  const lines: DeliveryLine[] = [];
  const faults: StoreFault[] = [];
  const watch = vi.fn();
  const died = vi.fn();
  const thread = await openDeliveryThread({
    link: store.link!(),
    standing: standing({ a: at(a.base, { token: 'first' }) }),
    // what follows from a commit does not wait for the next look
    settings: { ...hasty, poll: 600_000, ...settings },
    log: (line) => lines.push(line),
    storeFailed: (fault) => faults.push(fault),
    watch,
    died,
    ...more,
  });
  closing.push(
    () => store.close(),
    () => a.close().catch(() => undefined),
    () => thread.stop(),
  );
  return { file, store, a, thread, lines, faults, watch, died };
}

const put = (store: Store, ...dispatches: Dispatch[]) => store.commit({ now: new Date(), dispatches });
const of = (journey: string, n: number, more: Partial<Dispatch> = {}) =>
  dispatch(`${journey}-${n}`, 'a', { traceId: journey, ...more });
const tokens = (arrivals: readonly { readonly headers: { readonly authorization?: string | undefined } }[]) =>
  arrivals.map(({ headers }) => headers.authorization);
const stateOf = async (store: Store, id: string) => (await store.dispatch(id))?.state;

describe('the thread of deliveries', () => {
  test('delivers what was there, and each commit at once; each attempt is logged, and audited in the store', async () => {
    const { store, a, thread, lines } = await setUp();
    for (let n = 0; n < 20; n++) {
      await put(store, of(`j${n}`, 0), of(`j${n}`, 1));
      await until(() => a.stored.length === 2 * (n + 1));
    }
    await thread.idle();
    expect(a.arrivals).toHaveLength(40);
    expect(lines).toHaveLength(40);
    expect(lines[0]).toEqual({
      step: 'deliver',
      outcome: 'delivered',
      dispatch: 'j0-0',
      recipient: 'a',
      traceId: 'j0',
      status: 200,
    });
    expect(await stateOf(store, 'j19-1')).toBe('delivered');
    const { items } = await store.audit({ traceId: 'j7', count: 10 });
    expect(items.map(({ text }) => JSON.parse(text).agent[1].name ?? JSON.parse(text).agent[1].who.display)).toEqual([
      'a',
      'a',
    ]);
  });

  test('delivers again what an operator requeues, and is woken for it; the watchdog is called for both', async () => {
    const { store, a, thread, watch } = await setUp({ conduct: answer(422) });
    await put(store, of('p', 0), of('p', 1));
    await until(async () => (await stateOf(store, 'p-0')) === 'dead');
    await until(() => watch.mock.calls.length === 1);
    a.conduct = accept;
    await store.requeue('p-0', new Date());
    await until(() => a.stored.length === 2);
    await thread.idle();
    expect(a.stored).toEqual(['p-0', 'p-1']);
    expect(watch.mock.calls.length).toBeGreaterThan(1);
  });

  test('uses an address, a token and lanes from the next attempt on, also one that was on its way already', async () => {
    const { store, a, thread } = await setUp({ conduct: answer(503, { 'retry-after': '0' }) });
    const b = await openReceiver();
    closing.push(() => b.close());
    await put(store, of('p', 0));
    await until(() => a.arrivals.length > 1);
    thread.change(standing({ a: at(b.base, { token: 'second' }) }));
    await until(() => b.stored.length === 1);
    const before = a.arrivals.length;
    await put(store, of('p', 1));
    await until(() => b.stored.length === 2);
    expect([a.arrivals.length, ...tokens(b.arrivals)]).toEqual([before, 'Bearer second', 'Bearer second']);

    const open = new Set<() => void>();
    b.conduct = (...given) => void open.add(() => accept(...given));
    thread.change(standing({ a: at(b.base, { lanes: 2 }) }, { lanes: 5 }));
    await put(store, ...Array.from({ length: 9 }, (_, n) => of(`q${n}`, 0)));
    await until(() => open.size === 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(open.size).toBe(2);
    b.conduct = accept;
    for (const go of open) go();
    await until(() => b.stored.length === 11);
  });

  test('waits without an address, and while its period has not begun or is over', async () => {
    const { store, a, thread } = await setUp({ standing: standing({}) });
    await put(store, of('p', 0));
    await until(async () => (await store.attempts('p-0')).length > 0);
    thread.change(standing({ a: { addresses: [{ url: a.base, period: { end: '2020' } }] } }));
    const count = (await store.attempts('p-0')).length;
    await until(async () => (await store.attempts('p-0')).length > count + 1);
    expect(a.arrivals).toEqual([]);
    expect((await store.dispatch('p-0'))?.because).toBe('receiver-address-missing');
    thread.change(
      standing({ a: { addresses: [{ url: 'http://127.0.0.1:9/', period: { end: '2020' } }, { url: a.base }] } }),
    );
    await until(() => a.stored.length === 1);
  });

  test('asks the gateway whether a notification or a request on consent may still be sent, and nothing else', async () => {
    const asked: string[] = [];
    const { store, a, thread } = await setUp({
      mayStillSend: async ({ id }) => {
        asked.push(id);
        if (id === 'unknown-0' && asked.filter((it) => it === id).length === 1) throw new Error('the store is away');
        return id === 'social-0' ? { ok: false, because: 'consent-ended' } : { ok: true };
      },
    });
    await put(
      store,
      of('plain', 0),
      of('social', 0, { kind: 'social-request' }),
      of('unknown', 0, { kind: 'social-request' }),
      of('note', 0, { subscription: 's', address: a.base }),
    );
    await until(() => a.stored.length === 3);
    await until(async () => (await stateOf(store, 'social-0')) === 'dead');
    await thread.idle();
    expect((await store.dispatch('social-0'))?.because).toBe('delivery-forbidden: consent-ended');
    expect([...new Set(asked)].sort()).toEqual(['note-0', 'social-0', 'unknown-0']);
    expect((await store.attempts('unknown-0')).map(({ because }) => because)).toContain('delivery-undecided');
    // a notification has an address of its own, and is sent without our token for the partner
    const note = a.arrivals.find(({ id }) => id === 'note-0');
    expect(note?.headers.authorization).toBeUndefined();
  });

  test('has the gateway read from a placer and update its Tasks, with the address and the token in force', async () => {
    const requests: unknown[] = [];
    const placer = createServer((request, response) => {
      requests.push([request.method, request.url, request.headers.authorization, request.headers['x-request-id']]);
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => placer.once('listening', resolve));
    closing.push(async () => placer.close());
    const url = `http://127.0.0.1:${(placer.address() as AddressInfo).port}/fhir`;
    const { store, thread } = await setUp({
      standing: standing({ a: at(url, { token: 'ours' }) }),
      handlers: {
        'fhir-pull': async (_, __, ask) => {
          const read = await ask('GET', 'Task/1', { limit: 1_000 });
          return read.kind === 'ended' ? read.sent : { kind: 'delivered', location: 'Task/7' };
        },
        'fhir-placer': async () => ({ kind: 'refused', reason: { rule: 'placer-address-mismatch' } }),
      },
    });
    await put(store, of('p', 0, { channel: 'fhir-pull' }), of('q', 0, { channel: 'fhir-placer' }));
    await thread.idle();
    expect(requests).toEqual([['GET', '/fhir/Task/1', 'Bearer ours', 'request-p-0']]);
    expect(await store.dispatch('p-0')).toMatchObject({ state: 'delivered', location: 'Task/7' });
    expect(await store.dispatch('q-0')).toMatchObject({ state: 'dead', because: 'placer-address-mismatch' });
  });

  test('reports that the store takes nothing; what arrived meanwhile is recorded later, and not sent again', async () => {
    const { file, store, a, thread, faults, lines } = await setUp();
    await put(store, of('p', 0));
    await thread.idle();
    const other = new DatabaseSync(file, { timeout: 5_000 });
    closing.push(async () => other.close());
    a.conduct = (...given) => {
      other.exec('begin immediate');
      return accept(...given);
    };
    await put(store, of('q', 0));
    await until(() => faults.length > 0);
    expect(faults[0]).toMatchObject({ name: 'StoreFault', problem: 'locked' });
    other.exec('rollback');
    a.conduct = accept;
    await until(async () => (await stateOf(store, 'q-0')) === 'delivered');
    expect(a.arrivals.map(({ id }) => id)).toEqual(['p-0', 'q-0']);
    expect(lines.some(({ outcome }) => outcome === 'error')).toBe(true);
  });

  test('that cannot open the store says why, and ends', async () => {
    const file = join(folder, 'moved.db');
    const store = await openSqliteStore(file);
    closing.push(() => store.close());
    const { address, ...link } = store.link!();
    const wrong = { ...(address as object), file: join(folder, 'gone.db') };
    const opening = openDeliveryThread({
      link: { ...link, address: wrong },
      standing: standing({}),
      log: () => {},
      died: () => {},
    });
    await expect(opening).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the thread of deliveries that is stopped', () => {
  test('waits for what is under way, records it and releases the rest; a second stop is the same', async () => {
    const open = new Set<() => void>();
    const { store, a, thread } = await setUp({
      conduct: (...given) => void open.add(() => accept(...given)),
      settings: { grace: 60_000, lease: 60_000 },
    });
    await put(store, ...Array.from({ length: 12 }, (_, n) => of(`j${n}`, 0)));
    await until(() => open.size === 8);
    const stopped = Promise.all([thread.stop(), thread.stop()]);
    a.conduct = accept; // what it sends before it has read that it stops
    for (const go of open) go();
    await stopped;
    await thread.idle();
    thread.change(standing({}));
    expect((await store.depth()).waiting).toBe(12 - a.arrivals.length);
    const next = deliverTo(store, { a });
    closing.push(() => next.stop());
    await next.idle();
    expect([a.arrivals.length, (await store.depth()).waiting]).toEqual([12, 0]);
  });

  test('cuts off what takes longer than the grace, here and in the gateway', async () => {
    const { store, a, thread } = await setUp({
      conduct: () => {},
      settings: { grace: 100 },
      handlers: {
        'fhir-pull': async (_, __, ask) => {
          const read = await ask('PUT', 'Task/1', { limit: 1_000, body: '{"id":"pulled"}' });
          return read.kind === 'ended' ? read.sent : { kind: 'delivered' };
        },
        'fhir-placer': async () => ({ kind: 'delivered' }),
      },
    });
    await put(store, of('p', 0), of('q', 0, { channel: 'fhir-pull' }));
    await until(() => a.arrivals.length === 2);
    await thread.stop();
    expect((await store.depth()).waiting).toBe(2);
    // its outcome is unknown: no attempt is recorded, and the next worker sends it with the same id
    expect(await store.attempts('p-0')).toEqual([]);
    expect(await store.attempts('q-0')).toEqual([]);
  });

  test('is not heard of any more', async () => {
    const { thread, died, lines } = await setUp();
    await thread.stop();
    expect([died.mock.calls, lines]).toEqual([[], []]);
  });
});

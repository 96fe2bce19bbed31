import { describe, expect, test } from 'vitest';
import type { Claim, Delivery, Store } from '../../../../src/store/port.ts';
import { at, auditEvent, commit, dispatch } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

/** The order within a journey, and the passing of journeys: dead letters, suspects, what is set aside and withdrawn. */
export const journeyContract = (empty: EmptyStore) =>
  describe('journeys of the outbox', () => {
    const wish = { worker: 'w1', now: at(10), lease: 5_000, recipients: 10, batch: 10 };
    const ending = { at: at(11), milliseconds: 12 };
    const claimed = async (store: Store, seconds = 10): Promise<Claim | undefined> => {
      const [claim] = await store.claim({ ...wish, now: at(seconds) });
      return claim;
    };
    const ids = (claim: Claim | undefined) => (claim?.deliveries ?? []).map(({ id }) => id);
    const get = (claim: Claim | undefined, id: string): readonly [Claim, Delivery] => {
      const delivery = claim?.deliveries.find((it) => it.id === id);
      if (!claim || !delivery) throw new Error(`${id} is not claimed`);
      return [claim, delivery];
    };
    const of = (journey: string, n: number, more: Parameters<typeof dispatch>[2] = {}) =>
      dispatch(`${journey}${n}`, 'a', { traceId: journey, ...more });
    const dead = { ...ending, status: 422, because: 'receiver-refused: 422' };
    const suspect = { ...ending, until: at(20), because: 'receiver-error: 500', waits: 'suspect' } as const;

    /** p0 failed, and q0 was delivered after it. */
    async function setAside(store: Store): Promise<void> {
      await commit(store, { dispatches: [of('p', 0), of('q', 0), of('p', 1), of('q', 1)] });
      await store.retryLater(...get(await claimed(store), 'p0'), suspect);
      const probe = await claimed(store, 20);
      expect(ids(probe)).toEqual(['q0']);
      await store.complete(...get(probe, 'q0'), { ...ending, status: 200 });
      await store.release(probe!);
    }

    test('behind a dead letter only its own journey waits, until it is requeued', async () => {
      const store = await empty();
      await commit(store, { dispatches: [of('p', 0), of('q', 0), of('p', 1)] });
      const claim = await claimed(store);
      await store.deadLetter(...get(claim, 'p0'), dead);
      expect(await store.isDeliverable(get(claim, 'p1')[1])).toBe(false);
      expect(await store.isDeliverable(get(claim, 'q0')[1])).toBe(true);
      await store.release(claim!);
      const next = await claimed(store, 12);
      expect(ids(next)).toEqual(['q0']);
      await store.complete(...get(next, 'q0'), ending);
      await store.release(next!);
      expect(await store.hasDeliverable()).toBe(false);
      expect(await store.claim({ ...wish, now: at(13) })).toEqual([]);
      await store.requeue('p0', at(50));
      const again = await claimed(store, 51);
      expect(again?.deliveries).toMatchObject([
        { id: 'p0', queuedAt: at(50) },
        { id: 'p1', queuedAt: at(50) },
      ]);
    });

    test('what has a Task or an order in common is of one journey, also by what comes between', async () => {
      const store = await empty();
      const about = (...names: string[]) => ({ about: names });
      await commit(store, {
        dispatches: [
          dispatch('d1', 'a', about('Task/1')),
          dispatch('d2', 'a', about('Task/1', 'ServiceRequest/1')),
          dispatch('d3', 'a', about('ServiceRequest/1')),
          dispatch('d4', 'a', about('Task/4')),
          dispatch('d5', 'a', about('Task/5')),
          dispatch('d6', 'a', about('Task/4', 'Task/5')),
          dispatch('d7', 'a', about('Task/5')),
        ],
      });
      const claim = await claimed(store);
      await store.deadLetter(...get(claim, 'd1'), dead);
      await store.deadLetter(...get(claim, 'd4'), dead);
      await store.release(claim!);
      expect(await claimed(store, 12)).toBeUndefined();
      await store.requeue('d1', at(20));
      expect(ids(await claimed(store, 21))).toEqual(['d1', 'd2', 'd3']);
    });

    test('what is pending under a claim has the journeys of that moment, and nothing that was recorded before', async () => {
      const store = await empty();
      const about = (...names: string[]) => ({ about: names });
      await commit(store, { dispatches: [of('p', 0, about('Task/1')), of('q', 0, about('Task/2')), of('r', 0)] });
      const claim = await claimed(store);
      const journeys = async () =>
        (await store.pending(claim!, { now: at(12), batch: 10 })).map(({ id, journey }) => [id, journey] as const);
      expect(new Set(claim!.deliveries.map(({ journey }) => journey)).size).toBe(3);
      await commit(store, { dispatches: [of('s', 0, about('Task/1', 'Task/2'))] });
      const connected = new Map(await journeys());
      expect([...connected.keys()]).toEqual(['p0', 'q0', 'r0', 's0']);
      expect(connected.get('p0')).toBe(connected.get('s0'));
      expect(connected.get('q0')).toBe(connected.get('s0'));
      expect(connected.get('r0')).not.toBe(connected.get('s0'));
      await store.complete(...get(claim, 'p0'), ending);
      expect((await journeys()).map(([id]) => id)).toEqual(['q0', 'r0', 's0']);
      await store.release(claim!);
      expect(await journeys()).toEqual([]);
    });

    test('a failure that pauses nobody is recorded, and the claim goes on', async () => {
      const store = await empty();
      await commit(store, { dispatches: [of('p', 0), of('q', 0)] });
      const claim = await claimed(store);
      expect(await store.retryLater(...get(claim, 'p0'), { ...suspect, waits: 'journey' })).toBe(true);
      expect(await store.complete(...get(claim, 'q0'), ending)).toBe(true);
      expect(await store.attempts('p0')).toHaveLength(1);
      await store.release(claim!);
      expect(await claimed(store, 12)).toMatchObject({ failures: 0, deliveries: [{ id: 'p0', attempts: 1 }] });
    });

    test('the same journey to another recipient does not wait', async () => {
      const store = await empty();
      await commit(store, { dispatches: [of('p', 0), dispatch('other', 'b', { traceId: 'p' })] });
      const claims = await store.claim(wish);
      await store.deadLetter(
        ...get(
          claims.find(({ recipient }) => recipient === 'a'),
          'p0',
        ),
        dead,
      );
      const other = claims.find(({ recipient }) => recipient === 'b');
      expect(await store.isDeliverable(get(other, 'other')[1])).toBe(true);
    });

    test('a notification of a Subscription holds up no content, and the other way round', async () => {
      const store = await empty();
      await commit(store, {
        dispatches: [of('p', 0, { subscription: 's1', about: ['Task/1'] }), of('p', 1, { about: ['Task/1'] })],
      });
      const claim = await claimed(store);
      await store.deadLetter(...get(claim, 'p0'), dead);
      expect(await store.isDeliverable(get(claim, 'p1')[1])).toBe(true);
    });

    test('after a suspect another journey is the probe; if that fails too nothing is set aside, and each has its turn', async () => {
      const store = await empty();
      await commit(store, { dispatches: [of('p', 0), of('q', 0), of('p', 1)] });
      await store.retryLater(...get(await claimed(store), 'p0'), suspect);
      expect(await claimed(store, 19)).toBeUndefined();
      await store.retryLater(...get(await claimed(store, 20), 'q0'), { ...suspect, at: at(20), until: at(30) });
      await store.retryLater(...get(await claimed(store, 30), 'p0'), { ...suspect, at: at(30), until: at(40) });
      expect(ids(await claimed(store, 40))).toEqual(['q0']);
      expect((await store.undelivered({ count: 9 })).items).toEqual([]);
    });

    test('a suspect is set aside once another was delivered: it is tried at once, and then at its own pace', async () => {
      const store = await empty();
      await setAside(store);
      expect((await store.undelivered({ count: 9 })).items).toMatchObject([{ id: 'p0', state: 'waiting' }]);
      const claim = await claimed(store, 21);
      expect(claim).toMatchObject({ failures: 0, deliveries: [{ id: 'p0', aside: true }, { id: 'q1' }] });
      await store.retryLater(...get(claim, 'p0'), { ...suspect, until: at(60), waits: 'journey' });
      await store.complete(...get(claim, 'q1'), ending);
      await store.release(claim!);
      expect((await store.dispatch('p0'))?.aside).toEqual({ retryAt: at(60) });
      expect(await claimed(store, 59)).toBeUndefined();
      expect(await store.hasDeliverable()).toBe(true);
      const later = await claimed(store, 60);
      expect(ids(later)).toEqual(['p0']);
      await store.complete(...get(later, 'p0'), ending);
      await store.release(later!);
      expect(ids(await claimed(store, 61))).toEqual(['p1']);
    });

    test('what is set aside is tried at once when an operator requeues it', async () => {
      const store = await empty();
      await setAside(store);
      const claim = await claimed(store, 21);
      await store.retryLater(...get(claim, 'p0'), { ...suspect, until: at(59), waits: 'journey' });
      await store.complete(...get(claim, 'q1'), ending);
      await store.release(claim!);
      expect(await store.requeue('p0', at(22))).toBe(true);
      expect(ids(await claimed(store, 23))).toEqual(['p0']);
    });

    test('a skipped dispatch frees its journey; it is recorded once, and never sent', async () => {
      const store = await empty();
      await commit(store, { dispatches: [of('p', 0), of('p', 1)] });
      const claim = await claimed(store);
      await store.deadLetter(...get(claim, 'p0'), dead);
      await store.release(claim!);
      const act = { now: at(30), because: 'skipped: by telephone', audit: [auditEvent('a1', { traceId: 'p' })] };
      expect(await Promise.all([store.skip('p0', act), store.skip('p0', act)])).toEqual([true, false]);
      expect(await store.requeue('p0', at(31))).toBe(false);
      expect(await store.dispatch('p0')).toMatchObject({ state: 'skipped', because: act.because, endedAt: at(30) });
      expect((await store.audit({ traceId: 'p', count: 9 })).items).toHaveLength(1);
      expect(await store.depth()).toMatchObject({ waiting: 1, dead: 0 });
      expect(ids(await claimed(store, 32))).toEqual(['p1']);
    });

    test('only what was given up or set aside is requeued and skipped, by one operator', async () => {
      const store = await empty();
      await commit(store, { dispatches: [of('p', 0), of('q', 0)] });
      const claim = await claimed(store);
      await store.complete(...get(claim, 'p0'), ending);
      await store.deadLetter(...get(claim, 'q0'), dead);
      for (const id of ['p0', 'unknown']) {
        expect(await store.requeue(id, at(30), [auditEvent(id, { traceId: id })])).toBe(false);
        expect(await store.skip(id, { now: at(30), because: 'x' })).toBe(false);
        expect((await store.audit({ traceId: id, count: 9 })).items).toEqual([]);
      }
      expect(await Promise.all([store.requeue('q0', at(30)), store.requeue('q0', at(30))])).toEqual([true, false]);
    });

    test('a commit withdraws what waits for a recipient about a resource, and nothing of others', async () => {
      const store = await empty();
      const about = ['Task/1', 'ServiceRequest/1'];
      await commit(store, {
        dispatches: [
          of('p', 0, { about }),
          of('p', 1, { about: ['Task/1'] }),
          of('q', 0, { about: ['Task/2'] }),
          dispatch('b1', 'b', { about }),
          of('n', 0, { about, subscription: 's1' }),
        ],
      });
      await commit(
        store,
        {
          withdrawals: [{ recipient: 'a', about: ['Task/1'] }],
          dispatches: [of('p', 2, { about: ['Task/1'] })],
          audit: [auditEvent('a1', { traceId: 'p' })],
          auditWithdrawn: { network: 'Network', recipients: [{ id: 'a', name: 'Team A' }] },
        },
        5,
      );
      const events = (await store.audit({ traceId: 'p', count: 9 })).items.map(({ text }) => JSON.parse(text));
      expect(events.map(({ outcomeDesc }) => outcomeDesc)).toEqual([
        undefined,
        'delivery-forbidden p0',
        'delivery-forbidden p1',
      ]);
      expect(events[1]).toMatchObject({
        resourceType: 'AuditEvent',
        subtype: [{ code: 'withdraw-delivery' }],
        recorded: at(5).toISOString(),
        agent: [{ who: { display: 'Network' } }, { who: { identifier: { value: 'a' }, display: 'Team A' } }],
      });
      expect((await store.audit({ entity: 'ServiceRequest/1', count: 9 })).items).toHaveLength(1);
      expect(new Set(events.map(({ id }) => id)).size).toBe(3);
      expect(await store.dispatch('p0')).toMatchObject({ state: 'withdrawn', endedAt: at(5) });
      expect((await store.claim(wish)).map((it) => ids(it)).sort()).toEqual([['b1'], ['q0', 'n0', 'p2']]);
    });

    test('a revoked right to read a Task or an order withdraws what waits about it; of another resource it does not', async () => {
      const store = await empty();
      await commit(store, { dispatches: [of('p', 0, { about: ['ServiceRequest/1'] }), of('q', 0)] });
      await commit(store, { revocations: [{ type: 'Patient', id: '1', readers: ['a'] }] });
      await commit(store, { revocations: [{ type: 'ServiceRequest', id: '1', readers: ['b'] }] });
      expect((await store.dispatch('p0'))?.state).toBe('waiting');
      await commit(store, { revocations: [{ type: 'ServiceRequest', id: '1', readers: ['a', 'b'] }] });
      expect((await store.dispatch('p0'))?.state).toBe('withdrawn');
      expect(await store.depth()).toMatchObject({ waiting: 1 });
    });

    test('a withdrawn dead letter cannot be requeued', async () => {
      const store = await empty();
      await commit(store, { dispatches: [of('p', 0, { about: ['Task/1'] }), of('p', 1, { about: ['Task/2'] })] });
      const claim = await claimed(store);
      await store.deadLetter(...get(claim, 'p0'), dead);
      await store.release(claim!);
      await commit(store, { withdrawals: [{ recipient: 'a', about: ['Task/1'] }] });
      expect(await store.requeue('p0', at(30))).toBe(false);
      expect(await store.depth()).toMatchObject({ waiting: 1, dead: 0 });
      expect(ids(await claimed(store, 31))).toEqual(['p1']);
    });

    test('what is withdrawn while it is sent is recorded as delivered when it arrived, and not sent again when not', async () => {
      const store = await empty();
      await commit(store, { dispatches: [of('p', 0, { about: ['Task/1'] }), of('q', 0, { about: ['Task/2'] })] });
      const claim = await claimed(store);
      await commit(store, { withdrawals: [{ recipient: 'a', about: ['Task/1', 'Task/2'] }] });
      expect(await store.isDeliverable(get(claim, 'p0')[1])).toBe(false);
      expect(await store.complete(...get(claim, 'p0'), { ...ending, status: 200 })).toBe(true);
      expect(await store.retryLater(...get(claim, 'q0'), { ...ending, until: at(20), because: 'x' })).toBe(true);
      expect((await store.dispatch('p0'))?.state).toBe('delivered');
      expect((await store.dispatch('q0'))?.state).toBe('withdrawn');
      expect(await store.depth()).toMatchObject({ waiting: 0, dead: 0 });
    });

    test('dead letters and what is set aside are listed page by page, of one recipient or all', async () => {
      const store = await empty();
      await commit(store, { dispatches: [of('p', 0), of('q', 0), dispatch('b1', 'b', { about: ['Task/7'] })] });
      for (const claim of await store.claim(wish))
        for (const delivery of claim.deliveries) await store.deadLetter(claim, delivery, dead);
      const one = await store.undelivered({ count: 2 });
      expect(one.items.map(({ id }) => id)).toEqual(['p0', 'q0']);
      const two = await store.undelivered({ count: 2, cursor: one.next! });
      expect([two.items.map(({ id }) => id), two.next]).toEqual([['b1'], undefined]);
      expect((await store.undelivered({ recipient: 'b', state: 'dead', count: 9 })).items).toHaveLength(1);
      expect((await store.undelivered({ state: 'waiting', count: 9 })).items).toEqual([]);
      expect((await store.dispatches({ task: 'Task/7', count: 9 })).items).toMatchObject([{ id: 'b1' }]);
    });
  });

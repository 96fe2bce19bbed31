import { describe, expect, test } from 'vitest';
import type { Claim, Delivery, Store } from '../../../../src/store/port.ts';
import { at, auditEvent, commit, dispatch } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

export const outboxContract = (empty: EmptyStore) =>
  describe('the outbox', () => {
    const wish = { worker: 'w1', now: at(10), lease: 5_000, recipients: 10, batch: 10 };
    const ending = { at: at(11), milliseconds: 12 };
    const claimOne = async (store: Store, more: Partial<typeof wish> = {}): Promise<Claim> => {
      const [claim] = await store.claim({ ...wish, ...more });
      if (!claim) throw new Error('nothing to claim');
      return claim;
    };
    const first = ({ deliveries: [delivery] }: Claim): Delivery => {
      if (!delivery) throw new Error('nothing to deliver');
      return delivery;
    };
    const ids = (claims: readonly Claim[]) => claims.map((it) => [it.recipient, ...it.deliveries.map(({ id }) => id)]);

    test('returns the dispatches of each recipient in commit order, to one worker at a time', async () => {
      const store = await empty();
      await commit(store, { dispatches: [dispatch('a1', 'a'), dispatch('b1', 'b'), dispatch('a2', 'a')] });
      await commit(store, { dispatches: [dispatch('a3', 'a')] });
      const claims = await store.claim(wish);
      expect(ids(claims).sort()).toEqual([
        ['a', 'a1', 'a2', 'a3'],
        ['b', 'b1'],
      ]);
      await commit(store, { dispatches: [dispatch('a4', 'a')] });
      expect(await store.claim({ ...wish, worker: 'w2' })).toEqual([]);
    });

    test('returns no more recipients and dispatches than requested', async () => {
      const store = await empty();
      await commit(store, { dispatches: [dispatch('a1', 'a'), dispatch('a2', 'a'), dispatch('b1', 'b')] });
      const claims = await store.claim({ ...wish, recipients: 1, batch: 1 });
      expect(claims).toHaveLength(1);
      expect(claims[0]?.deliveries).toHaveLength(1);
    });

    test('returns large dispatches in smaller batches, at least one', async () => {
      const store = await empty();
      const large = { body: 'x'.repeat(900_000) };
      await commit(store, { dispatches: ['a1', 'a2', 'a3'].map((id) => dispatch(id, 'a', large)) });
      expect(ids(await store.claim(wish))).toEqual([['a', 'a1', 'a2']]);
    });

    test('returns a dispatch unchanged', async () => {
      const store = await empty();
      const whole = dispatch('d1', 'a', { messageId: 'm1', correlationId: 'c1' });
      await commit(store, { dispatches: [whole] }, 3);
      expect(first(await claimOne(store))).toEqual({
        ...whole,
        createdAt: at(3),
        queuedAt: at(3),
        attempts: 0,
        journey: 'd1',
      });
    });

    test('claims no delivered dispatch again, and still lists it with its attempt', async () => {
      const store = await empty();
      await commit(store, { dispatches: [dispatch('d1')] });
      const claim = await claimOne(store);
      const done = { ...ending, status: 201, location: 'Task/9', audit: [auditEvent('a1', { traceId: 'trace-d1' })] };
      expect(await store.complete(claim, first(claim), done)).toBe(true);
      expect(await store.complete(claim, first(claim), done)).toBe(false);
      await store.release(claim);
      expect(await store.claim(wish)).toEqual([]);
      expect((await store.dispatches({ traceId: 'trace-d1', count: 9 })).items).toMatchObject([
        { id: 'd1', state: 'delivered', location: 'Task/9', endedAt: at(11), attempts: 1 },
      ]);
      expect(await store.attempts('d1')).toEqual([
        { dispatchId: 'd1', at: at(11), outcome: 'delivered', status: 201, milliseconds: 12 },
      ]);
      expect((await store.audit({ traceId: 'trace-d1', count: 9 })).items).toHaveLength(1);
    });

    test('holds back later dispatches behind a failed one until its pause ends; then claims it alone', async () => {
      const store = await empty();
      await commit(store, { dispatches: [dispatch('d1'), dispatch('d2')] });
      const claim = await claimOne(store);
      const later = { ...ending, status: 503, until: at(30), because: 'receiver-unavailable: 503' };
      expect(await store.retryLater(claim, first(claim), later)).toBe(true);
      expect(await store.claim({ ...wish, now: at(29) })).toEqual([]);
      const probe = await claimOne(store, { now: at(30) });
      expect(probe.failures).toBe(1);
      expect(probe.deliveries).toMatchObject([{ id: 'd1', attempts: 1 }]);
      expect((await store.depth()).recipients).toMatchObject([{ failures: 1, notBefore: at(30), waiting: 2 }]);
      await store.complete(probe, first(probe), { ...ending, status: 200 });
      await store.release(probe);
      expect(await claimOne(store, { now: at(31) })).toMatchObject({ failures: 0, deliveries: [{ id: 'd2' }] });
    });

    test('releases later dispatches behind a dead letter, which carries its reason and can be requeued in place', async () => {
      const store = await empty();
      await commit(store, { dispatches: [dispatch('d1'), dispatch('d2')] });
      const claim = await claimOne(store);
      const because = 'receiver-refused: 422 structure';
      expect(await store.deadLetter(claim, first(claim), { ...ending, status: 422, because })).toBe(true);
      await store.release(claim);
      expect((await store.dispatches({ state: 'dead', count: 9 })).items).toMatchObject([{ id: 'd1', because }]);
      expect(await store.depth()).toMatchObject({ waiting: 1, dead: 1 });
      expect(await store.requeue('d2', at(40))).toBe(false);
      expect(await store.requeue('d1', at(40))).toBe(true);
      expect(await store.requeue('d1', at(40))).toBe(false);
      expect(await claimOne(store, { now: at(41) })).toMatchObject({
        failures: 0,
        deliveries: [{ id: 'd1', queuedAt: at(40), createdAt: at(0), attempts: 0 }, { id: 'd2' }],
      });
    });

    test('keeps the pause of a failing recipient after a dead letter', async () => {
      const store = await empty();
      await commit(store, { dispatches: [dispatch('d1'), dispatch('d2')] });
      const claim = await claimOne(store);
      await store.deadLetter(claim, first(claim), { ...ending, because: 'delivery-expired', until: at(30) });
      expect(await store.claim({ ...wish, now: at(29) })).toEqual([]);
      expect(await claimOne(store, { now: at(30) })).toMatchObject({ failures: 1, deliveries: [{ id: 'd2' }] });
    });

    test('returns a dispatch after the lease of a dead worker; late writes of that worker change nothing', async () => {
      const store = await empty();
      await commit(store, { dispatches: [dispatch('d1')] });
      const lost = await claimOne(store);
      expect(await store.claim({ ...wish, worker: 'w2', now: at(14) })).toEqual([]);
      const taken = await claimOne(store, { worker: 'w2', now: at(15) });
      expect(await store.complete(lost, first(lost), ending)).toBe(false);
      expect(await store.retryLater(lost, first(lost), { ...ending, until: at(90), because: 'x' })).toBe(false);
      expect(await store.deadLetter(lost, first(lost), { ...ending, because: 'x' })).toBe(false);
      expect(await store.renew(lost, { now: at(15), lease: 5_000 })).toBeUndefined();
      await store.release(lost);
      expect(await store.claim({ ...wish, now: at(16) })).toEqual([]);
      expect(await store.attempts('d1')).toEqual([]);
      expect(await store.complete(taken, first(taken), ending)).toBe(true);
    });

    test('distinguishes an earlier claim of the same worker from its current one', async () => {
      const store = await empty();
      await commit(store, { dispatches: [dispatch('d1')] });
      const lost = await claimOne(store);
      const taken = await claimOne(store, { now: at(15) });
      expect(await store.complete(lost, first(lost), ending)).toBe(false);
      expect(await store.complete(taken, first(taken), ending)).toBe(true);
    });

    test('extends a renewed claim, and frees a released one at once', async () => {
      const store = await empty();
      await commit(store, { dispatches: [dispatch('d1')] });
      const claim = await claimOne(store);
      expect(await store.renew(claim, { now: at(14), lease: 5_000 })).toEqual({ until: at(19) });
      expect(await store.claim({ ...wish, worker: 'w2', now: at(18) })).toEqual([]);
      await store.release(claim);
      expect(await store.claim({ ...wish, worker: 'w2', now: at(18) })).toHaveLength(1);
    });

    test('reports its depth for each recipient', async () => {
      const store = await empty();
      await commit(store, { dispatches: [dispatch('a1', 'a'), dispatch('a2', 'a')] }, 1);
      await commit(store, { dispatches: [dispatch('b1', 'b')] }, 2);
      expect(await store.depth()).toEqual({
        waiting: 3,
        dead: 0,
        recipients: [
          { recipient: 'a', waiting: 2, failures: 0, oldest: at(1) },
          { recipient: 'b', waiting: 1, failures: 0, oldest: at(2) },
        ],
      });
    });

    test('with characters that a database does not store is sent and ended all the same; queries with them find nothing', async () => {
      const store = await empty();
      const [strange, reason] = ['Task/a\0\ud800', 'receiver-refused: \0'];
      await commit(store, { dispatches: [dispatch('d1', 'a', { about: [strange], correlationId: strange })] });
      await commit(store, { dispatches: [dispatch('d2', 'a', { about: [strange] })] });
      const claim = await claimOne(store);
      expect(claim.deliveries).toMatchObject([{ id: 'd1', about: [strange], correlationId: strange }, { id: 'd2' }]);
      expect(new Set(claim.deliveries.map(({ journey }) => journey)).size).toBe(1);
      expect(await store.deadLetter(claim, first(claim), { ...ending, because: reason })).toBe(true);
      expect((await store.attempts('d1'))[0]?.because).toMatch(/^receiver-refused: /);
      expect(await store.dispatch(strange)).toBeUndefined();
      expect((await store.dispatches({ traceId: strange, count: 9 })).items).toEqual([]);
      expect((await store.undelivered({ recipient: strange, count: 9 })).items).toEqual([]);
      expect(await store.attempts(strange)).toEqual([]);
      expect(await store.requeue(strange, at(20))).toBe(false);
      expect(await store.subscription(strange)).toBeUndefined();
    });

    test('is listed page by page, by message, trace, recipient or state', async () => {
      const store = await empty();
      for (const n of [1, 2, 3]) await commit(store, { dispatches: [dispatch(`d${n}`, 'a', { messageId: 'm1' })] });
      await commit(store, { dispatches: [dispatch('other', 'b')] });
      const one = await store.dispatches({ messageId: 'm1', count: 2 });
      expect(one.items.map((it) => it.id)).toEqual(['d1', 'd2']);
      const two = await store.dispatches({ messageId: 'm1', count: 2, ...(one.next ? { cursor: one.next } : {}) });
      expect(two.items.map((it) => it.id)).toEqual(['d3']);
      expect(two.next).toBeUndefined();
      expect((await store.dispatches({ recipient: 'b', count: 9 })).items.map((it) => it.id)).toEqual(['other']);
    });
  });

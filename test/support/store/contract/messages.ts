import { describe, expect, test } from 'vitest';
import { commit, message } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

export const messageContract = (empty: EmptyStore) =>
  describe('messages', () => {
    test('are listed latest first too, page by page', async () => {
      const store = await empty();
      for (const id of ['r1', 'r2', 'r3']) await commit(store, { message: message(id) });
      const first = await store.messages({ latestFirst: true, count: 2 });
      expect(first.items.map(({ requestId }) => requestId)).toEqual(['r3', 'r2']);
      const rest = await store.messages({ latestFirst: true, count: 2, cursor: first.next! });
      expect(rest.items.map(({ requestId }) => requestId)).toEqual(['r1']);
      expect(rest.next).toBeUndefined();
    });

    test('are listed in the order in which they were stored', async () => {
      const store = await empty();
      for (const n of [1, 2, 3]) await commit(store, { message: message(`r${n}`) });
      await commit(store, { message: message('x', { partner: 'praktijk-noord' }) });
      const one = await store.messages({ count: 2 });
      expect(one.items.map((it) => it.requestId)).toEqual(['r1', 'r2']);
      const two = await store.messages({ count: 9, ...(one.next ? { cursor: one.next } : {}) });
      expect(two.items.map((it) => it.requestId)).toEqual(['r3', 'x']);
      expect((await store.messages({ partner: 'praktijk-noord', count: 9 })).items).toHaveLength(1);
      expect((await store.messages({ traceId: 'trace-r2', count: 9 })).items).toEqual([message('r2')]);
    });

    test('return their body byte for byte', async () => {
      const store = await empty();
      const body = Uint8Array.from({ length: 256 }, (_, n) => n);
      await commit(store, { message: message('r1', { body }) });
      expect((await store.message('message-r1'))?.body).toEqual(body);
    });

    describe('named by their sender', () => {
      const keys = (content: string, amends = false) => ({
        keys: { keys: ['k1', 'k2'], content, amends, location: 'Task/t' },
      });

      test('are stored once under a key of their sender, and found by it', async () => {
        const store = await empty();
        await commit(store, { message: message('r1'), ...keys('c1') });
        const earlier = { message: message('r1'), content: 'c1', location: 'Task/t' };
        expect(await commit(store, { message: message('r2'), ...keys('c1') })).toEqual({ kind: 'resent', earlier });
        expect(await commit(store, { message: message('r3'), ...keys('c2') })).toEqual({ kind: 'resent', earlier });
        expect(await store.messageByKeys('praktijk-zuid', { keys: ['k0', 'k2'] })).toEqual(earlier);
        expect(await store.messageByKeys('praktijk-noord', { keys: ['k1'] })).toBeUndefined();
        expect((await store.messages({ count: 9 })).items).toHaveLength(1);
        const other = message('r4', { partner: 'praktijk-noord', id: 'm4' });
        expect(await commit(store, { message: other, ...keys('c1') })).toMatchObject({ kind: 'committed' });
      });

      test('an amendment takes the key over, once', async () => {
        const store = await empty();
        await commit(store, { message: message('r1'), ...keys('c1') });
        expect(await commit(store, { message: message('r2'), ...keys('c2', true) })).toMatchObject({
          kind: 'committed',
        });
        expect((await store.messageByKeys('praktijk-zuid', { keys: ['k1'] }))?.message.requestId).toBe('r2');
        expect(await commit(store, { message: message('r3'), ...keys('c2', true) })).toMatchObject({ kind: 'resent' });
      });

      test('a key that names no message before a time can be used again after it', async () => {
        const store = await empty();
        const first = message('r1');
        const since = (milliseconds: number) => ({
          keys: { ...keys('c1').keys, since: new Date(first.receivedAt.getTime() + milliseconds) },
        });
        await commit(store, { message: first, ...since(-1) });
        expect(await commit(store, { message: message('r2'), ...since(0) })).toMatchObject({ kind: 'resent' });
        expect(await store.messageByKeys('praktijk-zuid', since(1).keys)).toBeUndefined();
        expect(await commit(store, { message: message('r3'), ...since(1) })).toMatchObject({ kind: 'committed' });
        expect((await store.messageByKeys('praktijk-zuid', since(0).keys))?.message.requestId).toBe('r3');
      });

      test('of ten at once one is stored', async () => {
        const store = await empty();
        const all = await Promise.all(
          Array.from({ length: 10 }, (_, n) => commit(store, { message: message(`r${n}`), ...keys('c1') })),
        );
        expect(all.filter(({ kind }) => kind === 'committed')).toHaveLength(1);
        expect(all.filter(({ kind }) => kind === 'resent')).toHaveLength(9);
      });
    });

    test('can be stored: the store is ready', async () => {
      const store = await empty();
      expect(await store.ready()).toBe(true);
    });
  });

import { describe, expect, test } from 'vitest';
import { commit, create, task, update } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

export const readerContract = (empty: EmptyStore) =>
  describe('the readers of a resource', () => {
    test('see the resource; for others it does not exist', async () => {
      const store = await empty();
      await commit(store, { changes: [create(task('t1'), 'team-noord', 'praktijk-zuid'), create(task('t2'))] });
      expect(await store.read('Task', 't1', 'team-noord')).toBeDefined();
      expect(await store.read('Task', 't1', 'praktijk-zuid')).toBeDefined();
      for (const id of ['t1', 't2', 't3']) {
        expect(await store.read('Task', id, 'gemeente')).toBeUndefined();
        expect(await store.vread('Task', id, 1, 'gemeente')).toBeUndefined();
        expect(await store.history('Task', id, 'gemeente')).toEqual([]);
      }
      expect(await store.read('Task', 't2', 'team-noord')).toBeUndefined();
    });

    test('added later see no version from before; earlier readers stay', async () => {
      const store = await empty();
      await commit(store, { changes: [create(task('t1'), 'team-noord')] });
      await commit(store, { changes: [update(task('t1', { status: 'accepted' }), 1, 'team-west')] });
      const versions = async (reader: string) => (await store.history('Task', 't1', reader)).map((it) => it.version);
      expect(await versions('team-noord')).toEqual([2, 1]);
      expect(await versions('team-west')).toEqual([2]);
      expect(await store.vread('Task', 't1', 1, 'team-west')).toBeUndefined();
    });

    test('are granted without a change, from the present version on', async () => {
      const store = await empty();
      await commit(store, { changes: [create(task('t1'))] });
      await commit(store, { changes: [update(task('t1', { status: 'accepted' }), 1)] });
      const granted = { type: 'Task', id: 't1', readers: ['later'] };
      expect(await commit(store, { grants: [granted, { ...granted, id: 't9' }] })).toMatchObject({ kind: 'committed' });
      expect((await store.read('Task', 't1', 'later'))?.version).toBe(2);
      expect(await store.vread('Task', 't1', 1, 'later')).toBeUndefined();
      expect(await store.read('Task', 't1', 'another')).toBeUndefined();
    });
  });

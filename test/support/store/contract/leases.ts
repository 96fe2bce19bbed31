import { describe, expect, test } from 'vitest';
import { at, commit, create, task } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

export const leaseContract = (empty: EmptyStore) =>
  describe('several gateways', () => {
    test('commit once what carries the same key', async () => {
      const store = await empty();
      const answers = await Promise.all([
        commit(store, { once: 'x', changes: [create(task('t1'))] }),
        commit(store, { once: 'x', changes: [create(task('t2'))] }),
      ]);
      expect(answers.map(({ kind }) => kind)).toEqual(['committed', 'done']);
      expect([await store.done('x'), await store.done('y')]).toEqual([true, false]);
      expect(await store.read('Task', 't2')).toBeUndefined();
      expect(await commit(store, { once: 'y', changes: [create(task('t1'))] })).toMatchObject({ kind: 'exists' });
      expect(await commit(store, { once: 'y' })).toMatchObject({ kind: 'committed' });
    });

    test('hold a lease one at a time, until it expires', async () => {
      const store = await empty();
      const wish = (holder: string, seconds: number) =>
        store.lease('watchdog', { holder, now: at(seconds), milliseconds: 10_000 });
      expect(await Promise.all([wish('a', 0), wish('b', 0)])).toEqual([true, false]);
      expect(await wish('a', 5)).toBe(true);
      expect(await wish('b', 14)).toBe(false);
      expect(await wish('b', 15)).toBe(true);
      expect(await wish('a', 16)).toBe(false);
    });
  });

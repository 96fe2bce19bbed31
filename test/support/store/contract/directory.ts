import { describe, expect, test } from 'vitest';
import type { Store } from '../../../../src/store/port.ts';
import { at, commit, message } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

export const directoryContract = (empty: EmptyStore) =>
  describe('the directory', () => {
    const entry = (id: string, expect: number, text?: string, source = 'network') => ({
      source,
      type: 'HealthcareService',
      id,
      expect,
      ...(text === undefined ? {} : { text }),
    });

    test('stores every version and every deletion, in the order of writing', async () => {
      const store = await empty();
      await commit(store, { directory: [entry('a', 0, '1'), entry('b', 0, '1', 'elsewhere')] }, 1);
      await commit(store, { directory: [entry('a', 1, '2')] }, 2);
      await commit(store, { directory: [entry('a', 2)] }, 3);
      const { items } = await store.directory({ count: 9 });
      expect(items.map(({ id, version, text, source }) => [id, version, text, source])).toEqual([
        ['a', 1, '1', 'network'],
        ['b', 1, '1', 'elsewhere'],
        ['a', 2, '2', 'network'],
        ['a', 3, undefined, 'network'],
      ]);
      expect(items.map((it) => it.at)).toEqual([at(1), at(1), at(2), at(3)]);
    });

    test('is queried by time, resource, source, sequence number, and for the latest versions', async () => {
      const store = await empty();
      await commit(store, { directory: [entry('a', 0, '1'), entry('b', 0, '1', 'elsewhere')] }, 1);
      await commit(store, { directory: [entry('a', 1, '2')] }, 2);
      const asked = async (query: Omit<Parameters<Store['directory']>[0], 'count'>) =>
        (await store.directory({ ...query, count: 9 })).items.map(({ id, version }) => `${id}${version}`);
      expect(await asked({ type: 'HealthcareService', since: at(2) })).toEqual(['a2']);
      expect(await asked({ type: 'Organization' })).toEqual([]);
      expect(await asked({ type: 'HealthcareService', id: 'a' })).toEqual(['a1', 'a2']);
      expect(await asked({ source: 'elsewhere' })).toEqual(['b1']);
      expect(await asked({ after: 2 })).toEqual(['a2']);
      expect(await asked({ latest: true })).toEqual(['b1', 'a2']);
      const first = await store.directory({ count: 2 });
      expect(first.items).toHaveLength(2);
      expect((await store.directory({ count: 2, cursor: first.next! })).items.map(({ seq }) => seq)).toEqual([3]);
    });

    test('refuses a change of another version than the current one, and stores nothing of it', async () => {
      const store = await empty();
      await commit(store, { directory: [entry('a', 0, '1')] });
      const again = await commit(store, {
        message: message('r1'),
        directory: [entry('b', 0, '1'), entry('a', 0, '2')],
      });
      expect(again).toEqual({ kind: 'stale', type: 'HealthcareService', id: 'a', current: 1 });
      expect(await commit(store, { directory: [entry('c', 3, '1')] })).toEqual({
        kind: 'stale',
        type: 'HealthcareService',
        id: 'c',
      });
      expect((await store.directory({ count: 9 })).items).toHaveLength(1);
      expect(await store.message('message-r1')).toBeUndefined();
    });
  });

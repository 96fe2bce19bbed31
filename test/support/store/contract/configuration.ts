import { describe, expect, test } from 'vitest';
import { at } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

/** Behaviour of every adapter with configuration sets. */
export function configurationContract(empty: EmptyStore): void {
  const file = (path: string, text: string) => ({ path, text, digest: `digest of ${text}` });
  const use = (digest: string, expect: number, kind: 'start' | 'activation' = 'activation') => ({
    configuration: { digest, kind, by: 'operator', expect },
  });

  describe('configuration sets', () => {
    test('are returned with their files unchanged, also when sets share files', async () => {
      const store = await empty();
      const one = [file('mappings/routes.yaml', 'routes: 1'), file('network/network.yaml', 'name: Zuid')];
      const other = [file('mappings/routes.yaml', 'routes: 2'), file('network/network.yaml', 'name: Zuid')];
      await store.addConfiguration({ digest: 'a', files: one }, at(1));
      await store.addConfiguration({ digest: 'b', files: other }, at(2));
      expect(await store.configuration('a')).toEqual(one);
      expect(await store.configuration('b')).toEqual(other);
      expect(await store.configuration('c')).toBeUndefined();
      expect(await store.configurations()).toEqual([
        { digest: 'a', addedAt: at(1), files: 2 },
        { digest: 'b', addedAt: at(2), files: 2 },
      ]);
    });

    test('that are added again stay unchanged', async () => {
      const store = await empty();
      await store.addConfiguration({ digest: 'a', files: [file('x', '1')] }, at(1));
      await store.addConfiguration({ digest: 'a', files: [file('x', '2'), file('y', '3')] }, at(2));
      expect(await store.configuration('a')).toEqual([file('x', '1')]);
      expect(await store.configurations()).toEqual([{ digest: 'a', addedAt: at(1), files: 1 }]);
    });

    test('are used in a stored order, each use based on the one before', async () => {
      const store = await empty();
      for (const digest of ['a', 'b']) await store.addConfiguration({ digest, files: [] }, at(0));
      expect(await store.configurationUses({ count: 9 })).toEqual([]);
      expect((await store.commit({ now: at(1), ...use('a', 0, 'start') })).kind).toBe('committed');
      expect((await store.commit({ now: at(2), ...use('b', 1) })).kind).toBe('committed');
      expect(await store.commit({ now: at(3), ...use('a', 1) })).toMatchObject({ kind: 'stale', current: 2 });
      const started = { seq: 1, digest: 'a', kind: 'start', at: at(1), by: 'operator' };
      const activated = { seq: 2, digest: 'b', kind: 'activation', at: at(2), by: 'operator' };
      expect(await store.configurationUses({ count: 9 })).toEqual([activated, started]);
      expect(await store.configurationUses({ count: 1 })).toEqual([activated]);
      expect(await store.configurationUses({ kind: 'start', count: 1 })).toEqual([started]);
    });

    test('that do not exist are not used, and nothing else of that commit is stored', async () => {
      const store = await empty();
      const entry = { source: 'network', type: 'Organization', id: 'a', text: '1', expect: 0 };
      const committed = await store.commit({ now: at(1), directory: [entry], ...use('a', 0) });
      expect(committed.kind).toBe('stale');
      expect((await store.directory({ count: 1 })).items).toEqual([]);
    });
  });
}

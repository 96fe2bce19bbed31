import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../../src/fhir/json.ts';
import type { Resource } from '../../../../src/fhir/resource.ts';
import { at, commit, create, task, update } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

export const resourceContract = (empty: EmptyStore) =>
  describe('resources and their versions', () => {
    test('carry the version and time of their commit, and retain the rest of meta', async () => {
      const store = await empty();
      const meta = { profile: ['https://mgn.example/fhir/StructureDefinition/mgn-coordination-task'], versionId: '77' };
      await commit(store, { changes: [create(task('t1', { meta }))] }, 5);
      const stored = await store.read('Task', 't1');
      expect(stored).toMatchObject({ type: 'Task', id: 't1', version: 1, lastUpdated: at(5) });
      expect(JSON.parse(stored?.text ?? '')).toEqual({
        ...task('t1'),
        meta: { ...meta, versionId: '1', lastUpdated: at(5).toISOString() },
      });
    });

    test('retain the digits of their decimals', async () => {
      const store = await empty();
      const text = '{"resourceType":"ChargeItem","id":"c1","factorOverride":1.10,"quantity":{"value":2.00}}';
      await commit(store, { changes: [create(parseJson(text) as Resource & { id: string })] });
      const stored = (await store.read('ChargeItem', 'c1'))?.text;
      expect(stored).toContain('"factorOverride":1.10,"quantity":{"value":2.00}}');
    });

    test('have a history, newest first, and each version can be read', async () => {
      const store = await empty();
      await commit(store, { changes: [create(task('t1'))] }, 1);
      await commit(store, { changes: [update(task('t1', { status: 'accepted' }), 1)] }, 2);
      const history = await store.history('Task', 't1');
      expect(history.map((it) => [it.version, it.lastUpdated, JSON.parse(it.text).status])).toEqual([
        [2, at(2), 'accepted'],
        [1, at(1), 'requested'],
      ]);
      expect(await store.vread('Task', 't1', 1)).toEqual(history[1]);
      expect(await store.read('Task', 't1')).toEqual(history[0]);
      expect(await store.vread('Task', 't1', 3)).toBeUndefined();
    });
  });

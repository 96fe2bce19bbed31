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

    test('are listed from the time of a change on, in that order, each once with its current version', async () => {
      const store = await empty();
      for (const n of [1, 2, 3, 4, 5]) await commit(store, { changes: [create(task(`t${n}`))] }, n);
      await commit(store, { changes: [create({ resourceType: 'Basic', id: 'b1' } as Resource & { id: string })] }, 4);
      await commit(store, { changes: [update(task('t2', { status: 'accepted' }), 1)] }, 6);
      await commit(store, { changes: [create(task('t6')), create(task('t7'))] }, 6);
      const found: (readonly [string, number, Date])[] = [];
      for (let cursor: string | undefined, pages = 0; pages < 9; pages++) {
        const page = await store.changedSince('Task', at(3), { count: 2, ...(cursor ? { cursor } : {}) });
        expect(page.items.length).toBeLessThanOrEqual(2);
        found.push(...page.items.map((it) => [it.id, it.version, it.lastUpdated] as const));
        cursor = page.next;
        if (!cursor) break;
      }
      expect(found.map(([id]) => id).slice(0, 3)).toEqual(['t3', 't4', 't5']);
      expect(new Set(found)).toEqual(
        new Set([
          ['t3', 1, at(3)],
          ['t4', 1, at(4)],
          ['t5', 1, at(5)],
          ['t2', 2, at(6)],
          ['t6', 1, at(6)],
          ['t7', 1, at(6)],
        ]),
      );
      expect(found).toHaveLength(6);
      expect(await store.changedSince('Task', at(7), { count: 2 })).toEqual({ items: [] });
    });

    test('that state the same about a person are found as one, the earliest of those that still do', async () => {
      const store = await empty();
      const consent = (id: string, patient: string, elements: object = {}) =>
        ({
          resourceType: 'Consent',
          id,
          identifier: [{ system: 'urn:own', value: id }],
          status: 'active',
          patient: { reference: `Patient/${patient}` },
          dateTime: '2026-11-20',
          provision: { type: 'permit' },
          ...elements,
        }) as Resource & { readonly id: string };
      const stating = async (...patients: string[]) => {
        const criteria = [{ name: 'patient', values: patients.map((it) => `Patient/${it}`) }];
        const all: string[] = [];
        for (let cursor: string | undefined, pages = 0; pages < 9; pages++) {
          const query = {
            criteria,
            count: 2,
            sort: '_lastUpdated',
            distinct: true,
            ...(cursor ? { cursor } : {}),
          } as const;
          const page = await store.search('Consent', query);
          if (page.kind !== 'found') throw new Error(page.kind);
          all.push(...page.resources.map(({ id }) => id));
          cursor = page.next;
          if (!cursor) break;
        }
        return all.toSorted();
      };
      const objection = { provision: { type: 'deny' } };
      const many = Array.from({ length: 40 }, (_, n) => create(consent(`c${n + 10}`, 'p1')));
      await commit(store, {
        changes: [...many, create(consent('a1', 'p1', objection)), create(consent('a2', 'p1', objection))],
      });
      await commit(
        store,
        { changes: [create(consent('b1', 'p11')), create(consent('b2', 'p2', { dateTime: '2026-11-21' }))] },
        1,
      );
      await commit(store, { changes: [create(consent('early', 'p1', { dateTime: '2026-11-19' }))] }, 2);
      expect(await stating('p1')).toEqual(['a1', 'early']);
      expect(await stating('p1', 'p11', 'p2', 'p3')).toEqual(['a1', 'b1', 'b2', 'early']);
      expect(await stating('p3')).toEqual([]);
      // one of them ends, the others still state it
      await commit(store, { changes: [update(consent('a1', 'p1', { ...objection, status: 'inactive' }), 1)] }, 3);
      expect(await stating('p1')).toEqual(['a1', 'a2', 'early']);
      await commit(store, { changes: [update(consent('a2', 'p1', { ...objection, status: 'inactive' }), 1)] }, 4);
      expect(await stating('p1')).toEqual(['a1', 'early']);
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

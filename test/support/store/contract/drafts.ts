import { describe, expect, test } from 'vitest';
import type { StoredDraft } from '../../../../src/store/port.ts';
import { at } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

export const draftContract = (empty: EmptyStore) =>
  describe('drafts', () => {
    const draft = (id: string, more: Partial<StoredDraft> = {}): StoredDraft => ({
      id,
      holder: 'somebody',
      form: 'registration',
      content: 'sealed',
      revision: 1,
      changedAt: at(0),
      ends: at(600),
      ...more,
    });
    const limit = { now: at(0), most: 10 };

    test('are found by their holder alone, until they end', async () => {
      const store = await empty();
      await store.addDraft(draft('a'), limit);
      await store.addDraft(draft('b', { changedAt: at(5) }), limit);
      await store.addDraft(draft('c', { holder: 'another' }), limit);
      expect(await store.draft('a', 'somebody', at(599))).toEqual(draft('a'));
      expect(await store.draft('a', 'somebody', at(600))).toBeUndefined();
      expect(await store.draft('a', 'another', at(1))).toBeUndefined();
      expect((await store.draftsOf('somebody', at(1))).map(({ id }) => id)).toEqual(['b', 'a']);
      expect(await store.draftsOf('somebody', at(600))).toEqual([]);
    });

    test('change once for each revision, and by their holder alone', async () => {
      const store = await empty();
      await store.addDraft(draft('a'), limit);
      const change = (holder: string, content: string) =>
        store.changeDraft('a', holder, { expect: 1, content, changedAt: at(9), ends: at(900) });
      expect(await change('another', 'z')).toBe(false);
      expect(await Promise.all([change('somebody', 'x'), change('somebody', 'y')])).toEqual([true, false]);
      expect(await store.draft('a', 'somebody', at(700))).toEqual(
        draft('a', { content: 'x', revision: 2, changedAt: at(9), ends: at(900) }),
      );
      expect(await store.removeDraft('a', 'another')).toBe(false);
      expect([await store.removeDraft('a', 'somebody'), await store.removeDraft('a', 'somebody')]).toEqual([
        true,
        false,
      ]);
    });

    test('are at most so many of one holder; those that ended are removed and do not count', async () => {
      const store = await empty();
      const add = (id: string, now: Date) => store.addDraft(draft(id, { ends: at(600) }), { now, most: 2 });
      expect([await add('a', at(0)), await add('b', at(0)), await add('c', at(0))]).toEqual([true, true, false]);
      expect(await store.addDraft(draft('c', { ends: at(900) }), { now: at(600), most: 2 })).toBe(true);
      expect(await store.removeDraft('a', 'somebody')).toBe(false);
    });
  });

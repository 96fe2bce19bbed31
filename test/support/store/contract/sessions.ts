import { describe, expect, test } from 'vitest';
import type { StoredSession } from '../../../../src/store/port.ts';
import { at } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

export const sessionContract = (empty: EmptyStore) =>
  describe('sessions', () => {
    const session = (id: string, more: Partial<StoredSession> = {}): StoredSession => ({
      id,
      person: 'somebody',
      content: 'sealed',
      revision: 1,
      idleUntil: at(60),
      ends: at(600),
      ...more,
    });

    test('are found until they end, by idleness or in any case', async () => {
      const store = await empty();
      await store.addSession(session('a', { provider: 'p' }), at(0));
      expect(await store.session('a', at(59))).toEqual(session('a', { provider: 'p' }));
      expect(await store.session('a', at(60))).toBeUndefined();
      expect(await store.session('b', at(0))).toBeUndefined();
      await store.changeSession('a', { expect: 1, content: 'other', idleUntil: at(9_000) });
      expect(await store.session('a', at(599))).toMatchObject({ revision: 2, content: 'other' });
      expect(await store.session('a', at(600))).toBeUndefined();
    });

    test('change once for each revision', async () => {
      const store = await empty();
      await store.addSession(session('a'), at(0));
      const change = (content: string) => store.changeSession('a', { expect: 1, content, idleUntil: at(90) });
      expect(await Promise.all([change('x'), change('y')])).toEqual([true, false]);
      expect(await store.session('a', at(1))).toMatchObject({ content: 'x', revision: 2 });
      expect(await store.changeSession('b', { expect: 1, content: '', idleUntil: at(90) })).toBe(false);
    });

    test('end one by one, for a person, and for a session at the provider; those that ended are removed', async () => {
      const store = await empty();
      await store.addSession(session('a', { provider: 'p' }), at(0));
      await store.addSession(session('b', { provider: 'q' }), at(0));
      await store.addSession(session('c', { person: 'another' }), at(0));
      expect(await store.endSessions({ provider: 'p' })).toBe(1);
      expect(await store.session('a', at(1))).toBeUndefined();
      expect(await store.endSessions({ person: 'somebody' })).toBe(1);
      expect(await store.endSessions({ id: 'c' })).toBe(1);
      expect(await store.endSessions({ id: 'c' })).toBe(0);
      await store.addSession(session('d'), at(0));
      await store.addSession(session('e', { idleUntil: at(300) }), at(100));
      expect(await store.endSessions({ person: 'somebody' })).toBe(1);
    });
  });

import { describe, expect, test } from 'vitest';
import { auditEvent, commit, create, dispatch, found, message, task, update } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

export const commitContract = (empty: EmptyStore) =>
  describe('a commit', () => {
    test('stores message, resources, dispatches and audit together', async () => {
      const store = await empty();
      const committed = await commit(store, {
        message: message('r1'),
        changes: [create(task('t1'), 'team-noord')],
        dispatches: [dispatch('d1')],
        audit: [auditEvent('a1', { requestId: 'r1', references: ['Task/t1'] })],
      });
      expect(committed).toMatchObject({ kind: 'committed', resources: [{ type: 'Task', id: 't1', version: 1 }] });
      expect(await store.message('message-r1')).toEqual(message('r1'));
      expect(await store.read('Task', 't1')).toMatchObject({ version: 1 });
      expect((await store.dispatches({ count: 9 })).items).toMatchObject([{ id: 'd1', state: 'waiting' }]);
      expect((await store.audit({ requestId: 'r1', count: 9 })).items).toHaveLength(1);
    });

    test('that cannot be stored whole stores nothing', async () => {
      const store = await empty();
      await commit(store, { changes: [create(task('t1'))] });
      const refused = await commit(store, {
        message: message('r1'),
        changes: [create(task('t2')), create(task('t1'))],
        dispatches: [dispatch('d1')],
        audit: [auditEvent('a1', { requestId: 'r1' })],
      });
      expect(refused).toEqual({ kind: 'exists', type: 'Task', id: 't1', current: 1 });
      expect(await store.message('message-r1')).toBeUndefined();
      expect(await store.read('Task', 't2')).toBeUndefined();
      expect((await store.dispatches({ count: 9 })).items).toEqual([]);
      expect((await store.depth()).waiting).toBe(0);
      expect((await store.audit({ count: 9 })).items).toEqual([]);
    });

    test('of an existing request id is a duplicate with the same body, a reuse with another', async () => {
      const store = await empty();
      await commit(store, { message: message('r1') });
      const changes = [create(task('t1'))];
      expect(await commit(store, { message: message('r1', { id: 'again' }), changes })).toEqual({
        kind: 'duplicate',
        earlier: message('r1'),
      });
      expect(await commit(store, { message: message('r1', { id: 'again', bodyDigest: 'other' }), changes })).toEqual({
        kind: 'reused',
        earlier: message('r1'),
      });
      expect(await store.read('Task', 't1')).toBeUndefined();
    });

    test('with an id that no database stores as it is (NUL, half a surrogate pair) is a duplicate too', async () => {
      const store = await empty();
      for (const odd of ['r\0', 'r\ud800x']) {
        const keys = { keys: [`key-${odd}`], content: 'c', amends: false, location: 'Task/t1' };
        await commit(store, { message: message(odd), keys });
        expect(await commit(store, { message: message(odd, { id: `again-${odd}` }) })).toMatchObject({
          kind: 'duplicate',
        });
        const resent = message(`${odd}2`, { id: `resent-${odd}` });
        expect(await commit(store, { message: resent, keys })).toMatchObject({ kind: 'resent' });
      }
    });

    test('of another partner may have the same request id', async () => {
      const store = await empty();
      await commit(store, { message: message('r1') });
      const other = message('r1', { id: 'other', partner: 'praktijk-noord', bodyDigest: 'other' });
      expect(await commit(store, { message: other })).toMatchObject({ kind: 'committed' });
      expect(await store.messageByRequest('praktijk-noord', 'r1')).toEqual(other);
      expect(await store.messageByRequest('praktijk-zuid', 'r1')).toEqual(message('r1'));
      expect(await store.messageByRequest('praktijk-west', 'r1')).toBeUndefined();
    });

    test('that expects another version than the current one is stale', async () => {
      const store = await empty();
      await commit(store, { changes: [create(task('t1'))] });
      await commit(store, { changes: [update(task('t1', { status: 'accepted' }), 1)] });
      expect(await commit(store, { changes: [update(task('t1'), 1)] })).toEqual({
        kind: 'stale',
        type: 'Task',
        id: 't1',
        current: 2,
      });
      expect(await commit(store, { changes: [update(task('t9'), 1)] })).toEqual({
        kind: 'stale',
        type: 'Task',
        id: 't9',
      });
    });

    test('is stale when a guarded resource has changed', async () => {
      const store = await empty();
      await commit(store, { changes: [create(task('t1')), create(task('t2'))] });
      const guarded = (version: number) => ({
        changes: [update(task('t1', { status: 'accepted' }), 1)],
        guards: [{ type: 'Task', id: 't2', version }],
      });
      expect(await commit(store, guarded(2))).toEqual({ kind: 'stale', type: 'Task', id: 't2', current: 1 });
      expect((await store.read('Task', 't1'))?.version).toBe(1);
      expect(await commit(store, guarded(1))).toMatchObject({ kind: 'committed' });
      expect((await store.read('Task', 't2'))?.version, 'a guard writes nothing').toBe(1);
    });

    test('of many at the same moment: one wins, the others are stale, unrelated ones are committed', async () => {
      const store = await empty();
      await commit(store, { changes: [create(task('t1'))] });
      const answers = await Promise.all([
        ...Array.from({ length: 20 }, (_, n) =>
          commit(store, { changes: [update(task('t1', { description: `n${n}` }), 1)], audit: [auditEvent(`a${n}`)] }),
        ),
        ...Array.from({ length: 20 }, (_, n) => commit(store, { changes: [create(task(`other-${n}`))] })),
      ]);
      expect(
        answers
          .slice(0, 20)
          .map((it) => it.kind)
          .sort(),
      ).toEqual(['committed', ...Array(19).fill('stale')]);
      expect(answers.slice(20).every((it) => it.kind === 'committed')).toBe(true);
      expect((await store.audit({ count: 99 })).items).toHaveLength(1);
      expect(await store.history('Task', 't1')).toHaveLength(2);
    });

    test('that throws fails alone: concurrent commits succeed', async () => {
      const store = await empty();
      await commit(store, { dispatches: [dispatch('taken')] });
      const answers = await Promise.allSettled([
        commit(store, { changes: [create(task('t1'))] }),
        commit(store, { changes: [create(task('t2'))], dispatches: [dispatch('taken')] }),
        commit(store, { changes: [create(task('t3'))] }),
      ]);
      expect(answers.map((it) => it.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await found(store, 'Task', {})).toEqual(['t3', 't1']);
    });

    test('notifies listeners of dispatches until they unsubscribe', async () => {
      const store = await empty();
      let heard = 0;
      const deaf = store.onDispatch(() => heard++);
      await commit(store, { dispatches: [dispatch('d1')] });
      await commit(store, { changes: [create(task('t1'))] });
      expect(heard).toBe(1);
      deaf();
      await commit(store, { dispatches: [dispatch('d2')] });
      expect(heard).toBe(1);
    });
  });

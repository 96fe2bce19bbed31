import { describe, expect, test } from 'vitest';
import { auditEvent, commit, create, dispatch, message, task, update } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

/** More than one number of the journal has keys for. */
const many = 4_100;
const numbered = <T>(make: (n: number) => T): T[] => Array.from({ length: many }, (_, n) => make(n));

export const largeContract = (empty: EmptyStore) =>
  describe('a commit of thousands', () => {
    test('of resources leaves room for the next: none has the key, or the readers, of another', async () => {
      const store = await empty();
      await commit(store, { changes: numbered((n) => create(task(`t${n}`), n % 2 ? 'odd' : 'even')) });
      const next = [...Array(40).keys()].map((n) => create(task(`next${n}`), 'next'));
      expect(await commit(store, { changes: next })).toMatchObject({ kind: 'committed' });
      await commit(store, { changes: [update(task('t4098', { status: 'accepted' }), 1)] });
      expect((await store.history('Task', 't4098', 'even')).map(({ version }) => version)).toEqual([2, 1]);
      for (const id of ['t0', 't4096', 't4098', 'next1', 'next2'])
        for (const reader of ['odd', 'even', 'next']) {
          const mayRead = reader === (id.startsWith('next') ? 'next' : 'even');
          expect((await store.read('Task', id, reader))?.id, `${id} for ${reader}`).toBe(mayRead ? id : undefined);
        }
    });

    test('of dispatches sends each its own body', async () => {
      const store = await empty();
      await commit(store, { message: message('r1'), dispatches: numbered((n) => dispatch(`d${n}`)) });
      await commit(store, { message: message('r2'), dispatches: [dispatch('next')] });
      const [claim] = await store.claim({ worker: 'w', now: new Date(), lease: 1_000, recipients: 1, batch: many + 9 });
      expect(claim?.deliveries.map(({ id }) => id)).toEqual([...numbered((n) => `d${n}`), 'next']);
      expect(claim?.deliveries.filter(({ id, body }) => !body.includes(`"${id}"`))).toEqual([]);
    });

    test('of audit events keeps their order, over pages and next to others', async () => {
      const store = await empty();
      const events = (name: string) => numbered((n) => auditEvent(`${name}${n}`, { traceId: 'z' }));
      await commit(store, { audit: events('a') });
      await store.appendAudit(events('b'));
      await store.appendAudit([auditEvent('last', { traceId: 'z' })]);
      for (const traceId of [undefined, 'z']) {
        const found: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await store.audit({
            count: 1_500,
            ...(traceId ? { traceId } : {}),
            ...(cursor ? { cursor } : {}),
          });
          found.push(...page.items.map(({ text }) => JSON.parse(text).id));
          cursor = page.next;
        } while (cursor);
        expect(found).toEqual([...numbered((n) => `a${n}`), ...numbered((n) => `b${n}`), 'last']);
      }
    });
  });

import { describe, expect, test } from 'vitest';
import { auditEvent, commit } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

export const auditContract = (empty: EmptyStore) =>
  describe('the audit trail', () => {
    test('is found by request, trace and referenced resource, in the order of writing', async () => {
      const store = await empty();
      await store.appendAudit([
        auditEvent('a1', { requestId: 'r1', traceId: 'z', references: ['Task/t1', 'Task/t1'] }),
      ]);
      await commit(store, { audit: [auditEvent('a2', { requestId: 'r2', traceId: 'z', references: ['Task/t1'] })] });
      await store.appendAudit([auditEvent('a3')]);
      const idsBy = async (query: object) => {
        const { items } = await store.audit({ count: 9, ...query });
        return items.map((it) => JSON.parse(it.text).id);
      };
      expect(await idsBy({})).toEqual(['a1', 'a2', 'a3']);
      expect(await idsBy({ requestId: 'r2' })).toEqual(['a2']);
      expect(await idsBy({ traceId: 'z' })).toEqual(['a1', 'a2']);
      expect(await idsBy({ entity: 'Task/t1' })).toEqual(['a1', 'a2']);
      expect(await idsBy({ entity: 'Task/t1', requestId: 'r1' })).toEqual(['a1']);
      const page = await store.audit({ count: 1, traceId: 'z' });
      expect(await idsBy({ traceId: 'z', cursor: page.next })).toEqual(['a2']);
    });
  });

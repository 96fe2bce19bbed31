import { describe, expect, test } from 'vitest';
import { mgnNaming } from '../../../../src/fhir/canonical.ts';
import type { AuditEvent, AuditQuery, Store } from '../../../../src/store/port.ts';
import { at, auditEvent, commit, create, dispatch, message, task, update } from '../samples.ts';
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

    test('finds the events of any of several resources, each once, however many are asked for', async () => {
      const store = await empty();
      const about = (id: string, ...references: string[]) => auditEvent(id, { references });
      await store.appendAudit([
        about('both', 'Task/1', 'Task/2'),
        about('other', 'Task/11'),
        about('second', 'Patient/9', 'Task/2'),
        about('none'),
        about('first', 'Task/1'),
      ]);
      const others = Array.from({ length: 40 }, (_, n) => `Task/other-${n}`);
      for (const more of [[], others]) {
        const { items } = await store.audit({ entities: ['Task/2', 'Task/1', ...more], count: 10 });
        expect(items.map(({ text }) => (JSON.parse(text) as AuditEvent).id)).toEqual(['both', 'second', 'first']);
        expect(items.map(({ seq }) => seq - items[0]!.seq)).toEqual([0, 2, 4]);
      }
    });

    test('is found by each of its names, whatever wrote it: a message, a delivery, a change, a read', async () => {
      const store = await empty();
      await fill(store);
      const all = (await store.audit({ count: 100 })).items.map(({ text }) => JSON.parse(text) as AuditEvent);
      expect(all).toHaveLength(17);
      const ids = (name: string) => all.map((it) => idOf(it, name)).filter((it) => it !== undefined);
      const queries: Omit<AuditQuery, 'count'>[] = [
        ...ids('request-id').map((requestId) => ({ requestId })),
        ...ids('correlation-id').map((correlationId) => ({ correlationId })),
        ...ids('trace-id').map((traceId) => ({ traceId })),
        ...all.flatMap(referencesOf).map((entity) => ({ entity })),
        ...all.flatMap((it) => referencesOf(it).map((entity) => ({ entity, traceId: idOf(it, 'trace-id') ?? '' }))),
        { traceId: 'request-d1' },
        { requestId: 'trace-r1' },
        { entity: 'Task' },
        { entity: 't1/Task' },
      ];
      for (const query of queries) {
        const expected = all.filter(
          (it) =>
            (query.requestId === undefined || idOf(it, 'request-id') === query.requestId) &&
            (query.correlationId === undefined || idOf(it, 'correlation-id') === query.correlationId) &&
            (query.traceId === undefined || idOf(it, 'trace-id') === query.traceId) &&
            (query.entity === undefined || referencesOf(it).includes(query.entity)),
        );
        expect([query, await idsInPages(store, query)]).toEqual([query, expected.map(({ id }) => id)]);
      }
    });
  });

const idOf = (event: AuditEvent, name: string): string | undefined =>
  event.entity?.find(({ what }) => what?.identifier?.system === mgnNaming(name))?.what?.identifier?.value;
const referencesOf = (event: AuditEvent): string[] => (event.entity ?? []).flatMap(({ what }) => what?.reference ?? []);

async function idsInPages(store: Store, query: Omit<AuditQuery, 'count'>): Promise<(string | undefined)[]> {
  const ids: (string | undefined)[] = [];
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await store.audit({ ...query, count: 2, ...(cursor ? { cursor } : {}) });
    ids.push(...page.items.map(({ text }) => (JSON.parse(text) as AuditEvent).id));
    cursor = page.next;
    more = cursor !== undefined;
  }
  return ids;
}

/** Three messages of two journeys with their deliveries, changes of a Task by others, and reads. */
async function fill(store: Store): Promise<void> {
  for (const n of [1, 2, 3]) {
    const [requestId, traceId] = [`r${n}`, n === 3 ? 'trace-r1' : `trace-r${n}`];
    const ids = { messageId: `message-${requestId}`, correlationId: requestId, traceId };
    await commit(store, {
      message: message(requestId, { traceId, correlationId: 'r1' }),
      changes: [create(task(`t${n}`))],
      dispatches: [
        dispatch(`d${n}`, 'a', ids),
        dispatch(`e${n}`, 'b', { ...ids, traceId: 'trace-else' }),
        dispatch(`f${n}`, 'c', n === 2 ? ids : {}),
      ],
      audit: [
        auditEvent(`accept${n}`, { requestId, correlationId: 'r1', traceId, references: [`Task/t${n}`, 'Task/t1'] }),
      ],
    });
  }
  const wish = { worker: 'w1', now: at(10), lease: 5_000, recipients: 10, batch: 10 };
  for (const claim of await store.claim(wish))
    for (const delivery of claim.deliveries) {
      const { id, requestId, correlationId, traceId } = delivery;
      const event = auditEvent(`deliver-${id}`, {
        requestId,
        ...(correlationId === undefined ? {} : { correlationId }),
        traceId,
        references: ['Task/t2', 'urn:uuid:x'],
      });
      await store.complete(claim, delivery, { at: at(11), milliseconds: 1, audit: [event] });
    }
  const changed = { requestId: 'r7', traceId: 'trace-r2', references: ['Task/t1', 'ServiceRequest/s1'] };
  await commit(store, { changes: [update(task('t1'), 1)], audit: [auditEvent('change1', changed)] });
  await commit(store, {
    changes: [update(task('t1'), 2)],
    audit: [auditEvent('change2', { references: ['Task/t1'] })],
  });
  await store.appendAudit([auditEvent('read1', { requestId: 'r8', references: ['Task/t1'] }), auditEvent('read2')]);
  await store.appendAudit([auditEvent('read3', { requestId: 'r1', traceId: 'trace-r1' })]);
}

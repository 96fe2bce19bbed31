import { describe, expect, test } from 'vitest';
import type {
  AuditEvent,
  Commit,
  RetentionPlace,
  RetentionStep,
  RetentionTerms,
  Store,
} from '../../../../src/store/port.ts';
import { at, auditEvent, commit, create, dispatch, found, message, patient, task, update } from '../samples.ts';

const old = -400 * 86_400;
const content = at(-300 * 86_400);
const start: RetentionPlace = { kind: 'entry', after: 0 };

/** A journey: a person, an order, its Task and a delivery. */
const journey = (id: string, status = 'completed', order = 'completed'): Omit<Commit, 'now'> => ({
  message: message(`request-${id}`, { traceId: `trace-${id}` }),
  keys: { keys: [`key-${id}`], content: 'c', amends: false, location: `Task/t-${id}` },
  changes: [
    create(patient(`p-${id}`, '999900006'), 'noord', 'zuid'),
    create(
      { ...task(`s-${id}`), resourceType: 'ServiceRequest', status: order, subject: ref(`Patient/p-${id}`) } as never,
      'noord',
    ),
    create(task(`t-${id}`, { status, focus: ref(`ServiceRequest/s-${id}`), for: ref(`Patient/p-${id}`) }), 'noord'),
  ],
  dispatches: [
    dispatch(`d-${id}`, 'noord', {
      traceId: `trace-${id}`,
      messageId: `message-request-${id}`,
      correlationId: `request-${id}`,
    }),
  ],
  audit: [
    auditEvent(`a-${id}`, {
      requestId: `request-${id}`,
      traceId: `trace-${id}`,
      references: [`Task/t-${id}`, `Patient/p-${id}`],
    }),
  ],
});
const ref = (reference: string) => ({ reference });

async function deliverAll(store: Store, seconds: number): Promise<void> {
  for (;;) {
    const wish = { worker: 'w', now: at(seconds), lease: 60_000, batch: 50, recipients: 10 } as never;
    const claims = await store.claim(wish);
    if (claims.length === 0) return;
    for (const claim of claims) {
      for (const it of claim.deliveries)
        await store.complete(claim, it, {
          at: at(seconds),
          milliseconds: 3,
          status: 200,
          audit: [auditEvent(`delivered-${it.id}`, { traceId: it.traceId, references: ['Task/t-1'] })],
        } as never);
      await store.release(claim);
    }
  }
}

type Totals = Omit<RetentionStep, 'next'>;
async function all(step: (from: RetentionPlace) => Promise<RetentionStep>): Promise<Totals> {
  const total = { journeys: 0, messages: 0, resources: 0, deliveries: 0, bytes: 0, auditEntries: 0 };
  const kept: Record<string, number> = {};
  for (let from: RetentionPlace | undefined = start; from; ) {
    const { next, kept: here, ...counts }: RetentionStep = await step(from);
    for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += counts[name];
    for (const [name, count] of Object.entries(here)) kept[name] = (kept[name] ?? 0) + count;
    from = next;
  }
  return { ...total, kept };
}
const removable = (store: Store, terms: RetentionTerms) => all((from) => store.removable(terms, from));
const remove = (store: Store, terms: RetentionTerms, seconds = 0) =>
  all((from) => store.removeExpired(terms, { from, now: at(seconds), network: 'Testnetwerk' }));

const events = async (store: Store, query: object): Promise<readonly string[]> =>
  (await store.audit({ count: 100, ...query })).items.map(({ text }) => {
    const { id, subtype } = JSON.parse(text) as AuditEvent;
    return subtype?.[0]?.code ?? id ?? '';
  });

export const retentionContract = (empty: () => Promise<Store>) =>
  describe('retention', () => {
    test('removes nothing without terms', async () => {
      const store = await empty();
      await commit(store, journey('1'), old);
      await deliverAll(store, old);
      expect(await remove(store, {})).toMatchObject({ journeys: 0, auditEntries: 0, kept: {} });
      expect(await store.read('Task', 't-1')).toBeDefined();
    });

    test('removes an ended journey whole, says so in the audit trail, and leaves every other one', async () => {
      const store = await empty();
      await commit(store, journey('1'), old);
      await commit(
        store,
        { changes: [update(task('t-1', { status: 'completed', for: ref('Patient/p-1'), note: [{ text: 'x' }] }), 1)] },
        old + 5,
      );
      await commit(store, journey('2'), old + 10);
      await deliverAll(store, old + 20);
      await commit(store, journey('3'), 0);
      await deliverAll(store, 0);
      // changed since
      await commit(
        store,
        { changes: [update(task('t-2', { status: 'completed', focus: ref('ServiceRequest/s-2') }), 1)] },
        0,
      );

      const expected = { journeys: 1, messages: 1, resources: 3, deliveries: 1, kept: { changed: 1 } };
      const shown = await removable(store, { content });
      expect(shown).toMatchObject(expected);
      expect(await store.read('Task', 't-1'), 'nothing is removed by looking').toBeDefined();
      expect(await remove(store, { content }, 30)).toEqual(shown);
      expect(await removable(store, { content })).toMatchObject({ journeys: 0, kept: { changed: 1 } });

      for (const [type, id] of [
        ['Task', 't-1'],
        ['ServiceRequest', 's-1'],
        ['Patient', 'p-1'],
      ] as const) {
        expect(await store.read(type, id)).toBeUndefined();
        expect(await store.history(type, id)).toEqual([]);
      }
      expect(await store.messageByRequest('praktijk-zuid', 'request-1')).toBeUndefined();
      expect(await store.messageByKeys('praktijk-zuid', { keys: ['key-1'] })).toBeUndefined();
      expect(await store.message('message-request-1')).toBeUndefined();
      expect(await store.dispatch('d-1')).toBeUndefined();
      expect(await store.attempts('d-1')).toEqual([]);
      expect(await found(store, 'Task', {})).toEqual(expect.arrayContaining(['t-2', 't-3']));
      expect(await found(store, 'Task', { patient: 'Patient/p-1' })).toEqual([]);
      expect(
        await found(
          store,
          'Patient',
          { identifier: 'http://fhir.nl/fhir/NamingSystem/bsn|999900006' },
          { reader: 'zuid' },
        ),
      ).toEqual(expect.not.arrayContaining(['p-1']));
      expect((await store.messages({ count: 10 })).items.map(({ requestId }) => requestId)).toEqual([
        'request-2',
        'request-3',
      ]);

      // what was done is still found by request, trace and resource
      for (const query of [{ requestId: 'request-1' }, { traceId: 'trace-1' }, { entity: 'Task/t-1' }]) {
        const found = await events(store, query);
        expect(found, JSON.stringify(query)).toEqual(expect.arrayContaining(['a-1', 'retention']));
      }
      expect(await events(store, { traceId: 'trace-1' })).toContain('delivered-d-1');
      const [removal] = (await store.audit({ entity: 'Patient/p-1', count: 10 })).items.slice(-1);
      expect(JSON.parse(removal!.text)).toMatchObject({ action: 'D', subtype: [{ code: 'retention' }] });
    });

    test('leaves a keyed hash that leads from an identifier to the Patient, as long as the audit trail says that it was removed', async () => {
      const store = await empty();
      await commit(store, journey('1'), old);
      await commit(store, journey('2'), old + 10);
      await deliverAll(store, old + 20);
      await commit(store, journey('3'), 0);
      const bsn = { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999900006' };
      expect(await store.formerPatients([bsn])).toEqual([]);
      await remove(store, { content }, 30);
      expect([...(await store.formerPatients([bsn]))].sort()).toEqual(['p-1', 'p-2']);
      for (const other of [
        { ...bsn, value: '999900018' },
        { ...bsn, system: 'https://other.example' },
      ])
        expect(await store.formerPatients([other])).toEqual([]);
      // the event of the removal is as old as the removal
      await remove(store, { audit: at(20) }, 40);
      expect(await store.formerPatients([bsn])).toHaveLength(2);
      await remove(store, { audit: at(35) }, 50);
      expect(await store.formerPatients([bsn])).toEqual([]);
    });

    test('the same request, key and resource may come again', async () => {
      const store = await empty();
      await commit(store, journey('1'), old);
      await deliverAll(store, old);
      await remove(store, { content });
      expect(await commit(store, journey('1'), 10)).toMatchObject({ kind: 'committed' });
      expect(await store.messageByKeys('praktijk-zuid', { keys: ['key-1'] })).toMatchObject({ location: 'Task/t-1' });
      expect(await store.read('Task', 't-1', 'noord')).toMatchObject({ version: 1 });
    });

    test('the key of what was removed may come again before a run that was cut off has come to it', async () => {
      const store = await empty();
      await commit(store, journey('1'), old);
      await deliverAll(store, old);
      const first = await store.removeExpired({ content }, { from: start, now: at(0), network: 'n' });
      expect(first).toMatchObject({ journeys: 1, next: { kind: 'key' } });
      expect(await store.messageByKeys('praktijk-zuid', { keys: ['key-1'] })).toBeUndefined();
      expect(await commit(store, journey('1'), 10)).toMatchObject({ kind: 'committed' });
      await remove(store, { content }, 20);
      expect(await store.messageByKeys('praktijk-zuid', { keys: ['key-1'] })).toMatchObject({ location: 'Task/t-1' });
    });

    test.each([
      ['its Task is open', journey('1', 'in-progress'), 'open'],
      ['its Task is in a draft', journey('1', 'draft'), 'open'],
      ['its order is active', journey('1', 'completed', 'active'), 'open'],
    ] as const)('leaves a journey when %s', async (_, commits, because) => {
      const store = await empty();
      await commit(store, commits, old);
      await deliverAll(store, old);
      expect(await remove(store, { content, audit: content })).toMatchObject({ journeys: 0, kept: { [because]: 1 } });
      expect(await store.read('Task', 't-1')).toBeDefined();
    });

    test('leaves a journey with a delivery that waits, or is dead', async () => {
      const store = await empty();
      await commit(store, journey('1'), old);
      expect(await remove(store, { content })).toMatchObject({ journeys: 0, kept: { undelivered: 1 } });
      const [claim] = await store.claim({
        worker: 'w',
        now: at(old),
        lease: 60_000,
        batch: 50,
        recipients: 10,
      } as never);
      await store.deadLetter(claim!, claim!.deliveries[0]!, {
        at: at(old),
        milliseconds: 1,
        because: 'x',
        audit: [],
      } as never);
      await store.release(claim!);
      expect(await remove(store, { content })).toMatchObject({ journeys: 0, kept: { undelivered: 1 } });
      expect((await store.dispatch('d-1'))?.state).toBe('dead');
    });

    test('leaves what a younger journey refers to, and what refers to an open one, however far', async () => {
      const store = await empty();
      await commit(store, journey('1'), old);
      await commit(
        store,
        { changes: [create(task('t-next', { status: 'completed', basedOn: [ref('ServiceRequest/s-1')] }))] },
        old + 1,
      );
      await commit(
        store,
        { changes: [create(task('t-last', { status: 'requested', partOf: [ref('Task/t-next')] }))] },
        old + 2,
      );
      await deliverAll(store, old + 3);
      expect(await remove(store, { content })).toMatchObject({ journeys: 0, kept: { open: 3 } });
      for (const id of ['t-1', 't-next', 't-last']) expect(await store.read('Task', id)).toBeDefined();
    });

    test('leaves what an older version of an open Task refers to, and what an address in an attachment leads to', async () => {
      const store = await empty();
      await commit(store, journey('1'), old);
      await commit(store, journey('2'), old + 1);
      const letter = { attachment: { url: 'ServiceRequest/s-2' } };
      await commit(
        store,
        {
          changes: [
            create(task('t-open', { status: 'requested', focus: ref('ServiceRequest/s-1') })),
            create({
              ...task('l-1'),
              resourceType: 'DocumentReference',
              status: 'current',
              content: [letter],
            } as never),
          ],
        },
        old + 2,
      );
      // its parts are of other journeys since
      await commit(store, { changes: [update(task('t-open', { status: 'in-progress' }), 1)] }, old + 3);
      await deliverAll(store, old + 4);
      expect(await remove(store, { content })).toMatchObject({ journeys: 0, kept: { open: 4 } });
      for (const id of ['s-1', 's-2']) expect(await store.read('ServiceRequest', id), id).toBeDefined();
    });

    test.each([
      ['active', '2040-01-01', 'open'],
      ['inactive', '2040-01-01', undefined],
      ['active', '2026-01-01', undefined],
      ['active', undefined, undefined],
    ])('a Consent that is %s until %s', async (status, end, because) => {
      const store = await empty();
      const consent = { ...task('c-1'), resourceType: 'Consent', status, provision: { period: { end } } };
      await commit(store, { changes: [create(consent as never)] }, old);
      const removed = await remove(store, { content });
      expect(removed).toMatchObject(because ? { journeys: 0, kept: { [because]: 1 } } : { journeys: 1, kept: {} });
    });

    test('removes the audit trail after its own term only, and only of what has no content any more', async () => {
      const store = await empty();
      await commit(store, journey('1'), old);
      await commit(store, journey('2', 'in-progress'), old + 1);
      await store.appendAudit([
        { ...auditEvent('read', { references: ['Task/t-1'] }), recorded: at(old + 2).toISOString() },
      ]);
      await deliverAll(store, old + 3);
      await remove(store, { content }, 5);
      expect(await events(store, { entity: 'Task/t-1' })).toEqual(expect.arrayContaining(['a-1', 'read', 'retention']));
      const shown = await removable(store, { content, audit: content });
      expect(shown.auditEntries).toBeGreaterThan(1);
      expect(await remove(store, { content, audit: content }, 6)).toEqual(shown);
      expect(await events(store, { entity: 'Task/t-1' }), 'the removal is younger').toEqual(['retention']);
      expect(await events(store, { entity: 'Task/t-2' })).toContain('a-2');
      expect(await store.read('Task', 't-2')).toBeDefined();
    });

    test('goes on where it stopped, a small part at a time', async () => {
      const store = await empty();
      for (let n = 0; n < 12; n++) await commit(store, { ...journey(`${n}`), dispatches: [] }, old + n);
      const first = await store.removeExpired({ content }, { from: start, now: at(0), network: 'n' });
      expect(first.journeys).toBe(8);
      expect(first.next).toMatchObject({ kind: 'entry' });
      const rest = await store.removeExpired({ content }, { from: first.next!, now: at(0), network: 'n' });
      expect(rest.journeys).toBe(4);
      expect(await found(store, 'Task', {})).toEqual([]);
    });
  });

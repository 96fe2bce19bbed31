import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import type { RetentionPlace, Store } from '../../../../src/store/port.ts';
import type { KeyRing } from '../../../../src/store/sql/vault/ring.ts';
import { ringWith } from '../key-ring.ts';
import { at, create, dispatch, message, patient, task, update } from '../samples.ts';

/** A place for a store, which can be opened again and again. */
export type VaultPlace = {
  readonly open: (ring?: KeyRing) => Promise<Store>;
  /** Makes what is stored look as an earlier release wrote it: no chain covers it. */
  readonly unchain: () => Promise<void>;
};

const bsn = 'http://fhir.nl/fhir/NamingSystem/bsn';
const ended = { status: 'completed' };
const of = (id: string) => ({ for: { reference: `Patient/${id}` } });

/** What holds of keys and erasure in each database. */
export function vaultContract(name: string, make: () => Promise<VaultPlace>): void {
  const stores: Store[] = [];
  const opened = async (it: Promise<Store>) => {
    const store = await it;
    stores.push(store);
    return store;
  };
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close().catch(() => {});
  });
  const referral = (store: Store, person: string, number: string, more: object = ended) =>
    store.commit({
      now: at(1),
      message: message(`r-${person}`),
      changes: [
        create(patient(person, number), 'a'),
        create(task(`t-${person}`, { ...of(person), ...more }), 'a', 'b'),
        create(task(`c-${person}`, { ...ended, partOf: [{ reference: `Task/t-${person}` }] }), 'b'),
      ],
      dispatches: [dispatch(`d-${person}`, 'b', { messageId: `message-r-${person}` })],
      keys: { keys: [`key-${person}`], content: 'c', location: `Task/t-${person}`, amends: false },
    });
  const delivered = async (store: Store) => {
    const claims = await store.claim({ worker: 'w', now: at(20), lease: 60_000, recipients: 10, batch: 10 });
    for (const claim of claims) {
      for (const delivery of claim.deliveries) await store.complete(claim, delivery, { at: at(21), milliseconds: 1 });
      await store.release(claim);
    }
  };
  const wish = (...patients: string[]) => ({
    patients,
    now: at(10),
    network: 'Netwerk',
    reason: 'Requested by the person.',
    evenIfOpen: true,
  });
  const found = async (store: Store, number: string) => {
    const criteria = [{ name: 'identifier', values: [`${bsn}|${number}`] }];
    const result = await store.search('Patient', { criteria, count: 10 });
    return result.kind === 'found' ? result.resources.map(({ id }) => id) : result;
  };

  describe(`${name}: keys`, () => {
    test('rotation wraps the data keys anew and no text; the old key is then no longer needed', async () => {
      const place = await make();
      const old = ringWith('k1');
      const first = await opened(place.open(old));
      for (let n = 0; n < 5; n++) await referral(first, `p${n}`, `99991${n}000`);
      expect(await first.keyStatus()).toMatchObject({
        current: 'k1',
        wrapped: [{ kid: 'k1', persons: 5, index: true }],
      });
      await first.close();
      const both: KeyRing = { current: 'k2', keys: new Map([['k2', Uint8Array.from(randomBytes(32))], ...old.keys]) };
      const second = await opened(place.open(both));
      await referral(second, 'p9', '999919000');
      expect((await second.keyStatus()).wrapped).toContainEqual({ kid: 'k1', persons: 5, index: true });
      for (let after: number | undefined = 0; after !== undefined; ) after = await second.rewrapKeys(after);
      expect((await second.keyStatus()).wrapped).toEqual([{ kid: 'k2', persons: 6, index: true }]);
      await second.close();
      const third = await opened(place.open({ current: 'k2', keys: new Map([...both.keys].slice(0, 1)) }));
      for (const id of ['p0', 'p9']) expect((await third.read('Patient', id, 'a'))?.text).toContain('Testpersoon');
      expect(await found(third, '999912000')).toEqual(['p2']);
      expect((await third.keyStatus()).erased).toBe(0);
    });

    test('texts that an earlier release stored in clear are encrypted later, about the same persons', async () => {
      const place = await make();
      const clear = await opened(place.open());
      await referral(clear, 'p1', '999911000');
      await clear.commit({ now: at(4), changes: [update(task('c-p1', { note: [{ text: 'x' }], ...ended }), 1, 'b')] });
      await clear.close();
      await place.unchain();
      const store = await opened(place.open(ringWith('k1')));
      expect(await store.keyStatus()).toMatchObject({ inClear: expect.any(Number), erased: 0 });
      expect(await store.erasePerson(wish('Patient/p1'))).toEqual({ kind: 'in clear' });
      for (let after: number | undefined = 0; after !== undefined; ) after = await store.encryptTexts(after);
      const { inClear, wrapped } = await store.keyStatus();
      expect(inClear).toBe(0);
      expect(wrapped).toEqual([{ kid: 'k1', persons: 1, index: true }]);
      expect((await store.vread('Task', 'c-p1', 1, 'b'))?.text).toContain('completed');
      expect(await store.erasePerson(wish('Patient/p1'))).toMatchObject({ kind: 'erased', erasure: { resources: 3 } });
    });
  });

  describe(`${name}: a person that is erased`, () => {
    test('is gone with all that is about it, and nobody else; a second time has no effect', async () => {
      const place = await make();
      const ring = ringWith('k1');
      const store = await opened(place.open(ring));
      await referral(store, 'p1', '999911000');
      await referral(store, 'p2', '999912000');
      // one commit about both, as a transaction of moves is
      await store.commit({
        now: at(4),
        message: message('both'),
        changes: [
          update(task('t-p1', { ...of('p1'), ...ended, description: 'one' }), 1, 'a'),
          update(task('t-p2', { ...of('p2'), ...ended, description: 'two' }), 1, 'a'),
        ],
      });
      const other = await opened(place.open(ring));
      expect(await other.read('Patient', 'p1', 'a')).toBeDefined();
      const dry = await store.erasePerson({ ...wish('Patient/p1'), dryRun: true });
      expect(dry).toMatchObject({ kind: 'would erase', erasure: { patients: ['Patient/p1'], resources: 3 } });
      expect(await found(store, '999911000')).toEqual(['p1']);
      const done = await store.erasePerson(wish('Patient/p1'));
      expect(done).toMatchObject({
        kind: 'erased',
        erasure: { patients: ['Patient/p1'], resources: 3, messages: 2, deliveries: 1 },
      });
      const check = async (it: Store) => {
        for (const [type, id] of [
          ['Patient', 'p1'],
          ['Task', 't-p1'],
          ['Task', 'c-p1'],
        ] as const) {
          expect(await it.read(type, id, 'a')).toBeUndefined();
          expect(await it.vread(type, id, 1, 'a')).toBeUndefined();
        }
        expect(await found(it, '999911000')).toEqual([]);
        expect(await it.message('message-r-p1')).toBeUndefined();
        expect(await it.messageByRequest('praktijk-zuid', 'r-p1')).toBeUndefined();
        expect(await it.messageByKeys('praktijk-zuid', { keys: ['key-p1'] })).toBeUndefined();
        expect(await it.message('message-both')).toBeUndefined();
        expect(await it.dispatch('d-p1')).toBeUndefined();
        expect((await it.messages({ count: 10 })).items.map(({ id }) => id)).toEqual(['message-r-p2']);
        expect((await it.read('Task', 't-p2', 'a'))?.text).toContain('two');
        expect(await found(it, '999912000')).toEqual(['p2']);
        expect((await it.keyStatus()).erased).toBe(1);
        const { items } = await it.audit({ entity: 'Patient/p1', count: 10 });
        expect(items.some(({ text }) => text.includes('erase-person'))).toBe(true);
      };
      await check(store);
      // another gateway on the store, which had read it
      await check(other);
      expect(await store.erasePerson(wish('Patient/p1'))).toMatchObject({ kind: 'erased', erasure: { resources: 0 } });
      expect(await store.erasures()).toEqual([
        { patient: 'Patient/p1', at: at(10), reason: 'Requested by the person.', requests: [] },
      ]);
      await store.close();
      await check(await opened(place.open(ring)));
    });

    test('is forgotten too where the retention removed its Patient: nothing leads from its identifier to the audit trail', async () => {
      const store = await opened((await make()).open(ringWith('k1')));
      for (const [person, number] of [
        ['p1', '999911000'],
        ['p2', '999912000'],
        ['p3', '999911000'],
      ] as const)
        await referral(store, person, number);
      await delivered(store);
      const identifier = (value: string) => [{ system: bsn, value }];
      const terms = { content: at(100) };
      for (let from: RetentionPlace | undefined = { kind: 'entry', after: 0 }; from; )
        from = (await store.removeExpired(terms, { from, now: at(200), network: 'Netwerk' })).next;
      await referral(store, 'p4', '999911000');
      expect([...(await store.formerPatients(identifier('999911000')))].sort()).toEqual(['p1', 'p3']);
      expect(await store.erasePerson(wish('Patient/p1'))).toMatchObject({
        kind: 'erased',
        erasure: { patients: ['Patient/p1'], resources: 0, messages: 0 },
      });
      expect(await store.formerPatients(identifier('999911000'))).toEqual(['p3']);
      // one that is stored takes the others of the same number with it
      expect(await store.erasePerson(wish('Patient/p4'))).toMatchObject({ erasure: { patients: ['Patient/p4'] } });
      expect(await store.formerPatients(identifier('999911000'))).toEqual([]);
      expect(await store.formerPatients(identifier('999912000'))).toEqual(['p2']);
      expect((await store.erasures()).map(({ patient }) => patient)).toEqual(['Patient/p1', 'Patient/p4']);
      await store.renewIndex();
      expect(await store.formerPatients(identifier('999912000'))).toEqual([]);
    });

    test('takes every retained refused message with it, and no copy of a delivery to it stays', async () => {
      const store = await opened((await make()).open(ringWith('k1')));
      await referral(store, 'p', '999910000');
      await referral(store, 'q', '999911000');
      await delivered(store);
      await store.addReplay({ name: 'all', state: 'running', content: '{}', createdAt: at(30) }, []);
      await store.stepReplay('all', {
        expect: 1,
        state: 'done',
        content: '{}',
        items: ['p', 'q'].map((it) => ({
          source: `d-${it}`,
          outcome: 'sent',
          copy: { id: `copy-${it}`, requestId: `request-${it}` },
        })),
        now: at(31),
        audit: [],
      });
      const refused = {
        id: 'refused',
        partner: 'a',
        requestId: 'request-refused',
        traceId: 'trace-refused',
        receivedAt: at(32),
        codes: ['min'],
        contentType: 'application/fhir+json',
        configuration: 'digest',
        envelope: '{}',
        body: new TextEncoder().encode('{"about":"somebody"}'),
      };
      await store.retainRefused(refused, at(900));
      expect((await store.refusedMessage('refused', at(33)))?.body).toEqual(refused.body);
      expect((await store.erasePerson(wish('Patient/p'))).kind).toBe('erased');
      expect(await store.refusedMessage('refused', at(33))).toBeUndefined();
      expect([await store.dispatch('d-p'), await store.dispatch('copy-p')]).toEqual([undefined, undefined]);
      expect((await store.dispatch('copy-q'))?.state).toBe('waiting');
      expect((await store.depth()).waiting).toBe(1);
    });

    test('is not erased while something is open, unless that is asked for; what waits is not sent', async () => {
      const store = await opened((await make()).open(ringWith('k1')));
      await referral(store, 'p1', '999911000', { status: 'requested' });
      await referral(store, 'p2', '999912000');
      const { evenIfOpen: _, ...careful } = wish('Patient/p1');
      const refused = await store.erasePerson(careful);
      expect(refused).toMatchObject({ kind: 'open', erasure: { open: ['Task/t-p1', 'd-p1'] } });
      expect(await store.read('Task', 't-p1', 'a')).toBeDefined();
      expect((await store.depth()).waiting).toBe(2);
      expect((await store.erasePerson(wish('Patient/p1'))).kind).toBe('erased');
      expect((await store.depth()).waiting).toBe(1);
      await delivered(store);
      expect((await store.depth()).waiting).toBe(0);
      expect(await store.dispatch('d-p1')).toBeUndefined();
      expect((await store.erasePerson(careful)).kind).toBe('erased');
    });

    test('is named by the partners that something was delivered to', async () => {
      const store = await opened((await make()).open(ringWith('k1')));
      await referral(store, 'p1', '999911000');
      await delivered(store);
      expect(await store.erasePerson(wish('Patient/p1'))).toMatchObject({ erasure: { recipients: ['b'] } });
    });
  });
}

import { afterEach, describe, expect, test } from 'vitest';
import { parseJson } from '../../src/fhir/json.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { Claim, Delivery, Store } from '../../src/store/port.ts';
import { at, auditEvent, create, dispatch, found, keep, message, patient, task, update } from './samples.ts';

/** What every adapter of the store does. `open` gives an empty store. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  const opened: Store[] = [];
  const empty = async (): Promise<Store> => {
    const store = await open();
    opened.push(store);
    return store;
  };
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  describe(`${name}: the directory`, () => {
    const entry = (id: string, expect: number, text?: string, source = 'network') => ({
      source,
      type: 'HealthcareService',
      id,
      expect,
      ...(text === undefined ? {} : { text }),
    });

    test('keeps every version and every deletion, in the order of writing', async () => {
      const store = await empty();
      await keep(store, { directory: [entry('a', 0, '1'), entry('b', 0, '1', 'elsewhere')] }, 1);
      await keep(store, { directory: [entry('a', 1, '2')] }, 2);
      await keep(store, { directory: [entry('a', 2)] }, 3);
      const { items } = await store.directory({ count: 9 });
      expect(items.map(({ id, version, text, source }) => [id, version, text, source])).toEqual([
        ['a', 1, '1', 'network'],
        ['b', 1, '1', 'elsewhere'],
        ['a', 2, '2', 'network'],
        ['a', 3, undefined, 'network'],
      ]);
      expect(items.map((it) => it.at)).toEqual([at(1), at(1), at(2), at(3)]);
    });

    test('is asked by time, by resource, by source, by what came after, and for the last versions', async () => {
      const store = await empty();
      await keep(store, { directory: [entry('a', 0, '1'), entry('b', 0, '1', 'elsewhere')] }, 1);
      await keep(store, { directory: [entry('a', 1, '2')] }, 2);
      const asked = async (query: Omit<Parameters<Store['directory']>[0], 'count'>) =>
        (await store.directory({ ...query, count: 9 })).items.map(({ id, version }) => `${id}${version}`);
      expect(await asked({ type: 'HealthcareService', since: at(2) })).toEqual(['a2']);
      expect(await asked({ type: 'Organization' })).toEqual([]);
      expect(await asked({ type: 'HealthcareService', id: 'a' })).toEqual(['a1', 'a2']);
      expect(await asked({ source: 'elsewhere' })).toEqual(['b1']);
      expect(await asked({ after: 2 })).toEqual(['a2']);
      expect(await asked({ latest: true })).toEqual(['b1', 'a2']);
      const first = await store.directory({ count: 2 });
      expect(first.items).toHaveLength(2);
      expect((await store.directory({ count: 2, cursor: first.next! })).items.map(({ seq }) => seq)).toEqual([3]);
    });

    test('is not changed from another version than the current one, and then nothing is stored', async () => {
      const store = await empty();
      await keep(store, { directory: [entry('a', 0, '1')] });
      const again = await keep(store, { message: message('r1'), directory: [entry('b', 0, '1'), entry('a', 0, '2')] });
      expect(again).toEqual({ kind: 'stale', type: 'HealthcareService', id: 'a', current: 1 });
      expect(await keep(store, { directory: [entry('c', 3, '1')] })).toEqual({
        kind: 'stale',
        type: 'HealthcareService',
        id: 'c',
      });
      expect((await store.directory({ count: 9 })).items).toHaveLength(1);
      expect(await store.message('message-r1')).toBeUndefined();
    });
  });

  describe(`${name}: a commit`, () => {
    test('stores message, resources, dispatches and audit together', async () => {
      const store = await empty();
      const committed = await keep(store, {
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

    test('that can not be stored whole stores nothing', async () => {
      const store = await empty();
      await keep(store, { changes: [create(task('t1'))] });
      const refused = await keep(store, {
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

    test('of a request that is known is a duplicate with the same body, a reuse with another', async () => {
      const store = await empty();
      await keep(store, { message: message('r1') });
      const changes = [create(task('t1'))];
      expect(await keep(store, { message: message('r1', { id: 'again' }), changes })).toEqual({
        kind: 'duplicate',
        earlier: message('r1'),
      });
      expect(await keep(store, { message: message('r1', { id: 'again', bodyDigest: 'other' }), changes })).toEqual({
        kind: 'reused',
        earlier: message('r1'),
      });
      expect(await store.read('Task', 't1')).toBeUndefined();
    });

    test('of another partner may have the same request id', async () => {
      const store = await empty();
      await keep(store, { message: message('r1') });
      const other = message('r1', { id: 'other', partner: 'praktijk-noord', bodyDigest: 'other' });
      expect(await keep(store, { message: other })).toMatchObject({ kind: 'committed' });
      expect(await store.messageByRequest('praktijk-noord', 'r1')).toEqual(other);
      expect(await store.messageByRequest('praktijk-zuid', 'r1')).toEqual(message('r1'));
      expect(await store.messageByRequest('praktijk-west', 'r1')).toBeUndefined();
    });

    test('that expects another version than the current one is stale', async () => {
      const store = await empty();
      await keep(store, { changes: [create(task('t1'))] });
      await keep(store, { changes: [update(task('t1', { status: 'accepted' }), 1)] });
      expect(await keep(store, { changes: [update(task('t1'), 1)] })).toEqual({
        kind: 'stale',
        type: 'Task',
        id: 't1',
        current: 2,
      });
      expect(await keep(store, { changes: [update(task('t9'), 1)] })).toEqual({
        kind: 'stale',
        type: 'Task',
        id: 't9',
      });
    });

    test('that rests on something else than it changes is stale when that has changed', async () => {
      const store = await empty();
      await keep(store, { changes: [create(task('t1')), create(task('t2'))] });
      const guarded = (version: number) => ({
        changes: [update(task('t1', { status: 'accepted' }), 1)],
        guards: [{ type: 'Task', id: 't2', version }],
      });
      expect(await keep(store, guarded(2))).toEqual({ kind: 'stale', type: 'Task', id: 't2', current: 1 });
      expect((await store.read('Task', 't1'))?.version).toBe(1);
      expect(await keep(store, guarded(1))).toMatchObject({ kind: 'committed' });
      expect((await store.read('Task', 't2'))?.version, 'a guard writes nothing').toBe(1);
    });

    test('may let a partner see what it does not change, from its present version on', async () => {
      const store = await empty();
      await keep(store, { changes: [create(task('t1'))] });
      await keep(store, { changes: [update(task('t1', { status: 'accepted' }), 1)] });
      const granted = { type: 'Task', id: 't1', readers: ['later'] };
      expect(await keep(store, { grants: [granted, { ...granted, id: 't9' }] })).toMatchObject({ kind: 'committed' });
      expect((await store.read('Task', 't1', 'later'))?.version).toBe(2);
      expect(await store.vread('Task', 't1', 1, 'later')).toBeUndefined();
      expect(await store.read('Task', 't1', 'another')).toBeUndefined();
    });

    test('of many at the same moment: one wins, the others are told, unrelated ones are not disturbed', async () => {
      const store = await empty();
      await keep(store, { changes: [create(task('t1'))] });
      const answers = await Promise.all([
        ...Array.from({ length: 20 }, (_, n) =>
          keep(store, { changes: [update(task('t1', { description: `n${n}` }), 1)], audit: [auditEvent(`a${n}`)] }),
        ),
        ...Array.from({ length: 20 }, (_, n) => keep(store, { changes: [create(task(`other-${n}`))] })),
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

    test('that breaks fails alone: the others of the same moment go on', async () => {
      const store = await empty();
      await keep(store, { dispatches: [dispatch('taken')] });
      const answers = await Promise.allSettled([
        keep(store, { changes: [create(task('t1'))] }),
        keep(store, { changes: [create(task('t2'))], dispatches: [dispatch('taken')] }),
        keep(store, { changes: [create(task('t3'))] }),
      ]);
      expect(answers.map((it) => it.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await found(store, 'Task', {})).toEqual(['t3', 't1']);
    });

    test('tells those who listen for dispatches, until they no longer do', async () => {
      const store = await empty();
      let heard = 0;
      const deaf = store.onDispatch(() => heard++);
      await keep(store, { dispatches: [dispatch('d1')] });
      await keep(store, { changes: [create(task('t1'))] });
      expect(heard).toBe(1);
      deaf();
      await keep(store, { dispatches: [dispatch('d2')] });
      expect(heard).toBe(1);
    });
  });

  describe(`${name}: resources`, () => {
    test('carry the version and the time of their commit, and keep the rest of meta', async () => {
      const store = await empty();
      const meta = { profile: ['https://mgn.example/fhir/StructureDefinition/mgn-coordination-task'], versionId: '77' };
      await keep(store, { changes: [create(task('t1', { meta }))] }, 5);
      const stored = await store.read('Task', 't1');
      expect(stored).toMatchObject({ type: 'Task', id: 't1', version: 1, lastUpdated: at(5) });
      expect(JSON.parse(stored?.text ?? '')).toEqual({
        ...task('t1'),
        meta: { ...meta, versionId: '1', lastUpdated: at(5).toISOString() },
      });
    });

    test('keep the digits of their decimals', async () => {
      const store = await empty();
      const text = '{"resourceType":"ChargeItem","id":"c1","factorOverride":1.10,"quantity":{"value":2.00}}';
      await keep(store, { changes: [create(parseJson(text) as Resource & { id: string })] });
      const stored = (await store.read('ChargeItem', 'c1'))?.text;
      expect(stored).toContain('"factorOverride":1.10,"quantity":{"value":2.00}}');
    });

    test('have a history, newest first, and each version can be read', async () => {
      const store = await empty();
      await keep(store, { changes: [create(task('t1'))] }, 1);
      await keep(store, { changes: [update(task('t1', { status: 'accepted' }), 1)] }, 2);
      const history = await store.history('Task', 't1');
      expect(history.map((it) => [it.version, it.lastUpdated, JSON.parse(it.text).status])).toEqual([
        [2, at(2), 'accepted'],
        [1, at(1), 'requested'],
      ]);
      expect(await store.vread('Task', 't1', 1)).toEqual(history[1]);
      expect(await store.read('Task', 't1')).toEqual(history[0]);
      expect(await store.vread('Task', 't1', 3)).toBeUndefined();
    });

    test('are there for their readers only: for others as if they did not exist', async () => {
      const store = await empty();
      await keep(store, { changes: [create(task('t1'), 'team-noord', 'praktijk-zuid'), create(task('t2'))] });
      expect(await store.read('Task', 't1', 'team-noord')).toBeDefined();
      expect(await store.read('Task', 't1', 'praktijk-zuid')).toBeDefined();
      for (const id of ['t1', 't2', 't3']) {
        expect(await store.read('Task', id, 'gemeente')).toBeUndefined();
        expect(await store.vread('Task', id, 1, 'gemeente')).toBeUndefined();
        expect(await store.history('Task', id, 'gemeente')).toEqual([]);
      }
      expect(await store.read('Task', 't2', 'team-noord')).toBeUndefined();
    });

    test('show a later reader nothing from before it became one; earlier readers stay', async () => {
      const store = await empty();
      await keep(store, { changes: [create(task('t1'), 'team-noord')] });
      await keep(store, { changes: [update(task('t1', { status: 'accepted' }), 1, 'team-west')] });
      const versions = async (reader: string) => (await store.history('Task', 't1', reader)).map((it) => it.version);
      expect(await versions('team-noord')).toEqual([2, 1]);
      expect(await versions('team-west')).toEqual([2]);
      expect(await store.vread('Task', 't1', 1, 'team-west')).toBeUndefined();
    });
  });

  describe(`${name}: search`, () => {
    const org = (id: string) => ({ reference: `Organization/${id}` });
    const filled = async (): Promise<Store> => {
      const store = await empty();
      const changes = [
        task('t1', {
          owner: { ...org('noord'), identifier: { system: 'urn:ura', value: '90000001' } },
          requester: org('zuid'),
          focus: { reference: 'ServiceRequest/s1' },
          for: { reference: 'Patient/p1' },
          code: {
            coding: [
              { system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' },
              { system: 'urn:use-case', code: 'registration' },
            ],
          },
          businessStatus: { coding: [{ system: 'urn:business', code: 'on-waitlist' }] },
          identifier: [{ system: 'urn:task', value: 'A|1' }],
          authoredOn: '2026-11-01',
        }),
        task('t2', { owner: org('noord'), status: 'accepted', authoredOn: '2026-11-22T09:30:00+01:00' }),
        task('t3', { owner: { reference: 'HealthcareService/noord' }, status: 'rejected' }),
      ];
      for (const [index, it] of changes.entries())
        await keep(store, { changes: [create(it, ...(it.id === 't3' ? ['west'] : ['noord', 'west']))] }, index + 1);
      return store;
    };

    test('by token: code, system|code, |code, system|, several, and not', async () => {
      const store = await filled();
      const status = 'http://hl7.org/fhir/task-status';
      expect(await found(store, 'Task', { status: 'accepted' })).toEqual(['t2']);
      expect(await found(store, 'Task', { status: `${status}|accepted` })).toEqual(['t2']);
      expect(await found(store, 'Task', { status: 'urn:other|accepted' })).toEqual([]);
      expect(await found(store, 'Task', { status: ['accepted', 'rejected'] })).toEqual(['t3', 't2']);
      expect(await found(store, 'Task', { 'status:not': 'accepted' })).toEqual(['t3', 't1']);
      expect(await found(store, 'Task', { code: 'registration' })).toEqual(['t1']);
      expect(await found(store, 'Task', { code: 'urn:use-case|registration' })).toEqual(['t1']);
      expect(await found(store, 'Task', { code: 'urn:use-case|' })).toEqual(['t1']);
      expect(await found(store, 'Task', { code: '|registration' })).toEqual([]);
      expect(await found(store, 'Task', { 'business-status': 'on-waitlist' })).toEqual(['t1']);
      expect(await found(store, 'Task', { identifier: 'urn:task|A\\|1' })).toEqual(['t1']);
      expect(await found(store, 'Task', { status: '|' })).toBe('malformed status');
    });

    test('by reference: whole, by id alone, by type, by identifier', async () => {
      const store = await filled();
      expect(await found(store, 'Task', { owner: 'Organization/noord' })).toEqual(['t2', 't1']);
      expect(await found(store, 'Task', { owner: 'noord' })).toEqual(['t3', 't2', 't1']);
      expect(await found(store, 'Task', { 'owner:HealthcareService': 'noord' })).toEqual(['t3']);
      expect(await found(store, 'Task', { 'owner:identifier': 'urn:ura|90000001' })).toEqual(['t1']);
      expect(await found(store, 'Task', { focus: 'ServiceRequest/s1' })).toEqual(['t1']);
      expect(await found(store, 'Task', { patient: 'p1', requester: 'zuid' })).toEqual(['t1']);
      expect(await found(store, 'Task', { subject: 'Patient/p1', status: 'accepted' })).toEqual([]);
    });

    test('by date with prefixes, by the precision of both sides', async () => {
      const store = await filled();
      const when = (value: string) => found(store, 'Task', { 'authored-on': value });
      expect(await when('2026-11-01')).toEqual(['t1']);
      expect(await when('2026-11')).toEqual(['t3', 't2', 't1']);
      expect(await when('ne2026-11-01')).toEqual(['t3', 't2']);
      expect(await when('gt2026-11-01')).toEqual(['t3', 't2']);
      expect(await when('ge2026-11-01')).toEqual(['t3', 't2', 't1']);
      expect(await when('lt2026-11-22T08:30:00Z')).toEqual(['t1']);
      expect(await when('le2026-11-22T08:30:00Z')).toEqual(['t2', 't1']);
      expect(await when('sa2026-11-01')).toEqual(['t3', 't2']);
      expect(await when('eb2026-11-22')).toEqual(['t1']);
      expect(await when('yesterday')).toBe('malformed authored-on');
      expect(await when('2026-02-30')).toBe('malformed authored-on');
      expect(await when('ap2026-11-01')).toBe('unsupported authored-on');
    });

    test('by id and by time of the last update', async () => {
      const store = await filled();
      expect(await found(store, 'Task', { _id: ['t3', 't1', 'none'] })).toEqual(['t3', 't1']);
      expect(await found(store, 'Task', { _lastUpdated: `gt${at(1).toISOString()}` })).toEqual(['t3', 't2']);
      await keep(store, { changes: [update(task('t1'), 1)] }, 60);
      expect(await found(store, 'Task', {})).toEqual(['t1', 't3', 't2']);
      expect(await found(store, 'Task', {}, { sort: '_lastUpdated' })).toEqual(['t2', 't3', 't1']);
    });

    test('finds what is current, not what was', async () => {
      const store = await filled();
      await keep(store, { changes: [update(task('t2', { owner: org('west'), status: 'completed' }), 1)] }, 60);
      expect(await found(store, 'Task', { status: 'accepted' })).toEqual([]);
      expect(await found(store, 'Task', { status: 'completed', owner: 'Organization/west' })).toEqual(['t2']);
      expect(await found(store, 'Task', { owner: 'Organization/noord' })).toEqual(['t1']);
    });

    test('finds for a reader what it may see, and counts nothing else', async () => {
      const store = await filled();
      expect(await found(store, 'Task', {}, { reader: 'noord' })).toEqual(['t2', 't1']);
      expect(await found(store, 'Task', { owner: 'noord' }, { reader: 'west' })).toEqual(['t3', 't2', 't1']);
      expect(await found(store, 'Task', { _id: 't3' }, { reader: 'noord' })).toEqual([]);
      expect(await found(store, 'Task', {}, { reader: 'gemeente' })).toEqual([]);
      const query = { criteria: [{ name: 'owner', values: ['noord'] }], count: 1, total: true };
      expect(await store.search('Task', query, 'noord')).toMatchObject({ total: 2 });
      expect(await store.search('Task', query, 'gemeente')).toMatchObject({ total: 0 });
    });

    test('finds a Patient by BSN with and without system, and not by anything near it', async () => {
      const store = await empty();
      await keep(store, { changes: [create(patient('p1', '999900006')), create(patient('p2', '999990019'))] });
      const bsn = 'http://fhir.nl/fhir/NamingSystem/bsn';
      expect(await found(store, 'Patient', { identifier: `${bsn}|999900006` })).toEqual(['p1']);
      expect(await found(store, 'Patient', { identifier: '999990019' })).toEqual(['p2']);
      expect(await found(store, 'Patient', { identifier: 'urn:other|999900006' })).toEqual([]);
      expect(await found(store, 'Patient', { identifier: '99990000' })).toEqual([]);
    });

    test('pages through everything once, in both directions, also where times are equal', async () => {
      const store = await empty();
      const ids = Array.from({ length: 25 }, (_, n) => `t${n}`);
      await keep(store, { changes: ids.map((id) => create(task(id))) }, 1);
      for (const sort of ['_lastUpdated', '-_lastUpdated'] as const) {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await store.search('Task', { criteria: [], count: 10, sort, ...(cursor ? { cursor } : {}) });
          if (page.kind !== 'found') throw new Error(page.kind);
          seen.push(...page.resources.map((it) => it.id));
          cursor = page.next;
        } while (cursor);
        expect([...seen].sort()).toEqual([...ids].sort());
        expect(seen[0]).toBe(sort === '_lastUpdated' ? 't0' : 't24');
      }
    });

    test('counts without giving any, when asked for none', async () => {
      const store = await filled();
      const answer = await store.search('Task', { criteria: [], count: 0, total: true });
      expect(answer).toEqual({ kind: 'found', resources: [], total: 3 });
    });

    test('says what it can not do instead of leaving it out', async () => {
      const store = await filled();
      expect(await found(store, 'Task', { colour: 'red' })).toBe('unsupported colour');
      expect(await found(store, 'Task', { 'status:text': 'x' })).toBe('unsupported status:text');
      expect(await found(store, 'Task', { 'focus:identifier': 'x' })).toBe('unsupported focus:identifier');
      expect(await found(store, 'Task', { constructor: 'x' })).toBe('unsupported constructor');
      expect(await found(store, 'Task', {}, { cursor: 'made up' })).toBe('malformed cursor');
      const many = Array.from({ length: 5_000 }, (_, n) => `urn:x|${n}`);
      expect(await found(store, 'Task', { code: many })).toBe('malformed code');
    });
  });

  describe(`${name}: the outbox`, () => {
    const wish = { worker: 'w1', now: at(10), lease: 5_000, recipients: 10, batch: 10 };
    const ending = { at: at(11), milliseconds: 12 };
    const claimOne = async (store: Store, more: Partial<typeof wish> = {}): Promise<Claim> => {
      const [claim] = await store.claim({ ...wish, ...more });
      if (!claim) throw new Error('nothing to claim');
      return claim;
    };
    const first = ({ deliveries: [delivery] }: Claim): Delivery => {
      if (!delivery) throw new Error('nothing to deliver');
      return delivery;
    };
    const ids = (claims: readonly Claim[]) => claims.map((it) => [it.recipient, ...it.deliveries.map(({ id }) => id)]);

    test('gives each recipient its dispatches in the order of the commits, to one worker at a time', async () => {
      const store = await empty();
      await keep(store, { dispatches: [dispatch('a1', 'a'), dispatch('b1', 'b'), dispatch('a2', 'a')] });
      await keep(store, { dispatches: [dispatch('a3', 'a')] });
      const claims = await store.claim(wish);
      expect(ids(claims).sort()).toEqual([
        ['a', 'a1', 'a2', 'a3'],
        ['b', 'b1'],
      ]);
      await keep(store, { dispatches: [dispatch('a4', 'a')] });
      expect(await store.claim({ ...wish, worker: 'w2' })).toEqual([]);
    });

    test('gives no more recipients and dispatches than wished', async () => {
      const store = await empty();
      await keep(store, { dispatches: [dispatch('a1', 'a'), dispatch('a2', 'a'), dispatch('b1', 'b')] });
      const claims = await store.claim({ ...wish, recipients: 1, batch: 1 });
      expect(claims).toHaveLength(1);
      expect(claims[0]?.deliveries).toHaveLength(1);
    });

    test('gives large dispatches in smaller numbers, one at least', async () => {
      const store = await empty();
      const large = { body: 'x'.repeat(900_000) };
      await keep(store, { dispatches: ['a1', 'a2', 'a3'].map((id) => dispatch(id, 'a', large)) });
      expect(ids(await store.claim(wish))).toEqual([['a', 'a1', 'a2']]);
    });

    test('hands a dispatch out as it was put in', async () => {
      const store = await empty();
      const whole = dispatch('d1', 'a', { messageId: 'm1', correlationId: 'c1' });
      await keep(store, { dispatches: [whole] }, 3);
      expect(first(await claimOne(store))).toEqual({ ...whole, createdAt: at(3), queuedAt: at(3), attempts: 0 });
    });

    test('forgets what is delivered only for the worker; the tracker still sees it, with its attempt', async () => {
      const store = await empty();
      await keep(store, { dispatches: [dispatch('d1')] });
      const claim = await claimOne(store);
      const done = { ...ending, status: 201, location: 'Task/9', audit: [auditEvent('a1', { traceId: 'trace-d1' })] };
      expect(await store.complete(claim, first(claim), done)).toBe(true);
      expect(await store.complete(claim, first(claim), done)).toBe(false);
      await store.release(claim);
      expect(await store.claim(wish)).toEqual([]);
      expect((await store.dispatches({ traceId: 'trace-d1', count: 9 })).items).toMatchObject([
        { id: 'd1', state: 'delivered', location: 'Task/9', endedAt: at(11), attempts: 1 },
      ]);
      expect(await store.attempts('d1')).toEqual([
        { dispatchId: 'd1', at: at(11), outcome: 'delivered', status: 201, milliseconds: 12 },
      ]);
      expect((await store.audit({ traceId: 'trace-d1', count: 9 })).items).toHaveLength(1);
    });

    test('lets a failed dispatch hold back the later ones, until its pause is over; then it goes alone', async () => {
      const store = await empty();
      await keep(store, { dispatches: [dispatch('d1'), dispatch('d2')] });
      const claim = await claimOne(store);
      const later = { ...ending, status: 503, until: at(30), because: 'receiver-unavailable: 503' };
      expect(await store.retryLater(claim, first(claim), later)).toBe(true);
      expect(await store.claim({ ...wish, now: at(29) })).toEqual([]);
      const probe = await claimOne(store, { now: at(30) });
      expect(probe.failures).toBe(1);
      expect(probe.deliveries).toMatchObject([{ id: 'd1', attempts: 1 }]);
      expect((await store.depth()).recipients).toMatchObject([{ failures: 1, notBefore: at(30), waiting: 2 }]);
      await store.complete(probe, first(probe), { ...ending, status: 200 });
      await store.release(probe);
      expect(await claimOne(store, { now: at(31) })).toMatchObject({ failures: 0, deliveries: [{ id: 'd2' }] });
    });

    test('a dead letter lets the later ones go, tells why, and can be put back in its old place', async () => {
      const store = await empty();
      await keep(store, { dispatches: [dispatch('d1'), dispatch('d2')] });
      const claim = await claimOne(store);
      const because = 'receiver-refused: 422 structure';
      expect(await store.deadLetter(claim, first(claim), { ...ending, status: 422, because })).toBe(true);
      await store.release(claim);
      expect((await store.dispatches({ state: 'dead', count: 9 })).items).toMatchObject([{ id: 'd1', because }]);
      expect(await store.depth()).toMatchObject({ waiting: 1, dead: 1 });
      expect(await store.requeue('d2', at(40))).toBe(false);
      expect(await store.requeue('d1', at(40))).toBe(true);
      expect(await store.requeue('d1', at(40))).toBe(false);
      expect(await claimOne(store, { now: at(41) })).toMatchObject({
        failures: 0,
        deliveries: [{ id: 'd1', queuedAt: at(40), createdAt: at(0), attempts: 0 }, { id: 'd2' }],
      });
    });

    test('a dead letter of a recipient that is unwell keeps its pause', async () => {
      const store = await empty();
      await keep(store, { dispatches: [dispatch('d1'), dispatch('d2')] });
      const claim = await claimOne(store);
      await store.deadLetter(claim, first(claim), { ...ending, because: 'delivery-expired', until: at(30) });
      expect(await store.claim({ ...wish, now: at(29) })).toEqual([]);
      expect(await claimOne(store, { now: at(30) })).toMatchObject({ failures: 1, deliveries: [{ id: 'd2' }] });
    });

    test('comes back after the lease of a worker that died; what that one still writes changes nothing', async () => {
      const store = await empty();
      await keep(store, { dispatches: [dispatch('d1')] });
      const lost = await claimOne(store);
      expect(await store.claim({ ...wish, worker: 'w2', now: at(14) })).toEqual([]);
      const taken = await claimOne(store, { worker: 'w2', now: at(15) });
      expect(await store.complete(lost, first(lost), ending)).toBe(false);
      expect(await store.retryLater(lost, first(lost), { ...ending, until: at(90), because: 'x' })).toBe(false);
      expect(await store.deadLetter(lost, first(lost), { ...ending, because: 'x' })).toBe(false);
      expect(await store.renew(lost, { now: at(15), lease: 5_000 })).toBeUndefined();
      await store.release(lost);
      expect(await store.claim({ ...wish, now: at(16) })).toEqual([]);
      expect(await store.attempts('d1')).toEqual([]);
      expect(await store.complete(taken, first(taken), ending)).toBe(true);
    });

    test('a claim of the same worker from before is not its claim now', async () => {
      const store = await empty();
      await keep(store, { dispatches: [dispatch('d1')] });
      const lost = await claimOne(store);
      const taken = await claimOne(store, { now: at(15) });
      expect(await store.complete(lost, first(lost), ending)).toBe(false);
      expect(await store.complete(taken, first(taken), ending)).toBe(true);
    });

    test('a claim that is renewed is held longer; one that is released is free at once', async () => {
      const store = await empty();
      await keep(store, { dispatches: [dispatch('d1')] });
      const claim = await claimOne(store);
      expect(await store.renew(claim, { now: at(14), lease: 5_000 })).toEqual({ until: at(19) });
      expect(await store.claim({ ...wish, worker: 'w2', now: at(18) })).toEqual([]);
      await store.release(claim);
      expect(await store.claim({ ...wish, worker: 'w2', now: at(18) })).toHaveLength(1);
    });

    test('tells how deep it is, for each recipient', async () => {
      const store = await empty();
      await keep(store, { dispatches: [dispatch('a1', 'a'), dispatch('a2', 'a')] }, 1);
      await keep(store, { dispatches: [dispatch('b1', 'b')] }, 2);
      expect(await store.depth()).toEqual({
        waiting: 3,
        dead: 0,
        recipients: [
          { recipient: 'a', waiting: 2, failures: 0, oldest: at(1) },
          { recipient: 'b', waiting: 1, failures: 0, oldest: at(2) },
        ],
      });
    });

    test('forgets the bodies of what was delivered long ago, and of nothing else', async () => {
      const store = await empty();
      await keep(store, { dispatches: [dispatch('d1'), dispatch('d2'), dispatch('d3')] });
      const claim = await claimOne(store);
      const [d1, d2] = claim.deliveries;
      await store.complete(claim, d1!, { ...ending, at: at(11) });
      await store.complete(claim, d2!, { ...ending, at: at(50) });
      await store.release(claim);
      expect(await store.compact(at(20))).toBe(1);
      expect(await store.compact(at(20))).toBe(0);
      expect((await store.dispatches({ state: 'delivered', count: 9 })).items.map((it) => it.id)).toEqual(['d1', 'd2']);
      expect(first(await claimOne(store)).body).toBe(dispatch('d3').body);
    });

    test('is listed page by page, by message, trace, recipient or state', async () => {
      const store = await empty();
      for (const n of [1, 2, 3]) await keep(store, { dispatches: [dispatch(`d${n}`, 'a', { messageId: 'm1' })] });
      await keep(store, { dispatches: [dispatch('other', 'b')] });
      const one = await store.dispatches({ messageId: 'm1', count: 2 });
      expect(one.items.map((it) => it.id)).toEqual(['d1', 'd2']);
      const two = await store.dispatches({ messageId: 'm1', count: 2, ...(one.next ? { cursor: one.next } : {}) });
      expect(two.items.map((it) => it.id)).toEqual(['d3']);
      expect(two.next).toBeUndefined();
      expect((await store.dispatches({ recipient: 'b', count: 9 })).items.map((it) => it.id)).toEqual(['other']);
    });
  });

  describe(`${name}: messages and audit trail`, () => {
    test('messages are listed the other way round too, page by page', async () => {
      const store = await empty();
      for (const id of ['r1', 'r2', 'r3']) await keep(store, { message: message(id) });
      const first = await store.messages({ latestFirst: true, count: 2 });
      expect(first.items.map(({ requestId }) => requestId)).toEqual(['r3', 'r2']);
      const rest = await store.messages({ latestFirst: true, count: 2, cursor: first.next! });
      expect(rest.items.map(({ requestId }) => requestId)).toEqual(['r1']);
      expect(rest.next).toBeUndefined();
    });

    test('messages are listed in the order in which they were stored', async () => {
      const store = await empty();
      for (const n of [1, 2, 3]) await keep(store, { message: message(`r${n}`) });
      await keep(store, { message: message('x', { partner: 'praktijk-noord' }) });
      const one = await store.messages({ count: 2 });
      expect(one.items.map((it) => it.requestId)).toEqual(['r1', 'r2']);
      const two = await store.messages({ count: 9, ...(one.next ? { cursor: one.next } : {}) });
      expect(two.items.map((it) => it.requestId)).toEqual(['r3', 'x']);
      expect((await store.messages({ partner: 'praktijk-noord', count: 9 })).items).toHaveLength(1);
      expect((await store.messages({ traceId: 'trace-r2', count: 9 })).items).toEqual([message('r2')]);
    });

    test('a body comes back byte for byte', async () => {
      const store = await empty();
      const body = Uint8Array.from({ length: 256 }, (_, n) => n);
      await keep(store, { message: message('r1', { body }) });
      expect((await store.message('message-r1'))?.body).toEqual(body);
    });

    test('audit events are found by the ids of the exchange and by what was touched, in the order of writing', async () => {
      const store = await empty();
      await store.appendAudit([
        auditEvent('a1', { requestId: 'r1', traceId: 'z', references: ['Task/t1', 'Task/t1'] }),
      ]);
      await keep(store, { audit: [auditEvent('a2', { requestId: 'r2', traceId: 'z', references: ['Task/t1'] })] });
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

    test('is ready while it can be written', async () => {
      const store = await empty();
      expect(await store.ready()).toBe(true);
    });
  });
}

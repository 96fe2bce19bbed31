import { describe, expect, test } from 'vitest';
import type { Query, Store } from '../../../../src/store/port.ts';
import { at, commit, create, found, patient, task, update } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

export const searchContract = (empty: EmptyStore) =>
  describe('search', () => {
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
        await commit(store, { changes: [create(it, ...(it.id === 't3' ? ['west'] : ['noord', 'west']))] }, index + 1);
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

    test('by a date near another, with a present', async () => {
      const store = await filled();
      const now = new Date('2026-11-11T00:00:00Z');
      const near = (value: string) => found(store, 'Task', { 'authored-on': value }, { now });
      expect(await near('ap2026-11-01')).toEqual(['t1']);
      expect(await near('ap2026-10-31'), 'within a tenth of eleven days').toEqual(['t1']);
      expect(await near('ap2026-10-28')).toEqual([]);
      expect(await near('ap2020-01-01')).toEqual([]);
    });

    test('by a missing element, and by one that is there', async () => {
      const store = await filled();
      expect(await found(store, 'Task', { 'business-status:missing': 'true' })).toEqual(['t3', 't2']);
      expect(await found(store, 'Task', { 'business-status:missing': 'false' })).toEqual(['t1']);
      expect(await found(store, 'Task', { 'authored-on:missing': 'true' })).toEqual([]);
      expect(await found(store, 'Task', { 'owner:missing': 'true' })).toEqual([]);
      expect(await found(store, 'Task', { 'requester:missing': 'false' })).toEqual(['t1']);
      expect(await found(store, 'Task', { 'focus:missing': ['true', 'false'] })).toBe('malformed focus');
      expect(await found(store, 'Task', { 'focus:missing': 'yes' })).toBe('malformed focus');
      await commit(store, { changes: [update(task('t1'), 1)] }, 60);
      expect(await found(store, 'Task', { 'focus:missing': 'true', _id: 't1' })).toEqual(['t1']);
    });

    test('by one criterion or another', async () => {
      const store = await filled();
      const query = (or: Query['criteria']) => ({
        criteria: [{ name: 'status', values: ['accepted'], or }],
        count: 10,
      });
      const ids = async (or: Query['criteria'], reader?: string) => {
        const answer = await store.search('Task', query(or), reader);
        return answer.kind === 'found' ? answer.resources.map(({ id }) => id) : answer.kind;
      };
      expect(await ids([{ name: 'owner', values: ['HealthcareService/noord'] }])).toEqual(['t3', 't2']);
      expect(await ids([{ name: 'owner', values: ['HealthcareService/noord'] }], 'noord')).toEqual(['t2']);
      expect(await ids([{ name: 'colour', values: ['red'] }])).toBe('unsupported');
    });

    test('by a resource referred to, as far as the reader may read it', async () => {
      const store = await empty();
      const role = (id: string, practice: string) =>
        ({
          resourceType: 'PractitionerRole',
          id,
          organization: { reference: `Organization/${practice}`, identifier: { system: 'urn:ura', value: practice } },
        }) as const;
      const at = (id: string, role: string) => task(id, { requester: { reference: `PractitionerRole/${role}` } });
      await commit(store, {
        changes: [
          create(role('r1', 'p1'), 'west', 'noord'),
          create(role('r2', 'p2'), 'west'),
          create(at('t1', 'r1'), 'west', 'noord'),
          create(at('t2', 'r2'), 'west', 'noord'),
        ],
      });
      const ids = async (practice: string, reader?: string) => {
        const criterion = { name: 'organization', modifier: 'identifier', values: [`urn:ura|${practice}`] };
        const criteria = [{ name: 'requester', values: [], through: { type: 'PractitionerRole', criterion } }];
        const answer = await store.search('Task', { criteria, count: 10, total: true }, reader);
        return answer.kind === 'found' ? [answer.total, ...answer.resources.map(({ id }) => id)] : answer.kind;
      };
      expect(await ids('p1')).toEqual([1, 't1']);
      expect(await ids('p2', 'west')).toEqual([1, 't2']);
      expect(await ids('p2', 'noord'), 'may not read the role').toEqual([0]);
    });

    test('sorts by a date, with those without one last, over pages', async () => {
      const store = await empty();
      const dates = ['2026-03-01', undefined, '2026-01-01', '2026-02-01', undefined, '2026-01-01'];
      const changes = dates.map((it, n) =>
        create(task(`t${n}`, it === undefined ? { authoredOn: undefined } : { authoredOn: it })),
      );
      await commit(store, { changes });
      const sorted = async (sort: string) => {
        const ids: string[] = [];
        for (let cursor: string | undefined, more = true; more; ) {
          const page = await store.search('Task', { criteria: [], count: 2, sort, ...(cursor ? { cursor } : {}) });
          if (page.kind !== 'found') return page.kind;
          ids.push(...page.resources.map(({ id }) => id));
          cursor = page.next;
          more = cursor !== undefined;
        }
        return ids;
      };
      expect(await sorted('authored-on')).toEqual(['t2', 't5', 't3', 't0', 't1', 't4']);
      expect(await sorted('-authored-on')).toEqual(['t0', 't3', 't5', 't2', 't4', 't1']);
      expect(await sorted('owner')).toBe('unsupported');
    });

    test('has a key for each purpose, the same as long as it has its secret', async () => {
      const [store, other] = [await empty(), await empty()];
      expect(store.keyFor('page')).toHaveLength(32);
      expect(store.keyFor('page')).toEqual(store.keyFor('page'));
      expect(store.keyFor('page')).not.toEqual(store.keyFor('other'));
      expect(store.keyFor('page')).not.toEqual(other.keyFor('page'));
    });

    test('by id and by time of the last update', async () => {
      const store = await filled();
      expect(await found(store, 'Task', { _id: ['t3', 't1', 'none'] })).toEqual(['t3', 't1']);
      expect(await found(store, 'Task', { _lastUpdated: `gt${at(1).toISOString()}` })).toEqual(['t3', 't2']);
      await commit(store, { changes: [update(task('t1'), 1)] }, 60);
      expect(await found(store, 'Task', {})).toEqual(['t1', 't3', 't2']);
      expect(await found(store, 'Task', {}, { sort: '_lastUpdated' })).toEqual(['t2', 't3', 't1']);
    });

    test('finds current versions only', async () => {
      const store = await filled();
      await commit(store, { changes: [update(task('t2', { owner: org('west'), status: 'completed' }), 1)] }, 60);
      expect(await found(store, 'Task', { status: 'accepted' })).toEqual([]);
      expect(await found(store, 'Task', { status: 'completed', owner: 'Organization/west' })).toEqual(['t2']);
      expect(await found(store, 'Task', { owner: 'Organization/noord' })).toEqual(['t1']);
    });

    test('finds and counts for a reader what it may see only', async () => {
      const store = await filled();
      expect(await found(store, 'Task', {}, { reader: 'noord' })).toEqual(['t2', 't1']);
      expect(await found(store, 'Task', { owner: 'noord' }, { reader: 'west' })).toEqual(['t3', 't2', 't1']);
      expect(await found(store, 'Task', { _id: 't3' }, { reader: 'noord' })).toEqual([]);
      expect(await found(store, 'Task', {}, { reader: 'gemeente' })).toEqual([]);
      const query = { criteria: [{ name: 'owner', values: ['noord'] }], count: 1, total: true };
      expect(await store.search('Task', query, 'noord')).toMatchObject({ total: 2 });
      expect(await store.search('Task', query, 'gemeente')).toMatchObject({ total: 0 });
    });

    test('finds a Patient by BSN with and without system, not by part of it', async () => {
      const store = await empty();
      await commit(store, { changes: [create(patient('p1', '999900006')), create(patient('p2', '999990019'))] });
      const bsn = 'http://fhir.nl/fhir/NamingSystem/bsn';
      expect(await found(store, 'Patient', { identifier: `${bsn}|999900006` })).toEqual(['p1']);
      expect(await found(store, 'Patient', { identifier: '999990019' })).toEqual(['p2']);
      expect(await found(store, 'Patient', { identifier: 'urn:other|999900006' })).toEqual([]);
      expect(await found(store, 'Patient', { identifier: '99990000' })).toEqual([]);
    });

    test('pages through everything once, in both directions, also where times are equal', async () => {
      const store = await empty();
      const ids = Array.from({ length: 25 }, (_, n) => `t${n}`);
      await commit(store, { changes: ids.map((id) => create(task(id))) }, 1);
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

    test('returns the total alone when the count is 0', async () => {
      const store = await filled();
      const answer = await store.search('Task', { criteria: [], count: 0, total: true });
      expect(answer).toEqual({ kind: 'found', resources: [], total: 3 });
    });

    test('names what it does not support instead of ignoring it', async () => {
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

import { describe, expect, test } from 'vitest';
import type { Criterion, Query } from '../../src/store/port.ts';
import { task } from '../support/store/samples.ts';
import { rowsInMemory, type Written } from '../support/store/sql-rows.ts';

const organization = (id: string) => ({
  reference: `Organization/${id}`,
  identifier: { system: 'urn:ura', value: id },
});

async function filled() {
  const rows = await rowsInMemory();
  for (let entry = 1; entry <= 200; entry++) {
    const owner = entry % 2 ? 'noord' : 'zuid';
    const all: Written[] = [
      {
        resource: task(`t${entry}`, {
          owner: organization(owner),
          requester: { reference: `PractitionerRole/r${entry}` },
          for: { reference: `Patient/p${entry}` },
          status: 'completed',
        }),
        readers: [owner, 'west'],
      },
      {
        resource: { resourceType: 'PractitionerRole', id: `r${entry}`, organization: organization(owner) } as never,
        readers: [owner, 'west'],
      },
    ];
    await rows.write(entry, all);
  }
  return rows;
}

const through: Criterion = {
  name: 'requester',
  values: [],
  through: {
    type: 'PractitionerRole',
    criterion: { name: 'organization', modifier: 'identifier', values: ['urn:ura|noord'] },
  },
};

const cases: Readonly<Record<string, readonly [Partial<Query>, number, reader?: string]>> = {
  'by reference': [{ criteria: [{ name: 'patient', values: ['p7'] }] }, 1],
  'by reference, with a reader': [{ criteria: [{ name: 'patient', values: ['p7', 'p9'] }] }, 2, 'noord'],
  'by identifier': [{ criteria: [{ name: 'owner', modifier: 'identifier', values: ['urn:ura|noord'] }] }, 20],
  'by id': [{ criteria: [{ name: '_id', values: ['t1', 't2'] }] }, 2, 'west'],
  'of a reader': [{ criteria: [] }, 20, 'noord'],
  'of a reader, by a facet': [{ criteria: [{ name: 'status', values: ['completed'] }] }, 20, 'noord'],
  'of a reader, counted': [{ criteria: [], total: true }, 20, 'noord'],
  'by a rare value': [{ criteria: [{ name: 'business-status', values: ['delivery-failed'] }] }, 0],
  'by an open status': [{ criteria: [{ name: 'status', values: ['requested', 'received'] }] }, 0],
  'in order of time': [{ criteria: [], sort: '_lastUpdated' }, 20],
  'by a resource referred to': [{ criteria: [through] }, 20, 'west'],
  'by one or the other': [{ criteria: [{ name: 'patient', values: ['p8'], or: [through] }] }, 20, 'west'],
};

describe('a search', () => {
  test.each(Object.entries(cases))('%s reads by an index', async (name, [query, expected, reader]) => {
    const rows = await filled();
    const whole = { criteria: [], count: 20, ...query };
    const found = await rows.search('Task', whole, reader);
    expect(found).toMatchObject({ kind: 'found', resources: { length: expected } });
    for (const [sql, ...values] of [...rows.statements]) {
      const plan = await rows.read.all(`explain query plan ${sql}`, ...values);
      // the rows of a JSON text, and those of a subquery, have no index
      const scans = plan
        .map(({ detail }) => String(detail))
        .filter((it) => it.startsWith('SCAN') && !/^SCAN (json_each|s|\(subquery)/.test(it));
      expect([sql, scans]).toEqual([sql, []]);
      // in order of time only when nothing selects
      if (name !== 'in order of time' && sql.includes(' as sorting'))
        expect([sql, plan.some(({ detail }) => String(detail).includes('r USING INDEX resource_by_time'))]).toEqual([
          sql,
          false,
        ]);
    }
    await rows.close();
  });

  test('of a large set, without a total, finds it wherever in time it is', async () => {
    const rows = await rowsInMemory();
    for (let entry = 1; entry <= 90; entry++)
      await rows.write(
        entry,
        Array.from({ length: 32 }, (_, n) => ({
          resource: task(`t${entry}-${n}`, { owner: organization(entry <= 20 ? 'old' : 'new'), status: 'completed' }),
        })),
      );
    const inPages = async (owner: string, sort: string) => {
      const criteria = [{ name: 'owner', values: [`Organization/${owner}`] }];
      const ids: string[] = [];
      for (let cursor: string | undefined, more = true; more; ) {
        const page = await rows.search('Task', { criteria, count: 100, sort, ...(cursor ? { cursor } : {}) });
        if (page.kind !== 'found') throw new Error(page.kind);
        ids.push(...page.resources.map(({ id }) => id));
        cursor = page.next;
        more = cursor !== undefined;
      }
      return ids;
    };
    const expected = (first: number, last: number) =>
      Array.from({ length: (last - first + 1) * 32 }, (_, n) => `t${first + Math.floor(n / 32)}-${n % 32}`);
    for (const [owner, ids] of [
      ['old', expected(1, 20)],
      ['new', expected(21, 90)],
    ] as const) {
      expect(await inPages(owner, '_lastUpdated')).toEqual(ids);
      expect(await inPages(owner, '-_lastUpdated')).toEqual(ids.toReversed());
    }
    await rows.close();
  });
});

import { expect, test } from 'vitest';
import type { Issue } from '../../../src/fhir/issue.ts';
import { type ChainVerified, type KnownHead, verifyChain } from '../../../src/store/moving/check/chain.ts';
import { checkEntries } from '../../../src/store/moving/check/entries.ts';
import { verifyIndexes } from '../../../src/store/moving/check/indexes.ts';
import { type Problems, problems } from '../../../src/store/moving/check/problems.ts';
import { checkRelations } from '../../../src/store/moving/check/relations.ts';
import { checkTexts } from '../../../src/store/moving/check/texts.ts';
import type { Store } from '../../../src/store/port.ts';
import { addMissedLinks, chainAt } from '../../../src/store/sql/journal/add-links.ts';
import { noHash } from '../../../src/store/sql/journal/chain.ts';
import type { Sql } from '../../../src/store/sql/sql.ts';
import { isLong } from '../long.ts';
import * as s from './samples.ts';

/** A store, and its database with the triggers of the journal out of the way, as an administrator of it may have them. */
export type TamperedStore = {
  readonly store: Store;
  readonly sql: Sql;
  readonly isolated: (work: (sql: Sql) => Promise<unknown>) => Promise<unknown>;
};

export async function verified(
  sql: Sql,
  heads: readonly KnownHead[] = [],
): Promise<ChainVerified & { readonly codes: readonly string[]; readonly issues: readonly Issue[] }> {
  const found = problems();
  const result = await verifyChain(sql, found, heads);
  return {
    ...result,
    codes: found.found().map(({ rule, message }) => `${rule} ${/\d+/.exec(message)?.[0]}`),
    issues: found.found(),
  };
}

/** Eight entries: messages with audit events, and audit events alone. */
export async function fill(store: Store): Promise<void> {
  for (let n = 1; n <= 4; n++) {
    await s.commit(
      store,
      {
        message: s.message(`r${n}`),
        changes: [s.create(s.task(`t${n}`), 'noord')],
        audit: [s.auditEvent(`a${n}`, { requestId: `r${n}`, references: [`Task/t${n}`] })],
      },
      n,
    );
    await store.appendAudit([s.auditEvent(`read${n}`, { references: [`Task/t${n}`] })]);
  }
}

/** What somebody does to the database, and what the verification then finds: code and entry. */
const tamperings: Readonly<Record<string, readonly [statements: readonly string[], ...found: readonly string[]]>> = {
  'an event that was altered': [
    ['update entry set facts = (select facts from entry where seq = 2) where seq = 4'],
    'audit-entry-altered 4',
  ],
  'a text that was altered': [
    [
      'update entry set payload = (select payload from entry where seq = 1), head = (select head from entry where seq = 1) where seq = 3',
    ],
    'audit-entry-altered 3',
  ],
  'another sender': [["update entry set partner = 'another' where seq = 5"], 'audit-entry-altered 5'],
  'another time': [['update entry set at = at + 1 where seq = 5'], 'audit-entry-altered 5'],
  'the events of an entry that are gone': [['update entry set facts = null where seq = 6'], 'audit-entry-altered 6'],
  'an entry that was removed': [['delete from entry where seq = 4'], 'audit-entry-removed 5'],
  'the first entry, removed': [['delete from entry where seq = 1'], 'audit-entry-removed 2'],
  'two entries in each other’s place': [
    [
      'update entry set seq = -4, message = null where seq = 4',
      'update entry set seq = 4 where seq = 6',
      'update entry set seq = 6 where seq = -4',
    ],
    'audit-entry-moved 4',
    'audit-entry-altered 5',
    'audit-entry-moved 6',
    'audit-entry-altered 7',
  ],
  'an entry that was inserted, the others moved on': [
    [
      ...[8, 7, 6].map((seq) => `update entry set seq = ${seq + 1} where seq = ${seq}`),
      'insert into entry (seq, at, head, facts) select 6, at, \'{"sizes":[]}\', facts from entry where seq = 2',
      'update head set seq = 9, chained = 9',
    ],
    'audit-entry-inserted 6',
    'audit-entry-moved 7',
    'audit-entry-moved 8',
    'audit-entry-moved 9',
  ],
  'an entry that was inserted at the end': [
    ['insert into entry (seq, at, head, facts) select 9, at, \'{"sizes":[]}\', facts from entry where seq = 2'],
    'audit-entry-inserted 9',
  ],
  'an end that was cut off': [['delete from entry where seq > 6'], 'audit-end-missing 6'],
  'all entries': [['delete from entry'], 'audit-end-missing 0'],
  'a removal that nobody recorded': [
    [
      "insert into removed (entry, at, digest) values (3, 9000000000000, '')",
      'update entry set message = null, partner = null, head = \'{"sizes":[]}\', payload = null where seq = 3',
    ],
    'audit-removal-unexplained 3',
  ],
};

const endOf = async (sql: Sql): Promise<KnownHead> => {
  const { entry, hash } = await verified(sql);
  return { entry, hash, at: '2026-11-22T09:00:00Z' };
};

/** The same connection; `act` runs before the statement with this number. */
function actingAt(sql: Sql, at: number, act: () => Promise<unknown>) {
  let count = 0;
  const acting: Sql = {
    ...sql,
    all: async (...given) => {
      if (count++ === at) await act();
      return sql.all(...given);
    },
  };
  return { sql: acting, count: () => count };
}

/** Seconds from which on a round writes. */
const begin = (round: number): number => 1_000 * (round + 1);

/** The retention, as it runs once both terms of everything written until now are over, but for what the round before left of its own. */
async function removeAll(store: Store, round: number): Promise<void> {
  const [before, now] = [s.at(begin(round) + 400), s.at(begin(round) + 500)];
  for (const terms of [{ content: before }, { audit: before }])
    for (let from: Parameters<Store['removeExpired']>[1]['from'] | undefined = { kind: 'entry', after: 0 }; from; )
      from = (await store.removeExpired(terms, { from, now, network: 'Testnetwerk' })).next;
}

/** What a gateway does next to a check, at any moment. */
const meanwhile: Readonly<Record<string, (it: TamperedStore, round: number) => Promise<unknown>>> = {
  'an event is written': ({ store }, round) => store.appendAudit([s.auditEvent(`event${round}`)]),
  'an event is written by a gateway of the release before, without the chain': ({ isolated }) =>
    isolated(async (sql) => {
      await sql.run(
        'insert into entry (seq, at, head, facts) select h.seq + 1, e.at, e.head, e.facts from head h, entry e where e.seq = 2',
      );
      await sql.run('update head set seq = seq + 1');
      await sql.run('insert into mention (name, entry) select m.name, h.seq from head h, mention m where m.entry = 2');
    }),
  'a resource is changed': ({ store }, round) =>
    s.commit(
      store,
      { changes: [s.update(s.task(`open${round}`, { description: 'changed' }), 1, 'zuid')] },
      begin(round) + 40,
    ),
  'the retention removes journeys and their trail': ({ store }, round) => removeAll(store, round),
};

type Part = { readonly check: (sql: Sql, found: Problems) => Promise<unknown>; readonly stride: number };
const parts: Readonly<Record<string, Part>> = {
  'the chain': { check: (sql, found) => verifyChain(sql, found, []), stride: 1 },
  'what leads to the journal': { check: verifyIndexes, stride: 1 },
  'everything else': {
    check: async (sql, found) => {
      await checkEntries(sql, found, () => {});
      await checkRelations(sql, found);
      await checkTexts(sql, found);
    },
    stride: isLong ? 1 : 5,
  },
};

export function tamperingTests(empty: () => Promise<TamperedStore>): void {
  test('a journal as it was written is verified whole', async () => {
    const { store, sql } = await empty();
    expect(await verified(sql)).toMatchObject({ codes: [], verified: 0, entry: 0 });
    await fill(store);
    const found = await verified(sql);
    expect(found).toMatchObject({ codes: [], verified: 8, removed: 0, before: 0, entry: 8 });
    await Promise.all([
      s.commit(store, { changes: [s.create(s.task('one'))] }),
      store.appendAudit([s.auditEvent('two')]),
      s.commit(store, { changes: [s.create(s.task('three'))] }),
    ]);
    expect(await verified(sql, [{ entry: 8, hash: found.hash, at: '' }])).toMatchObject({ codes: [] });
    await store.close();
  });

  test('a journal of which the last entry is so large that it takes several numbers', async () => {
    const { store, sql } = await empty();
    await fill(store);
    await store.appendAudit(Array.from({ length: 5_000 }, (_, n) => s.auditEvent(`large${n}`)));
    expect((await verified(sql)).codes).toEqual([]);
    await store.close();
  });

  for (const [name, act] of Object.entries(meanwhile))
    for (const [part, { check, stride }] of Object.entries(parts))
      test(`a check of ${part} reports nothing when, between any two of its statements, ${name}`, async () => {
        const place = await empty();
        const { store, sql } = place;
        await fill(store);
        for (let round = 0, statements = 1; round < statements; round += stride) {
          await s.commit(
            store,
            {
              message: s.message(`m${round}`),
              changes: [s.create(s.task(`done${round}`, { status: 'completed' }), 'noord')],
              audit: [s.auditEvent(`done${round}`, { requestId: `m${round}`, references: [`Task/done${round}`] })],
            },
            begin(round),
          );
          await s.commit(store, { changes: [s.create(s.task(`open${round}`), 'noord')] }, begin(round) + 30);
          const acting = actingAt(sql, round, () => act(place, round));
          const found = problems();
          await check(acting.sql, found);
          statements = acting.count();
          expect(
            found.found().map(({ rule, message }) => `${rule}: ${message}`),
            `before statement ${round}`,
          ).toEqual([]);
        }
        expect((await verified(sql)).codes).toEqual([]);
        await store.close();
      });

  for (const [name, [statements, ...expected]] of Object.entries(tamperings))
    test(`the verification finds ${name}`, async () => {
      const { store, sql, isolated } = await empty();
      await fill(store);
      await isolated(async (it) => {
        for (const statement of statements) await it.run(statement);
      });
      expect((await verified(sql)).codes).toEqual(expected);
      await store.close();
    });

  test('a chain that was calculated anew, or cut off with its head, differs from a head that was signed', async () => {
    const { store, sql, isolated } = await empty();
    await fill(store);
    const head = await endOf(sql);
    await isolated(async (it) => {
      await it.run('update entry set facts = (select facts from entry where seq = 2), link = null where seq = 4');
      await it.run('update entry set link = null where seq > 4');
      const chain = chainAt({ chained: 0, hash: '' });
      await it.run('update entry set link = null');
      await addMissedLinks(it, chain, 8);
      await it.run('update head set hash = ?1', chain.end().hash.toString('base64url'));
    });
    expect((await verified(sql)).codes).toEqual([]);
    expect((await verified(sql, [head])).codes).toEqual(['audit-head-differs 2026']);
    await isolated(async (it) => {
      await it.run('delete from entry');
      await it.run('update head set seq = 0, chained = 0, hash = ?1', noHash.toString('base64url'));
    });
    expect((await verified(sql)).codes).toEqual([]);
    expect((await verified(sql, [head])).codes).toEqual(['audit-head-differs 2026']);
    await store.close();
  });

  test('what the retention removes leaves its hash, and the removal is explained', async () => {
    const { store, sql } = await empty();
    await fill(store);
    const now = new Date('2040-01-01T00:00:00Z');
    const remove = async (terms: { content?: Date; audit?: Date }) => {
      for (let from: Parameters<Store['removeExpired']>[1]['from'] | undefined = { kind: 'entry', after: 0 }; from; )
        from = (await store.removeExpired(terms, { from, now, network: 'Testnetwerk' })).next;
    };
    await remove({ content: new Date('2030-01-01T00:00:00Z') });
    // the tasks are open: nothing goes
    expect(await verified(sql)).toMatchObject({ codes: [], removed: 0 });
    for (let n = 1; n <= 4; n++)
      await s.commit(store, { changes: [s.update(s.task(`t${n}`, { status: 'completed' }), 1)] }, 20 + n);
    const head = await endOf(sql);
    await remove({ content: new Date('2030-01-01T00:00:00Z') });
    expect(await verified(sql, [head])).toMatchObject({ codes: [], removed: 8 });
    await remove({ audit: new Date('2030-01-01T00:00:00Z') });
    const after = await verified(sql, [head]);
    expect(after).toMatchObject({ codes: [], removed: 12 });
    expect(await sql.all('select count(*) as n from entry where seq <= 12')).toMatchObject([{ n: expect.anything() }]);
    // later the records of those removals end too
    const later = new Date('2050-01-01T00:00:00Z');
    for (let from: Parameters<Store['removeExpired']>[1]['from'] | undefined = { kind: 'entry', after: 0 }; from; )
      from = (
        await store.removeExpired(
          { audit: new Date('2045-01-01T00:00:00Z') },
          { from, now: later, network: 'Testnetwerk' },
        )
      ).next;
    expect(await verified(sql, [head])).toMatchObject({ codes: [] });
    await store.close();
  });

  test('entries that a gateway of the release before wrote meanwhile are added to the chain', async () => {
    const { store, sql, isolated } = await empty();
    await fill(store);
    await isolated(async (it) => {
      await it.run(
        'insert into entry (seq, at, head, facts) select 9, at, \'{"sizes":[]}\', facts from entry where seq = 2',
      );
      await it.run(
        'insert into entry (seq, at, head, facts) select 10, at, \'{"sizes":[]}\', facts from entry where seq = 4',
      );
      await it.run('update head set seq = 10');
    });
    expect(await verified(sql)).toMatchObject({ codes: [], verified: 8 });
    await store.appendAudit([s.auditEvent('next')]);
    expect(await verified(sql)).toMatchObject({ codes: [], verified: 11, entry: 11 });
    await store.close();
  });
}

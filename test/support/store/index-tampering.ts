import { expect, test } from 'vitest';
import { verifyIndexes } from '../../../src/store/moving/check/indexes.ts';
import { problems } from '../../../src/store/moving/check/problems.ts';
import type { Sql } from '../../../src/store/sql/sql.ts';
import * as s from './samples.ts';
import type { TamperedStore } from './tampering.ts';

const messagesOf = async (sql: Sql): Promise<readonly string[]> => {
  const found = problems();
  await verifyIndexes(sql, found);
  return found.found().map(({ rule, message }) => `${rule} ${message}`);
};

/** Each way in which a right begins, ends, begins again, or begins with a later version; events that name resources and ids. */
async function fill({ store }: TamperedStore): Promise<void> {
  const commit = (parts: Parameters<typeof s.commit>[1], n: number) => s.commit(store, parts, n);
  const audit = (n: number) => [
    s.auditEvent(`a${n}`, { requestId: `r${n}`, traceId: `trace-r${n}`, references: [`Task/t${n}`, `Patient/p${n}`] }),
  ];
  for (let n = 1; n <= 3; n++)
    await commit(
      {
        message: s.message(`r${n}`),
        changes: [s.create(s.task(`t${n}`), 'noord'), s.create(s.patient(`p${n}`, '999900006'), 'noord', 'zuid')],
        audit: audit(n),
      },
      n,
    );
  await store.appendAudit([s.auditEvent('read', { requestId: 'read', references: ['Task/t1', 'Patient/p1'] })]);
  await commit({ changes: [s.update(s.task('t2'), 1, 'oost')] }, 10);
  await commit({ changes: [], revocations: [{ type: 'Task', id: 't3', readers: ['noord'] }] }, 11);
  await commit(
    {
      changes: [s.update(s.task('t1'), 1)],
      revocations: [{ type: 'Patient', id: 'p1', readers: ['noord', 'zuid'] }],
      grants: [{ type: 'Patient', id: 'p1', readers: ['zuid'] }],
    },
    12,
  );
  await commit({ grants: [{ type: 'Task', id: 't2', readers: ['west', 'noord'] }] }, 13);
  await commit({ changes: Array.from({ length: 70 }, (_, n) => s.create(s.task(`many${n}`), 'noord')) }, 14);
}

const keyOf = "(select key from resource where type = 'Task' and id = 't1')";

/** What somebody with the rights of an administrator does to the tables that lead to the journal, and what is found then. */
const tamperings: Readonly<Record<string, readonly [statements: readonly string[], ...found: readonly RegExp[]]>> = {
  'nothing, as it was written': [[]],
  'rows of mention, deleted: a person, a trace, a request': [
    ["delete from mention where name in ('p1/Patient', 'trace-r2', 'read')"],
    /audit-name-missing .*entry 2 .*names trace-r2,/,
    /audit-name-missing .*entry 4 .*names Patient\/p1,/,
    /audit-name-missing .*entry 4 .*names read,/,
  ],
  'all rows of mention, deleted': [['delete from mention'], /./, /./, /./, /./, /./, /./],
  'a row of mention, moved to another entry': [
    ["update mention set entry = 1 where name = 't1/Task' and entry = 4"],
    /entry 4 .*names Task\/t1,/,
  ],
  'a row of request, deleted': [["delete from request where request_id = 'r2'"], /entry 2 .*names r2,/],
  'a row of version, deleted': [[`delete from version where resource = ${keyOf}`], /entry 1 .*names Task\/t1,/],
  'a reader, inserted': [
    [`insert into reader (partner, block, mask) select 'west', ${keyOf} / 32, 1`],
    /audit-right-unexplained west may read Task\/t1,/,
  ],
  'a bit of a reader, set': [
    ["update reader set mask = mask | 4 where partner = 'oost'"],
    /audit-right-unexplained oost may read resource \d+,/,
  ],
  'a right that had ended, given back': [
    [
      "update reader set mask = mask | 1 where partner = 'noord' and block = (select key / 32 from resource where id = 't3')",
    ],
    /audit-right-unexplained noord may read Task\/t3,/,
  ],
  'a right to what will be written': [
    ["insert into reader (partner, block, mask) values ('west', 4000000, 5)"],
    /west may read resource 128000000,/,
    /west may read resource 128000002,/,
  ],
  'a reader, deleted': [["delete from reader where partner = 'oost'"], /audit-right-missing .*oost may read Task\/t2,/],
  'a bit of a reader, cleared': [
    [`update reader set mask = mask & ~1 where partner = 'noord' and block = ${keyOf} / 32`],
    /audit-right-missing .*noord may read Task\/t1,/,
  ],
  'a right from a later version on, reaching back': [
    ["delete from reader_since where partner = 'oost'", "update reader_since set since = 1 where partner = 'west'"],
    /oost may read Task\/t2, version 1,/,
    /west may read Task\/t2, version 1,/,
  ],
};

/** The tables that lead to the journal are compared with it. */
export function indexTamperingTests(empty: () => Promise<TamperedStore>): void {
  for (const [name, [statements, ...expected]] of Object.entries(tamperings))
    test(`the verification of what leads to the journal finds ${name}`, async () => {
      const place = await empty();
      await fill(place);
      await place.isolated(async (it) => {
        for (const statement of statements) await it.run(statement);
      });
      const found = await messagesOf(place.sql);
      expect(found).toEqual(expected.map((it) => expect.stringMatching(it)));
      await place.store.close();
    });

  test('rights of what was written before they were recorded are neither known nor a problem', async () => {
    const place = await empty();
    await fill(place);
    await place.isolated((it) => it.run('update entry set head = \'{"sizes":[]}\' where seq <= 3'));
    await place.isolated((it) =>
      it.run("insert into reader (partner, block, mask) select 'west', key / 32, 1 from resource where id = 't1'"),
    );
    expect(await messagesOf(place.sql)).toEqual([]);
    await place.store.close();
  });
}

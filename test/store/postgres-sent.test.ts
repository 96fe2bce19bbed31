import pg from 'pg';
import { expect, test } from 'vitest';
import type { Sql } from '../../src/store/sql/sql.ts';
import { asSuperuser } from '../support/store/postgres.ts';
import { faultOf, names, pidOf, postgresDatabases, raise } from '../support/store/postgres-databases.ts';

const { store } = postgresDatabases();
const send = (sql: Sql, name: string) => sql.send('insert into thing (name) values (?1)', name);

/** Statements that nobody waits for, and the commit goes out behind them. */
test('what is sent is stored with the commit, all of it or nothing', async () => {
  const { database } = await store();
  await database.writing(async (sql) => {
    for (const name of ['a', 'b', 'c']) send(sql, name);
  });
  expect(await names(database)).toEqual(['a', 'b', 'c']);
  const twice = database.writing(async (sql) => {
    for (const name of ['d', 'a', 'e']) send(sql, name);
    return 'stored';
  });
  expect(await faultOf(twice)).toMatchObject({ kind: 'other', code: '23505' });
  expect(await names(database)).toEqual(['a', 'b', 'c']);
});

test.each(['40001', '40P01', '55P03'])('a transaction whose sent statement ends in %s runs again', async (code) => {
  const { database } = await store();
  let runs = 0;
  await database.writing(async (sql) => {
    send(sql, `run ${++runs}`);
    if (runs < 3) sql.send(raise(code));
    send(sql, 'more');
  });
  expect(await names(database)).toEqual(['more', 'run 3']);
});

test('a session that the server ends between two that were sent: nothing of it is stored, and it runs again', async () => {
  const { database } = await store();
  let runs = 0;
  await database.writing(async (sql) => {
    send(sql, `run ${++runs}`);
    if (runs === 1) await asSuperuser(`select pg_terminate_backend(${await pidOf(sql)})`);
    send(sql, 'more');
  });
  expect(await names(database)).toEqual(['more', 'run 2']);
});

/** A client of which one statement fails in its own way. */
const failing = (fail: (client: pg.Client, forward: () => unknown) => unknown) => {
  let isArmed = true;
  return class extends pg.Client {
    override query(...given: unknown[]): never {
      const forward = () => (super.query as (...all: unknown[]) => unknown)(...given);
      const [first] = given as [string | { readonly text: string; readonly values?: readonly unknown[] }];
      if (!isArmed || typeof first === 'string' || !first.values?.includes('bad')) return forward() as never;
      isArmed = false;
      return fail(this, forward) as never;
    }
  } as typeof pg.Client;
};

test.each([
  [
    'throws',
    () => {
      throw new TypeError('broken');
    },
  ],
  ['rejects', () => Promise.reject(new Error('Query read timeout'))],
  ['rejects later', () => new Promise((_, reject) => process.nextTick(reject, new Error('not queryable')))],
] as const)('what the client %s and does not send is not left out of what is committed', async (_, fail) => {
  const { database } = await store({ Client: failing(fail), retryFor: 0 });
  const half = database.writing(async (sql) => {
    for (const name of ['a', 'bad', 'b']) send(sql, name);
  });
  expect(await faultOf(half)).toMatchObject({ kind: 'lost' });
  await database.writing(async (sql) => send(sql, 'next'));
  expect(await names(database)).toEqual(['next']);
});

test('a connection that is lost with the commit under way is uncertain, and nothing is repeated', async () => {
  const Client = failing((client, forward) => {
    const answer = forward();
    setImmediate(() =>
      setImmediate(() => (client as unknown as { connection: pg.Connection }).connection.stream.destroy()),
    );
    return answer;
  });
  const { database } = await store({ Client });
  let runs = 0;
  const lost = database.writing(async (sql) => {
    runs += 1;
    sql.send('insert into thing (name) select cast(?1 as text) from pg_sleep(0.2)', 'bad');
  });
  expect(await faultOf(lost)).toMatchObject({ kind: 'uncertain', code: '40003' });
  expect(runs).toBe(1);
});

test('what is read before the work is read with the lock', async () => {
  const { database } = await store();
  const add = () =>
    database.writing(
      async (sql, count: number) => send(sql, `${count + 1}`),
      async (sql) => Number((await sql.all('select count(*) as n from thing'))[0]?.n),
    );
  await Promise.all(Array.from({ length: 20 }, add));
  expect((await names(database)).map(Number).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
});

test('a reading that fails before the work: the work does not run', async () => {
  const { database } = await store();
  let runs = 0;
  const broken = database.writing(
    async () => {
      runs += 1;
    },
    (sql) => sql.all(raise('P0001')),
  );
  expect(await faultOf(broken)).toMatchObject({ kind: 'other', code: 'P0001' });
  expect(runs).toBe(0);
});

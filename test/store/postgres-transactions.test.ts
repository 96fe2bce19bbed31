import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { faultData, faultFrom } from '../../src/store/fault-data.ts';
import { connect } from '../../src/store/postgres/driver.ts';
import { PostgresFault } from '../../src/store/postgres/faults.ts';
import { StoreFault } from '../../src/store/store-fault.ts';
import { asSuperuser, emptyPostgres } from '../support/store/postgres.ts';
import { faultOf, insert, names, pidOf, postgresDatabases, raise } from '../support/store/postgres-databases.ts';

const { open, store } = postgresDatabases();

describe('a transaction', () => {
  test('is stored whole, or not at all', async () => {
    const { database } = await store();
    await database.writing((sql) => insert(sql, 'a'));
    const broken = database.writing(async (sql) => {
      await insert(sql, 'b');
      throw new Error('broken');
    });
    await expect(broken).rejects.toThrow('broken');
    expect(await names(database)).toEqual(['a']);
  });

  test('whose failed statement was ignored is not reported as stored', async () => {
    const { database } = await store();
    const ignored = database.writing(async (sql) => {
      await insert(sql, 'a');
      await insert(sql, 'a').catch(() => {});
    });
    expect(await faultOf(ignored)).toMatchObject({ kind: 'other', code: '25P02' });
    expect(await names(database)).toEqual([]);
  });

  test('excludes those of other gateways', async () => {
    const { url, database } = await store();
    const others = [database, await open(url), await open(url)];
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        others[n % 3]!.writing(async (sql) => {
          const seq = Number((await sql.all('select seq from head where id = 1'))[0]?.seq);
          await sql.run('update head set seq = ?1 where id = 1', seq + 1);
        }),
      ),
    );
    expect(await database.read.all('select seq from head')).toEqual([{ seq: 60 }]);
  });

  test.each(['40001', '40P01', '55P03'])('that PostgreSQL rolled back with %s runs again', async (code) => {
    const { database } = await store();
    let runs = 0;
    const result = await database.writing(async (sql) => {
      await insert(sql, `run ${++runs}`);
      if (runs < 3) await sql.run(raise(code));
      return runs;
    });
    expect(result).toBe(3);
    expect(await names(database)).toEqual(['run 3']);
  });

  test('of which the connection is cut runs again on another', async () => {
    const { database } = await store();
    let runs = 0;
    await database.writing(async (sql) => {
      await insert(sql, `run ${++runs}`);
      if (runs === 1) await asSuperuser(`select pg_terminate_backend(${await pidOf(sql)})`);
      await insert(sql, 'more');
    });
    expect(await names(database)).toEqual(['more', 'run 2']);
  });

  test('does not notice that connections were cut between two of them', async () => {
    const { database } = await store();
    await database.writing((sql) => insert(sql, 'a'));
    await asSuperuser(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'mgn-gateway' and pid <> pg_backend_pid()`,
    );
    await database.writing((sql) => insert(sql, 'b'));
    expect(await names(database)).toEqual(['a', 'b']);
  });

  test('that conflicts for ever is given up as a fault', async () => {
    const { database } = await store({ retryFor: 200 });
    const fault = await faultOf(database.writing((sql) => sql.run(raise('40001'))));
    expect(fault).toMatchObject({ kind: 'again', code: '40001' });
    expect(String(fault.stack)).not.toContain('Proefpersoon');
  });

  test('of which the connection was lost in the commit is reported as uncertain, and not repeated', async () => {
    let cut = false;
    class Cut extends pg.Client {
      override query(...given: unknown[]): never {
        const answer = (super.query as (...given: unknown[]) => unknown)(...given);
        // sent, and the answer lost
        if (given[0] === 'commit' && cut)
          (this as unknown as { connection: pg.Connection }).connection.stream.destroy();
        return answer as never;
      }
    }
    const { database } = await store({ Client: Cut });
    let runs = 0;
    cut = true;
    const lost = database.writing(async (sql) => {
      runs += 1;
      await insert(sql, 'a');
    });
    expect(await faultOf(lost)).toMatchObject({ kind: 'uncertain', code: '40003' });
    cut = false;
    expect(runs).toBe(1);
    await database.writing((sql) => insert(sql, 'b'));
    expect(await names(database)).toContain('b');
  });

  test.each(['insert', 'commit'])(
    'that cannot be ended, since the client throws from its %s on, leaves nothing to the next one',
    async (from) => {
      let isBroken = false;
      class Throwing extends pg.Client {
        override query(...given: unknown[]): never {
          const [first] = given as [string | { readonly text: string }];
          if ((typeof first === 'string' ? first : first.text).startsWith(from)) isBroken = armed;
          if (isBroken) throw new TypeError('broken');
          return (super.query as (...given: unknown[]) => unknown)(...given) as never;
        }
      }
      let armed = false;
      const { database } = await store({ Client: Throwing as typeof pg.Client, retryFor: 0 });
      armed = true;
      const half = database.writing(async (sql) => {
        await sql.run('update head set agreements = 7 where id = 1');
        await insert(sql, 'a');
      });
      await faultOf(half);
      [armed, isBroken] = [false, false];
      await database.writing((sql) => insert(sql, 'b'));
      expect(await names(database)).toEqual(['b']);
      expect(await database.read.all('select agreements from head')).toEqual([{ agreements: 0 }]);
    },
  );

  test('of a closed store is refused at once, as are reads', async () => {
    const database = await connect(await emptyPostgres(), { notify: false });
    await database.close();
    await expect(database.writing(async () => {})).rejects.toThrow('closed');
    await expect(database.read.all('select 1')).rejects.toThrow('closed');
  });

  test('that the server ends in the commit is uncertain too', async () => {
    const { database } = await store();
    await database.script((run) =>
      run(`create function die() returns trigger language plpgsql as $$
             begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
           create constraint trigger die after insert on thing deferrable initially deferred
             for each row execute function die()`),
    );
    expect(await faultOf(database.writing((sql) => insert(sql, 'a')))).toMatchObject({ kind: 'uncertain' });
    expect(await names(database)).toEqual([]);
  });

  test('that fails in the commit was not stored', async () => {
    const { database } = await store();
    await database.script((run) =>
      run(`create function no() returns trigger language plpgsql as $$
             begin raise exception 'no' using errcode = '53100'; end $$;
           create constraint trigger no after insert on thing deferrable initially deferred
             for each row execute function no()`),
    );
    expect(await faultOf(database.writing((sql) => insert(sql, 'a')))).toMatchObject({ kind: 'full' });
  });

  test('of which a standby did not confirm the commit in time is uncertain', async () => {
    const { database } = await store({ timeouts: { statement: 300 } });
    await asSuperuser(`alter role postgres set synchronous_commit = on`);
    await asSuperuser(`alter system set synchronous_standby_names = 'elsewhere'`);
    await asSuperuser('select pg_reload_conf()');
    try {
      await expect
        .poll(async () => (await asSuperuser('show synchronous_standby_names'))[0])
        .toEqual({ synchronous_standby_names: 'elsewhere' });
      expect(await faultOf(database.writing((sql) => insert(sql, 'a')))).toMatchObject({ kind: 'uncertain' });
    } finally {
      await asSuperuser('alter system reset synchronous_standby_names');
      await asSuperuser('select pg_reload_conf()');
    }
  });

  test('that takes too long is cancelled and reported', async () => {
    const { database } = await store({ timeouts: { statement: 100 } });
    const slow = database.writing((sql) => sql.all('select pg_sleep(10)'));
    expect(await faultOf(slow)).toMatchObject({ kind: 'other', code: '57014' });
    await database.writing((sql) => insert(sql, 'a'));
  });

  test('waits for that of another gateway, again and again when it takes long', async () => {
    let begun = 0;
    class Counting extends pg.Client {
      override query(...given: unknown[]): never {
        if (String(given[0]).startsWith('begin')) begun += 1;
        return (super.query as (...given: unknown[]) => unknown)(...given) as never;
      }
    }
    const { url, database } = await store({ timeouts: { lock: 50 }, Client: Counting });
    const other = await open(url);
    let runs = 0;
    let second: Promise<void> | undefined;
    await other.writing(async () => {
      second = database.writing(async () => {
        runs += 1;
      });
      await expect.poll(() => begun).toBeGreaterThan(2);
      expect(runs).toBe(0);
    });
    await second;
    expect(runs).toBe(1);
  });
});

describe('a fault', () => {
  test.each([
    ...['57014', '53200', '58030', '57P01', '40001', '55P03', '25006', '53100', '42501', 'XX000', '28000'].map(
      (code) => [code, true] as const,
    ),
    ...['22001', '23505', '42601', '54000', 'P0001'].map((code) => [code, false] as const),
  ])('%s concerns what else was written with it: %s', async (code, expected) => {
    const { database } = await store({ retryFor: 0 });
    const fault = await faultOf(database.writing((sql) => sql.run(raise(code))));
    expect(database.isOutage!(fault)).toBe(expected);
  });

  test.each([
    ...['08006', '40003', '40P01', '53300', '57014', '57P03', 'XX000', 'ECONNREFUSED', 'EPIPE', 'closed'].map(
      (code) => [code, 'away'] as const,
    ),
    ['53100', 'full'],
    ['25006', 'read-only'],
    ['XX001', 'damaged'],
    ['23505', 'unknown'],
  ] as const)('%s is reported to the operator as %s, also from the thread of the store', (code, problem) => {
    const cloned = faultFrom(structuredClone(faultData(new PostgresFault('other', code, 'x'))));
    expect(new StoreFault(cloned).problem).toBe(problem);
  });
});

describe('a database that cannot be written', () => {
  test.each([
    ['is full', '53100'],
    ['is read-only', '25006'],
  ])('because it %s is recognised', async (_, code) => {
    const { database } = await store();
    const fault = await faultOf(database.writing((sql) => sql.run(raise(code))));
    expect(fault.kind).toBe('full');
    expect(new StoreFault(fault)).toMatchObject({ isFull: true, code });
    expect(await names(database)).toEqual([]);
  });

  test('is not mistaken for one that is unavailable', async () => {
    const { database } = await store({ retryFor: 0 });
    const fault = await faultOf(database.writing((sql) => sql.run(raise('57P03'))));
    expect(new StoreFault(fault).isFull).toBe(false);
  });
});

import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { translate } from '../../src/store/postgres/dialect.ts';
import { connect, type PostgresDatabase, type PostgresOptions } from '../../src/store/postgres/driver.ts';
import { PostgresFault } from '../../src/store/postgres/faults.ts';
import { migrate } from '../../src/store/postgres/schema.ts';
import { toJson, toText } from '../../src/store/postgres/values.ts';
import type { Sql } from '../../src/store/sql/sql.ts';
import { StoreFault } from '../../src/store/store-fault.ts';
import { asSuperuser, emptyPostgres } from '../support/store/postgres.ts';

const opened: PostgresDatabase[] = [];
afterEach(async () => {
  for (const database of opened.splice(0)) await database.close();
});

async function open(url: string, options: PostgresOptions = {}): Promise<PostgresDatabase> {
  const database = await connect(url, { notify: false, ...options });
  opened.push(database);
  return database;
}

/** A store with a table of its own. */
async function store(options: PostgresOptions = {}): Promise<{ url: string; database: PostgresDatabase }> {
  const url = await emptyPostgres();
  const database = await open(url, options);
  await migrate(database);
  await database.script((run) => run('create table thing (name text collate "C" primary key, n bigint, b bytea)'));
  return { url, database };
}

const names = async ({ read }: PostgresDatabase) =>
  (await read.all('select name from thing order by name')).map(({ name }) => name);
const insert = (sql: Sql, name: string) => sql.run('insert into thing (name) values (?1)', name);
const schemaOf = (url: string): string => /store_\d+/.exec(url)![0];
const faultOf = async (of: Promise<unknown>): Promise<PostgresFault> => {
  const why = await of.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(why instanceof PostgresFault)) throw new Error(`No fault of PostgreSQL: ${why}`);
  return why;
};
const pidOf = async (sql: Sql): Promise<number> => Number((await sql.all('select pg_backend_pid() as pid'))[0]?.pid);
const raise = (code: string) =>
  `do $$ begin raise exception 'of mevrouw Proefpersoon' using errcode = '${code}'; end $$`;

describe('statements', () => {
  test('have parameters by number, but in literals, names and comments', () => {
    const { text } = translate(`select '?1', "a?1", x?1y -- ?2\n where a = ?2 and b = ?2 and c = '''?1'`, ['i', 't']);
    expect(text).toBe(`select '?1', "a?1", x$1::biginty -- ?2\n where a = $2::text and b = $2::text and c = '''?1'`);
  });

  test('are computed in the type of the value, not in that of what stands beside it', async () => {
    const { database } = await store();
    const now = Date.UTC(2026, 10, 30);
    expect(await database.read.all('select ?1 - 5 as a, ?1 as b, ?2 as c, ?3 + 0.5 as d', now, 'x', 0.25)).toEqual([
      { a: now - 5, b: now, c: 'x', d: 0.75 },
    ]);
  });

  test('that are many run without being prepared', async () => {
    const { database } = await store({ readers: 1 });
    for (let n = 0; n < 600; n++) expect(await database.read.all(`select ?1 + ${n} as n`, 1)).toEqual([{ n: n + 1 }]);
    const [row] = await database.read.all('select count(*) as n from pg_prepared_statements');
    expect(Number(row?.n)).toBeLessThanOrEqual(500);
  });
});

describe('values', () => {
  test('come back as they were written', async () => {
    const { database } = await store();
    const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
    const texts = ['', 'a\0b', '\0', '\u{10FFFE}0', '\u{10FFFE}\0', '\\u0000', '\\\0', 'é ſ 🧩', "'?1 $1"];
    for (const text of texts)
      expect(await database.read.all('select ?1 as text, ?2 as b, ?3 as n', text, bytes, -(2 ** 53) + 1)).toEqual([
        { text, b: Buffer.from(bytes), n: -(2 ** 53) + 1 },
      ]);
    expect(
      await database.read.all('select 1 = 1 as yes, 1 = 2 as no, sum(n) as sum, count(*) as n from thing'),
    ).toEqual([{ yes: 1, no: 0, sum: null, n: 0 }]);
  });

  test('come back from rows in their order', async () => {
    const { database } = await store();
    const texts = ['z', '', 'a\0b', '\u{10FFFE}0', '\\u0000', '\\\\\0', '"\\ud83d', 'é🧩', null, '\n'];
    const rows = texts.map((text, n) => [text, n % 3 ? n * 2 ** 45 : null]);
    expect(
      await database.read.all(
        `select w.* from ${database.read.dialect.rows('?1', { a: 'text', b: 'integer' })} w`,
        JSON.stringify(rows),
      ),
    ).toEqual(rows.map(([a, b]) => ({ a, b })));
  });

  test('that are equal stay equal, and others different', () => {
    const texts = ['\0', '\u{10FFFE}0', '\u{10FFFE}1', '\u{10FFFE}', '\u{10FFFE}\0', '\u{10FFFE}00', '0', '\\u0000'];
    expect(new Set(texts.map(toText)).size).toBe(texts.length);
    for (const text of texts) expect(JSON.parse(toJson(JSON.stringify([text])))).toEqual([toText(text)]);
  });

  test('with a lone surrogate have U+FFFD in its place', async () => {
    const { database } = await store();
    const { read } = database;
    expect(await read.all('select ?1 as a', 'x\ud83dy')).toEqual([{ a: 'x\ufffdy' }]);
    expect(
      await read.all(`select a from ${read.dialect.rows('?1', { a: 'text' })} w`, JSON.stringify([['x\udc00y']])),
    ).toEqual([{ a: 'x\ufffdy' }]);
  });

  test('that exceed the integers of JavaScript are refused', async () => {
    const { database } = await store();
    await expect(database.read.all('select 9007199254740993 as n')).rejects.toThrow('too large');
  });

  test('are sorted by their characters, whatever the locale of the server', async () => {
    const { url, database } = await store();
    await database.writing(async (sql) => {
      for (const name of ['b', 'B', 'a', 'Z', 'é', '_']) await insert(sql, name);
    });
    expect(await names(database)).toEqual(['B', 'Z', '_', 'a', 'b', 'é']);
    const columns = await asSuperuser(
      `select table_name, column_name from information_schema.columns where table_schema = '${schemaOf(url)}'
         and data_type = 'text' and collation_name is distinct from 'C'`,
    );
    expect(columns).toEqual([{ table_name: 'meta', column_name: 'value' }]);
  });
});

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

  test('waits for that of another gateway, which may stand still for a time only', async () => {
    const { url, database } = await store({ timeouts: { lock: 50 } });
    const other = await open(url);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let runs = 0;
    const first = other.writing(() => held);
    const second = database.writing(async () => {
      runs += 1;
    });
    await expect
      .poll(
        async () =>
          (
            await asSuperuser(
              "select count(*)::int as n from pg_stat_activity where query like 'begin isolation%' and state = 'active'",
            )
          )[0],
      )
      .toEqual({ n: 1 });
    expect(runs).toBe(0);
    release();
    await Promise.all([first, second]);
    expect(runs).toBe(1);
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

describe('an address', () => {
  test('never has its password in a message', async () => {
    await asSuperuser(`create role with_password login password 'echt-geheim'`);
    await asSuperuser('create database with_password owner with_password');
    const url = new URL(await emptyPostgres('with_password'));
    url.pathname = '/with_password';
    url.password = 'echt-geheim';
    await open(url.href.replace(/\?.*/, ''));
    url.password = 'niet-geheim';
    const addresses = [
      url.href,
      url.href.replace(/:\d+\//, ':1/'),
      'postgres://u:niet-geheim@[/x',
      `${url.href}&sslmode=verify-full&sslrootcert=/nowhere/niet.pem`,
      url.href.replace('127.0.0.1', 'nowhere.invalid'),
    ];
    for (const address of addresses) {
      const fault = await faultOf(connect(address));
      expect(JSON.stringify([fault.message, fault.stack, fault, fault.cause])).not.toMatch(/niet-geheim|echt-geheim/);
    }
  });

  test('that leads to no schema says so', async () => {
    const url = (await emptyPostgres()).replace(/search_path.*/, 'search_path%3Dnowhere');
    await expect(connect(url)).rejects.toThrow('search_path');
  });

  test('of a server that confirms before it has written gets commits on disk', async () => {
    await asSuperuser('create role hasty login');
    await asSuperuser('alter role hasty set synchronous_commit = off');
    const url = await emptyPostgres('hasty');
    await asSuperuser(`grant all on schema ${schemaOf(url)} to hasty`);
    const database = await open(url);
    expect(await database.read.all('show synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
  });
});

describe('the schema', () => {
  test('is created once by gateways that start together', async () => {
    const url = await emptyPostgres();
    const gateways = await Promise.all(Array.from({ length: 5 }, () => open(url)));
    await Promise.all(gateways.map(migrate));
    expect(await gateways[0]!.read.all('select seq from head')).toEqual([{ seq: 0 }]);
  });

  test('of a newer gateway is refused', async () => {
    const { database } = await store();
    await database.script((run) => run("update meta set value = '1000' where name = 'schema'"));
    await expect(migrate(database)).rejects.toThrow('Start the version that wrote it');
  });

  test('needs no right to create tables once it is there', async () => {
    const { url, database } = await store();
    const schema = schemaOf(url);
    await asSuperuser('create role writer login');
    await asSuperuser(`grant usage on schema ${schema} to writer`);
    await asSuperuser(`grant select, insert, update, delete on all tables in schema ${schema} to writer`);
    const limited = await open(url.replace('postgres@', 'writer@'));
    await migrate(limited);
    await limited.writing((sql) => insert(sql, 'a'));
    expect(await names(database)).toEqual(['a']);
  });

  test.each(['entry', 'directory', 'configuration_use'])('has a table %s that is only added to', async (table) => {
    const { database } = await store();
    for (const sql of [`delete from ${table}`, `update ${table} set seq = 1`, `truncate ${table}`])
      expect(await faultOf(database.writing((it) => it.run(sql)))).toMatchObject({ code: 'P0001' });
  });
});

describe('a notification', () => {
  test('reaches the other gateways of the store, several as one, and not its own', async () => {
    const url = await emptyPostgres();
    const [a, b, stranger] = await Promise.all([
      open(url, { notify: true }),
      open(url, { notify: true }),
      open(await emptyPostgres(), { notify: true }),
    ]);
    const heard = { a: 0, b: 0, stranger: 0 };
    a.onNotify(() => heard.a++);
    b.onNotify(() => heard.b++);
    stranger.onNotify(() => heard.stranger++);
    // each is called once when it begins to listen
    await expect.poll(() => heard).toEqual({ a: 1, b: 1, stranger: 1 });
    for (let n = 0; n < 100; n++) a.notify();
    await expect.poll(() => heard.b).toBe(2);
    b.notify();
    await expect.poll(() => heard.a).toBe(2);
    expect(heard).toEqual({ a: 2, b: 2, stranger: 1 });
  });

  test('is heard again after the connection was cut', async () => {
    const url = await emptyPostgres();
    const database = await open(url, { notify: true });
    let heard = 0;
    database.onNotify(() => heard++);
    await expect.poll(() => heard).toBe(1);
    await asSuperuser("select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen mgn_%'");
    await expect.poll(() => heard).toBe(2);
  });

  test('is not sent when switched off', async () => {
    const url = await emptyPostgres();
    const database = await open(url, { notify: false });
    database.onNotify(() => {
      throw new Error('heard');
    });
    database.notify();
    expect(await asSuperuser("select 1 from pg_stat_activity where query like 'listen mgn_%'")).toEqual([]);
  });
});

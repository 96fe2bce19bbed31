import { describe, expect, test } from 'vitest';
import { translate } from '../../src/store/postgres/dialect.ts';
import { connect } from '../../src/store/postgres/driver.ts';
import { migrate } from '../../src/store/postgres/schema.ts';
import { toJson, toText } from '../../src/store/postgres/values.ts';
import { asSuperuser, emptyPostgres } from '../support/store/postgres.ts';
import { faultOf, insert, names, postgresDatabases, schemaOf } from '../support/store/postgres-databases.ts';

const { open, store } = postgresDatabases();

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
    await Promise.all(gateways.map((it) => migrate(it)));
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
    if (table === 'entry')
      await database.writing((it) => it.run("insert into entry (seq, at, head) values (7, 1, '{}')"));
    for (const sql of [`delete from ${table}`, `update ${table} set seq = 1`, `truncate ${table}`])
      expect(await faultOf(database.writing((it) => it.run(sql)))).toMatchObject({ code: 'P0001' });
  });
});

const listening = () => asSuperuser("select 1 from pg_stat_activity where query like 'listen mgn_%'");

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
    await expect.poll(listening).toHaveLength(3);
    for (let n = 0; n < 100; n++) a.notify();
    await expect.poll(() => heard.b).toBe(1);
    b.notify();
    await expect.poll(() => heard.a).toBe(1);
    expect(heard).toEqual({ a: 1, b: 1, stranger: 0 });
  });

  test('is heard again after the connection was cut', async () => {
    const url = await emptyPostgres();
    const database = await open(url, { notify: true });
    let heard = 0;
    database.onNotify(() => heard++);
    await expect.poll(listening).toHaveLength(1);
    await asSuperuser("select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen mgn_%'");
    // once for what may have been missed
    await expect.poll(() => heard).toBe(1);
  });

  test('is neither sent nor received when switched off', async () => {
    const url = await emptyPostgres();
    const database = await open(url, { notify: false });
    database.onNotify(() => {
      throw new Error('heard');
    });
    database.notify();
    expect(await listening()).toEqual([]);
  });
});

import { existsSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyStore } from '../../../src/store/moving/copy.ts';
import { migrateStore } from '../../../src/store/moving/migrate.ts';
import { mustHaveRoom } from '../../../src/store/moving/new-file.ts';
import { placeOf } from '../../../src/store/moving/place.ts';
import { tablesOf } from '../../../src/store/moving/tables.ts';
import { openPostgresStore } from '../../../src/store/postgres/open.ts';
import { sqlite } from '../../../src/store/sqlite/driver.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { mgn } from '../../support/cli/mgn.ts';
import { portAnswers } from '../../support/store/port-answers.ts';
import { emptyPostgres } from '../../support/store/postgres.ts';
import { previousAnswers, storeFolder, writePreviousStore } from '../../support/store/previous/store.ts';
import * as s from '../../support/store/samples.ts';

/** `mgn store copy`: the same store in another database. */
const folder = storeFolder();
const full = folder.path('full.db');
beforeAll(async () => {
  writePreviousStore(folder.path('previous.db'));
  expect(await migrateStore(folder.path('previous.db'), full)).toMatchObject({ ok: true });
});
afterAll(folder.remove);

const place = (address: string) => {
  const found = placeOf(address);
  if (!found.ok) throw new Error(found.issues[0]?.message);
  return found.value;
};
const copy = async (from: string, to: string) => {
  const result = await copyStore(place(from), place(to));
  return result.ok ? 'copied' : result.issues.map(({ rule }) => rule).join();
};
const isAsBefore = async (store: Parameters<typeof portAnswers>[0]) => {
  const { asked, answers } = previousAnswers();
  const found = await portAnswers(store, asked);
  for (const [question, answer] of Object.entries(answers)) expect(found[question], question).toEqual(answer);
};

describe('a copied store', () => {
  test('in another file answers as the first', async () => {
    expect(await copy(`sqlite:${full}`, `sqlite:${folder.path('copy.db')}`)).toBe('copied');
    const store = await openSqliteStore(folder.path('copy.db'), { thread: 'none' });
    await isAsBefore(store);
    await store.close();
  });

  test('on PostgreSQL answers as the first, goes on there, and comes back as a file', async () => {
    const address = await emptyPostgres();
    const there = await mgn(['store', 'copy', `sqlite:${full}`, address]);
    expect(there.err).toBe('');
    expect(there.out).toMatch(/^entry +\d+ {2}[0-9a-f]{12}$/m);
    const store = await openPostgresStore(address, { inTest: {} });
    await isAsBefore(store);
    await s.commit(store, { message: s.message('on-postgres'), changes: [s.create(s.task('new'), 'a')] }, 500);
    await store.close();
    expect(await mgn(['store', 'check', '--store', address])).toMatchObject({ code: 0, err: '' });
    expect(await copy(`sqlite:${full}`, address)).toBe('store-not-empty');

    expect(await copy(address, `sqlite:${folder.path('back.db')}`)).toBe('copied');
    const back = await openSqliteStore(folder.path('back.db'), { thread: 'none' });
    expect((await back.messageByRequest('praktijk-zuid', 'on-postgres'))?.id).toBe('message-on-postgres');
    expect((await back.history('Task', 'new', 'a')).length).toBe(1);
    await back.close();
  });
});

describe('a copy is refused', () => {
  test('to a file that exists', async () => {
    writeFileSync(folder.path('there.db'), '');
    expect(await copy(`sqlite:${full}`, `sqlite:${folder.path('there.db')}`)).toBe('store-exists');
  });

  test('from a store of the previous release', async () => {
    const { code, err } = await mgn([
      'store',
      'copy',
      `sqlite:${folder.path('previous.db')}`,
      `sqlite:${folder.path('n.db')}`,
    ]);
    expect(code).toBe(2);
    expect(err).toMatch(/mgn store migrate/);
    expect(existsSync(folder.path('n.db'))).toBe(false);
  });

  test('from a server that does not answer, without its password in the message', async () => {
    const { code, err } = await mgn([
      'store',
      'copy',
      'postgres://u:geheim@127.0.0.1:1/x',
      `sqlite:${folder.path('n.db')}`,
    ]);
    expect(code).toBe(2);
    expect(err).toContain('store-connection-failed');
    expect(err).not.toContain('geheim');
  });

  test('from and to a database that does not exist, or without a password, with what to check', async () => {
    const missing = new URL(await emptyPostgres());
    missing.pathname = '/nowhere';
    const noPassword = new URL(missing);
    noPassword.password = '';
    for (const [from, to] of [
      [missing.href, `sqlite:${folder.path('n.db')}`],
      [`sqlite:${full}`, missing.href],
    ] as const)
      expect((await mgn(['store', 'copy', from, to])).err).toMatch(
        /store-connection-failed: No connection to \S+\/nowhere \(database "nowhere" does not exist\)\. Check that/,
      );
    expect((await mgn(['audit', '--store', noPassword.href])).err).toMatch(/store-connection-failed: /);
  });

  test('from or to something else', async () => {
    expect((await mgn(['store', 'copy', 'mysql://u:geheim@h/x', 'sqlite:x.db'])).err).toMatch(
      /store-type-unsupported: (?!.*geheim)/,
    );
    expect((await mgn(['store', 'migrate', 'postgres://h/x', 'x.db'])).err).toContain('store-file-required');
  });

  test('to a disk without room', () => {
    expect(mustHaveRoom(folder.path('x.db'), 1e18).issues.map(({ rule }) => rule)).toEqual(['store-disk-too-small']);
  });

  test.runIf(process.platform === 'linux')('from a store that a gateway has open', async () => {
    const store = await openSqliteStore(folder.path('open.db'), { thread: 'none' });
    expect(await copy(`sqlite:${folder.path('open.db')}`, `sqlite:${folder.path('n.db')}`)).toBe('store-in-use');
    await store.close();
  });

  test('when the result has another content', async () => {
    const odd = folder.path('odd.db');
    await (await openSqliteStore(odd, { thread: 'none' })).close();
    const database = new DatabaseSync(odd);
    database.exec("insert into lease (name, holder, until) values ('l', x'ff00', 1)");
    database.close();
    expect(await copy(`sqlite:${odd}`, `sqlite:${folder.path('n.db')}`)).toBe('store-differs');
    expect(existsSync(folder.path('n.db'))).toBe(false);
  });
});

test('the tables of a copy are those of the schema, with all columns and keys', () => {
  const database = new DatabaseSync(full, { readOnly: true });
  const names = database.prepare("select name from sqlite_master where type = 'table' order by name").all();
  expect(
    tablesOf(sqlite)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(names.map(({ name }) => name));
  for (const { name, columns, key } of tablesOf(sqlite)) {
    const info = database.prepare(`pragma table_info(${name})`).all() as { name: string; pk: number }[];
    expect(Object.keys(columns), name).toEqual(info.map((it) => it.name));
    const keys = info.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk);
    expect(key, name).toEqual(keys.map((it) => it.name));
  }
  database.close();
});

import { existsSync, readdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { mgn } from '../support/cli/mgn.ts';
import { storeFolder, writePreviousStore } from '../support/store/previous/store.ts';

const folder = storeFolder();
afterAll(folder.remove);

const commands = (store: string): readonly (readonly string[])[] => [
  ['serve', '--port', '0', '--store', store],
  ['status', 'Task/x', '--store', store],
  ['audit', '--store', store],
  ['dead-letters', '--store', store],
  ['requeue', 'x', '--store', store],
  ['silent', '--store', store],
  ['unknown-codes', '--store', store],
  ['config', 'list', '--store', store],
  ['store', 'check', '--store', store],
  ['store', 'backup', folder.path('refused.db'), '--store', store],
  ['store', 'copy', store, `sqlite:${folder.path('refused.db')}`],
];

describe('a store of the previous release is refused with the command that moves it', () => {
  const file = folder.path('de vorige.db');
  writePreviousStore(file);

  test.each(commands(`sqlite:${file}`))('by mgn %s %s', async (...args) => {
    const { code, err } = await mgn([...args.filter(Boolean)]);
    expect(code).toBeGreaterThan(0);
    expect(err).toContain(`store-previous-release: ${file} has the layout of the previous release.`);
    expect(err).toContain(`mgn store migrate '${file}' NEW.`);
    expect(err).not.toMatch(/damaged|store-corrupt|\n {4}at /);
    expect(existsSync(folder.path('refused.db'))).toBe(false);
  });

  test('in Dutch', async () => {
    const { err } = await mgn(['audit', '--language', 'nl', '--store', `sqlite:${file}`]);
    expect(err).toContain(
      `heeft de indeling van de vorige versie. Stop die gateway, en zet de opslag om naar een nieuw bestand: mgn store migrate '`,
    );
  });
});

test.each([...[0, 1, 2, 8, 9, 10].map((at) => commands(`sqlite:${folder.path('newer.db')}`)[at]!)])(
  'a store of a newer release is refused by mgn %s %s',
  async (...args) => {
    const file = folder.path('newer.db');
    if (!existsSync(file)) {
      await (await openSqliteStore(file, { thread: 'none' })).close();
      const database = new DatabaseSync(file);
      database.exec("update meta set value = '99' where name = 'schema'");
      database.close();
    }
    const { code, err } = await mgn([...args.filter(Boolean)]);
    expect(code).toBeGreaterThan(0);
    expect(err).toContain(`store-newer: ${file} was written by a newer version`);
    expect(readdirSync(folder.path('.'))).not.toContain('refused.db');
  },
);

test.each([
  ...commands('postgres://mgn:geheim@127.0.0.1:1/gateway').filter(
    ([name, sub]) => name !== 'config' && sub !== 'backup',
  ),
  ['store', 'copy', `sqlite:${folder.path('full.db')}`, 'postgres://mgn:geheim@127.0.0.1:1/gateway'],
])('a server that does not answer is reported with what to check, by mgn %s %s', async (...args) => {
  if (!existsSync(folder.path('full.db')))
    await (await openSqliteStore(folder.path('full.db'), { thread: 'none' })).close();
  const { code, err } = await mgn([...args.filter(Boolean)]);
  expect(code).toBeGreaterThan(0);
  expect(err).toMatch(
    /store-connection-failed: No connection to postgres:\/\/\S*127\.0\.0\.1:1\/gateway \(.*ECONNREFUSED/,
  );
  expect(err).not.toMatch(/geheim|existing folder|Free space/);
});

test('a store on PostgreSQL is no target of a migration: the way there is named', async () => {
  const { code, err } = await mgn([
    'store',
    'migrate',
    folder.path('x.db'),
    'postgres://mgn:geheim@db.example/gateway',
  ]);
  expect(code).toBe(2);
  expect(err).toMatch(/store-file-required: postgres:\/\/db\.example\/gateway .*mgn store copy/);
});

test.each([
  'postgres:gateway@localhost/gateway',
  'postgres://gateway:geheim@localhost:port/gateway',
  'postgress://gateway:geheim@localhost/gateway',
  'sqlite:',
])('an address that is none is reported with the forms that are: %s', async (store) => {
  for (const command of [['serve', '--port', '0'], ['audit'], ['store', 'check']]) {
    const { code, err } = await mgn([...command, '--store', store]);
    expect(code, err).toBeGreaterThan(0);
    expect(err).toMatch(/store-type-unsupported: .*postgres:\/\/USER@HOST:PORT\/DATABASE/);
    expect(err).not.toContain('geheim');
  }
});

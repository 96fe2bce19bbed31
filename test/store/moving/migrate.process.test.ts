import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { migrateStore } from '../../../src/store/moving/migrate.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { mgn } from '../../support/cli/mgn.ts';
import { isLong } from '../../support/long.ts';
import { claimed, portAnswers } from '../../support/store/port-answers.ts';
import { previousAnswers, storeFolder, writePreviousStore } from '../../support/store/previous/store.ts';
import * as s from '../../support/store/samples.ts';

/** A store of the previous release becomes one of this release. */
const folder = storeFolder();
afterAll(folder.remove);
const previous = (name: string): string => {
  writePreviousStore(folder.path(name));
  return folder.path(name);
};
const cli = join(import.meta.dirname, '../../../src/cli.ts');
const rulesOf = (result: Awaited<ReturnType<typeof migrateStore>>) => result.issues.map(({ rule }) => rule);
const leftOf = (file: string) => readdirSync(dirname(file)).filter((name) => folder.path(name).startsWith(file));

describe('a migrated store', () => {
  test('answers every question of the port as the previous release did, and has the same to send', async () => {
    const [old, made] = [previous('same.db'), folder.path('same-new.db')];
    const before = readFileSync(old);
    const migrated = await migrateStore(old, made);
    expect(migrated.issues).toEqual([]);
    const { asked, answers, claimed: toSend } = previousAnswers();
    const store = await openSqliteStore(made, { thread: 'none' });
    const found = await portAnswers(store, asked);
    for (const [question, answer] of Object.entries(answers)) expect(found[question], question).toEqual(answer);
    expect(Object.keys(found).sort()).toEqual(Object.keys(answers).sort());
    expect(await claimed(store, new Date(Date.UTC(2027, 0, 1)))).toMatchObject(toSend);
    await store.close();
    expect(readFileSync(old).equals(before), 'the old file is unchanged').toBe(true);
    expect(leftOf(`${made}.incomplete`)).toEqual([]);
  });

  test('goes on: new dispatches follow those of before, and a request id of before is recognised', async () => {
    const [old, made] = [previous('on.db'), folder.path('on-new.db')];
    await migrateStore(old, made);
    const store = await openSqliteStore(made, { thread: 'none' });
    await s.commit(store, { message: s.message('new'), dispatches: [s.dispatch('after', 'c')] }, 100);
    expect((await s.commit(store, { message: s.message('m1') }, 101)).kind).toBe('duplicate');
    const claims = await store.claim({ worker: 'w', now: s.at(200), lease: 1_000, recipients: 100, batch: 10 });
    expect(claims.find(({ recipient }) => recipient === 'c')?.deliveries.map(({ id }) => id)).toEqual(['d4', 'after']);
    await store.close();
  });

  test('is found correct by mgn store check', async () => {
    const [old, made] = [previous('checked.db'), folder.path('checked-new.db')];
    const { code, out } = await mgn(['store', 'migrate', `sqlite:${old}`, made]);
    expect(code).toBe(0);
    expect(out).toMatch(/^message +55 {2}[0-9a-f]{12}$/m);
    expect(await mgn(['store', 'check', '--store', `sqlite:${made}`])).toMatchObject({ code: 0, err: '' });
  });

  test('of an empty store is empty', async () => {
    const [old, made] = [previous('empty.db'), folder.path('empty-new.db')];
    const database = new DatabaseSync(old);
    const tables = database
      .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
      .all();
    for (const { name } of database.prepare("select name from sqlite_master where type = 'trigger'").all())
      database.exec(`drop trigger ${name}`);
    for (const { name } of tables) if (name !== 'meta') database.exec(`delete from ${name}`);
    database.close();
    expect(await migrateStore(old, made)).toMatchObject({ ok: true });
    const store = await openSqliteStore(made, { thread: 'none' });
    expect((await store.messages({ count: 1 })).items).toEqual([]);
    await store.close();
  });
});

describe('a migration is refused, and leaves nothing behind,', () => {
  const refused = async (name: string, old: string, rule: string, made = folder.path(`${name}-new.db`)) => {
    const existed = existsSync(made);
    expect(rulesOf(await migrateStore(old, made))).toEqual([rule]);
    expect(existsSync(made)).toBe(existed);
    expect(existsSync(`${made}.incomplete`)).toBe(false);
  };

  test('of a file that does not exist', () => refused('missing', folder.path('nowhere.db'), 'store-read-failed'));

  test('of a file that is no database', async () => {
    writeFileSync(folder.path('text.db'), 'no database at all, but long enough '.repeat(50));
    await refused('text', folder.path('text.db'), 'store-read-failed');
  });

  test('of a database that is no store', async () => {
    const database = new DatabaseSync(folder.path('other.db'));
    database.exec('create table t (a)');
    database.close();
    await refused('other', folder.path('other.db'), 'store-read-failed');
  });

  test.each([1, 3, 8])('of schema %i, which the previous release migrates first', async (schema) => {
    const old = previous(`schema${schema}.db`);
    const database = new DatabaseSync(old);
    database.prepare("update meta set value = ? where name = 'schema'").run(String(schema));
    database.close();
    await refused(`schema${schema}`, old, 'store-too-old');
  });

  test('of a store of this release', async () => {
    const current = folder.path('current.db');
    await (await openSqliteStore(current, { thread: 'none' })).close();
    await refused('current', current, 'store-current');
  });

  test.each(['', '-wal'])('to a file that exists%s', async (end) => {
    const made = folder.path(`there${end}.db`);
    writeFileSync(made + end, 'something');
    expect(rulesOf(await migrateStore(previous(`to-there${end}.db`), made))).toEqual(['store-exists']);
    expect(readFileSync(made + end, 'utf8')).toBe('something');
  });

  test('into a folder that does not exist', async () => {
    const result = await migrateStore(previous('nofolder.db'), folder.path('no/such/new.db'));
    expect(rulesOf(result)).toEqual(['store-not-written']);
  });

  test.runIf(process.platform === 'linux')('of a store that a process has open', async () => {
    const old = previous('used.db');
    const database = new DatabaseSync(old);
    database.exec("pragma journal_mode = wal; update meta set value = value where name = 'schema'");
    await refused('used', old, 'store-in-use');
    database.close();
  });

  test('of a store that is written to meanwhile', async () => {
    const old = previous('written.db');
    const setUp = new DatabaseSync(old);
    setUp.exec('pragma journal_mode = wal');
    setUp.close();
    const made = folder.path('written-new.db');
    let other: DatabaseSync | undefined;
    const result = await migrateStore(old, made, () => {
      other ??= new DatabaseSync(old);
      other.exec('update recipient set fence = fence + 1');
    });
    other?.close();
    expect(rulesOf(result)).toEqual(['store-changed']);
    expect(leftOf(made)).toEqual([]);
  });

  test('of a damaged store', async () => {
    const old = previous('damaged.db');
    const bytes = readFileSync(old);
    const database = new DatabaseSync(old);
    const root = Number(database.prepare("select rootpage from sqlite_master where name = 'version'").get()?.rootpage);
    database.close();
    bytes.fill(0xee, (root - 1) * 8192, root * 8192);
    writeFileSync(old, bytes);
    await refused('damaged', old, 'store-corrupt');
  });
});

describe('a migration that stops in the middle', () => {
  /** A store on which a migration takes a second at least. */
  const large = (name: string): string => {
    const old = previous(name);
    const database = new DatabaseSync(old);
    const known = database.prepare('select * from message limit 1').get()!;
    const columns = Object.keys(known).filter((it) => it !== 'key');
    const insert = database.prepare(`insert into message (${columns}) values (${columns.map(() => '?')})`);
    database.exec('begin');
    for (let n = 0; n < (isLong ? 20_000 : 5_000); n++)
      insert.run(...columns.map((it) => (it === 'id' || it === 'request_id' ? `${it}-${n}` : (known[it] as string))));
    database.exec('commit');
    database.close();
    return old;
  };

  test('by kill -9 leaves no file that a gateway opens, and the next run ends', async () => {
    const [old, made] = [large('killed.db'), folder.path('killed-new.db')];
    const child = spawn(process.execPath, [cli, 'store', 'migrate', old, made], { stdio: 'ignore' });
    const size = () => statSync(`${made}.incomplete`, { throwIfNoEntry: false })?.size ?? 0;
    while (size() < 1_000_000 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(made)).toBe(false);
    expect(existsSync(`${made}.incomplete`)).toBe(true);
    copyFileSync(`${made}.incomplete`, folder.path('opened.db'));
    await expect(openSqliteStore(folder.path('opened.db'), { thread: 'none' })).rejects.toThrow();
    expect(await migrateStore(old, made)).toMatchObject({ ok: true });
    expect(leftOf(`${made}.incomplete`)).toEqual([]);
  });

  test('on a full disk is reported, and leaves nothing', async () => {
    const [old, made] = [previous('full.db'), folder.path('full-new.db')];
    // a limit on the size of a file, in blocks of 512 bytes or 1 KiB
    const script = `trap '' XFSZ; ulimit -f 400; exec "$0" "$@"`;
    const args = ['-c', script, process.execPath, cli, 'store', 'migrate', old, made];
    const { code, err } = await new Promise<{ code: unknown; err: string }>((resolve) =>
      execFile('/bin/sh', args, { env: { ...process.env, NO_COLOR: '1' } }, (error, _, stderr) =>
        resolve({ code: error?.code, err: stderr }),
      ),
    );
    expect(err).toContain('store-not-written');
    expect(code).toBe(2);
    expect(leftOf(made)).toEqual([]);
  });
});

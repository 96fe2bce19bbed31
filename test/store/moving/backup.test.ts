import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { backupStore } from '../../../src/store/moving/backup.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { mgn } from '../../support/cli/mgn.ts';
import { storeFolder } from '../../support/store/previous/store.ts';
import * as s from '../../support/store/samples.ts';

/** `mgn store backup`, next to a running gateway. */
const folder = storeFolder();
afterAll(folder.remove);

const backup = (file: string, store: string, ...more: string[]) =>
  mgn(['store', 'backup', file, '--store', `sqlite:${store}`, ...more]);
const send = (store: Parameters<typeof s.commit>[0], id: string) =>
  s.commit(store, { message: s.message(id), changes: [s.create(s.task(id), 'a')] });

describe('a backup', () => {
  test('has every message that was answered before it, also those in the -wal file only', async () => {
    const [file, made] = [folder.path('running.db'), folder.path('backup.db')];
    const store = await openSqliteStore(file, { thread: 'none' });
    await send(store, 'one');
    await send(store, 'two');
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
    const { code, out, err } = await backup(made, file);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/2 messages, .* MB, checked/);
    await send(store, 'three');
    await store.close();
    if (process.platform !== 'win32') expect(statSync(made).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(made)).filter((name) => name.startsWith('backup.db'))).toEqual(['backup.db']);
    expect(await mgn(['store', 'check', '--store', `sqlite:${made}`])).toMatchObject({ code: 0 });
    const restored = await openSqliteStore(made, { thread: 'none' });
    expect((await restored.messages({ count: 10 })).items.map(({ requestId }) => requestId)).toEqual(['one', 'two']);
    await restored.close();
  });

  test('while messages are stored is one state of the store', async () => {
    const file = folder.path('busy.db');
    const store = await openSqliteStore(file, { thread: 'none' });
    for (let n = 0; n < 50; n++) await send(store, `before-${n}`);
    let isDone = false;
    let stored = 50;
    const writing = (async () => {
      for (; !isDone; stored++) {
        await send(store, `during-${stored}`);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    const made = await backup(folder.path('busy-backup.db'), file);
    isDone = true;
    await writing;
    await store.close();
    expect(made.code, made.err).toBe(0);
    expect(await mgn(['store', 'check', '--store', `sqlite:${folder.path('busy-backup.db')}`])).toMatchObject({
      code: 0,
    });
    const found = Number(/(\d+) messages/.exec(made.out)?.[1]);
    expect(found).toBeGreaterThanOrEqual(50);
    expect(found).toBeLessThanOrEqual(stored);
  });

  test('does not start anew when a message is stored meanwhile', async () => {
    const file = folder.path('large.db');
    const store = await openSqliteStore(file, { thread: 'none' });
    await s.commit(store, { message: s.message('large', { body: randomBytes(30_000_000) }) });
    const steps: number[] = [];
    let writing: Promise<unknown> = Promise.resolve();
    const made = await backupStore({ kind: 'sqlite', file }, folder.path('large-backup.db'), {
      report: (_, done) => {
        steps.push(done);
        writing = send(store, `during-${steps.length}`);
      },
    });
    await writing;
    await store.close();
    expect(made).toMatchObject({ ok: true, value: { messages: 1 } });
    expect(steps.length).toBeGreaterThan(3);
    expect(steps).toEqual(steps.toSorted((one, other) => one - other));
  });

  test('does not overwrite a file, unless --replace', async () => {
    const [file, made] = [folder.path('again.db'), folder.path('again-backup.db')];
    await (await openSqliteStore(file, { thread: 'none' })).close();
    writeFileSync(made, 'an older backup');
    const refused = await backup(made, file);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('store-exists')]);
    expect(readFileSync(made, 'utf8')).toBe('an older backup');
    expect((await backup(made, file, '--replace')).code).toBe(0);
    expect(new DatabaseSync(made).prepare('select count(*) as n from request').get()).toEqual({ n: 0 });
    expect((await backup(file, file, '--replace')).err).toContain('store-exists');
  });

  test('of nothing, of another file or into no folder creates nothing', async () => {
    const [file, made] = [folder.path('some.db'), folder.path('none-backup.db')];
    expect((await backup(made, folder.path('nowhere.db'))).err).toContain('store-read-failed');
    writeFileSync(folder.path('text.txt'), 'no database, but long enough '.repeat(50));
    expect((await backup(made, folder.path('text.txt'))).err).toContain('store-foreign');
    await (await openSqliteStore(file, { thread: 'none' })).close();
    expect((await backup(folder.path('no/such/b.db'), file)).err).toContain('store-not-written');
    expect([existsSync(folder.path('nowhere.db')), existsSync(made)]).toEqual([false, false]);
  });

  test('of PostgreSQL is made by its server: the command is shown without the password', async () => {
    const address = 'postgres://mgn:geheim@db.example:5433/gateway?sslmode=verify-full';
    const { code, err } = await mgn(['store', 'backup', 'b.dump', '--store', address]);
    expect(code).toBe(2);
    expect(err).toContain(
      'pg_dump --format=custom --host=db.example --port=5433 --username=mgn --dbname=gateway --file=b.dump',
    );
    expect(err).not.toContain('geheim');
  });
});

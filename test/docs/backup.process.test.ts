import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { mgn } from '../support/cli/mgn.ts';
import { storeFolder } from '../support/store/previous/store.ts';
import * as s from '../support/store/samples.ts';

/** What docs/operate/backup.md states is true, and its scripts run. */
const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/operate/backup.md'), 'utf8');
const folder = storeFolder();
afterAll(folder.remove);

const drill = /## Restore drill[\s\S]*?```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

const run = (script: string, env: Record<string, string>): Promise<{ code: number; out: string; err: string }> => {
  const bin = folder.path('bin');
  mkdirSync(bin, { recursive: true });
  // npx of the page: this working copy
  const cli = `#!/bin/sh\nshift\nexec '${process.execPath}' '${join(root, 'src/cli.ts')}' "$@"\n`;
  writeFileSync(join(bin, 'npx'), cli, { mode: 0o755 });
  const path = [bin, dirname(process.execPath), process.env.PATH].join(delimiter);
  return new Promise((resolve) =>
    execFile('sh', ['-c', script], { env: { ...process.env, ...env, PATH: path } }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    ),
  );
};

const send = (store: Parameters<typeof s.commit>[0], id: string) =>
  s.commit(store, { message: s.message(id), audit: [s.auditEvent(id, { requestId: id })] });

test('the restore drill accepts a backup of a running store, and refuses that of another', async () => {
  const [file, made, other] = ['drill.db', 'drill-backup.db', 'other.db'].map(folder.path) as [string, string, string];
  const store = await openSqliteStore(file, { thread: 'none' });
  await send(store, 'one');
  await mgn(['store', 'backup', made, '--store', `sqlite:${file}`]);
  await send(store, 'two');
  const done = await run(drill, { STORE: file, BACKUP: made });
  expect([done.code, done.err]).toEqual([0, '']);
  expect(done.out).toMatch(/restored up to: .*"one"/);

  const another = await openSqliteStore(other, { thread: 'none' });
  await send(another, 'three');
  await another.close();
  // without the commands that only look at the backup: each starts a process
  const comparison = drill.replace(/^npx mgn (store check|config list|dead-letters) .*\n/gm, '');
  expect(comparison).toContain('npx mgn audit');
  expect((await run(comparison, { STORE: file, BACKUP: other })).code).not.toBe(0);
  await store.close();
});

test('a plain copy of a running store lacks what is in its -wal file', async () => {
  const [file, copied] = [folder.path('plain.db'), folder.path('plain-copy.db')];
  const store = await openSqliteStore(file, { thread: 'none' });
  await send(store, 'one');
  await send(store, 'two');
  // by another process: reading the file here would release the locks of the store
  await run(`cp '${file}' '${copied}'`, {});
  await store.close();
  const database = new DatabaseSync(copied);
  const hasTable = database.prepare("select 1 from sqlite_master where name = 'request'").get();
  const found = hasTable ? Number(database.prepare('select count(*) as n from request').get()?.n) : 0;
  database.close();
  expect(found).toBe(0);
});

test('every command of the page exists', async () => {
  const commands = new Set([...page.matchAll(/mgn (store \w+|[a-z-]+)/g)].map(([, name = '']) => name));
  expect(commands.size).toBeGreaterThan(5);
  for (const name of commands) expect((await mgn([...name.split(' '), '--help'])).code, name).toBe(0);
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { isLong } from '../support/long.ts';
import {
  at,
  auditEvent,
  commit,
  create,
  dispatch,
  found,
  message,
  patient,
  task,
  update,
} from '../support/store/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
/** Commits that a writer acknowledges before it is killed. */
const acknowledgements = isLong ? 200 : 20;
const newFile = () => join(folder, `${files++}.db`);

/** A writer in a process of its own; `ids` grows with what it was told to be stored. */
function startWriter(file: string, name: string) {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../support/store/writing-process.ts', import.meta.url)), file, name],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  child.stdout.on('data', (part) => {
    said += part;
  });
  const ids = () => said.split('\n').slice(0, -1);
  return { child, ids };
}

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};
const kill = async (child: ChildProcess) => {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
};

describe('a store in a file', () => {
  test('survives kill -9: every acknowledged commit is stored completely, and none in part', async () => {
    const file = newFile();
    const acknowledged: string[] = [];
    for (const name of isLong ? ['first', 'second', 'third'] : ['first', 'second']) {
      const { child, ids } = startWriter(file, name);
      await until(() => ids().length > acknowledgements);
      await kill(child);
      acknowledged.push(...ids());
    }
    const store = await openSqliteStore(file);
    for (const id of acknowledged) {
      expect(await store.messageByRequest('praktijk-zuid', id)).toBeDefined();
      expect(await store.read('Task', id, 'team-noord')).toBeDefined();
    }
    await store.close();

    const database = new DatabaseSync(file);
    const count = (table: string) => database.prepare(`select count(*) as n from ${table}`).get()?.n;
    expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
    const messages = count('request');
    expect(messages).toBeGreaterThanOrEqual(acknowledged.length);
    for (const table of ['entry', 'resource', 'dispatch', 'reader'])
      expect([table, count(table)]).toEqual([table, messages]);
    expect(count('entry where facts is not null')).toBe(messages);
    expect(database.prepare('select waiting as n from recipient').get()?.n).toBe(messages);
    database.close();
  });

  test('supports two processes writing at the same time: no damage, nothing lost', async () => {
    const file = newFile();
    const writers = ['left', 'right'].map((name) => startWriter(file, name));
    await until(() => writers.every(({ ids }) => ids().length > acknowledgements));
    await Promise.all(writers.map(({ child }) => kill(child)));
    const store = await openSqliteStore(file);
    for (const id of writers.flatMap(({ ids }) => ids())) expect(await store.read('Task', id)).toBeDefined();
    await store.close();
    const database = new DatabaseSync(file);
    expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
    database.close();
  });

  test('resolves conflicts between two connections: one wins, the other gets the conflict', async () => {
    const file = newFile();
    const [left, right] = [await openSqliteStore(file), await openSqliteStore(file)];
    await commit(left, { changes: [create(task('t1'))], dispatches: [dispatch('d1')] });
    const answers = await Promise.all(
      [left, right, left, right].map((store, n) =>
        commit(store, { changes: [update(task('t1', { description: `n${n}` }), 1)] }),
      ),
    );
    expect(answers.map((it) => it.kind).sort()).toEqual(['committed', 'stale', 'stale', 'stale']);
    const wish = { now: at(1), lease: 1_000, recipients: 9, batch: 9 };
    const claims = await Promise.all([left.claim({ ...wish, worker: 'l' }), right.claim({ ...wish, worker: 'r' })]);
    expect(claims.flat()).toHaveLength(1);
    await left.close();
    await right.close();
  });

  test('contains no BSN in its index, and a new secret in each store', async () => {
    const values = [];
    for (const file of [newFile(), newFile()]) {
      const store = await openSqliteStore(file);
      await commit(store, { changes: [create(patient('p1', '999900006'))] });
      await store.close();
      const database = new DatabaseSync(file);
      values.push(database.prepare('select value from token').get()?.value);
      database.close();
    }
    expect(values).toHaveLength(2);
    expect(new Set(values).size).toBe(2);
    expect(values.join()).not.toContain('999900006');
  });

  test('can keep its secret elsewhere; under another secret the index is made anew', async () => {
    const file = newFile();
    const store = await openSqliteStore(file, { secret: 'kept elsewhere' });
    await commit(store, { changes: [create(patient('p1', '999900006'))] });
    await store.close();
    expect(readFileSync(file).includes('kept elsewhere')).toBe(false);
    const again = await openSqliteStore(file, { secret: 'rotated' });
    expect(await found(again, 'Patient', { identifier: '999900006' })).toEqual(['p1']);
    await again.close();
  });

  test('makes its index anew when the search parameters were others', async () => {
    const file = newFile();
    const store = await openSqliteStore(file);
    await commit(store, { changes: [create(task('t1')), create(task('t2'))] });
    await commit(store, { changes: [update(task('t2', { status: 'accepted' }), 1)] });
    await store.close();
    const database = new DatabaseSync(file);
    database.exec("delete from token; update meta set value = 'others' where name = 'search'");
    database.close();
    const again = await openSqliteStore(file);
    expect(await found(again, 'Task', { status: 'accepted' })).toEqual(['t2']);
    expect(await found(again, 'Task', { 'authored-on': '2026-11-22' })).toEqual(['t2', 't1']);
    await again.close();
  });

  test('of a newer gateway is refused, with what to do', async () => {
    const file = newFile();
    await (await openSqliteStore(file)).close();
    const database = new DatabaseSync(file);
    database.exec("update meta set value = '99' where name = 'schema'");
    database.close();
    await expect(openSqliteStore(file)).rejects.toThrow(/schema 99.*knows schema \d+ at most/s);
  });

  test('is readable by its owner alone', async () => {
    const file = newFile();
    const store = await openSqliteStore(file);
    await commit(store, { message: message('r1') });
    for (const it of [file, `${file}-wal`]) expect(statSync(it).mode & 0o777).toBe(0o600);
    await store.close();
  });

  test('lets nobody change or remove what the journal holds', async () => {
    const file = newFile();
    const store = await openSqliteStore(file);
    await store.appendAudit([auditEvent('a1')]);
    await store.close();
    const database = new DatabaseSync(file);
    expect(() => database.exec('update entry set facts = null')).toThrow(/only added to/);
    expect(() => database.exec('delete from entry')).toThrow(/only added to/);
    database.close();
  });

  test('refuses to write after it was closed, and has written what it was given before', async () => {
    const file = newFile();
    const store = await openSqliteStore(file);
    const late = commit(store, { changes: [create(task('t1'))] });
    await store.close();
    expect(await late).toMatchObject({ kind: 'committed' });
    await expect(commit(store, { changes: [create(task('t2'))] })).rejects.toThrow(/closed/);
    const again = await openSqliteStore(file);
    expect(await found(again, 'Task', {})).toEqual(['t1']);
    await again.close();
  });
});

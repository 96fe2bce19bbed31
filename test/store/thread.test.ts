import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { isLong } from '../support/long.ts';
import { commit, create, found, task } from '../support/store/samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-thread-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the thread of the store', () => {
  test('answers everything that it was given before it was closed', async () => {
    for (let round = 0; round < (isLong ? 10 : 3); round++) {
      const file = join(folder, `closed-${round}.db`);
      const store = await openSqliteStore(file);
      const late = Array.from({ length: 200 }, (_, n) => commit(store, { changes: [create(task(`t${n}`))] }));
      await store.close();
      expect(new Set((await Promise.all(late)).map(({ kind }) => kind))).toEqual(new Set(['committed']));
    }
  });

  test('answers large commits that are still prepared when it is closed', async () => {
    const store = await openSqliteStore(join(folder, 'prepared.db'));
    // longer to prepare than one turn may be
    const large = Array.from({ length: 4 }, (_, batch) =>
      commit(store, { changes: Array.from({ length: 1_500 }, (_, n) => create(task(`large${batch}-${n}`))) }),
    );
    await store.close();
    expect((await Promise.allSettled(large)).map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'));
  });

  test('refuses what it cannot be sent alone: what was given in the same turn is stored', async () => {
    const store = await openSqliteStore(join(folder, 'uncloned.db'));
    const facts = { network: 'N', recipients: () => [] };
    const answers = await Promise.allSettled([
      commit(store, { changes: [create(task('t1'))] }),
      commit(store, { changes: [create(task('t2'))], auditWithdrawn: facts as never }),
      commit(store, { changes: [create(task('t3'))] }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await commit(store, { changes: [create(task('t4'))] })).toMatchObject({ kind: 'committed' });
    expect(await found(store, 'Task', {})).toEqual(['t4', 't3', 't1']);
    await store.close();
  });

  test('writes the commits of one turn of the event loop together', async () => {
    const file = join(folder, 'turn.db');
    const store = await openSqliteStore(file);
    await commit(store, { changes: [create(task('first'))] });
    const before = transactionsIn(`${file}-wal`);
    const commits = [];
    for (let n = 0; n < 10; n++) {
      commits.push(commit(store, { changes: [create(task(`t${n}`))] }));
      for (let step = 0; step < 20; step++) await Promise.resolve(); // as the steps of a message between two commits
    }
    await Promise.all(commits);
    expect(transactionsIn(`${file}-wal`) - before).toBe(1);
    await store.close();
  });

  test('is closed once, however often that is asked', async () => {
    for (const file of [':memory:', join(folder, 'twice.db')]) {
      const store = await openSqliteStore(file);
      await Promise.all([store.close(), store.close()]);
      await store.close();
    }
  });

  test('says why a store cannot be opened, each time', async () => {
    for (let round = 0; round < (isLong ? 10 : 2); round++)
      await expect(openSqliteStore(join(folder, 'no-such-folder', 'store.db'))).rejects.toThrow(/no such file/);
  });

  test('stores what is read at once by the other thread', async () => {
    const store = await openSqliteStore(join(folder, 'read.db'));
    for (let n = 0; n < 200; n++) {
      await commit(store, { changes: [create(task(`t${n}`))] });
      expect(await store.read('Task', `t${n}`)).toMatchObject({ version: 1 });
    }
    expect(await found(store, 'Task', { _id: 't7' })).toEqual(['t7']);
    await store.close();
  });
});

/** Frames of the log that end a transaction (https://www.sqlite.org/fileformat2.html#the_write_ahead_log). */
function transactionsIn(log: string): number {
  const bytes = readFileSync(log);
  const frame = 24 + bytes.readUInt32BE(8);
  let count = 0;
  for (let at = 32; at + frame <= bytes.length; at += frame) if (bytes.readUInt32BE(at + 4) > 0) count += 1;
  return count;
}

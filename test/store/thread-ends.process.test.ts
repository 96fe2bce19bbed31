import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import type { Job } from '../../src/store/sql/jobs.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { openThread } from '../../src/store/thread/client.ts';
import { freePort } from '../support/free-port.ts';
import { isLong } from '../support/long.ts';
import { auditEvent, commit, create, task } from '../support/store/samples.ts';
import { asker, askingAgain, rulesOf } from '../support/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-thread-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const root = join(import.meta.dirname, '../..');
const referral = readFileSync(join(root, 'examples/messages/001-referral-as-collection/input.json'));

/** Each in a process of its own: the first in `npm test`, all in `npm run test:long`. */
const ways = [
  ['an uncaught error', 'MGN_HOOK_THROW', /ended: Error/],
  ['no memory left', 'MGN_HOOK_MEMORY', /ended: ERR_WORKER_OUT_OF_MEMORY/],
  ['an exit', 'MGN_HOOK_EXIT', /ended: exit code 0/],
] as const;

describe.each(['store', 'delivery'])('the thread %s ends by itself', (thread) => {
  test.each(isLong ? ways : ways.slice(0, 1))(
    'by %s: the process ends with a code, one line of the log says why, and all that was acknowledged is stored',
    async (name, hook, why) => {
      const file = join(folder, `${hook}-${thread}.db`);
      const trigger = join(folder, `${hook}-${thread}`);
      const port = await freePort();
      const args = ['--import', join(root, 'test/support/store/thread-hook.ts'), 'src/cli.ts', 'serve'];
      const child = spawn(process.execPath, [...args, '--port', String(port), '--store', `sqlite:${file}`], {
        cwd: root,
        env: { ...process.env, [hook]: trigger, MGN_HOOK_THREAD: thread },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const said = await listening(child);
      const ask = askingAgain(asker(`http://127.0.0.1:${port}`));
      const acknowledged: string[] = [];
      const others: unknown[] = [];
      let isEnded = false;
      const exit = new Promise<number | null>((resolve) =>
        child.once('exit', (code) => {
          isEnded = true;
          resolve(code);
        }),
      );
      const client = async () => {
        while (!isEnded) {
          const requestId = randomUUID();
          const answer = await ask('POST', '/fhir', { as: 'gp-de-linde', body: referral, requestId }).catch(
            () => undefined,
          );
          if (answer?.status === 200) acknowledged.push(requestId);
          else if (answer) others.push([answer.status, ...rulesOf(answer)]);
          if (acknowledged.length === 10) writeFileSync(trigger, '');
        }
      };
      await Promise.all(Array.from({ length: 4 }, client));
      expect(await exit, name).toBe(1);
      for (const it of others) expect(it).toEqual([503, 'store-unavailable']);
      const lines = said()
        .split('\n')
        .filter((line) => line.includes('"outcome":"ended"'));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(why);
      expect(lines[0]).toMatch(/start it again/);
      expect(said()).not.toMatch(/de Vries|999900006/);
      const database = new DatabaseSync(file);
      for (const id of acknowledged)
        expect(database.prepare('select 1 as found from request where request_id = ?1').get(id)).toBeDefined();
      expect(database.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
      database.close();
    },
    60_000,
  );
});

test('more commits than may wait for a slow disk are refused, and those that wait are stored', async () => {
  const file = join(folder, 'slow.db');
  const other = await openSqliteStore(file, { thread: 'none' });
  await other.appendAudit([auditEvent('a1')]);
  await other.close();
  const locking = new DatabaseSync(file);
  const thread = await openThread({ kind: 'sqlite', file, busyTimeout: 30_000 }, { died: () => {}, mostCommits: 3 });
  locking.exec('begin immediate');
  const act: Job = { kind: 'act', act: { name: 'ready', given: [] } };
  const empty = {
    kind: 'commit',
    commit: { now: new Date(0), changes: [], dispatches: [], audit: { texts: [], names: [] } },
  } as unknown as Job;
  const given = Array.from({ length: 5 }, () => thread.submit(empty));
  const ready = thread.submit(act);
  const late = await Promise.allSettled(given.slice(3));
  expect(late.map((it) => it.status === 'rejected' && it.reason.code)).toEqual(['ERR_STORE_BUSY', 'ERR_STORE_BUSY']);
  locking.exec('rollback');
  locking.close();
  expect(await ready, 'other work is never refused').toBe(true);
  await Promise.allSettled(given);
  await thread.close();
}, 60_000);

test('a store with a large log opens, reads right, and has no log once closed', async () => {
  const file = join(folder, 'log.db');
  const store = await openSqliteStore(file, { thread: 'none' });
  const reading = new DatabaseSync(file, { readOnly: true });
  reading.exec('begin');
  reading.prepare('select count(*) from meta').get(); // a reader: the log cannot be written back
  for (let n = 0; n < 300; n++)
    await commit(store, { changes: [create(task(`t${n}`, { description: 'x'.repeat(9_000 + n) }))] });
  const [database, log] = [file, `${file}-wal`].map((it) => readFileSync(it));
  reading.close();
  await store.close();
  const copy = join(folder, 'copied.db');
  writeFileSync(copy, database!);
  writeFileSync(`${copy}-wal`, log!);
  expect(log!.length).toBeGreaterThan(1_000_000);
  const again = await openSqliteStore(copy);
  for (const n of [0, 150, 299]) expect((await again.read('Task', `t${n}`))?.text).toContain('x'.repeat(9_000 + n));
  await again.close();
  expect(() => readFileSync(`${copy}-wal`)).toThrow(/ENOENT/);
  expect(() => readFileSync(`${file}-wal`)).toThrow(/ENOENT/);
}, 60_000);

function listening(child: ChildProcess): Promise<() => string> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${said}`)));
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        said += chunk;
        if (said.includes('listening')) resolve(() => said);
      });
  });
}

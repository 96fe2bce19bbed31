import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { mgn } from '../support/cli/mgn.ts';
import { dispatch } from '../support/store/samples.ts';

/** The operator's commands on a store with dead letters, as a gateway left it. */
let folder: string;
let store: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mgn-dead-'));
  store = `sqlite:${join(folder, 'gateway.db')}`;
  const open = await openSqliteStore(join(folder, 'gateway.db'));
  const now = new Date();
  await open.commit({
    now,
    dispatches: [
      dispatch('d1', 'a', { traceId: 'p', about: ['Task/1'] }),
      dispatch('d2', 'a', { traceId: 'q' }),
      dispatch('d3', 'b'),
      dispatch('d4', 'b'),
    ],
  });
  for (const claim of await open.claim({ worker: 'w', now, lease: 1_000, recipients: 9, batch: 9 })) {
    for (const delivery of claim.deliveries) {
      const ending = { at: now, milliseconds: 7, status: 422, because: 'receiver-refused: 422 structure' };
      if (delivery.id === 'd4') await open.complete(claim, delivery, { ...ending, status: 200 });
      else await open.deadLetter(claim, delivery, ending);
    }
    await open.release(claim);
  }
  await open.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: readonly string[]) => mgn([...args, '--store', store]);
const listed = async (...more: readonly string[]): Promise<readonly { id: string; state: string }[]> =>
  (await run('dead-letters', '--json', ...more)).out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test('mgn dead-letters lists them, of one partner or all, and shows one with its attempts; never content', async () => {
  const all = await run('dead-letters');
  expect([all.code, all.out]).toEqual([0, expect.stringContaining('3 not delivered')]);
  expect(all.out).toContain('receiver-refused: 422 structure');
  expect((await listed()).map(({ id }) => id)).toEqual(['d1', 'd2', 'd3']);
  expect((await listed('--partner', 'b')).map(({ id }) => id)).toEqual(['d3']);
  const one = await run('dead-letters', 'd1');
  expect(one.out).toMatch(/dead {2}422 {2}7 ms/);
  expect((await run('dead-letters', 'd4')).out).toContain('delivered');
  expect(`${all.out}${one.out}`).not.toContain('resourceType');
});

test.each([
  [['d1'], ['d2', 'd3']],
  [['--partner', 'a'], ['d3']],
  [['--all'], []],
])('mgn requeue %j leaves %j', async (args, left) => {
  expect((await run('requeue', ...args)).code).toBe(0);
  expect((await listed()).map(({ id }) => id)).toEqual(left);
});

test('mgn requeue of what is delivered or unknown says so, requeues the others, and ends with 1', async () => {
  const done = await run('requeue', 'd4', 'd1', 'nothing');
  expect(done.code).toBe(1);
  expect(done.out).toContain('d1 is in the queue again');
  expect(done.err).toMatch(/dead-letter-ended: Delivery d4 is delivered/);
  expect(done.err).toContain('dead-letter-unknown');
  expect((await run('requeue', 'd1', '--language', 'nl')).err).toContain('d1 staat op waiting');
});

test('mgn requeue without or with too much to choose by changes nothing', async () => {
  for (const args of [[], ['d1', '--all'], ['--all', '--partner', 'a']]) {
    const done = await run('requeue', ...args);
    expect([done.code, done.err]).toEqual([1, expect.stringContaining('Name ids')]);
  }
  expect(await listed()).toHaveLength(3);
});

test('mgn skip requires a reason, ends one, and is refused a second time', async () => {
  expect((await run('skip', 'd1')).code).toBe(1);
  expect((await run('skip', 'd1', '--reason', 'x')).err).toContain('dead-letter-reason-invalid');
  expect((await run('skip', 'd1', '--reason', 'By telephone')).out).toContain('d1 is skipped');
  expect((await run('skip', 'd1', '--reason', 'By telephone')).err).toContain('Delivery d1 is skipped');
  expect((await run('dead-letters', 'd1')).out).toContain('skipped: By telephone');
  expect((await run('dead-letters', 'nothing')).code).toBe(1);
});

import { expect, test } from 'vitest';
import { groupOf, type RunJobs } from '../../src/store/sql/group.ts';
import type { Job } from '../../src/store/sql/jobs.ts';

const job = (name: string): Job => ({ kind: 'act', act: { name: 'requeue', given: [name, new Date(0)] } });
const nameOf = (it: Job): string => (it.kind === 'act' && it.act.name === 'requeue' ? it.act.given[0] : '');

/** A database that stores names; `broken` throws in the transaction, `full` at its end. */
function recording(options: { gather?: number } = {}) {
  const stored: string[] = [];
  const transactions: string[][] = [];
  let end = () => {};
  const run: RunJobs = async (jobs, working) => {
    transactions.push(jobs.map(nameOf));
    working(true);
    const results = jobs.map((it) => {
      if (nameOf(it) === 'broken') throw new Error('broken');
      return nameOf(it);
    });
    working(false);
    await new Promise((turn) => setImmediate(turn));
    end();
    stored.push(...results);
    return results;
  };
  return {
    group: groupOf(run, options),
    stored,
    transactions,
    fillDisk: () => {
      end = () => {
        throw new Error('full');
      };
    },
  };
}

const settled = async (all: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(all)).map((it) => (it.status === 'fulfilled' ? it.value : `${it.reason.message}!`));

test('jobs of one turn share a transaction, and what arrives meanwhile the next one', async () => {
  const { group, transactions } = recording();
  const first = [group.submit(job('a')), group.submit(job('b'))];
  await new Promise((turn) => setImmediate(turn));
  const second = [group.submit(job('c')), group.submit(job('d'))];
  expect(await settled([...first, ...second])).toEqual(['a', 'b', 'c', 'd']);
  expect(transactions).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
});

test('one that throws fails alone, and the others keep their order', async () => {
  const { group, stored } = recording();
  expect(await settled(['a', 'broken', 'b'].map((name) => group.submit(job(name))))).toEqual(['a', 'broken!', 'b']);
  expect(stored).toEqual(['a', 'b']);
});

test('all fail when their transaction cannot end, and none is tried again', async () => {
  const { group, stored, transactions, fillDisk } = recording();
  fillDisk();
  expect(await settled(['a', 'b'].map((name) => group.submit(job(name))))).toEqual(['full!', 'full!']);
  expect([stored, transactions]).toEqual([[], [['a', 'b']]]);
});

test('a group has 64 jobs at most', async () => {
  const { group, transactions } = recording();
  await Promise.all(Array.from({ length: 130 }, (_, n) => group.submit(job(`${n}`))));
  expect(transactions.map((it) => it.length)).toEqual([64, 64, 2]);
});

test('a job that nobody waits for becomes part of the next group, or of its own a little later', async () => {
  const { group, transactions } = recording();
  await Promise.all([group.submit(job('soon'), 'soon'), group.submit(job('now'))]);
  await group.submit(job('alone'), 'soon');
  expect(transactions).toEqual([['soon', 'now'], ['alone']]);
});

test('closing writes what was given before, and refuses what comes after', async () => {
  const { group, stored } = recording();
  const late = group.submit(job('late'), 'soon');
  const closed = group.close();
  await expect(group.submit(job('too late'))).rejects.toThrow(/closed/);
  await closed;
  expect([await late, stored]).toEqual(['late', ['late']]);
});

test('under load a group waits for more, and a job that comes alone does not', async () => {
  const { group, transactions } = recording({ gather: 50 });
  await group.submit(job('alone'));
  const first = group.submit(job('a'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  await Promise.all([first, group.submit(job('b'))]);
  expect(transactions).toEqual([['alone'], ['a', 'b']]);
});

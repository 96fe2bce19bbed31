import { StatementSync } from 'node:sqlite';
import { afterEach, expect, test, vi } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { task } from '../support/store/samples.ts';

/** Two questions of one turn share a statement; an answer never comes from before a commit that was answered. */
afterEach(() => vi.restoreAllMocks());

const query = { criteria: [{ name: 'owner', values: ['Organization/noord'] }], count: 10 };
const owned = (id: string) => ({
  now: new Date(),
  changes: [
    {
      resource: task(id, { owner: { reference: 'Organization/noord' } }) as never,
      expect: 'new' as const,
      readers: ['noord', 'west'],
    },
  ],
});

test('questions that begin alike share a statement, and each reader has its own answer', async () => {
  const store = await openSqliteStore(':memory:');
  await store.commit(owned('11111111-0000-4000-8000-000000000001'));
  const statements = vi.spyOn(StatementSync.prototype, 'all');
  const taken = async (ask: () => Promise<unknown>) => {
    const before = statements.mock.calls.length;
    const answer = await ask();
    return { answer, statements: statements.mock.calls.length - before };
  };
  const ask = async (reader: string) => {
    const found = await store.search('Task', query, reader);
    return found.kind === 'found' ? found.resources.length : found.kind;
  };
  await ask('noord'); // the text of the entry stays in memory
  const one = await taken(() => ask('noord'));
  const both = await taken(() => Promise.all([ask('noord'), ask('oost')]));
  expect([one.answer, both.answer]).toEqual([1, [1, 0]]);
  expect(both.statements).toBeLessThan(2 * one.statements);
  const apart = await taken(async () => [await ask('noord'), await ask('noord')]);
  expect(apart.statements).toBe(2 * one.statements);
  await store.close();
});

test('what was committed in between is found', async () => {
  const store = await openSqliteStore(':memory:');
  const count = async () => {
    const found = await store.search('Task', query);
    return found.kind === 'found' ? found.resources.length : found.kind;
  };
  const answers: unknown[] = [];
  for (let at = 1; at <= 3; at++) {
    const before = count();
    await store.commit(owned(`11111111-0000-4000-8000-00000000000${at}`));
    answers.push(await count());
    await before;
  }
  expect(answers).toEqual([1, 2, 3]);
  await store.close();
});

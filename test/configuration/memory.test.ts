import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryAt } from '../../src/configuration/past-memory.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { at, commit, create, patient, task, update } from '../support/store/samples.ts';

/** What the gateway remembered at a moment of the past. */
let store: Store;
beforeEach(async () => {
  store = await openSqliteStore(':memory:');
  await commit(store, { changes: [create(task('t1'), 'team'), create(patient('p1', '999900006'), 'team')] }, 1);
  await commit(store, { changes: [update(task('t1', { status: 'accepted' }), 1)] }, 3);
  await commit(store, { changes: [create(task('t2'), 'team')] }, 4);
});
afterEach(() => store.close());

const ids = async (memory: ReturnType<typeof memoryAt>, status: string, reader?: string) => {
  const criteria = [{ name: 'status', values: [status] }];
  const found = await memory.search('Task', { criteria, count: 9 }, reader);
  return found.kind === 'found' ? found.resources.map(({ id, version }) => `${id}/${version}`) : found.kind;
};

test('a resource is in the version of that time, and absent before its creation', async () => {
  expect((await memoryAt(store, at(2)).read('Task', 't1'))?.version).toBe(1);
  expect((await memoryAt(store, at(5)).read('Task', 't1'))?.version).toBe(2);
  expect(await memoryAt(store, at(1)).read('Task', 't1'), 'what a message itself made was not there').toBeUndefined();
  expect(await memoryAt(store, at(5)).read('Task', 't1', 'stranger')).toBeUndefined();
});

test('a search by status goes by the status of then', async () => {
  expect(await ids(memoryAt(store, at(2)), 'requested')).toEqual(['t1/1']);
  expect(await ids(memoryAt(store, at(2)), 'accepted')).toEqual([]);
  expect(await ids(memoryAt(store, at(5)), 'requested')).toEqual(['t2/1']);
  expect(await ids(memoryAt(store, at(5)), 'accepted', 'team')).toEqual(['t1/2']);
  expect(await ids(memoryAt(store, at(5)), 'accepted', 'stranger')).toEqual([]);
});

test('a search that would have to look through too much says so', async () => {
  const many = Array.from({ length: 2_100 }, (_, index) => create(task(`later-${index}`)));
  await commit(store, { changes: many }, 5);
  const memory = memoryAt(store, at(2));
  expect(await ids(memory, 'requested')).toEqual([]);
  expect(memory.isCutOff()).toBe(true);
});

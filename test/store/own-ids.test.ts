import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { at, commit, dispatch } from '../support/store/samples.ts';

/** Ids of what the store itself adds to a commit (docs/decisions/0011-time-ordered-ids.md). */
const auditedId = async (options: Parameters<typeof openSqliteStore>[1], seconds: number): Promise<string> => {
  const store = await openSqliteStore(':memory:', options);
  await commit(store, { dispatches: [dispatch('d1', 'team-noord', { about: ['Task/1'] })] });
  const withdrawals = [{ recipient: 'team-noord', about: ['Task/1'] }];
  await commit(store, { withdrawals, auditWithdrawn: { network: 'Network', recipients: [] } }, seconds);
  const [event] = (await store.audit({ count: 9 })).items;
  await store.close();
  return JSON.parse(event!.text).id;
};

test('an id that the store assigns begins with the time of its commit', async () => {
  const id = await auditedId({}, 5);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(at(5).getTime());
});

test('ids come from the source that the store was opened with', async () => {
  expect(await auditedId({ newId: (now) => `id of ${now.toISOString()}` }, 7)).toBe('id of 2026-11-22T09:00:07.000Z');
});

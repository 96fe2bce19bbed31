import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { usedOnce } from '../../src/access/index.ts';
import { openStore } from '../../src/main.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mgn-replay-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const opened = async () => {
  const store = await openStore(`sqlite:${join(folder, 'store.db')}`);
  if (!store.ok) throw new Error('no store');
  return store.value;
};

test('an id is used once on a store: by two gateways, after a restart, and again when it has expired', async () => {
  const [one, other] = [await opened(), await opened()];
  let n = 0;
  const newId = () => `${++n}`;
  const now = new Date('2026-11-30T12:00:00Z');
  const until = { now, milliseconds: 60_000 };
  const uses = await Promise.all([one, other, one].map((it) => usedOnce(it, newId)(['assertion', 'a', '1'], until)));
  expect(uses.filter(Boolean)).toHaveLength(1);
  expect(await usedOnce(one, newId)(['assertion', 'b', '1'], until)).toBe(true);
  await one.close();
  await other.close();
  const again = await opened();
  expect(await usedOnce(again, newId)(['assertion', 'a', '1'], until)).toBe(false);
  const later = { now: new Date(now.getTime() + 60_001), milliseconds: 60_000 };
  expect(await usedOnce(again, newId)(['assertion', 'a', '1'], later)).toBe(true);
  await again.close();
});

test('expired ids do not stay: the store has those of a few minutes', async () => {
  const store = await opened();
  const from = Date.parse('2026-11-30T13:00:00Z');
  const once = usedOnce(store, () => 'one');
  // many together, as the store writes them in one transaction
  await Promise.all(
    Array.from({ length: 2_000 }, (_, n) =>
      once(['assertion', 'c', `${n}`], { now: new Date(from + n * 1_000), milliseconds: 60_000 }),
    ),
  );
  await store.close();
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(join(folder, 'store.db'));
  const row = database.prepare("select count(*) as count from lease where name like 'jti:%'").get();
  database.close();
  expect(Number(row?.count)).toBeLessThan(1_500);
});

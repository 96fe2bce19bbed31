import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  activate,
  type ConfigurationSet,
  lastUse,
  type ReplayResult,
  replay,
  storedSet,
} from '../../src/configuration/index.ts';
import { openSet } from '../../src/main/open-configuration.ts';
import { openStoredSet } from '../../src/main/stored-set.ts';
import { world } from '../../src/main.ts';
import { changed, referralOf, withPostcodeRule } from '../support/configuration/configuration-sets.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

/** Decisions by two sets, made again afterwards: each by its own, with the store as it was then. */
let gateway: TestGateway;
let sets: readonly [ConfigurationSet, ConfigurationSet];
const post = async (index: number) => {
  const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralOf(index) });
  if (answer.status !== 200) throw new Error(answer.text);
};
beforeAll(async () => {
  gateway = await startGateway();
  const use = await lastUse(gateway.store);
  const before = await storedSet(gateway.store, use?.digest ?? '');
  if (!before.ok) throw new Error('a gateway that started is on record with its set');
  const after = changed(before.value, 'mappings/routes.yaml', (text) => withPostcodeRule(text, '1283'));
  sets = [before.value, after];
  for (const index of [1, 2, 1]) await post(index); // the last one is the second referral of its person
  await activate(gateway.store, world, after, { by: { id: 'operator', name: 'Test' } });
  await gateway.running.follow();
  for (const index of [3, 2]) await post(index);
});
afterAll(() => gateway.stop());

async function* recorded() {
  yield* (await gateway.store.messages({ count: 99 })).items;
}
async function replayed(open: Parameters<typeof replay>[2]): Promise<readonly ReplayResult[]> {
  const found: ReplayResult[] = [];
  for await (const it of replay(gateway.store, recorded(), open)) found.push(it);
  return found;
}

describe('recorded decisions', () => {
  test('are identical, byte for byte, each with the set named in its message', async () => {
    const found = await replayed(async (digest) => {
      const opened = await openStoredSet(gateway.store, digest, {});
      return opened.ok ? opened.value : undefined;
    });
    expect(found.map(({ configuration, verdict, differs }) => [configuration, verdict, differs])).toEqual([
      ...[1, 2, 3].map(() => [sets[0].digest, 'same', []]),
      ...[1, 2].map(() => [sets[1].digest, 'same', []]),
    ]);
  });

  test('differ with another set, and the differing parts are reported', async () => {
    const other = await openSet(sets[1], {});
    if (!other.ok) throw new Error(JSON.stringify(other.issues));
    const found = await replayed(async () => other.value);
    expect(found.map(({ verdict }) => verdict)).toEqual(['other', 'other', 'other', 'same', 'same']);
    expect(found[0]?.differs).toEqual(expect.arrayContaining(['owner', 'rule', 'made-with']));
  });

  test('are not repeated without their set', async () => {
    const found = await replayed(async () => undefined);
    expect(new Set(found.map(({ verdict }) => verdict))).toEqual(new Set(['set-unknown']));
  });
});

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  activate,
  type ConfigurationSet,
  lastUse,
  mayActivate,
  previousSet,
  recordTrial,
  storedSet,
} from '../../src/configuration/index.ts';
import type { Partner } from '../../src/directory/index.ts';
import { withSecrets } from '../../src/main/stored-set.ts';
import { demoNetwork, openConfigurationToStart, openStore, world } from '../../src/main.ts';
import type { Store } from '../../src/store/port.ts';
import { changed, referralOf, withPostcodeRule } from '../support/configuration/configuration-sets.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { type Answered, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** What decides while messages come in. The real gateway, the real store. */
let folder: string;
let address: string;
const running: TestGateway[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mgn-configuration-'));
  address = `sqlite:${join(folder, 'gateway.db')}`;
});
afterEach(async () => {
  for (const gateway of running.splice(0)) await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Parameters<typeof startGateway>[0] = {}): Promise<TestGateway> {
  const gateway = await startGateway({ store: address, ...options });
  running.push(gateway);
  return gateway;
}

const by = { id: 'operator', name: 'Test' };

async function inForce(store: Store): Promise<ConfigurationSet> {
  const use = await lastUse(store);
  const set = await storedSet(store, use?.digest ?? 'none');
  if (!set.ok) throw new Error('a gateway that started is on record with its set');
  return set.value;
}

const byPostcode = (set: ConfigurationSet) =>
  changed(set, 'mappings/routes.yaml', (text) => withPostcodeRule(text, '1283'));
const broken = (set: ConfigurationSet) =>
  changed(set, 'mappings/routes.yaml', (text) => text.replace('residence: inside', 'residence: sideways'));

const ready = async (gateway: TestGateway) => JSON.parse((await gateway.ask('GET', '/readyz')).text);
const post = (gateway: TestGateway, index: number) =>
  gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralOf(index) });

describe('another set is activated', () => {
  test('under load: nothing is dropped, and each message is decided by one of the two sets, whole', async () => {
    const gateway = await start();
    const before = await inForce(gateway.store);
    const after = byPostcode(before);
    const answers: Answered[] = [];
    let next = 0;
    let stopped = false;
    const client = async () => {
      while (!stopped) answers.push(await post(gateway, next++));
    };
    const clients = Array.from({ length: 6 }, client);
    const several = async (count: number) => {
      const from = answers.length;
      while (answers.length < from + count) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await several(25);
    expect((await activate(gateway.store, world, after, { by })).ok).toBe(true);
    await gateway.running.follow();
    const switchedAt = new Date();
    await several(25);
    stopped = true;
    await Promise.all(clients);

    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const { items } = await gateway.store.messages({ count: 10_000 });
    expect(items).toHaveLength(answers.length);
    const rules = { [before.digest]: 'municipality-team', [after.digest]: 'one-postcode' };
    for (const { configuration, messageLog } of items) {
      const { decisions } = JSON.parse(messageLog) as { decisions: { rule: string; configuration: string }[] };
      expect(decisions.map(({ rule }) => rule)).toEqual([rules[configuration]]);
      expect(decisions[0]?.configuration).toBe(configuration);
    }
    expect(new Set(items.map(({ configuration }) => configuration))).toEqual(new Set([before.digest, after.digest]));
    const since = items.filter(({ receivedAt }) => receivedAt > switchedAt);
    expect(since.length).toBeGreaterThan(10);
    expect(new Set(since.map(({ configuration }) => configuration))).toEqual(new Set([after.digest]));
    expect((await ready(gateway)).configuration).toEqual({ digest: after.digest });
  });

  test('partners and services go over with it', async () => {
    const gateway = await start();
    const before = await inForce(gateway.store);
    const token = createHash('sha256').update('demo-gp-de-linde').digest('hex');
    const other = createHash('sha256').update('another-token').digest('hex');
    const partners = changed(before, 'network/partners.yaml', (text) => text.replace(token, other));
    const after = changed(partners, 'network/directory/organizations.json', (text) =>
      text.replace('Huisartsenpraktijk De Linde', 'Huisartsenpraktijk De Berk'),
    );
    await activate(gateway.store, world, after, { by });
    await gateway.running.follow();
    expect((await post(gateway, 1)).status, 'the old token').toBe(401);
    const organization = await gateway.ask('GET', '/fhir/Organization/gp-de-linde', { token: 'another-token' });
    expect(organization.text).toContain('De Berk');
  });

  test('all gateways on the store go over to it by themselves', async () => {
    const gateways = [await start({ followConfiguration: 50 }), await start({ followConfiguration: 50 })];
    const [first] = gateways as [TestGateway];
    const after = byPostcode(await inForce(first.store));
    await activate(first.store, world, after, { by });
    for (const gateway of gateways)
      await expect.poll(async () => (await ready(gateway)).configuration.digest).toBe(after.digest);
  });

  test('a set that does not compile leaves the one in force, and is reported', async () => {
    const gateway = await start();
    const before = await inForce(gateway.store);
    const after = broken(before);
    await activate(gateway.store, world, after, { by });
    await gateway.running.follow();
    expect((await ready(gateway)).configuration).toEqual({ digest: before.digest, refused: after.digest });
    expect((await post(gateway, 0)).status).toBe(200);
    const better = byPostcode(before);
    await activate(gateway.store, world, better, { by });
    await gateway.running.follow();
    expect((await ready(gateway)).configuration).toEqual({ digest: better.digest });
  });

  test('is recorded with operator, time and set, also in the audit trail', async () => {
    const gateway = await start();
    const before = await inForce(gateway.store);
    const after = byPostcode(before);
    await activate(gateway.store, world, after, { by });
    const uses = await gateway.store.configurationUses({ count: 9 });
    expect(uses.map(({ digest, kind, by }) => [digest, kind, by])).toEqual([
      [after.digest, 'activation', 'operator Test'],
      [before.digest, 'start', 'mgn-gateway'],
    ]);
    const { items } = await gateway.store.audit({ count: 99 });
    const told = items.map(({ text }) => text).filter((it) => it.includes('activate-configuration'));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(after.digest);
  });

  test('stays in force after a restart, and the start reports another set in the folders', async () => {
    const gateway = await start();
    const after = byPostcode(await inForce(gateway.store));
    await activate(gateway.store, world, after, { by });
    await running.pop()?.stop();
    const store = await openStore(address);
    if (!store.ok) throw new Error('opened before');
    const chosen = await openConfigurationToStart({ network: demoNetwork }, store.value);
    await store.value.close();
    if (!chosen.ok) throw new Error(JSON.stringify(chosen.issues));
    expect(chosen.value.folders).toBe('other');
    expect(chosen.value.configured.configuration).toBe(after.digest);
    const again = await start();
    expect((await ready(again)).configuration.digest).toBe(after.digest);
  });

  test('that this version cannot compile is reported at the start, with a remedy', async () => {
    const gateway = await start();
    await activate(gateway.store, world, broken(await inForce(gateway.store)), { by });
    const chosen = await openConfigurationToStart({ network: demoNetwork }, gateway.store);
    expect(chosen.issues.map(({ rule }) => rule)).toEqual(['config-set-incompatible', 'config-value-invalid']);
  });

  test('the set before it is found again, and a set that decided before needs no trial', async () => {
    const gateway = await start();
    const before = await inForce(gateway.store);
    const after = byPostcode(before);
    expect((await previousSet(gateway.store)).issues.map(({ rule }) => rule)).toEqual(['config-set-previous-missing']);
    await activate(gateway.store, world, after, { by });
    expect(await previousSet(gateway.store)).toMatchObject({ ok: true, value: { digest: before.digest } });
    await post(gateway, 1);
    expect((await mayActivate(gateway.store, before.digest)).ok).toBe(true);
  });
});

test('of two activations at the same moment one is refused, and the other decides', async () => {
  const gateway = await start();
  const before = await inForce(gateway.store);
  const answers = await Promise.all(
    [before, byPostcode(before)].map((set) => activate(gateway.store, world, set, { by })),
  );
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  expect(answers.flatMap(({ issues }) => issues.map(({ rule }) => rule))).toEqual(['config-activation-conflict']);
});

test('a set that names a secret that this gateway does not have is not used', async () => {
  const configured = await demoConfiguration();
  const [[id, partner]] = [...configured.network.partners] as [[string, Partner]];
  const partners = new Map([
    ...configured.network.partners,
    [id, { ...partner, deliveryTokenFrom: 'MGN_TEST_ABSENT' }],
  ]);
  const { issues } = withSecrets({ ...configured, network: { ...configured.network, partners } });
  expect(issues.map(({ rule, message }) => [rule, message])).toEqual([
    ['config-secret-missing', expect.stringContaining('MGN_TEST_ABSENT')],
  ]);
});

describe('an untried set', () => {
  test('is not activated where messages are recorded, and is once it was run over them', async () => {
    const gateway = await start();
    const before = await inForce(gateway.store);
    const after = byPostcode(before);
    expect((await mayActivate(gateway.store, after.digest)).ok, 'nothing is recorded yet').toBe(true);
    await post(gateway, 2);
    const may = await mayActivate(gateway.store, after.digest);
    expect(may.issues.map(({ rule }) => rule)).toEqual(['config-shadow-missing']);
    await recordTrial(gateway.store, world, { from: before.digest, to: after.digest });
    expect((await mayActivate(gateway.store, after.digest)).ok).toBe(true);
  });
});

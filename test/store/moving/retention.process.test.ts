import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { mgnCodeSystem } from '../../../src/fhir/canonical.ts';
import { openPostgresStore } from '../../../src/store/postgres/open.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { retentionTerms, runRetention } from '../../../src/watchdog/index.ts';
import { mgn } from '../../support/cli/mgn.ts';
import { person, referralText } from '../../support/exchange/example-referral.ts';
import { startSink } from '../../support/servers/recording-receiver.ts';
import { emptyPostgres } from '../../support/store/postgres.ts';
import { locationOf, startGateway, type TestGateway } from '../../support/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-retention-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const handedOver = { system: mgnCodeSystem('business-status'), code: 'handed-over' };

async function moved(gateway: TestGateway, task: string, statuses: readonly string[]): Promise<void> {
  for (const [index, status] of statuses.entries()) {
    const patch = [
      { op: 'replace', path: '/status', value: status },
      ...(status === 'completed' ? [{ op: 'add', path: '/businessStatus', value: { coding: [handedOver] } }] : []),
    ];
    const answer = await gateway.ask('PATCH', `/fhir/${task}`, {
      as: 'registration-team',
      body: JSON.stringify(patch),
      contentType: 'application/json-patch+json',
      headers: { 'if-match': `W/"${index + 1}"` },
    });
    expect(answer.status, answer.text).toBe(200);
  }
}

/** A gateway years later, whose network has these terms. */
const later = (gateway: TestGateway, months: number, terms: { contentMonths?: number; auditMonths?: number }) => {
  const { world, network } = gateway.running.gateway;
  const now = new Date();
  now.setUTCMonth(now.getUTCMonth() + months);
  return {
    store: gateway.running.gateway.store,
    world: { ...world, now: () => now },
    network: { ...network, settings: { ...network.settings, retention: terms } },
  };
};

describe.each(['sqlite', 'postgres'])('retention on %s', (kind) => {
  test('removes the journeys of real messages that have ended, and nothing else; check, copy and the audit trail go on', async () => {
    const sink = await startSink();
    const file = join(folder, `${kind}.db`);
    const address = kind === 'sqlite' ? `sqlite:${file}` : await emptyPostgres();
    const addresses = { 'registration-team': sink.url, 'gp-de-linde': sink.url };
    const gateway = await startGateway({ store: address, addresses });
    const post = async (bsn: string) => {
      const body = referralText.replaceAll(/9999\d{5}/g, bsn);
      const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
      return locationOf(answer, 'Task')!;
    };
    const [done, open, waits] = [await post('999901114'), await post('999900006'), await post('999901114')];
    await moved(gateway, done, ['accepted', 'in-progress', 'completed']);
    await moved(gateway, open, ['accepted']);
    await expect.poll(async () => (await gateway.store.depth()).waiting).toBe(0);

    const terms = { contentMonths: 24 };
    expect(await runRetention(later(gateway, 23, terms), { holder: 'a' })).toMatchObject({ journeys: 0 });
    expect(await runRetention(later(gateway, 30, {}), { holder: 'a' })).toBeUndefined();
    const shown = await mgn(['store', 'retention', '--store', address, '--content-months', '24', '--json']);
    expect(JSON.parse(shown.out)).toMatchObject({ journeys: 0, kept: {} });

    // one gateway at a time
    const at = later(gateway, 30, terms);
    expect(await at.store.lease('retention', { holder: 'b', now: at.world.now(), milliseconds: 1_000 })).toBe(true);
    expect(await runRetention(at, { holder: 'c' })).toBeUndefined();
    const removed = await runRetention(at, { holder: 'b' });
    expect(removed).toMatchObject({ journeys: 1, messages: 4 });
    expect(removed!.kept.open).toBeGreaterThan(0);

    const read = async (task: string) => (await gateway.ask('GET', `/fhir/${task}`, { as: 'gp-de-linde' })).status;
    expect(await Promise.all([done, open, waits].map(read))).toEqual([404, 200, 200]);
    const trail = await gateway.store.audit({ entity: done, count: 100 });
    expect(trail.items.length).toBeGreaterThan(4);
    expect(trail.items.some(({ text }) => text.includes('"retention"'))).toBe(true);
    expect(trail.items.map(({ text }) => text).join()).not.toMatch(person);
    await moved2(gateway, open);

    expect(await mgn(['store', 'check', '--store', address])).toMatchObject({ code: 0, err: '' });
    await gateway.stop();
    if (kind === 'sqlite') {
      const backup = await mgn(['store', 'backup', join(folder, 'backup.db'), '--store', address]);
      expect(backup).toMatchObject({ code: 0 });
    }
    const other = kind === 'sqlite' ? await emptyPostgres() : `sqlite:${join(folder, 'copied.db')}`;
    expect(await mgn(['store', 'copy', address, other])).toMatchObject({ code: 0 });
    expect(await mgn(['store', 'check', '--store', other])).toMatchObject({ code: 0, err: '' });
    const copied =
      kind === 'sqlite'
        ? await openPostgresStore(other, { inTest: {} })
        : await openSqliteStore(other.slice('sqlite:'.length), { thread: 'none' });
    expect(await copied.read(...(open.split('/') as [string, string]))).toBeDefined();
    expect((await copied.audit({ entity: done, count: 100 })).items.length).toBe(trail.items.length);
    await copied.close();
    await sink.close();
  }, 120_000);
});

/** What was not removed goes on. */
async function moved2(gateway: TestGateway, task: string): Promise<void> {
  const answer = await gateway.ask('PATCH', `/fhir/${task}`, {
    as: 'registration-team',
    body: JSON.stringify([{ op: 'replace', path: '/status', value: 'in-progress' }]),
    contentType: 'application/json-patch+json',
    headers: { 'if-match': 'W/"2"' },
  });
  expect(answer.status, answer.text).toBe(200);
}

test('the terms count in calendar months, and the audit trail never ends before its journey', () => {
  const now = new Date('2026-11-30T12:00:00Z');
  expect(retentionTerms({}, now)).toEqual({});
  // the last day of a shorter month, not the first days of the next: the term would end too early
  const audit = (day: string, auditMonths: number) => retentionTerms({ auditMonths }, new Date(day)).audit;
  expect(audit('2026-05-31T12:00:00Z', 63)).toEqual(new Date('2021-02-28T12:00:00Z'));
  expect(audit('2028-02-29T12:00:00Z', 60)).toEqual(new Date('2023-02-28T12:00:00Z'));
  expect(retentionTerms({ contentMonths: 24 }, now)).toEqual({ content: new Date('2024-11-30T12:00:00Z') });
  expect(retentionTerms({ contentMonths: 120, auditMonths: 60 }, now).audit).toEqual(new Date('2016-11-30T12:00:00Z'));
});

test('the journal refuses to lose anything that is not recorded as removed', async () => {
  const file = join(folder, 'refuses.db');
  const gateway = await startGateway({ store: `sqlite:${file}` });
  await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  await gateway.stop();
  const database = new DatabaseSync(file);
  const refused = (sql: string) => expect(() => database.exec(sql), sql).toThrow('only added to');
  refused('update entry set payload = null');
  refused('delete from entry');
  database.exec("insert into removed (entry, at, digest) select seq, 0, '' from entry");
  for (const change of ['at = 1', 'facts = null', "payload = x'00'", 'seq = seq + 100'])
    refused(`update entry set ${change}`);
  refused('delete from entry where payload is not null');
  database.exec('update entry set payload = null');
  // the hashes of a removed entry stay: without them the chain after it could not be verified
  refused('delete from entry');
  refused("update entry set link = x'00'");
  database.exec("update removed set link = 'its hashes'");
  database.exec('delete from entry');
  database.close();
});

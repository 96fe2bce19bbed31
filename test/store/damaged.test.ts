import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/main.ts';
import { person, recordingLog, referralText } from '../support/exchange/example-referral.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { locationOf, rulesOf, startGateway } from '../support/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-damaged-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A store with `count` referrals that nobody has received yet. */
async function filled(name: string, count: number) {
  const file = join(folder, name);
  const gateway = await startGateway({ store: `sqlite:${file}` });
  const tasks: string[] = [];
  for (let n = 0; n < count; n++) {
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    tasks.push(locationOf(answer, 'Task')!);
  }
  await gateway.stop();
  return { file, tasks };
}

/** Flips a bit in each segment of the texts of the message that created `task`. */
function damage(file: string, task: string): void {
  const database = new DatabaseSync(file);
  const row = database
    .prepare('select e.payload from resource r join entry e on e.seq = r.entry where r.id = ?1')
    .get(task.split('/')[1]!);
  database.close();
  const payload = Buffer.from(row!.payload as Uint8Array);
  const bytes = readFileSync(file);
  let flipped = 0;
  for (let start = 600; start + 40 <= payload.length; start += 400) {
    const at = bytes.indexOf(payload.subarray(start, start + 40));
    if (at < 0) continue; // the end of a page is within it
    bytes[at + 20]! ^= 0x10;
    flipped++;
  }
  expect(flipped).toBeGreaterThan(2);
  writeFileSync(file, bytes);
}

/** Overwrites the root page of a table or index. */
function destroy(file: string, name: string): void {
  const database = new DatabaseSync(file);
  const page = Number(database.prepare('select rootpage as n from sqlite_master where name = ?1').get(name)?.n);
  const size = Number(database.prepare('pragma page_size').get()?.page_size);
  database.close();
  const bytes = readFileSync(file);
  bytes.fill(0xee, (page - 1) * size, page * size);
  writeFileSync(file, bytes);
}

describe('a damaged part of the store', () => {
  test('a flipped bit in a message: its reads get 500 without content, others go on, its delivery is given up and the others arrive', async () => {
    const { file, tasks } = await filled('flipped.db', 3);
    damage(file, tasks[1]!);
    const sink = await startSink();
    const { log, lines } = recordingLog();
    const gateway = await startGateway({
      store: `sqlite:${file}`,
      addresses: { 'registration-team': sink.url, 'gp-de-linde': sink.url },
      log,
    });
    const read = (path: string) => gateway.ask('GET', path, { as: 'gp-de-linde' });
    const met = await read(`/fhir/${tasks[1]}`);
    expect([met.status, ...rulesOf(met)]).toEqual([500, 'store-damaged']);
    expect(met.text).not.toMatch(person);
    for (const task of [tasks[0], tasks[2]]) expect((await read(`/fhir/${task}`)).status).toBe(200);
    // of the same person it would be compared with the damaged one
    const body = referralText.replaceAll(/9999\d{5}/g, '999901114');
    expect((await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body })).status).toBe(200);
    await expect
      .poll(async () => JSON.parse((await gateway.ask('GET', '/readyz', { as: 'operator' })).text), { timeout: 20_000 })
      .toMatchObject({ waiting: 0, status: 'ready', damagedSince: expect.any(String) });
    const given = (await gateway.store.undelivered({ count: 10 } as never)).items;
    expect(new Set(given.map(({ because }) => because))).toEqual(new Set(['delivery-damaged']));
    const arrived = sink.received.map(({ text }) => text).join('\n');
    for (const [n, task] of tasks.entries()) expect(arrived.includes(task), task).toBe(n !== 1);
    expect(lines.some((line) => /mgn store check/.test(line))).toBe(true);
    expect(lines.join('\n')).not.toMatch(person);
    const refused = lines.filter((line) => line.includes('delivery-damaged'));
    expect(refused.length, 'no endless retry').toBeLessThanOrEqual(given.length);
    await gateway.stop();
    await sink.close();
  }, 60_000);

  test.each([
    ['an index that a read needs', 'resource_of_id'],
    ['a table that a write needs', 'request'],
  ])(
    'a destroyed page, %s: 500 with its code, and the rest goes on',
    async (_, name) => {
      const { file, tasks } = await filled(`${name}.db`, 2);
      destroy(file, name);
      const { log, lines } = recordingLog();
      const gateway = await startGateway({ store: `sqlite:${file}`, log });
      const posted = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
      expect([posted.status, ...rulesOf(posted)]).toEqual([500, 'store-damaged']);
      const read = await gateway.ask('GET', `/fhir/${tasks[0]}`, { as: 'gp-de-linde' });
      if (name === 'request') expect(read.status).toBe(200);
      else expect([read.status, ...rulesOf(read)]).toEqual([500, 'store-damaged']);
      expect(`${posted.text}${read.text}`).not.toMatch(person);
      expect((await gateway.ask('GET', '/fhir/Organization', { as: 'gp-de-linde' })).status).toBe(200);
      expect(JSON.parse((await gateway.ask('GET', '/readyz', { as: 'operator' })).text)).toMatchObject({
        because: /store check/,
      });
      expect(lines.some((line) => /mgn store check/.test(line))).toBe(true);
      await gateway.stop();
    },
    60_000,
  );

  test('at the start: refused with its code', async () => {
    const { file } = await filled('start.db', 1);
    destroy(file, 'parameter');
    const again = await openStore(`sqlite:${file}`);
    expect(again.ok ? [] : again.issues.map(({ rule }) => rule), JSON.stringify(again)).toEqual(['store-corrupt']);
  });
});

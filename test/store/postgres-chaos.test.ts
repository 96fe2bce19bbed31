import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { connect } from '../../src/store/postgres/driver.ts';
import { isLong } from '../support/long.ts';
import { random } from '../support/random.ts';
import { startChaosPartner } from '../support/servers/chaos-partner.ts';
import { type GatewayProcess, networkAt, startGatewayProcess } from '../support/servers/gateway-process.ts';
import { drained, expectNothingLost, rowsOf } from '../support/store/accounting.ts';
import { emptyLoad, load } from '../support/store/load-on-gateways.ts';
import { asSuperuser, emptyPostgres, restartPostgres } from '../support/store/postgres.ts';
import { verified } from '../support/store/tampering.ts';
import type { Ask } from '../support/test-gateway.ts';

/** Everything that may go wrong between senders and partners, at once. `npm run test:chaos` is the long form. */
const folder = mkdtempSync(join(tmpdir(), 'mgn-chaos-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const least = Number(process.env.MGN_MESSAGES ?? (isLong ? 600 : 30));
const seed = Number(process.env.MGN_SEED ?? 1);
/** What happens, each after so many messages more. */
const every = Math.max(8, Math.ceil(least / 40));

/** A partner is tried again soon, and its requests end soon. */
const impatient = (network: string): void => {
  const file = join(network, 'partners.yaml');
  const text = readFileSync(file, 'utf8').replaceAll(
    /^( +)address: http.*$/gm,
    '$&\n$1delivery: { timeout-seconds: 2, retry-after: [1s] }',
  );
  writeFileSync(file, text);
};

test('partners of every bad conduct, gateways killed, the database restarted and its connections cut: all that was acknowledged is delivered, once and in order', async () => {
  const chance = random(seed);
  const partner = await startChaosPartner(random(seed + 1));
  const network = networkAt(folder, partner.url);
  impatient(network);
  const url = await emptyPostgres();
  const start = () => startGatewayProcess(network, url);
  const gateways: GatewayProcess[] = await Promise.all([start(), start()]);
  const seen = emptyLoad();
  const happened = { killed: 0, 'ended gracefully': 0, 'database restarted': 0, 'connections cut': 0 };

  const replace = async (signal: 'SIGKILL' | 'SIGTERM') => {
    const which = chance.int(2);
    await gateways[which]!.kill(signal);
    gateways[which] = await start();
  };
  const events: readonly (() => Promise<unknown>)[] = [
    async () => {
      happened.killed += 1;
      await replace('SIGKILL');
    },
    async () => {
      happened['connections cut'] += 1;
      await asSuperuser(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'",
      );
    },
    async () => {
      happened['database restarted'] += 1;
      await restartPostgres(200);
    },
    async () => {
      happened['ended gracefully'] += 1;
      await replace('SIGTERM');
    },
  ];
  let isOver = false;
  const misfortune = (async () => {
    for (let turn = 0; !isOver; turn++) {
      const goal = seen.acknowledged.length + every;
      while (!isOver && seen.acknowledged.length < goal) await pauseFor(50);
      if (!isOver) await events[turn % events.length]!();
    }
  })();
  const started = performance.now();
  const asks = [0, 1].map(
    (which): Ask =>
      (...request) =>
        gateways[which]!.ask(...request),
  );
  let count = 0;
  // a quick machine sends more until everything has happened once
  do {
    await load(asks, { count: least, clients: 8, chance, into: seen });
    count += least;
  } while (Object.values(happened).includes(0));
  const sent = performance.now();
  isOver = true;
  await misfortune;
  partner.behave();
  await expect
    .poll(async () => Number((await rowsOf(url)('select sum(waiting) as n from @recipient'))[0]?.n), {
      timeout: 600_000,
      interval: 200,
    })
    .toBe(0);
  const delivered = performance.now();
  await drained(url);
  for (const it of gateways) await it.kill('SIGTERM');

  expect(partner.did['stored, then reset'] + partner.did['stored, then 500']).toBeGreaterThan(0);
  expect(seen.acknowledged.length).toBe(count);
  const { dispatches } = await expectNothingLost(url, partner, seen);
  for (const { task } of seen.acknowledged)
    expect([...partner.created].filter(([fullUrl]) => fullUrl.endsWith(task)).length, task).toBe(1);
  expect(
    [...partner.created].filter(([, times]) => times > 1),
    'created twice at a receiver that honours If-None-Exist',
  ).toEqual([]);
  const journal = await connect(url, { notify: false });
  expect((await verified(journal.read)).codes).toEqual([]);
  await journal.close();
  await partner.close();
  console.log(
    `seed ${seed}: ${count} referrals and ${seen.moved.length} moves acknowledged in ${seconds(sent - started)}, ` +
      `${dispatches.length} deliveries in ${partner.received.length} attempts, the last ${seconds(delivered - sent)} later; ` +
      `${seen.unanswered} requests without an answer, ${seen.unavailable.length} refused for a while; ` +
      `${JSON.stringify(happened)}; the partner ${JSON.stringify(partner.did)}`,
  );
}, 7_200_000);

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(0)} s`;

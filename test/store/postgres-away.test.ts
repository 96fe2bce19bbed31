import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pauseFor } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { person } from '../support/exchange/example-referral.ts';
import { isLong } from '../support/long.ts';
import { random } from '../support/random.ts';
import { networkAt, startGatewayProcess } from '../support/servers/gateway-process.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { drained, expectNothingLost, rowsOf } from '../support/store/accounting.ts';
import { emptyLoad, load } from '../support/store/load-on-gateways.ts';
import { asSuperuser, emptyPostgres, restartPostgres } from '../support/store/postgres.ts';
import { schemaOf } from '../support/store/postgres-databases.ts';
import { rulesOf } from '../support/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-database-away-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cuts = isLong ? 30 : 5;
const secret = 'zeer-geheim-wachtwoord';

test('a database that is cut off, restarted, locked and in conflict under load: repeated or 503, never half done', async () => {
  const sink = await startSink();
  const url = await emptyPostgres();
  const rows = rowsOf(url);
  const gateway = await startGatewayProcess(networkAt(folder, sink.url), url, { PGPASSWORD: secret });
  const seen = emptyLoad();
  let isOver = false;
  const loading = (async () => {
    const chance = random(7);
    while (!isOver) await load([gateway.ask], { count: 12, clients: 6, chance, into: seen });
  })();
  const more = async (than = seen.acknowledged.length) =>
    expect.poll(() => seen.acknowledged.length, { interval: 50 }).toBeGreaterThan(than + 3);
  const ready = async () => {
    const { status, text } = await gateway.ask('GET', '/readyz', { as: 'operator' });
    return { status, store: (JSON.parse(text) as { readonly store: string }).store };
  };
  await more();

  for (let cut = 0; cut < cuts; cut++) {
    await asSuperuser(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'mgn-gateway'`);
    await more();
  }
  const [afterCuts] = [seen.unavailable.length];

  await restartPostgres(1_000);
  await more();

  // one commit in four conflicts
  const schema = schemaOf(url);
  await asSuperuser(`
    create function ${schema}.conflict() returns trigger language plpgsql as $$ begin
      if random() < 0.25 then raise exception 'of mevrouw Proefpersoon' using errcode = '40001'; end if;
      return null; end $$;
    create trigger conflict after insert on ${schema}.entry for each statement execute function ${schema}.conflict()`);
  await more();
  await asSuperuser(`drop trigger conflict on ${schema}.entry`);
  const afterConflicts = seen.unavailable.length;

  // another session holds what every writer needs, for longer than a writer waits
  const { port } = new URL(url);
  const other = new pg.Client({ host: '127.0.0.1', port: Number(port), user: 'postgres', database: 'postgres' });
  await other.connect();
  await other.query(`begin; select * from ${schema}.head for update`);
  await expect.poll(() => seen.unavailable.length, { interval: 50 }).toBeGreaterThan(afterConflicts);
  await expect.poll(ready).toMatchObject({ status: 503, store: 'unavailable' });
  expect((await gateway.ask('GET', '/healthz')).status).toBe(200);
  await other.query('rollback');
  await other.end();
  await more();
  await expect.poll(ready).toMatchObject({ status: 200, store: 'writable' });
  const afterLock = seen.unavailable.length;

  // away for longer than the gateway tries again
  if (isLong) {
    const isBack = restartPostgres(14_000);
    await expect.poll(ready).toMatchObject({ status: 503, store: 'unavailable' });
    await expect.poll(() => seen.unavailable.length, { interval: 50 }).toBeGreaterThan(afterLock);
    await isBack;
    await more();
    await expect.poll(ready).toMatchObject({ status: 200, store: 'writable' });
  }

  isOver = true;
  await loading;
  await drained(url);
  await pauseFor(100);
  await gateway.kill('SIGTERM');
  // what the gateway logged of each says which fault of the database it was
  const logged = gateway.output().split('\n');
  const of = (answer: string) => logged.filter((line) => line.includes(answer.split(' ').at(-1)!)).join('\n');
  const faults = logged.filter((line) => line.includes('"fault":{')).slice(-20);
  expect(seen.unexpected.map((it) => `${it}\n${of(it)}\n${faults.join('\n')}`).join('\n')).toBe('');
  const { dispatches, repeated } = await expectNothingLost(url, sink, seen);
  for (const answer of seen.unavailable) {
    expect([answer.headers['retry-after'], ...rulesOf(answer)]).toEqual(['10', 'store-unavailable']);
    expect(answer.text).not.toMatch(person);
  }
  expect(seen.unanswered).toBe(0);
  const [{ n: numbered }] = (await rows('select count(*) as n from @entry')) as [{ n: string }];
  expect(await rows('select seq from @head'), 'no entry lacks its number').toEqual([{ seq: numbered }]);
  expect(gateway.output()).not.toMatch(person);
  expect(gateway.output()).not.toContain(secret);
  console.log(
    `${seen.acknowledged.length} referrals and as many moves acknowledged; ${seen.unavailable.length} answers 503, of ` +
      `which ${afterCuts} while connections were cut, ${afterConflicts - afterCuts} by a restart and conflicts; ` +
      `${dispatches.length} deliveries in ${sink.received.length} requests, ${repeated} repeated since they were not recorded`,
  );
  await sink.close();
}, 600_000);

import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { silent } from '../../src/main/log.ts';
import { type Running, run } from '../../src/main.ts';
import { postgres } from '../../src/store/postgres/dialect.ts';
import { connect } from '../../src/store/postgres/driver.ts';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { migrate, type Step, steps } from '../../src/store/postgres/schema.ts';
import { operationsOf } from '../../src/store/sql/operations/schema.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { isLong } from '../support/long.ts';
import { random } from '../support/random.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { drained, expectNothingLost, rowsOf } from '../support/store/accounting.ts';
import { clonedStore } from '../support/store/cloned-store.ts';
import { emptyLoad, load } from '../support/store/load-on-gateways.ts';
import { emptyPostgres } from '../support/store/postgres.ts';
import { schemaOf } from '../support/store/postgres-databases.ts';
import { verified } from '../support/store/tampering.ts';
import { asker } from '../support/test-gateway.ts';

const [first, ...later] = steps as readonly (readonly string[])[];
const operations = operationsOf(postgres);
/** `create table draft`: what a statement makes. */
const madeBy = (statement: string): string => statement.split(/\s+/, 7).join(' ').replace(/ \(.*/, '');
const made = new Set(operations.map(madeBy));
const ofOperations = (statement: string): boolean => made.has(madeBy(statement));

/** What stores of before have; and what this release cannot run without, as its code stands in for that of before here. */
const before: readonly Step[] = [[...first!, ...later.flat().filter(ofOperations)]];

/** What a next release might add: columns, a table, a trigger, an index over what is there. */
const next: readonly Step[] = [
  ...before,
  ...later.map((step) => step.filter((it) => !ofOperations(it))),
  [
    'alter table entry add column later bigint',
    'alter table resource add column later text',
    'create table later (entry bigint primary key, at bigint not null)',
    `create function note_entry() returns trigger language plpgsql set search_path from current as $$
       begin insert into later (entry, at) values (new.seq, new.at); return null; end $$`,
    'create trigger note_entry after insert on entry for each row execute function note_entry()',
  ],
  { index: 'entry_by_time', on: 'entry (at)' },
  { index: 'resource_later', on: 'resource (later) where later is not null' },
];

const running: Running[] = [];
afterEach(async () => {
  for (const it of running.splice(0)) await it.stop();
});

async function start(url: string, schema: readonly Step[], sink: string) {
  const store = await openPostgresStore(url, { inTest: { steps: schema } });
  const addresses = { 'registration-team': sink, 'gp-de-linde': sink };
  const started = await run(await demoConfiguration(addresses), clonedStore(store), { port: 0, log: silent });
  running.push(started);
  return { ask: asker(`http://127.0.0.1:${started.port}`), stop: started.stop };
}

test('a schema that migrates while gateways of the release before run on under load: repeated or 503, nothing lost', async () => {
  const sink = await startSink();
  const url = await emptyPostgres();
  // the steps of this release are taken under load too
  const old = await Promise.all([start(url, before, sink.url), start(url, before, sink.url)]);
  const seen = emptyLoad();
  let asks = old.map(({ ask }) => ask);
  let isOver = false;
  const loading = (async () => {
    const chance = random(11);
    while (!isOver) await load(asks, { count: 12, clients: 4, chance, into: seen });
  })();
  const more = (count = isLong ? 40 : 8) => {
    const than = seen.acknowledged.length + count;
    return expect.poll(() => seen.acknowledged.length, { interval: 50 }).toBeGreaterThan(than);
  };
  await more();

  // somebody reads the journal for seconds, which a step waits for; writers do not
  const { port } = new URL(url);
  const reader = new pg.Client({ host: '127.0.0.1', port: Number(port), user: 'postgres', database: 'postgres' });
  await reader.connect();
  await reader.query(`begin; select count(*) from ${schemaOf(url)}.entry`);
  const starting = start(url, next, sink.url);
  await more();
  await reader.query('commit');
  await reader.end();

  const first = await starting;
  asks = [old[0]!.ask, first.ask];
  await more();
  asks = [first.ask];
  await old[0]!.stop();
  await old[1]!.stop();
  running.splice(0, 2);
  const second = await start(url, next, sink.url);
  asks = [first.ask, second.ask];
  await more();
  isOver = true;
  await loading;
  await drained(url);
  await expectNothingLost(url, sink, seen);
  for (const answer of seen.unavailable) expect(answer.headers['retry-after']).toBe('10');

  const rows = rowsOf(url);
  expect(await rows("select value from @meta where name = 'schema'")).toEqual([{ value: '16' }]);
  const indexes = `select c.relname as name, i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid
    join pg_namespace n on n.oid = c.relnamespace where n.nspname = '${schemaOf(url)}'
      and c.relname in ('entry_by_time', 'resource_later') order by 1`;
  expect(await rows(indexes)).toEqual([
    { name: 'entry_by_time', valid: true },
    { name: 'resource_later', valid: true },
  ]);
  // what gateways without the chain wrote after it began is part of it
  const database = await connect(url, { notify: false });
  const { verified: inChain, codes } = await verified(database.read);
  await database.close();
  expect(inChain).toBeGreaterThan(0);
  expect(codes).toEqual([]);
  const [{ n: noted }] = (await rows('select count(*) as n from @later')) as [{ n: string }];
  expect(Number(noted)).toBeGreaterThan(0);
  await sink.close();
}, 600_000);

test('an index whose creation was broken off is created anew; several gateways create it once', async () => {
  const url = await emptyPostgres();
  const databases = await Promise.all([1, 2, 3].map(() => connect(url, { notify: false })));
  try {
    const withIndex: readonly Step[] = [...steps, { index: 'unique_time', on: 'entry (at)' }];
    await migrate(databases[0]!);
    const rows = rowsOf(url);
    await rows(`insert into @entry (seq, at, head) values (1, 5, '{}'), (2, 5, '{}')`);
    await expect(rows(`create unique index concurrently unique_time on @entry (at)`)).rejects.toThrow('unique');
    await Promise.all(databases.map((it) => migrate(it, withIndex)));
    const valid = `select i.indisvalid as valid from pg_index i where i.indexrelid = '@unique_time'::regclass`;
    expect(await rows(valid)).toEqual([{ valid: true }]);
  } finally {
    for (const it of databases) await it.close();
  }
});

/**
 * What a commit costs on a database that is empty and on one that has much: node test/bench/store-growth.ts [stored] [kind]
 * stored: commits before the second measurement, 100,000 by default; kind: postgres (default) or sqlite. Each commit is a
 * message, a graph of five resources, two dispatches and an audit event, 64 at a time.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../src/store/port.ts';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { asSuperuser, emptyPostgres } from '../support/store/postgres.ts';
import { commitOfGraph } from './graph-commit.ts';
import { serverCpu } from './server-cpu.ts';
import { quantile, say } from './timing.ts';

const stored = Number(process.argv[2] ?? 100_000);
const kind = process.argv[3] === 'sqlite' ? 'sqlite' : 'postgres';
const [lanes, measured, rounds] = [64, 1_000, 5];

const folder = mkdtempSync(join(tmpdir(), 'mgn-growth-'));
const url = kind === 'postgres' ? await emptyPostgres() : '';
const store = kind === 'postgres' ? await openPostgresStore(url) : await openSqliteStore(join(folder, 'store.db'));
let last = 0;

async function commits(to: Store, count: number): Promise<void> {
  const end = last + count;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (last < end) {
        last += 1;
        await to.commit({ now: new Date(), ...commitOfGraph(String(last)) });
      }
    }),
  );
}

/** Of this process, and of the server: microseconds. Bytes that went to the log and to the tables. */
async function used() {
  const { user, system } = process.cpuUsage();
  if (kind === 'sqlite') {
    const io = readFileSync('/proc/self/io', 'utf8');
    return { client: user + system, server: 0, bytes: Number(/^write_bytes: (\d+)/m.exec(io)?.[1]) };
  }
  const [row] = await asSuperuser(
    `select (select wal_bytes from pg_stat_wal) + (select coalesce(sum(write_bytes), 0) from pg_stat_io
       where object = 'relation') as bytes`,
  );
  return { client: user + system, server: await serverCpu(), bytes: Number(row?.bytes) };
}

async function measure(): Promise<Record<'client' | 'server' | 'bytes', number>> {
  const found: { client: number; server: number }[] = [];
  // after a checkpoint PostgreSQL logs each page whole that it changes: one at the beginning, as in the middle of a day
  const checkpoint = () => (kind === 'postgres' ? asSuperuser('checkpoint') : undefined);
  await checkpoint();
  const bytesBefore = (await used()).bytes;
  for (let round = 0; round < rounds; round++) {
    const before = await used();
    await commits(store, measured);
    const after = await used();
    found.push({
      client: (after.client - before.client) / measured,
      server: (after.server - before.server) / measured,
    });
  }
  await checkpoint();
  const of = (name: 'client' | 'server') =>
    quantile(
      found.map((it) => it[name]),
      0.5,
    );
  const bytes = ((await used()).bytes - bytesBefore) / (rounds * measured);
  return { client: of('client'), server: of('server'), bytes };
}

await commits(store, measured); // what is compiled and planned once
const small = await measure();
const start = performance.now();
await commits(store, stored);
const rate = stored / ((performance.now() - start) / 1_000);
const large = await measure();
for (const [name, it] of [
  ['at 0 stored', small],
  [`at ${stored} stored`, large],
] as const)
  say(
    `${kind}, ${name}: client ${it.client.toFixed(0)} µs, server ${it.server.toFixed(0)} µs, ${(it.bytes / 1_000).toFixed(1)} KB written a commit`,
  );
say(
  `growth: CPU ${((large.client + large.server) / (small.client + small.server)).toFixed(2)}, KB ${(large.bytes / small.bytes).toFixed(2)}; filled at ${rate.toFixed(0)} commits/s`,
);
await store.close();
rmSync(folder, { recursive: true });

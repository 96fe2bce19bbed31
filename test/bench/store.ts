/**
 * Durable commits a second on both databases in turn: node test/bench/store.ts [seconds] [rounds] [sqlite or postgres]
 * Each commit is what `accept` ends in: a message, a graph of five resources, two dispatches, an audit event.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { emptyPostgres } from '../support/store/postgres.ts';
import { create, task } from '../support/store/samples.ts';
import { commitOfGraph } from './graph-commit.ts';
import { serverCpu } from './server-cpu.ts';
import { quantile, say } from './timing.ts';

const seconds = Number(process.argv[2] ?? 3);
const rounds = Number(process.argv[3] ?? 3);
const kinds: readonly Kind[] = process.argv[4] ? [process.argv[4] as Kind] : ['sqlite', 'postgres'];
const small = (id: string) => ({ changes: [create(task(`t${id}`), 'a')] });

type Kind = 'sqlite' | 'postgres';
type Measured = { readonly rate: number; readonly took: readonly number[]; readonly cpu: number };

async function measure(kind: Kind, commitOf: (id: string) => object, lanes: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'mgn-bench-'));
  const store =
    kind === 'postgres'
      ? await openPostgresStore(await emptyPostgres())
      : await openSqliteStore(join(folder, 'store.db'));
  const took: number[] = [];
  const cpuBefore = await cpu(kind);
  const end = performance.now() + seconds * 1_000;
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let n = 0; performance.now() < end; n++) {
        const start = performance.now();
        await store.commit({ now: new Date(), ...commitOf(`${lane}-${n}`) });
        took.push(performance.now() - start);
      }
    }),
  );
  const used = (await cpu(kind)) - cpuBefore;
  await store.close();
  rmSync(folder, { recursive: true });
  return { rate: took.length / seconds, took, cpu: used / took.length };
}

/** Of this process and of the server, in microseconds. */
async function cpu(kind: Kind): Promise<number> {
  const { user, system } = process.cpuUsage();
  return user + system + (kind === 'postgres' ? await serverCpu() : 0);
}

/** The two take turns: what else the machine does disturbs both. */
async function compare(name: string, commitOf: (id: string) => object, lanes: number): Promise<void> {
  const all = new Map<Kind, Measured[]>(kinds.map((kind) => [kind, []]));
  for (let round = 0; round < rounds; round++)
    for (const kind of kinds) all.get(kind)!.push(await measure(kind, commitOf, lanes));
  for (const [kind, measured] of all) {
    const of = (figure: (it: Measured) => number) => quantile(measured.map(figure), 0.5);
    const took = measured.flatMap((it) => it.took);
    say(
      `${name}, ${lanes} at a time, ${kind}: ${of(({ rate }) => rate).toFixed(0)} commits/s, ` +
        `CPU ${of((it) => it.cpu).toFixed(0)} µs a commit, p50 ${quantile(took, 0.5).toFixed(1)} ms, ` +
        `p99 ${quantile(took, 0.99).toFixed(1)} ms`,
    );
  }
  const [embedded, other] = [all.get('sqlite'), all.get('postgres')];
  if (!embedded || !other) return;
  const ratio = (figure: (it: Measured) => number) =>
    quantile(
      other.map((it, round) => figure(it) / figure(embedded[round]!)),
      0.5,
    ).toFixed(2);
  say(
    `  PostgreSQL of the embedded store, by round: ${ratio(({ rate }) => rate)} of the rate, ${ratio((it) => it.cpu)} of the CPU`,
  );
}

for (const lanes of [1, 16, 64]) await compare('one Task', small, lanes);
for (const lanes of [1, 16, 64]) await compare('a whole referral', commitOfGraph, lanes);

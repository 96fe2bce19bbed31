/**
 * What a message costs, from receipt to its two deliveries, beside a null pipeline that only parses, stores and delivers:
 * the gateway on an empty store, on a filled one, and the null pipeline take turns. Load and receiver are in this process,
 * on the same machine. `npm run bench -- --help` lists the sizes. The table is that of docs/operate/performance.md.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSink } from '../support/servers/recording-receiver.ts';
import { emptyPostgres } from '../support/store/postgres.ts';
import { type Body, bodies } from './bodies.ts';
import type { Snapshot } from './gateway/process.ts';
import { fullLoad, type Load, steadyLoad } from './load.ts';
import { noise } from './noise.ts';
import { serverCpu } from './server-cpu.ts';
import { type Child, startChild } from './start-child.ts';
import { quantile, say, valuesOf } from './timing.ts';

const values = valuesOf({
  messages: { type: 'string', default: '300' },
  rounds: { type: 'string', default: '3' },
  clients: { type: 'string', default: '32' },
  stored: { type: 'string', default: '2000' },
  /** Without PostgreSQL, which takes as long again. */
  embedded: { type: 'boolean', default: false },
  /** Duration of the measurement at half load. */
  seconds: { type: 'string', default: '3' },
  /** `own profile`, `ELZ`; both when absent. */
  profile: { type: 'string', multiple: true },
  folder: { type: 'string', default: tmpdir() },
});
const [messages, rounds, clients, stored, seconds] = (
  ['messages', 'rounds', 'clients', 'stored', 'seconds'] as const
).map((name) => Number(values[name])) as [number, number, number, number, number];

type Measured = {
  readonly name: string;
  readonly target: Child;
  readonly loads: Load[];
  readonly costs: Cost[];
  latency: readonly number[];
};
/** Per message. */
type Cost = {
  readonly cpu: number;
  /** Of the database server, in `cpu`. */
  readonly server: number;
  readonly busiest: number;
  readonly kilobytes: number;
  readonly writeCalls: number;
  readonly kilobytesToDisk: number;
  readonly statements: number;
  readonly lag: Snapshot['lag'];
};

const folder = mkdtempSync(join(values.folder, 'mgn-bench-'));
const machine = noise();
const sink = await startSink(0, false);
const children: readonly (readonly [string, Child])[] = [
  ['at 0 stored', await startChild('full', sink, join(folder, 'empty.db'))],
  ...(stored > 0
    ? ([
        [`at ${stored.toLocaleString('en')} stored`, await startChild('full', sink, join(folder, 'filled.db'), stored)],
      ] as const)
    : []),
  ...(values.embedded ? [] : await onPostgres()),
  ['null pipeline', await startChild('null', sink, join(folder, 'null.db'))],
];
let sent = 0;

for (const body of bodies(values.profile)) await compare(body);

say(`\nMachine: ${machine.describe()}.`);
await Promise.all(children.map(([, child]) => child.stop()));
await sink.close();
const files = children.filter(([, child]) => !isOnPostgres(child));
say(`Size of the store a message: ${files.map(([name, child]) => sizeOf(name, child)).join(', ')}.`);
rmSync(folder, { recursive: true, force: true });

/** The same gateway on a PostgreSQL of this process. */
async function onPostgres(): Promise<(readonly [string, Child])[]> {
  const empty = ['PostgreSQL, at 0 stored', await startChild('full', sink, await emptyPostgres())] as const;
  if (stored === 0) return [empty];
  const name = `PostgreSQL, at ${stored.toLocaleString('en')} stored`;
  return [empty, [name, await startChild('full', sink, await emptyPostgres(), stored)]];
}

/** CPU of the server is counted with the gateway that uses it: the others do not, while it is measured. */
function isOnPostgres({ file }: Child): boolean {
  return file.startsWith('postgres:');
}

async function compare(body: Body): Promise<void> {
  const all = children.map(([name, target]): Measured => ({ name, target, loads: [], costs: [], latency: [] }));
  say(
    `\n### ${body.name}, ${(body.size / 1024).toFixed(0)} KB, ${rounds} rounds of ${messages} messages, ${clients} clients\n`,
  );
  for (const { target } of all) await fullLoad(target, body, { messages, clients });
  for (let round = 0; round < rounds; round++) {
    machine.sample();
    for (const it of all) {
      const serverBefore = isOnPostgres(it.target) ? await serverCpu() : 0;
      const before = await it.target.snapshot();
      it.loads.push(await fullLoad(it.target, body, { messages, clients }));
      const cost = costOf(before, await it.target.snapshot(), messages);
      const server = isOnPostgres(it.target) ? ((await serverCpu()) - serverBefore) / messages : 0;
      it.costs.push({ ...cost, server, cpu: cost.cpu + server });
    }
  }
  for (const it of all) {
    const perSecond = median(it.loads, ({ answeredPerSecond }) => answeredPerSecond) / 2;
    it.latency = await steadyLoad(it.target, body, { perSecond, seconds });
    sent += it === all[0] ? it.latency.length + messages * (rounds + 1) : 0;
  }
  print(all);
}

function costOf(before: Snapshot, after: Snapshot, count: number): Omit<Cost, 'server'> {
  const each = (of: (it: Snapshot) => number) => (of(after) - of(before)) / count;
  return {
    cpu: each(({ cpu }) => cpu),
    busiest: Math.max(0, ...Object.keys(after.threads).map((id) => each(({ threads }) => threads[id] ?? 0))),
    kilobytes: each(({ written }) => written / 1024),
    writeCalls: each(({ writeCalls }) => writeCalls),
    kilobytesToDisk: each(({ toDisk }) => toDisk / 1024),
    statements: each(({ statements }) => statements),
    lag: after.lag,
  };
}

function print(all: readonly Measured[]): void {
  const rows: readonly (readonly [string, (it: Measured) => string])[] = [
    ['messages/s, answered', ({ loads }) => range(loads, (it) => it.answeredPerSecond)],
    ['messages/s, delivered', ({ loads }) => range(loads, (it) => it.deliveredPerSecond)],
    ['CPU a message, all threads, µs', ({ costs }) => range(costs, (it) => it.cpu)],
    ['of which the database server, µs', ({ costs }) => range(costs, ({ server }) => server)],
    ['CPU a message, busiest thread, µs', ({ costs }) => range(costs, (it) => it.busiest)],
    ['KB written a message', ({ costs }) => range(costs, (it) => it.kilobytes)],
    ['KB to disk a message', ({ costs }) => range(costs, (it) => it.kilobytesToDisk)],
    ['write calls a message', ({ costs }) => range(costs, (it) => it.writeCalls)],
    ['SQL statements a message, SQLite', ({ costs }) => range(costs, (it) => it.statements, 1)],
    ['event-loop lag, p99, ms', ({ costs }) => range(costs, (it) => it.lag.p99)],
    ['event-loop lag, longest, ms', ({ costs }) => range(costs, (it) => it.lag.longest)],
    ['p99 of the answer at half load, ms', ({ latency }) => quantile(latency, 0.99).toFixed(0)],
    ['deliveries open at the last answer, %', ({ loads }) => range(loads, ({ open }) => 100 * open)],
  ];
  say(`| median (lowest to highest) | ${all.map(({ name }) => name).join(' | ')} |`);
  say(`|---|${all.map(() => '---').join('|')}|`);
  for (const [name, figure] of rows) say(`| ${name} | ${all.map(figure).join(' | ')} |`);
  const rate = (it: Load) => it.deliveredPerSecond;
  const ratios =
    (of: Measured, rateOf = rate) =>
    (it: Measured) =>
      median(
        it.loads.map((load, round) => rateOf(load) / rateOf(of.loads[round]!)),
        (x) => x,
      ).toFixed(2);
  const nullPipeline = all.at(-1)!;
  say(`| messages/s, delivered, of the null pipeline, by round | ${all.map(ratios(nullPipeline)).join(' | ')} |`);
  const embedded = (it: Measured) => all.find(({ name }) => name === it.name.replace('PostgreSQL, ', ''))!;
  const ofEmbedded = (it: Measured) =>
    isOnPostgres(it.target) ? ratios(embedded(it), ({ answeredPerSecond }) => answeredPerSecond)(it) : '';
  if (!values.embedded)
    say(`| messages/s, answered, of the embedded store, by round | ${all.map(ofEmbedded).join(' | ')} |`);
}

function median<T>(all: readonly T[], of: (it: T) => number): number {
  return quantile(all.map(of), 0.5);
}

function range<T>(all: readonly T[], of: (it: T) => number, digits = 0): string {
  const [low, middle, high] = [0, 0.5, 1].map((share) => quantile(all.map(of), share).toFixed(digits));
  return low === high ? `${middle}` : `**${middle}** (${low} to ${high})`;
}

/** Closed, and so without a write-ahead log. */
function sizeOf(name: string, { file, filled }: Child): string {
  const { size } = statSync(file);
  const bytes =
    filled > 0 && name !== 'null pipeline' && stored > 0 && file.endsWith('filled.db') ? filled / stored : size / sent;
  return `${(bytes / 1024).toFixed(1)} KB ${name}`;
}

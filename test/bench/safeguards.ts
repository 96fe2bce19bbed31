/**
 * What receipts of disclosures, the chain over the journal and encryption at rest cost together: CPU of all threads of a message, in
 * turns with the same gateway without them. `npm run bench:safeguards [messages a round] [rounds]`; at most 25 % is wanted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { besideStore, generateKeys } from '../../src/main/key-ring.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { type Body, bodies } from './bodies.ts';
import { fullLoad } from './load.ts';
import { noise } from './noise.ts';
import { type Child, startChild } from './start-child.ts';
import { quantile, say } from './timing.ts';

const [messages = 60, rounds = 8] = process.argv.slice(2).map(Number);
const clients = 8;
const folder = mkdtempSync(join(tmpdir(), 'mgn-bench-'));
const machine = noise();
const sink = await startSink(0, false);
const encrypted = join(folder, 'with.db');
generateKeys(besideStore(`sqlite:${encrypted}`)!);
const without = join(import.meta.dirname, 'gateway/without-safeguards.ts');
const gateways = [
  await startChild('full', sink, encrypted),
  await startChild('full', sink, join(folder, 'without.db'), 0, [without]),
] as const;

for (const body of bodies()) await compare(body);
say(`Machine: ${machine.describe()}.`);
for (const it of gateways) await it.stop();
await sink.close();
rmSync(folder, { recursive: true, force: true });

async function compare(body: Body): Promise<void> {
  const costs: readonly [number[], number[]] = [[], []];
  for (let warm = 0; warm < 2; warm++) for (const it of gateways) await fullLoad(it, body, { messages: 150, clients });
  for (let round = 0; round < rounds; round++) {
    machine.sample();
    // whoever goes first meets what the other left
    for (const n of round % 2 ? ([0, 1] as const) : ([1, 0] as const)) costs[n].push(await costOf(gateways[n], body));
  }
  const shares = costs[0].map((it, round) => 1 - costs[1][round]! / it);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => `${(100 * quantile(shares, part)).toFixed(1)} %`);
  const [whole, bare] = costs.map((it) => Math.round(quantile(it, 0.5)));
  say(
    `${body.name}: ${whole} µs CPU of all threads a message, ${bare} without; the safeguards are ${middle} of it (quartiles ${low} and ${high}; ${rounds} rounds of ${messages})`,
  );
}

async function costOf(gateway: Child, body: Body): Promise<number> {
  const before = await gateway.snapshot();
  await fullLoad(gateway, body, { messages, clients });
  return ((await gateway.snapshot()).cpu - before.cpu) / messages;
}

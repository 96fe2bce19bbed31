/**
 * What HTTP and the pipeline of a message cost without the store, which writes nothing here: CPU of the main thread and
 * of all threads, and the texts that are made. `--before DIR` compares with another checkout of the repository, in turns, so that
 * both meet the same noise. `--stages` samples where the time goes. `npm run bench:message -- --help`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { Pool } from 'undici';
import { type Body, bodies } from './bodies.ts';
import { post } from './load.ts';
import type { Accepted, Cpu, Order } from './message/process.ts';
import { byStage } from './message/stages.ts';
import { noise } from './noise.ts';
import { quantile, say, valuesOf } from './timing.ts';

const values = valuesOf({
  messages: { type: 'string', default: '200' },
  rounds: { type: 'string', default: '15' },
  before: { type: 'string' },
  profile: { type: 'string', multiple: true },
  stages: { type: 'boolean', default: false },
});
const [messages, rounds] = [Number(values.messages), Number(values.rounds)];
const here = join(import.meta.dirname, '../..');

type Gateway = { readonly name: string; readonly ask: <T>(order: Order) => Promise<T>; readonly pool: Pool };
type Round = { readonly accept: readonly number[]; readonly main: number; readonly all: number };

const figures: readonly (readonly [string, (it: Round) => number])[] = [
  ['pipeline, CPU of the main thread, µs', (it) => quantile(it.accept, 0.5)],
  ['the same, quickest tenth', (it) => quantile(it.accept, 0.1)],
  ['HTTP and pipeline, CPU of the main thread, µs', (it) => it.main],
  ['HTTP and pipeline, CPU of all threads, µs', (it) => it.all],
];

const machine = noise();
const gateways: Gateway[] = [];
if (values.before) gateways.push(await start('before', resolve(values.before)));
gateways.push(await start('now', here));
for (const body of bodies(values.profile)) await compare(body);
say(`\nMachine: ${machine.describe()}.`);
for (const { ask, pool } of gateways) await Promise.all([pool.destroy(), ask({ kind: 'stop' })]);

async function start(name: string, folder: string): Promise<Gateway> {
  const script = join(folder, 'test/bench/message/process.ts');
  const child: ChildProcess = fork(script, { cwd: folder, execArgv: ['--max-semi-space-size=64'] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    name,
    pool: new Pool(`http://127.0.0.1:${port}`, { connections: 16 }),
    ask: async <T>(order: Order) => {
      const answer = once(child, order.kind === 'stop' ? 'exit' : 'message');
      child.send(order);
      return (await answer)[0] as T;
    },
  };
}

async function compare(body: Body): Promise<void> {
  const accept = { kind: 'accept', profile: body.name, messages } as const;
  const found = gateways.map((gateway) => ({ gateway, rounds: [] as Round[] }));
  for (const { ask } of gateways) for (let warm = 0; warm < 15; warm++) await ask({ ...accept, messages: 200 });
  for (let round = 0; round < rounds; round++) {
    machine.sample();
    // whoever goes first meets what the other left
    for (const it of round % 2 ? found : found.toReversed())
      it.rounds.push({ accept: (await it.gateway.ask<Accepted>(accept)).cpu, ...(await load(it.gateway, body)) });
  }
  say(`\n### ${body.name}, ${(body.size / 1024).toFixed(0)} KB, ${rounds} rounds of ${messages} messages\n`);
  say(
    `| a message, median (lowest) | ${found.map(({ gateway }) => gateway.name).join(' | ')} | ratio, median of the rounds |`,
  );
  say(`|---|${found.map(() => '---').join('|')}|---|`);
  for (const [name, of] of figures) {
    const all = found.map((it) => it.rounds.map(of));
    const ratio = quantile(
      all.at(-1)!.map((now, round) => now / all[0]![round]!),
      0.5,
    );
    const cells = all.map((it) => `${quantile(it, 0.5).toFixed(0)} (${Math.min(...it).toFixed(0)})`);
    say(`| ${name} | ${cells.join(' | ')} | ${found.length > 1 ? ratio.toFixed(2) : '-'} |`);
  }
  const texts = await Promise.all(gateways.map(({ ask }) => ask<Accepted>({ ...accept, watch: 'texts' })));
  say(`| calls of JSON.stringify | ${texts.map((it) => it.texts!.calls.toFixed(0)).join(' | ')} | |`);
  say(`| KB of JSON that they wrote | ${texts.map((it) => (it.texts!.characters / 1024).toFixed(1)).join(' | ')} | |`);
  if (values.stages) for (const gateway of gateways) await printStages(gateway, accept);
}

async function load({ ask, pool }: Gateway, body: Body): Promise<Omit<Round, 'accept'>> {
  const before = await ask<Cpu>({ kind: 'cpu' });
  let left = messages;
  const client = async () => {
    while (left-- > 0) await post(pool, body.next());
  };
  await Promise.all(Array.from({ length: 8 }, client));
  const after = await ask<Cpu>({ kind: 'cpu' });
  return { main: (after.main - before.main) / messages, all: (after.all - before.all) / messages };
}

async function printStages({ name, ask }: Gateway, accept: Extract<Order, { kind: 'accept' }>): Promise<void> {
  const { stack } = await ask<Accepted>({ ...accept, messages: 1_500, watch: 'stack' });
  const { times, own } = byStage(stack!, 1_500);
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  say(`\n${name}, sampled: ${total.toFixed(0)} µs a message, of which`);
  for (const [title, all, count] of [
    ['stage', times, 30],
    ['function, by itself', own, 25],
  ] as const) {
    say(`\n| ${title} | µs | % |\n|---|---|---|`);
    for (const [stage, time] of [...all].sort((one, other) => other[1] - one[1]).slice(0, count))
      say(`| ${stage} | ${time.toFixed(0)} | ${((100 * time) / total).toFixed(1)} |`);
  }
}

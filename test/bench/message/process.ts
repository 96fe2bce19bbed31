/** A gateway whose store writes no message, in a process of its own: what remains of a message is HTTP and the pipeline. */
import { type Profiler, Session } from 'node:inspector/promises';
import { accept } from '../../../src/exchange.ts';
import { success } from '../../../src/fhir/result.ts';
import { silent } from '../../../src/main/log.ts';
import { demoNetwork, openConfiguration, openStore, run, world } from '../../../src/main.ts';
import { type Body, bodies } from '../bodies.ts';

/** `accept`: messages to the pipeline, without HTTP, with their texts counted or their stack sampled, or neither. */
export type Order =
  | {
      readonly kind: 'accept';
      readonly profile: string;
      readonly messages: number;
      readonly watch?: 'texts' | 'stack';
    }
  | { readonly kind: 'cpu' }
  | { readonly kind: 'stop' };
/** Microseconds of CPU since the start. */
export type Cpu = { readonly main: number; readonly all: number };
/** Of one message. */
export type Accepted = {
  /** Of each batch: the quickest tenth shows what it costs while nothing else disturbs the processor. */
  readonly cpu: readonly number[];
  /** Calls of JSON.stringify, and the characters that they returned. */
  readonly texts?: { readonly calls: number; readonly characters: number };
  readonly stack?: Profiler.Profile;
};

const configured = await openConfiguration({ network: demoNetwork, addresses: {} });
if (!configured.ok) throw new Error(JSON.stringify(configured.issues));
const opened = await openStore('sqlite::memory:');
if (!opened.ok) throw new Error(JSON.stringify(opened.issues));
const store = opened.value;
const running = await run(
  configured.value,
  // what the gateway commits at its start is stored
  { ...store, commit: async (it) => (it.message ? { kind: 'committed', resources: [] } : store.commit(it)) },
  { port: 0, log: silent },
);
const byName = new Map(bodies().map((body) => [body.name, body]));

process.on('message', async (order: Order) => {
  if (order.kind === 'stop') await running.stop().then(() => process.exit());
  else process.send?.(order.kind === 'accept' ? await acceptAll(order) : cpu());
});
process.on('disconnect', () => process.exit());
process.send?.({ port: running.port });

const batch = 20;

async function acceptAll({ profile, messages, watch }: Extract<Order, { kind: 'accept' }>): Promise<Accepted> {
  const texts = messagesOf(byName.get(profile)!, messages);
  const [stack, counted] = [watch === 'stack' ? await sampleStack() : undefined, watch === 'texts' && countTexts()];
  const each: number[] = [];
  for (let first = 0; first < messages; first += batch) {
    const before = cpu();
    for (const text of texts.slice(first, first + batch)) await acceptOne(text);
    each.push((cpu().main - before.main) / batch);
  }
  const { calls, characters } = counted ? counted() : { calls: 0, characters: 0 };
  return {
    cpu: each,
    ...(counted ? { texts: { calls: calls / messages, characters: characters / messages } } : {}),
    ...(stack ? { stack: await stack() } : {}),
  };
}

const messagesOf = ({ next }: Body, count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, () => Buffer.from(next()));

async function acceptOne(body: Uint8Array): Promise<void> {
  const answer = await accept(running.gateway, {
    authorization: 'Bearer demo-gp-de-linde',
    requestId: world.newId(),
    contentType: 'application/fhir+json',
    since: performance.now(),
    readBody: async () => success(body),
  });
  if (answer.kind !== 'accepted') throw new Error(JSON.stringify(answer.body));
}

function cpu(): Cpu {
  const [main, all] = [process.threadCpuUsage(), process.cpuUsage()];
  return { main: main.user + main.system, all: all.user + all.system };
}

/** Until the function that it returns is called. */
function countTexts(): () => { readonly calls: number; readonly characters: number } {
  const { stringify } = JSON;
  const count = { calls: 0, characters: 0 };
  JSON.stringify = ((...value: Parameters<typeof stringify>) => {
    const text: string | undefined = stringify(...value);
    count.calls += 1;
    count.characters += text?.length ?? 0;
    return text;
  }) as typeof stringify;
  return () => {
    JSON.stringify = stringify;
    return count;
  };
}

async function sampleStack(): Promise<() => Promise<Profiler.Profile>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    return profile;
  };
}

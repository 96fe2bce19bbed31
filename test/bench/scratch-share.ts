import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { startGateway } from '../support/test-gateway.ts';

/**
 * The share of disclosure, proof, audit events and chain in the CPU of a message: `node test/bench/proof-share.ts [messages]`.
 * From samples of a CPU profile of a gateway that takes referrals over HTTP, its store in the same thread; a sample counts
 * for a part when any function on its stack is in its files. The sender is in the same process and not counted.
 */
const messages = Number(process.argv[2] ?? 300);
const referral = readFileSync(
  join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'),
  'utf8',
);

const parts: Readonly<Record<string, RegExp>> = {
  disclosure: /\/src\/(?:disclosure\/(?!receipt\/)|exchange\/disclose\/)/,
  proof: /\/src\/disclosure\/receipt\//,
  'audit events': /\/src\/audit\//,
  chain: /\/src\/store\/sql\/journal\/(?:chain|add-links)\.ts/,
};
const sender = /\/(?:test\/support|undici)\//;

const gateway = await startGateway();
const send = async (count: number) => {
  for (let n = 0; n < count; n++) {
    const answer = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referral });
    if (answer.status !== 200) throw new Error(answer.text);
  }
};
await send(1500); // compiled by then
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: 200 });
await session.post('Profiler.start');
await send(messages);
const { profile } = await session.post('Profiler.stop');
await gateway.stop();

type Node = (typeof profile.nodes)[number];
const nodes = new Map<number, Node>(profile.nodes.map((node) => [node.id, node]));
const parents = new Map<number, number>(
  profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
);
function stackOf(id: number): readonly Node[] {
  const stack: Node[] = [];
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) stack.push(nodes.get(at)!);
  return stack;
}
const sums: Record<string, number> = {};
let total = 0;
for (const [index, id] of (profile.samples ?? []).entries()) {
  const stack = stackOf(id);
  const { functionName } = nodes.get(id)!.callFrame;
  if (['(idle)', '(program)'].includes(functionName)) continue;
  const urls = stack.map(({ callFrame }) => callFrame.url);
  if (urls.some((url) => sender.test(url))) continue;
  const time = profile.timeDeltas?.[index] ?? 0;
  total += time;
  // of a function that belongs to two parts, the inner one counts
  const url = urls.find((it) => Object.values(parts).some((part) => part.test(it)));
  const part = Object.entries(parts).find(([, files]) => files.test(url ?? ''))?.[0];
  if (part) sums[part] = (sums[part] ?? 0) + time;
}
const own: Record<string, number> = {}; const incl: Record<string, number> = {};
for (const [index, id] of (profile.samples ?? []).entries()) { const stack = stackOf(id); const seen = new Set<string>(); const dt = profile.timeDeltas?.[index] ?? 0; const nm = (x: Node) => x.callFrame.functionName + ' ' + x.callFrame.url.split('/src/').at(-1)!.slice(-50); if (stack.some((x) => /proven/.test(x.callFrame.functionName))) own[nm(stack[0]!)] = (own[nm(stack[0]!)] ?? 0) + dt; for (const x of stack) { const k = nm(x); if (!seen.has(k)) { seen.add(k); incl[k] = (incl[k] ?? 0) + dt; } } }
for (const [t, o] of [['own in proven', own], ['inclusive', incl]] as const) { console.log(t); for (const [k, v] of Object.entries(o).sort((a, b) => b[1] - a[1]).slice(0, t === 'inclusive' ? 110 : 25)) console.log(String(Math.round(v / messages)).padStart(6), k); }
const share = (time: number): string => `${((100 * time) / total).toFixed(1)} %`;
console.log(`${messages} messages, ${(total / messages).toFixed(0)} µs of the main thread each`);
for (const name of Object.keys(parts)) console.log(`${name.padEnd(13)} ${share(sums[name] ?? 0)}`);
console.log(
  `${'together'.padEnd(13)} ${share(Object.values(sums).reduce((sum, it) => sum + it, 0))} (at most 25 % wanted)`,
);

import { readFileSync } from 'node:fs';
import { startGateway } from '../support/test-gateway.ts';
import { bodies } from './bodies.ts';
import { proven } from '../../src/disclosure/receipt/proven.ts';
import * as proof from '../../src/disclosure/receipt/proof.ts';
const gateway = await startGateway();
const all: any[] = [];
for (const body of bodies()) {
  (globalThis as any).__plans = [];
  for (let n = 0; n < 30; n++) await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: body.next() });
  all.push([body.name, (globalThis as any).__plans.slice(10)]);
}
await gateway.stop();
const time = (label: string, work: () => unknown, n: number) => { for (let i = 0; i < n; i++) work(); const t = process.cpuUsage(); for (let i = 0; i < n; i++) work(); const d = process.cpuUsage(t); console.log(label, ((d.user + d.system) / n).toFixed(0), 'µs'); };
for (const [name, plans] of all) {
  const [plan, context] = plans[0];
  console.log(name, plans.length, 'disclosures', plan.disclosures.map((d: any) => `${d.partner} ${d.purpose} ${d.bundle.entry?.length}`));
  const before = (globalThis as any).__plans; 
  let i = 0;
  time('proven', () => { const [p, c] = plans[i++ % plans.length]; (globalThis as any).__plans = []; return proven(p, c); }, 2000);
  time('sign', () => context.signer.sign('x'.repeat(3000)), 2000);
}
if (process.argv[2] === 'prof') {
  const { Session } = await import('node:inspector/promises');
  const session = new Session(); session.connect();
  await session.post('Profiler.enable'); await session.post('Profiler.setSamplingInterval', { interval: 100 });
  await session.post('Profiler.start');
  const N = 3000;
  for (let n = 0; n < N; n++) { const [p, c] = all[n % 2][1][n % 20]; (globalThis as any).__plans = []; proven(p, c); }
  const { profile } = await session.post('Profiler.stop');
  const own = new Map<string, number>(); const nodes = new Map(profile.nodes.map((x: any) => [x.id, x]));
  profile.samples!.forEach((id: number, i: number) => { const x: any = nodes.get(id); const k = `${x.callFrame.functionName} ${x.callFrame.url.split('/').at(-1)}:${x.callFrame.lineNumber + 1}`; own.set(k, (own.get(k) ?? 0) + profile.timeDeltas![i]!); });
  for (const [k, v] of [...own].sort((a, b) => b[1] - a[1]).slice(0, 30)) console.log((v / N).toFixed(0).padStart(5), k);
}

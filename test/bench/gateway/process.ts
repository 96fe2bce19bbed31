/** A gateway for the benchmark in a process of its own: `full`, or the null pipeline that only parses, stores and delivers. */

import { statSync } from 'node:fs';
import { silent } from '../../../src/main/log.ts';
import { demoNetwork, openConfiguration, run } from '../../../src/main.ts';
import { type Counters, counters, type Lag, takeLag } from './counters.ts';
import { filledBefore, storeAt } from './filled-before.ts';
import { nullPipeline } from './null-pipeline.ts';

export type Ready = { readonly port: number; readonly filled: number };
export type Snapshot = Counters & { readonly lag: Lag };

const [kind, sink = '', file = '', stored = '0'] = process.argv.slice(2);
const running = kind === 'full' ? await full(Number(stored)) : await nullPipeline(sink, file);
process.on('message', async (question) => {
  if (question === 'counters') process.send?.({ ...counters(), lag: takeLag() } satisfies Snapshot);
  else await running.stop().then(() => process.exit());
});
process.send?.({ port: running.port, filled: statSync(file, { throwIfNoEntry: false })?.size ?? 0 } satisfies Ready);

async function full(stored: number): Promise<{ port: number; stop: () => Promise<void> }> {
  const partners = ['gp-de-linde', 'registration-team'];
  const deciding = await openConfiguration({
    network: demoNetwork,
    addresses: Object.fromEntries(partners.map((id) => [id, sink])),
  });
  if (!deciding.ok) throw new Error(JSON.stringify(deciding.issues));
  if (stored > 0) await filledBefore(deciding.value, file, stored);
  return run(deciding.value, await storeAt(file), { port: 0, log: silent, deliverIn: 'thread' });
}

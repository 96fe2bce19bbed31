import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { type Ask, asker } from '../test-gateway.ts';
import type { Order, Turns } from './probe.ts';

/** `mgn serve` in a process of its own, of which the turns of the main loop are measured. */
export type MeasuredGateway = {
  readonly ask: Ask;
  /** What `run` resolves with, and the longest turn meanwhile. `where`: with the functions that it consisted of. */
  readonly during: <T>(run: () => Promise<T>, where?: boolean) => Promise<{ readonly value: T; readonly turns: Turns }>;
  readonly output: () => string;
  readonly stop: () => Promise<void>;
};

const root = join(import.meta.dirname, '../../..');

/** Asks again what was refused for load, pages too, by requests that are the same. */
const insisting =
  (ask: Ask): Ask =>
  async (method, path, asking = {}) => {
    const same = { ...asking, requestId: asking.requestId ?? randomUUID() };
    for (;;) {
      const answer = await ask(method, path, same);
      if (answer.status !== 503) return answer;
      await setTimeout(200);
    }
  };

export async function startMeasuredGateway(network: string, store: string): Promise<MeasuredGateway> {
  const port = await freePort();
  const script = join(root, 'src/cli.ts');
  const options = ['--network', network, '--port', String(port), '--store', store];
  const child = spawn(
    process.execPath,
    ['--import', join(import.meta.dirname, 'probe.ts'), script, 'serve', ...options],
    { cwd: join(network, '..'), stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  let written = '';
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${written}`)));
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        written += chunk;
        if (written.includes('listening')) resolve();
      });
  });
  const order = async (what: Order): Promise<unknown> => {
    const answer = once(child, 'message');
    child.send(what);
    return (await answer)[0];
  };
  return {
    ask: insisting(asker(`http://127.0.0.1:${port}`)),
    during: async (run, where = false) => {
      await order(where ? 'start where' : 'start');
      const value = await run();
      return { value, turns: (await order('stop')) as Turns };
    },
    output: () => written,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

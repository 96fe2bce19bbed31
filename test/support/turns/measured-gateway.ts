import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { type Ask, asker, askingAgain } from '../test-gateway.ts';
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
    ask: askingAgain(asker(`http://127.0.0.1:${port}`)),
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

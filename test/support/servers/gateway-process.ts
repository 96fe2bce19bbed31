import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { demoNetwork } from '../../../src/main.ts';
import { freePort } from '../free-port.ts';
import { type Ask, asker } from '../test-gateway.ts';

/** `mgn serve` in a process of its own. */
export type GatewayProcess = {
  readonly ask: Ask;
  /** Everything it wrote. */
  readonly output: () => string;
  readonly kill: (signal: 'SIGKILL' | 'SIGTERM') => Promise<void>;
};

const root = join(import.meta.dirname, '../../..');

/**
 * A copy of the demo network in `folder` whose partners are all at `address`. `change`: what else differs in network.yaml.
 */
export function networkAt(folder: string, address: string, change: (text: string) => string = (it) => it): string {
  const network = join(folder, 'network');
  cpSync(demoNetwork, network, { recursive: true });
  const edit = (file: string, of: (text: string) => string) =>
    writeFileSync(join(network, file), of(readFileSync(join(network, file), 'utf8')));
  edit('partners.yaml', (text) => text.replaceAll('address: from-directory', `address: ${address}`));
  edit('network.yaml', change);
  return network;
}

export async function startGatewayProcess(
  network: string,
  store: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  const port = await freePort();
  const args = [join(root, 'src/cli.ts'), 'serve', '--network', network, '--port', String(port), '--store', store];
  const child = spawn(process.execPath, args, {
    // where a demo on PostgreSQL has its key: the same for all gateways of the network
    cwd: dirname(network),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let written = '';
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${written}`)));
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        written += chunk;
        if (written.includes('listening')) resolve();
      });
  });
  return {
    ask: asker(`http://127.0.0.1:${port}`),
    output: () => written,
    kill: async (signal) => {
      child.kill(signal);
      await ended(child);
    },
  };
}

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));

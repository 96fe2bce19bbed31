import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { demoNetwork } from '../../src/main.ts';

/** `mgn serve` on a store on which a set was activated, or not: what decides at a start, and what is said about it. */
const root = join(import.meta.dirname, '../..');
let folder: string;
let store: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mgn-start-'));
  store = `sqlite:${join(folder, 'gateway.db')}`;
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(stop));
  rmSync(folder, { recursive: true, force: true });
});

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** A network that is the demo's under another name. */
function networkCalled(name: string): string {
  const made = join(folder, name, 'network');
  cpSync(demoNetwork, made, { recursive: true });
  const file = join(made, 'network.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^name: .*$/m, `name: ${name}`));
  return made;
}

type Started = { readonly child: ChildProcess; readonly port: string; readonly said: () => string };

async function serve(network: string): Promise<Started> {
  const args = [join(root, 'src/cli.ts'), 'serve', '--network', network, '--store', store, '--port', '0'];
  const child = spawn(process.execPath, args, { env: { ...process.env, NO_COLOR: '1' } });
  children.push(child);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  for await (const chunk of child.stdout) {
    const port = /"because":"port (\d+)/.exec(chunk.toString())?.[1];
    if (port) return { child, port, said: () => said };
  }
  throw new Error(`it did not start: ${said}`);
}

async function ready({ port }: Started): Promise<{ readonly digest: string; readonly folders?: string }> {
  const answer = await request(`http://127.0.0.1:${port}/readyz`);
  return ((await answer.body.json()) as { configuration: { digest: string; folders?: string } }).configuration;
}

async function config(...args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [join(root, 'src/cli.ts'), 'config', ...args, '--store', store]);
  const [code] = await once(child, 'exit');
  return code as number;
}

test('edited folders decide after a restart as long as nothing was activated', async () => {
  const network = networkCalled('one');
  const first = await serve(network);
  const before = await ready(first);
  expect(before.folders).toBeUndefined();
  await stop(first.child);
  const file = join(network, 'network.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('name: one', 'name: other'));
  const second = await serve(network);
  expect((await ready(second)).digest).not.toBe(before.digest);
  expect(second.said()).toBe('');
});

test('the activated set is in force after a restart, and another set in the folders is reported', async () => {
  const first = await serve(networkCalled('one'));
  const before = await ready(first);
  networkCalled('two');
  expect(await config('activate', join(folder, 'two'))).toBe(0);
  await expect.poll(async () => (await ready(first)).digest).not.toBe(before.digest);
  const activated = await ready(first);
  await stop(first.child);

  const second = await serve(join(folder, 'one/network'));
  expect(await ready(second)).toEqual({ digest: activated.digest, folders: 'other' });
  expect(second.said()).toMatch(/was activated on this store and is in force; the folders contain another one/);
  await stop(second.child);

  const third = await serve(join(folder, 'two/network'));
  expect(await ready(third)).toEqual({ digest: activated.digest });
  expect(third.said()).toBe('');
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silent } from '../../src/main/log.ts';
import { demoNetwork, openConfigurationToStart, openStore, run } from '../../src/main.ts';
import { mgn } from '../support/cli/mgn.ts';

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

async function ready({ port }: Pick<Started, 'port'>): Promise<{ readonly digest: string; readonly folders?: string }> {
  const answer = await request(`http://127.0.0.1:${port}/readyz`);
  return ((await answer.body.json()) as { configuration: { digest: string; folders?: string } }).configuration;
}

/** What `mgn serve` decides by, without a process for it. */
async function started(network: string): Promise<{ readonly digest: string; readonly folders?: string }> {
  const opened = await openStore(store);
  const chosen = opened.ok ? await openConfigurationToStart({ network }, opened.value) : opened;
  if (!opened.ok || !chosen.ok) throw new Error(JSON.stringify(chosen.issues));
  const { configured, folders } = chosen.value;
  const differ = folders === 'other' ? { folders } : {};
  const running = await run(configured, opened.value, { port: 0, log: silent, ...differ });
  const said = await ready({ port: String(running.port) });
  await running.stop();
  return said;
}

test('edited folders decide after a restart as long as nothing was activated', async () => {
  const network = networkCalled('one');
  const before = await started(network);
  expect(before.folders).toBeUndefined();
  const file = join(network, 'network.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('name: one', 'name: other'));
  const after = await started(network);
  expect(after.folders).toBeUndefined();
  expect(after.digest).not.toBe(before.digest);
});

test('the activated set is in force after a restart, and another set in the folders is reported', async () => {
  const first = await serve(networkCalled('one'));
  const before = await ready(first);
  expect(first.said()).toBe('');
  networkCalled('two');
  expect((await mgn(['config', 'activate', join(folder, 'two'), '--store', store])).code).toBe(0);
  await expect.poll(async () => (await ready(first)).digest).not.toBe(before.digest);
  const activated = await ready(first);
  await stop(first.child);

  const second = await serve(join(folder, 'one/network'));
  expect(await ready(second)).toEqual({ digest: activated.digest, folders: 'other' });
  expect(second.said()).toMatch(/was activated on this store and is in force; the folders contain another one/);
  await stop(second.child);

  expect(await started(join(folder, 'two/network'))).toEqual({ digest: activated.digest });
});

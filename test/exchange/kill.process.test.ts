import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { keyRingFor } from '../../src/main/key-ring.ts';
import { demoNetwork } from '../../src/main.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { freePort } from '../support/free-port.ts';
import { isLong } from '../support/long.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { asker, askingAgain, locationOf } from '../support/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'mgn-kill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const root = join(import.meta.dirname, '../..');
const referral = readFileSync(join(root, 'examples/messages/001-referral-as-collection/input.json'));

const referrals = 500;

// one kill is in `npm test` too: killed-twenty-times.test.ts
test.runIf(isLong)(
  'kill -9 while referrals are being posted: every acknowledged one is stored and delivered after a restart',
  async () => {
    const sink = await startSink();
    const network = join(folder, 'network');
    cpSync(demoNetwork, network, { recursive: true });
    const partners = readFileSync(join(network, 'partners.yaml'), 'utf8');
    writeFileSync(
      join(network, 'partners.yaml'),
      partners.replaceAll('address: from-directory', `address: ${sink.url}`),
    );
    const port = await freePort();
    const file = join(folder, 'killed.db');
    const start = () => serve(network, port, file);
    const ask = askingAgain(asker(`http://127.0.0.1:${port}`));

    let gateway = await start();
    const requests = Array.from({ length: referrals }, () => randomUUID());
    const acknowledged = new Map<string, string>();
    const unanswered: string[] = [];
    const queue = [...requests];
    const killAt = Math.floor(referrals / 3);
    const client = async () => {
      for (let requestId = queue.shift(); requestId; requestId = queue.shift()) {
        const answer = await post(requestId).catch(() => undefined);
        if (answer?.status === 200) acknowledged.set(requestId, locationOf(answer, 'Task') ?? '');
        else unanswered.push(requestId);
        if (acknowledged.size === killAt) gateway.kill('SIGKILL');
      }
    };
    const post = (requestId: string) => ask('POST', '/fhir', { as: 'gp-de-linde', body: referral, requestId });
    await Promise.all(Array.from({ length: 16 }, client));
    await ended(gateway);
    expect(acknowledged.size).toBeGreaterThanOrEqual(killAt);
    expect(unanswered.length).toBeGreaterThan(0);

    gateway = await start();
    const beforeResend = new Set(acknowledged.values());
    for (const requestId of unanswered) {
      const answer = await post(requestId);
      expect([200, 409], 'taken in now, or already before the kill').toContain(answer.status);
    }
    await drained(ask);
    gateway.kill('SIGTERM');
    await ended(gateway);

    const ring = keyRingFor(`sqlite:${file}`);
    if (!ring.ok || !ring.value) throw new Error('the gateway of the demo makes its key');
    const store = await openSqliteStore(file, { ring: ring.value });
    const delivered = new Map<string, Set<string>>();
    for (const { bundle, requestId } of sink.received)
      for (const { fullUrl, request } of bundle.entry ?? [])
        if (fullUrl?.includes('/ServiceRequest/') && request?.method === 'POST')
          delivered.set(fullUrl, (delivered.get(fullUrl) ?? new Set()).add(requestId));
    for (const location of beforeResend) expect(await store.read('Task', location.slice('Task/'.length))).toBeDefined();
    const messages = await Promise.all(requests.map((requestId) => store.messageByRequest('gp-de-linde', requestId)));
    expect(messages.filter((it) => it === undefined)).toEqual([]);
    expect(delivered.size, 'each order arrived').toBe(referrals);
    expect(
      [...delivered.values()].every((ids) => ids.size === 1),
      'a resend has the id of the first try',
    ).toBe(true);
    expect((await store.depth()).dead).toBe(0);
    await store.close();
    await sink.close();
  },
  600_000,
);

function serve(network: string, port: number, file: string): Promise<ChildProcess> {
  const args = ['src/cli.ts', 'serve', '--network', network, '--port', String(port), '--store', `sqlite:${file}`];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('listening')) resolve(child);
    });
  });
}

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));

async function drained(ask: ReturnType<typeof asker>): Promise<void> {
  for (let patience = 300; patience > 0; patience--) {
    const { waiting } = JSON.parse((await ask('GET', '/readyz', { as: 'operator' })).text) as { waiting: number };
    if (waiting === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the outbox does not drain');
}

import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { AuditEvent } from '../../src/store/port.ts';
import { recordingLog, referralText } from '../support/exchange/example-referral.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { locationOf, rulesOf, startGateway } from '../support/test-gateway.ts';

/** A real file system of its own; only root may mount one. */
const folder = mkdtempSync(join(tmpdir(), 'mgn-full-'));
const mounted = (() => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('skipped: a small file system cannot be mounted here (root on Linux only)');
    return false;
  }
})();
afterAll(() => {
  if (mounted) execFileSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true, force: true });
});

const filler = join(folder, 'filler');
/** Takes all space, down to the last page. */
function fill(): void {
  const file = openSync(filler, 'a');
  for (const size of [65_536, 4_096])
    try {
      for (;;) writeSync(file, Buffer.alloc(size));
    } catch {}
  closeSync(file);
}

describe.runIf(mounted)('a disk that is full', () => {
  test('503 with the remedy, reads go on, /readyz says why, audit events wait, nothing is sent twice; it mends itself', async () => {
    const sink = await startSink();
    const { log, lines } = recordingLog();
    const store = join(folder, 'full.db');
    const gateway = await startGateway({
      store: `sqlite:${store}`,
      addresses: { 'registration-team': sink.url, 'gp-de-linde': sink.url },
      log,
    });
    const post = () => gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
    const ready = async () => {
      const { status, text } = await gateway.ask('GET', '/readyz', { as: 'operator' });
      const body = JSON.parse(text) as { store: string; problem?: string; because?: string; waiting: number };
      return { ...body, status };
    };
    const accepted = await post();
    const task = locationOf(accepted, 'Task')!;
    await sink.until(1);

    fill();
    // the log of the database is a file as well: what fits in it is still accepted
    let refused = await post();
    const acceptedBeside: string[] = [];
    for (let n = 0; n < 500 && refused.status === 200; n++) {
      acceptedBeside.push(locationOf(refused, 'Task')!);
      refused = await post();
    }
    expect([refused.status, refused.headers['retry-after'], ...rulesOf(refused)]).toEqual([
      503,
      '10',
      'store-unavailable',
    ]);
    expect(await ready()).toMatchObject({ status: 503, store: 'unavailable', problem: 'full' });
    expect((await ready()).because).toMatch(/disk.*full.*Free space/);
    expect((await gateway.ask('GET', '/healthz')).status).toBe(200);
    for (const path of [`/fhir/${task}`, '/fhir/Task', '/fhir/metadata'])
      expect((await gateway.ask('GET', path, { as: 'gp-de-linde' })).status, path).toBe(200);
    expect(lines.filter((line) => line.includes('"held"')).length).toBeGreaterThan(0);
    expect(lines.some((line) => line.includes('Free space'))).toBe(true);
    const walFull = statSync(`${store}-wal`).size;

    rmSync(filler);
    await expect.poll(async () => (await ready()).status, { timeout: 20_000 }).toBe(200);
    expect((await post()).status).toBe(200);
    await expect.poll(async () => (await ready()).waiting, { timeout: 30_000 }).toBe(0);
    const ids = sink.received.map(({ requestId }) => requestId);
    expect(new Set(ids).size, 'nothing that arrived is sent again').toBe(ids.length);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await gateway.ask('GET', `/fhir/${task}`, { as: 'gp-de-linde' });
    const reads = (await gateway.store.audit({ count: 500 })).items
      .map(({ text }) => JSON.parse(text) as AuditEvent)
      .filter(({ subtype }) => subtype?.[0]?.code === 'read');
    expect(reads.length).toBeGreaterThanOrEqual(2);
    expect(walFull).toBeGreaterThan(0);
    await gateway.stop();
    expect(existsSync(`${store}-wal`), 'closed cleanly').toBe(false);
    await sink.close();
  }, 120_000);
});

/**
 * Messages a second from received to delivered, two deliveries each, beside a null pipeline, in one interleaved run.
 * Load, sink and both gateways share this machine. `npm run bench`; `-- ROUNDS MESSAGES` for other sizes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { bsn } from '../../src/fhir/identifier.ts';
import { startSink } from '../support/servers/recording-receiver.ts';

const [rounds = 5, messages = 1500] = process.argv.slice(2).map(Number);
const clients = 32;
const root = join(import.meta.dirname, '../..');
const examples = {
  'gateway profile (validated, routed)': '001-referral-as-collection',
  'ELZ (validated, mapped, routed)': '004-elz-referral-json',
};

/** The test range of BSNs, as far as it passes the elfproef. */
const testNumbers = Array.from({ length: 100_000 }, (_, index) => `9999${String(index).padStart(5, '0')}`).filter(
  (number) => bsn(number) !== undefined,
);
let next = 0;

type Target = { readonly child: ChildProcess; readonly pool: Pool };
const folder = mkdtempSync(join(tmpdir(), 'mgn-bench-'));
const sink = await startSink(0, false);
const targets = { full: await start('full'), null: await start('null') };

for (const [name, example] of Object.entries(examples)) {
  const body = readFileSync(join(root, 'examples/messages', example, 'input.json'), 'utf8');
  process.stdout.write(`\n${name}, ${body.length} characters, ${messages} messages a round, ${clients} clients\n`);
  await measure(targets.full, body, 500);
  await measure(targets.null, body, 500);
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const full = await measure(targets.full, body, messages);
    const bare = await measure(targets.null, body, messages);
    ratios.push(full / bare);
    process.stdout.write(
      `  round ${round}: gateway ${full.toFixed(0)}/s, null ${bare.toFixed(0)}/s, ratio ${(full / bare).toFixed(2)}\n`,
    );
  }
  const median = ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)]!;
  process.stdout.write(`  median ratio ${median.toFixed(2)} (aim: at least 0.50)\n`);
}

for (const { child, pool } of Object.values(targets)) {
  await pool.close();
  child.kill('SIGKILL');
}
await sink.close();
rmSync(folder, { recursive: true, force: true });

/** Every referral is another person's: of one person there are never thousands. */
function ofAnother(body: string): string {
  const number = testNumbers[next++ % testNumbers.length]!;
  return body.replaceAll(/9999\d{5}/g, number);
}

/** Messages a second until the last delivery of the last message has come in. */
async function measure({ pool }: Target, body: string, count: number): Promise<number> {
  const before = sink.received.length;
  const began = performance.now();
  let left = count;
  const client = async () => {
    while (left-- > 0) {
      const headers = {
        'content-type': 'application/fhir+json',
        authorization: 'Bearer demo-gp-de-linde',
        'x-request-id': randomUUID(),
      };
      const answer = await pool.request({ path: '/fhir', method: 'POST', headers, body: ofAnother(body) });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${text.slice(0, 500)}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  await sink.until(before + 2 * count, 120_000);
  return (count / (performance.now() - began)) * 1000;
}

async function start(kind: 'full' | 'null'): Promise<Target> {
  const args = ['test/bench/gateway-child.ts', kind, sink.url, join(folder, `${kind}.db`)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the ${kind} gateway ended with ${code}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      const found = /port (\d+)/.exec(chunk.toString())?.[1];
      if (found) resolve(found);
    });
  });
  return { child, pool: new Pool(`http://127.0.0.1:${port}`, { connections: clients }) };
}

/**
 * What encryption at rest costs: the CPU of all threads for a message, in turns on a store in clear and on an encrypted one, and
 * the bytes that each takes on disk. `npm run bench:at-rest [messages a round] [rounds]`.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { besideStore, generateKeys } from '../../src/main/key-ring.ts';
import { startGateway } from '../support/test-gateway.ts';
import { quantile, say } from './timing.ts';

const [messages = 50, rounds = 11] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'mgn-bench-'));
const example = join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json');
const body = readFileSync(example, 'utf8');

async function started(name: string, isEncrypted: boolean) {
  const file = join(folder, `${name}.db`);
  if (isEncrypted) generateKeys(besideStore(`sqlite:${file}`)!);
  const gateway = await startGateway({ store: `sqlite:${file}` });
  const costs: number[] = [];
  return {
    name,
    file,
    gateway,
    costs,
    round: async (counts: boolean) => {
      const before = process.cpuUsage();
      for (let n = 0; n < messages; n++) {
        const { status, text } = await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body });
        if (status !== 200) throw new Error(text);
      }
      const { user, system } = process.cpuUsage(before);
      if (counts) costs.push((user + system) / messages);
    },
  };
}

const both = [await started('in clear', false), await started('encrypted', true)];
for (let round = 0; round <= rounds; round++) for (const it of both) await it.round(round > 0);
const [clear, encrypted] = both.map(({ name, file, costs }) => {
  const bytes = (statSync(file).size + statSync(`${file}-wal`).size) / (messages * (rounds + 1));
  say(
    `${name}: ${Math.round(quantile(costs, 0.5))} µs CPU of all threads a message, ${Math.round(bytes)} bytes on disk`,
  );
  return costs;
});
const ratios = clear!.map((it, n) => (encrypted?.[n] ?? 0) / it);
say(
  `encrypted to clear, by round: ${[0.25, 0.5, 0.75].map((part) => quantile(ratios, part).toFixed(2)).join(', ')} (quartiles)`,
);
for (const { gateway } of both) await gateway.stop();
rmSync(folder, { recursive: true, force: true });

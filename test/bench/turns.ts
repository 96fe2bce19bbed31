/**
 * The longest turn of the main loop for the largest request of each endpoint: what every other request may have to wait for.
 * `npm run bench:turns -- --help`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { referralText } from '../support/exchange/example-referral.ts';
import { networkAt } from '../support/servers/gateway-process.ts';
import { openReceiver } from '../support/servers/receiver.ts';
import { rulesOf } from '../support/test-gateway.ts';
import { largest, lists } from '../support/turns/largest.ts';
import { startMeasuredGateway } from '../support/turns/measured-gateway.ts';
import { noise } from './noise.ts';
import { quantile, say, valuesOf } from './timing.ts';

const values = valuesOf({
  rounds: { type: 'string', default: '3' },
  only: { type: 'string', default: '' },
  stored: { type: 'string', default: '300' },
  where: { type: 'boolean', default: false },
});

const folder = mkdtempSync(join(tmpdir(), 'mgn-turns-'));
const receiver = await openReceiver();
const machine = noise();
const gateway = await startMeasuredGateway(networkAt(folder, receiver.base), `sqlite:${join(folder, 'gateway.db')}`);
for (let n = 0; n < Number(values.stored); n++)
  await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
say('| request | status | longest turn, CPU ms: first | median | wall ms |\n|---|---|---|---|---|');
for (const { name, send } of [...largest, ...lists].filter((it) =>
  values.only.split(',').some((part) => it.name.includes(part)),
)) {
  machine.sample();
  const found = [];
  for (let round = 0; round < Number(values.rounds); round++)
    found.push(await gateway.during(() => send(gateway.ask), values.where));
  const { value } = found[0]!;
  const told = value.status >= 400 && value.text.startsWith('{') ? ` ${[...new Set(rulesOf(value))].slice(0, 3)}` : '';
  const cpu = found.map(({ turns }) => turns.cpu);
  say(
    `| ${name} | ${value.status}${told} | ${cpu[0]!.toFixed(0)} | ${quantile(cpu, 0.5).toFixed(0)} | ${quantile(
      found.map(({ turns }) => turns.wall),
      0.5,
    ).toFixed(0)} |`,
  );
  for (const [place, time] of found
    .at(-1)!
    .turns.where?.filter(([it]) => it.includes('src/'))
    .slice(0, 25) ?? [])
    say(`    ${time.toFixed(0).padStart(5)} ${place}`);
}
say(`\nMachine: ${machine.describe()}.`);
await gateway.stop();
await receiver.close();
rmSync(folder, { recursive: true, force: true });

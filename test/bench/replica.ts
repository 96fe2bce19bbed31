/**
 * A gateway that takes in another directory of the size of a country, over HTTP, while referrals come in:
 * npm run bench:replica [-- 0.1]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { silent } from '../../src/main/log.ts';
import { demoNetwork, openConfiguration, openStore, run } from '../../src/main.ts';
import { route } from '../../src/routing/index.ts';
import { caseInput, sound } from '../support/routing/demo-network.ts';
import { nation } from './national.ts';
import { heap, milliseconds, say, spread } from './timing.ts';

const factor = Number(process.argv[2] ?? 1);
const folder = mkdtempSync(join(tmpdir(), 'mgn-replica-'));
const child: ChildProcess = fork(join(import.meta.dirname, 'directory-child.ts'), [String(factor)]);
const { port } = await new Promise<{ port: number }>((resolve) => child.once('message', resolve as () => void));
const source = `http://127.0.0.1:${port}/fhir`;

const network = join(folder, 'network');
cpSync(demoNetwork, network, { recursive: true });
const settings = readFileSync(join(network, 'network.yaml'), 'utf8');
writeFileSync(
  join(network, 'network.yaml'),
  `directory-sources:\n  - { id: nation, address: "${source}", every-seconds: 86400, members: true }\n${settings}`,
);
const deciding = sound(await openConfiguration({ network }));
const store = sound(await openStore(`sqlite:${join(folder, 'store.db')}`));
const before = heap();
const loop = monitorEventLoopDelay({ resolution: 5 });

/** Posts a referral and decides one by itself, over and over, until it is told to stop. */
async function traffic(url: string, over: () => boolean): Promise<void> {
  const body = readFileSync(join(import.meta.dirname, '../../examples/messages/001-referral-as-collection/input.json'));
  const graph = caseInput('municipality-zonnerveen');
  const posted: number[] = [];
  const decided: number[] = [];
  loop.reset();
  loop.enable();
  while (!over()) {
    const start = performance.now();
    const answer = await request(`${url}/fhir`, {
      method: 'POST',
      // a connection that lay idle may be closed by the other side at the moment that it is used
      reset: true,
      headers: {
        authorization: 'Bearer demo-gp-de-linde',
        'content-type': 'application/fhir+json',
        'x-request-id': randomUUID(),
      },
      body,
    });
    await answer.body.dump();
    posted.push(performance.now() - start);
    if (answer.statusCode !== 200) throw new Error(`a referral was answered with ${answer.statusCode}`);
    const { routes, network: now } = running.gateway;
    const deciding = performance.now();
    route(routes, now.directory, { graph, source: 'gateway-profile', sender: 'gp-de-linde', now: new Date() });
    decided.push(performance.now() - deciding);
    await sleep(50);
  }
  loop.disable();
  const delay = (share: number) => milliseconds(loop.percentile(share) / 1e6);
  say(`  a decision: ${spread(decided)}`);
  say(`  a referral, posted and answered: ${spread(posted)}`);
  say(
    `  the event loop was late: p50 ${delay(50)}, p95 ${delay(95)}, p99 ${delay(99)}, most ${milliseconds(loop.max / 1e6)}`,
  );
}

async function during(name: string, work: () => Promise<unknown>): Promise<void> {
  say(name);
  const start = performance.now();
  let isOver = false;
  const done = work().then((result) => {
    isOver = true;
    return result;
  });
  await traffic(`http://127.0.0.1:${running.port}`, () => isOver);
  const [state] = ((await done) ?? []) as { last: { written: number; unfit: number; held?: unknown } }[];
  const { written = 0, unfit = 0, held } = state?.last ?? {};
  say(
    `  ${written} written, ${unfit} left out${held ? `, held: ${JSON.stringify(held)}` : ''}, in ${milliseconds(performance.now() - start)}; ${heap() - before} MiB of heap`,
  );
}

const running = await run(deciding, store, { port: 0, log: silent });
try {
  say(
    `${factor} x: ${nation.organizations * factor} organisations, ${nation.services * factor} services, ${nation.endpoints * factor} endpoints`,
  );
  await during('everything, for the first time', () => running.replication.update());
  await request(`${source}/change?count=1000`, { reset: true }).then(({ body }) => body.dump());
  await during('a thousand changes, by _history', () => running.replication.update());
  let rounds = 0;
  await during('nothing new', async () => {
    while (rounds++ < 3) await running.replication.update();
    return running.replication.update();
  });
} finally {
  await running.stop();
  child.kill();
  rmSync(folder, { recursive: true, force: true });
}

/**
 * The machine with the primary is lost under load: `npm run drill:failover`, with `-- SECONDS` of load before and after, and
 * `database` to kill only Patroni and PostgreSQL there. Three machines as in deploy/region. Fails when something that was
 * acknowledged is lost or not delivered; prints for how long nobody got an answer. docs/operate/region.md.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { Agent, setGlobalDispatcher } from 'undici';
import { newRingLine } from '../../src/store/sql/vault/ring.ts';
import { mgn } from '../support/cli/mgn.ts';
import { random } from '../support/random.ts';
import { networkAt } from '../support/servers/gateway-process.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { emptyLoad, load } from '../support/store/load-on-gateways.ts';
import { asker } from '../support/test-gateway.ts';
import { accountFor } from './account.ts';
import {
  addressOf,
  cluster,
  databasePort,
  frontPort,
  kill,
  type Machine,
  machines,
  makeCertificates,
  type Part,
  postgresUser,
  root,
  start,
  startDatabaseProxy,
  startEtcd,
  startFront,
  startPatroni,
  until,
} from './region.ts';
import { createDatabase } from './region-database.ts';

const seconds = Number(process.argv.slice(2).find((it) => /^\d+$/.test(it)) ?? 20);
const losesDatabaseOnly = process.argv.includes('database');
const print = (line: string) => process.stdout.write(`${line}\n`);

const folder = mkdtempSync(join(tmpdir(), 'mgn-failover-'));
chmodSync(folder, 0o755);
const owner = postgresUser();
makeCertificates(folder, owner);
setGlobalDispatcher(new Agent({ connect: { ca: readFileSync(join(folder, 'ca.pem')) } }));

const parts = new Map<string, Part>();
const add = (name: string, part: Part) => parts.set(name, part);
const sink = await startSink(undefined, false);
const network = networkAt(folder, sink.url);
writeFileSync(join(folder, 'keys'), `${newRingLine('drill')}\n`, { mode: 0o600 });

const storeOf = (machine: Machine): string =>
  `postgres://gateway@localhost:${databasePort(machine)}/gateway?sslmode=verify-full&sslrootcert=${join(folder, 'ca.pem')}`;
const secrets = { MGN_STORE_KEYS_FILE: join(folder, 'keys'), PGPASSWORD: 'of-the-drill' };
const startGateway = (machine: Machine): Part =>
  start(
    process.execPath,
    [
      ...[join(root, 'bin/mgn.js'), 'serve', '--network', network, '--store', storeOf(machine)],
      ...['--host', addressOf(machine), '--port', '8080'],
    ],
    { env: secrets, cwd: folder },
  );
const isReady = async (machine: Machine): Promise<boolean> =>
  (await fetch(`http://${addressOf(machine)}:8080/readyz`).catch(() => undefined))?.status === 200;

async function drill(): Promise<void> {
  for (const machine of machines) add(`etcd ${machine}`, startEtcd(folder, machine));
  add('patroni 1', startPatroni(folder, 1, owner));
  await until('a primary', async () => (await cluster()).primary === 1);
  add('patroni 2', startPatroni(folder, 2, owner));
  await until('a synchronous standby', async () => (await cluster()).synchronous === 2);
  await createDatabase(folder, 1, owner, secrets.PGPASSWORD);
  for (const machine of machines) add(`database proxy ${machine}`, startDatabaseProxy(folder, machine));
  add('gateway 1', startGateway(1));
  await until('a gateway', () => isReady(1)); // it creates the tables
  for (const machine of [2, 3] as const) add(`gateway ${machine}`, startGateway(machine));
  for (const machine of machines) await until(`gateway ${machine}`, () => isReady(machine));
  add('front', startFront(folder));
  const front = asker(`https://localhost:${frontPort}`);
  const answers = () =>
    front('GET', '/readyz').then(
      ({ status }) => status === 200,
      () => false,
    );
  await until('an answer by the proxy', answers);
  print(`three gateways behind one address; the primary is on machine 1, its synchronous standby on machine 2`);

  const seen = emptyLoad();
  let isOver = false;
  let [longest, last, count] = [0, performance.now(), 0];
  const watching = setInterval(() => {
    const now = performance.now();
    if (seen.acknowledged.length > count) {
      longest = Math.max(longest, now - last);
      [last, count] = [now, seen.acknowledged.length];
    }
  }, 20);
  const chance = random(15);
  const loading = (async () => {
    while (!isOver) await load([front], { count: 50, clients: 6, chance, into: seen });
  })();
  await pauseFor(seconds * 1_000);
  const [before, calm] = [seen.acknowledged.length, longest];
  longest = 0;
  const lost = ['patroni 1', ...(losesDatabaseOnly ? [] : ['gateway 1', 'database proxy 1', 'etcd 1'])];
  for (const name of lost) kill(parts.get(name)!, 'SIGKILL');
  const killedAt = performance.now();
  print(`${before} acknowledged; killed with -9: ${lost.join(', ')} (with PostgreSQL)`);
  await until('machine 2 is the primary', async () => (await cluster()).primary === 2);
  print(`machine 2 is the primary after ${((performance.now() - killedAt) / 1_000).toFixed(1)} s`);
  await until('an acknowledgement', async () => seen.acknowledged.length > before + 5);
  await pauseFor(seconds * 1_000);
  print(
    `longest time without an acknowledgement: ${(longest / 1_000).toFixed(1)} s (before the kill ${(calm / 1_000).toFixed(1)} s)`,
  );

  add('etcd 1', losesDatabaseOnly ? parts.get('etcd 1')! : startEtcd(folder, 1));
  add('patroni 1', startPatroni(folder, 1, owner));
  await until('machine 1 is the synchronous standby', async () => (await cluster()).synchronous === 1, 300);
  print('machine 1 came back, and is the synchronous standby');
  isOver = true;
  await loading;
  clearInterval(watching);
  print(
    `${seen.acknowledged.length} referrals and ${seen.moved.length} moves acknowledged; ` +
      `${seen.unavailable.length} answers 503, ${seen.unanswered} without an answer, all repeated by their senders`,
  );
  if (seen.unexpected.length)
    throw new Error(`answers that no sender may get: ${seen.unexpected.slice(0, 5).join('; ')}`);
  print(await accountFor({ url: storeOf(2), password: secrets.PGPASSWORD, seen, sink }));
  Object.assign(process.env, secrets);
  const verified = await mgn(['audit', 'verify', '--store', storeOf(2)]);
  print(verified.out.trim() || verified.err.trim());
  if (verified.code !== 0) throw new Error('the audit chain is broken');
}

try {
  await drill();
  print('nothing that was acknowledged is lost');
} catch (why) {
  process.exitCode = 1;
  print(`FAILED: ${why instanceof Error ? (why.stack ?? why.message) : why}`);
  for (const [name, part] of parts) print(`--- ${name}\n${part.written().slice(-2_000)}`);
} finally {
  for (const part of [...parts.values()].reverse()) kill(part, 'SIGKILL');
  await sink.close();
  await pauseFor(500);
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

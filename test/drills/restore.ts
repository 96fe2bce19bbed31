/**
 * A store on PostgreSQL is restored from `pg_dump` and from `pg_basebackup`, into servers of their own, and from both copied into a
 * file: `npm run drill:restore`. Fails unless each ends with the counts and hashes of the store that was backed up. Needs
 * Linux, root and Debian's postgresql. docs/operate/backup.md.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newRingLine } from '../../src/store/sql/vault/ring.ts';
import { mgn } from '../support/cli/mgn.ts';
import { freePort } from '../support/free-port.ts';
import { random } from '../support/random.ts';
import { networkAt, startGatewayProcess } from '../support/servers/gateway-process.ts';
import { startSink } from '../support/servers/recording-receiver.ts';
import { emptyLoad, load } from '../support/store/load-on-gateways.ts';
import { kill, newestBin, type Part, postgresUser, start, until } from './region.ts';

const count = Number(process.argv[2] ?? 100);
const print = (line: string) => process.stdout.write(`${line}\n`);
const folder = mkdtempSync(join(tmpdir(), 'mgn-restore-'));
chmodSync(folder, 0o755);
const owner = postgresUser();
const servers: Part[] = [];
const tool = (name: string, ...args: readonly string[]): string =>
  execFileSync(join(newestBin(), name), args, {
    ...owner,
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

function dataFolder(name: string): string {
  const data = join(folder, name);
  mkdirSync(data, { mode: 0o700 });
  chownSync(data, owner.uid, owner.gid);
  return data;
}

/** Starts PostgreSQL on a folder of data, and returns its port. */
async function serve(data: string): Promise<number> {
  const port = await freePort();
  const given = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', ''];
  servers.push(start(join(newestBin(), 'postgres'), given, { ...owner, cwd: folder }));
  const isReady = async () => {
    try {
      tool('pg_isready', '-h', '127.0.0.1', '-p', String(port));
      return true;
    } catch {
      return false;
    }
  };
  await until('PostgreSQL answers', isReady);
  return port;
}

const addressOf = (port: number): string => `postgres://gateway@127.0.0.1:${port}/gateway`;
const connection = (port: number) => ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres'];
const create = (port: number) => {
  tool('psql', ...connection(port), '-c', 'create role gateway login');
  tool('psql', ...connection(port), '-c', "create database gateway owner gateway encoding 'UTF8' template template0");
};
const emptyServer = async (name: string): Promise<number> => {
  const data = dataFolder(name);
  tool('initdb', `--pgdata=${data}`, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8');
  const port = await serve(data);
  create(port);
  return port;
};

/** Copies a store to a file; the copy compares each table, and prints its count and hash. */
async function countsOf(name: string, port: number): Promise<readonly string[]> {
  const { code, out, err } = await mgn(['store', 'copy', addressOf(port), `sqlite:${join(folder, `${name}.db`)}`]);
  if (code !== 0) throw new Error(`${name}: ${err || out}`);
  const checked = await mgn(['store', 'check', '--store', addressOf(port)]);
  if (checked.code !== 0) throw new Error(`${name}: ${checked.err || checked.out}`);
  const tables = out.split('\n').filter((line) => /\b[0-9a-f]{12,}\b/.test(line));
  if (tables.length < 5) throw new Error(`the copy printed no hashes: ${out}`);
  return tables;
}

const sink = await startSink(undefined, false);
try {
  const network = networkAt(folder, sink.url);
  writeFileSync(join(folder, 'keys'), `${newRingLine('drill')}\n`, { mode: 0o600 });
  process.env.MGN_STORE_KEYS_FILE = join(folder, 'keys');
  const first = await emptyServer('first');
  const gateway = await startGatewayProcess(network, addressOf(first));
  const seen = emptyLoad();
  await load([gateway.ask], { count, clients: 6, chance: random(3), into: seen });
  await gateway.kill('SIGTERM');
  print(`${seen.acknowledged.length} referrals and ${seen.moved.length} moves acknowledged`);

  const dump = join(dataFolder('dump'), 'gateway.dump');
  tool('pg_dump', ...connection(first), '--format=custom', '--dbname=gateway', `--file=${dump}`);
  tool(
    'pg_basebackup',
    ...connection(first),
    '--pgdata',
    dataFolder('base'),
    '--wal-method=stream',
    '--checkpoint=fast',
  );
  const expected = await countsOf('first', first);
  kill(servers[0]!, 'SIGKILL');

  const second = await emptyServer('second');
  tool('pg_restore', ...connection(second), '--dbname=gateway', dump);
  const restored = { pg_dump: second, pg_basebackup: await serve(join(folder, 'base')) };
  for (const [name, port] of Object.entries(restored)) {
    const counts = await countsOf(name, port);
    if (counts.join('\n') !== expected.join('\n'))
      throw new Error(`${name} differs:\n${expected.join('\n')}\n---\n${counts.join('\n')}`);
    print(`restored from ${name}: ${counts.length} tables with the same counts and hashes, and no problem found`);
  }
  print(expected.join('\n'));
} catch (why) {
  process.exitCode = 1;
  print(`FAILED: ${why instanceof Error ? why.stack : why}`);
  for (const it of servers) print(it.written().slice(-1_000));
} finally {
  for (const it of servers) kill(it, 'SIGKILL');
  await sink.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

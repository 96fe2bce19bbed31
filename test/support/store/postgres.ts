import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import pg from 'pg';

let started: Promise<pg.Pool> | undefined;
let restart: (milliseconds: number) => Promise<void> = () => Promise.reject(new Error('PostgreSQL is not running.'));
let schemas = 0;

/** A PostgreSQL of this process, started when first needed. It stops and removes itself when this process is gone. */
const server = (): Promise<pg.Pool> => {
  started ??= start();
  return started;
};

async function start(): Promise<pg.Pool> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'postgres-server.ts')], {
    detached: true, // Ctrl-C is for this process; the other stops after it
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let problem = '';
  child.stderr.on('data', (chunk) => {
    problem += chunk;
  });
  const port = await Promise.race([
    once(child.stdout, 'data').then(([line]) => Number(line)),
    once(child, 'close').then(() => Promise.reject(new Error(`PostgreSQL did not start: ${problem}`))),
  ]);
  restart = async (milliseconds) => {
    const isBack = once(child.stdout, 'data');
    child.stdin.write(`restart ${milliseconds}\n`);
    await isBack;
  };
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as unknown as { unref(): void }).unref();
  const pool = new pg.Pool({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    database: 'postgres',
    max: 2,
    allowExitOnIdle: true,
  });
  pool.on('error', () => {}); // idle connections that a restart cuts
  return pool;
}

/** Stops the server as a crash does, and starts it again after some milliseconds; resolves when it takes connections. */
export const restartPostgres = (downFor: number): Promise<void> => restart(downFor);

/** SQL as the superuser, outside any store. */
export const asSuperuser = async (sql: string): Promise<readonly Record<string, unknown>[]> =>
  (await (await server()).query(sql)).rows;

/** The address of an empty store: a schema of its own. */
export async function emptyPostgres(user = 'postgres'): Promise<string> {
  const name = `store_${++schemas}`;
  await asSuperuser(`create schema ${name}`);
  return addressOf(name, user);
}

export async function addressOf(schema: string, user = 'postgres'): Promise<string> {
  const { port } = (await server()).options;
  return `postgres://${user}@127.0.0.1:${port}/postgres?options=${encodeURIComponent(`-c search_path=${schema}`)}`;
}

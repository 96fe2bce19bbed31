/**
 * What a process has done so far, from the operating system and from the statements it ran: counts, which a busy machine
 * does not change. Start the process with `--import` of this file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

export type Counters = {
  /** CPU time of all threads, in microseconds; those of threads by id only where Linux has them. */
  readonly cpu: number;
  readonly threads: Readonly<Record<string, number>>;
  /** Bytes passed to write calls (files and sockets), the calls, and bytes sent to the disk. 0 without /proc. */
  readonly written: number;
  readonly writeCalls: number;
  readonly toDisk: number;
  readonly statements: number;
};

// One number for all threads: `--import` of this file is inherited by the thread of the store.
const name = 'mgn-bench-statements';
const shared = (getEnvironmentData(name) as SharedArrayBuffer | undefined) ?? new SharedArrayBuffer(4);
setEnvironmentData(name, shared);
const statements = new Int32Array(shared);

type Method = (...values: unknown[]) => unknown;

function count(prototype: object, names: readonly string[]): void {
  const methods = prototype as Record<string, Method>;
  for (const name of names) {
    const original = methods[name]!;
    methods[name] = function counted(this: unknown, ...values: unknown[]) {
      Atomics.add(statements, 0, 1);
      return original.apply(this, values);
    };
  }
}
count(StatementSync.prototype, ['run', 'get', 'all', 'iterate']);
count(DatabaseSync.prototype, ['exec']);

export function counters(): Counters {
  const { user, system } = process.cpuUsage();
  const io = linesOf('/proc/self/io');
  const figure = (name: string) => Number(io.find((it) => it.startsWith(`${name}: `))?.split(' ')[1] ?? 0);
  return {
    cpu: user + system,
    threads: threads(),
    written: figure('wchar'),
    writeCalls: figure('syscw'),
    toDisk: figure('write_bytes'),
    statements: Atomics.load(statements, 0),
  };
}

/** The first field of schedstat: nanoseconds on a processor. */
function threads(): Counters['threads'] {
  const folder = '/proc/self/task';
  const ids = process.platform === 'linux' ? readdirSync(folder) : [];
  return Object.fromEntries(
    ids.map((id) => [id, Number(linesOf(`${folder}/${id}/schedstat`)[0]?.split(' ')[0] ?? 0) / 1_000]),
  );
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}

export type Lag = { readonly p99: number; readonly longest: number };

const resolution = 5;
const delay = monitorEventLoopDelay({ resolution });

/** Starts anew, and returns by how much timers were late since the last call, in milliseconds. */
export function takeLag(): Lag {
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1_000_000 - resolution);
  const lag = { p99: late(delay.percentile(99)), longest: late(delay.max) };
  delay.reset();
  delay.enable();
  return lag;
}

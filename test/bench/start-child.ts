import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Pool } from 'undici';
import type { Sink } from '../support/servers/recording-receiver.ts';
import type { Ready, Snapshot } from './gateway/process.ts';
import type { Target } from './load.ts';

export type Child = Target & {
  readonly file: string;
  /** Size of the store after it was filled, in bytes. */
  readonly filled: number;
  readonly snapshot: () => Promise<Snapshot>;
  readonly stop: () => Promise<void>;
};

const root = join(import.meta.dirname, '../..');
const countersFile = new URL('gateway/counters.ts', import.meta.url).href;

/** A gateway on a store in `file`, with `stored` messages in it from before. `loaded`: modules that are loaded before it. */
export async function startChild(
  kind: 'full' | 'null',
  sink: Sink,
  file: string,
  stored = 0,
  loaded: readonly string[] = [],
): Promise<Child> {
  // the options with which `mgn serve` starts itself (bin/young-heap.js)
  const heap = ['--max-semi-space-size=64', '--initial-old-space-size=128'];
  const node = [...heap, ...[countersFile, ...loaded].flatMap((it) => ['--import', it])];
  const args = [...node, 'test/bench/gateway/process.ts', kind, sink.url, file, String(stored)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const next = async <T>(): Promise<T> => {
    const [message] = await Promise.race([
      once(child, 'message'),
      ended.then(([code]) => Promise.reject(new Error(`the ${kind} gateway ended with ${code}`))),
    ]);
    return message as T;
  };
  const { port, filled } = await next<Ready>();
  return {
    file,
    filled,
    sink,
    pool: new Pool(`http://127.0.0.1:${port}`, { connections: 256 }),
    snapshot: async () => {
      const answer = next<Snapshot>();
      child.send('counters');
      return answer;
    },
    stop: async () => {
      child.send('stop');
      await ended;
    },
  };
}

/**
 * Loaded with `--import` into a gateway process: measures the turns of its main loop. Ordered by messages of the parent:
 * `start`, then `stop`, which answers with the longest turn since.
 */
import { type Profiler, Session } from 'node:inspector/promises';
import { isMainThread } from 'node:worker_threads';

/** The longest turn, in milliseconds: CPU time of the thread, which a busy machine does not lengthen, and time of the clock. */
export type Turns = {
  readonly cpu: number;
  readonly wall: number;
  /** Functions of the longest turn by their time (ms), callees included; only with `start where`. */
  readonly where?: readonly (readonly [string, number])[];
};

export type Order = 'start' | 'start where' | 'stop';

if (isMainThread && process.channel) {
  let isOn = false;
  let longest = { cpu: 0, wall: 0, from: 0, to: 0 };
  let session: Session | undefined;
  const cpuNow = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  let last = { cpu: cpuNow(), at: performance.now(), monotonic: process.hrtime.bigint() };
  // one immediate in each turn: between two of them is what the others of the loop had to wait for
  const look = (): void => {
    const now = { cpu: cpuNow(), at: performance.now(), monotonic: process.hrtime.bigint() };
    const cpu = now.cpu - last.cpu;
    if (cpu > longest.cpu)
      longest = {
        cpu,
        wall: now.at - last.at,
        from: Number(last.monotonic / 1_000n),
        to: Number(now.monotonic / 1_000n),
      };
    last = now;
    if (isOn) setImmediate(look);
  };
  const begin = (): void => {
    longest = { cpu: 0, wall: 0, from: 0, to: 0 };
    last = { cpu: cpuNow(), at: performance.now(), monotonic: process.hrtime.bigint() };
    isOn = true;
    setImmediate(look);
    process.send?.('started');
  };
  process.on('message', async (order: Order) => {
    if (order === 'stop') {
      isOn = false;
      const { cpu, wall } = longest;
      const profile = (await session?.post('Profiler.stop'))?.profile;
      session = undefined;
      const where = profile && { where: within(profile, longest) };
      process.send?.({ cpu, wall, ...where } satisfies Turns);
      return;
    }
    if (order === 'start where') {
      session = new Session();
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: 1_000 });
      await session.post('Profiler.start');
    }
    begin();
  });
  process.channel.unref();
}

/** Time of each function in a stretch of time, with what it called. */
function within(
  { nodes, samples = [], timeDeltas = [], startTime }: Profiler.Profile,
  { from, to }: { readonly from: number; readonly to: number },
): readonly (readonly [string, number])[] {
  const nodeOf = new Map(nodes.map((it) => [it.id, it]));
  const parentOf = new Map(nodes.flatMap((it) => (it.children ?? []).map((child) => [child, it.id] as const)));
  const times = new Map<string, number>();
  let at = startTime;
  for (const [place, sample] of samples.entries()) {
    at += timeDeltas[place] ?? 0;
    if (at < from || at > to) continue;
    const names = new Set<string>();
    for (let id: number | undefined = sample; id !== undefined; id = parentOf.get(id)) {
      const { functionName, url, lineNumber } = nodeOf.get(id)!.callFrame;
      names.add(
        `${functionName || '(anonymous)'} ${url.replace(/^.*\/(src|node_modules)\//, '$1/')}:${lineNumber + 1}`,
      );
    }
    for (const name of names) times.set(name, (times.get(name) ?? 0) + (timeDeltas[place + 1] ?? 1_000) / 1_000);
  }
  return [...times].sort((one, other) => other[1] - one[1]);
}

import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How long the event loop of a thread makes its work wait, in milliseconds. */
export type LoopDelay = {
  /**
   * Duration of the turn in which a request arrives, on average over the last five seconds: turns count by their length, as a
   * request is more likely to arrive in a long one. One stop of a second counts as 200 ms, turns of 100 ms as 100 ms.
   */
  readonly mean: number;
  /** Longest turn of the last minute. */
  readonly longest: number;
};

export type LoopWatch = { readonly read: () => LoopDelay; readonly stop: () => void };

/** Milliseconds: between two ticks of the clock that is late, and between two looks. */
const [resolution, every] = [20, 500];
/** Looks that count. */
const [forMean, forLongest] = [10, 120];

type Slot = { readonly milliseconds: number; readonly squares: number; readonly longest: number };

/** Watches the event loop of this thread. `onLook` is called twice a second, sooner never. */
export function watchEventLoop(onLook: (delay: LoopDelay) => void = () => {}): LoopWatch {
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  const slots: Slot[] = [];
  let since = performance.now();
  const read = () => delayOver(slots);
  const timer = setInterval(() => {
    const now = performance.now();
    slots.push({ ...seenBy(histogram), milliseconds: now - since });
    since = now;
    histogram.reset();
    if (slots.length > forLongest) slots.shift();
    onLook(read());
  }, every);
  timer.unref();
  return {
    read,
    stop: () => {
      clearInterval(timer);
      histogram.disable();
    },
  };
}

type Seen = { readonly count: number; readonly mean: number; readonly stddev: number; readonly max: number };

/** Nanoseconds between two ticks, which are `resolution` apart when nothing delays them. */
function seenBy({ count, mean, stddev, max }: Seen): Omit<Slot, 'milliseconds'> {
  if (count === 0) return { squares: 0, longest: 0 };
  const late = Math.max(0, mean / 1e6 - resolution);
  return { squares: count * (late ** 2 + (stddev / 1e6) ** 2), longest: Math.max(0, max / 1e6 - resolution) };
}

export function delayOver(slots: readonly Slot[]): LoopDelay {
  const recent = slots.slice(-forMean);
  const milliseconds = recent.reduce((sum, it) => sum + it.milliseconds, 0);
  const squares = recent.reduce((sum, it) => sum + it.squares, 0);
  return {
    mean: milliseconds > 0 ? squares / Math.max(milliseconds, forMean * every) : 0,
    longest: slots.reduce((most, it) => Math.max(most, it.longest), 0),
  };
}

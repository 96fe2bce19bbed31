import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { quantile } from './timing.ts';

/** How much the machine varied by itself: the same computation, timed at the start of each round. */
export type Noise = { readonly sample: () => void; readonly describe: () => string };

export function noise(): Noise {
  const took: number[] = [];
  const text = 'x'.repeat(1_000_000);
  const stolen = stealTime();
  const began = performance.now();
  return {
    sample: () => {
      for (let run = 0; run < 10; run++) {
        const start = performance.now();
        for (let times = 0; times < 8; times++) createHash('sha256').update(text).digest();
        took.push(performance.now() - start);
      }
    },
    describe: () => {
      const [fastest, median, slow] = [0, 0.5, 0.95].map((share) => quantile(took, share).toFixed(1));
      const steal = ((stealTime() - stolen) * 10) / (performance.now() - began) / cpus().length;
      return (
        `${cpus().length} cores, ${process.version}; a fixed computation took ${fastest} ms at best, ${median} in the middle, ` +
        `${slow} at the 95th percentile; load ${loadavg()[0]!.toFixed(1)}; ${(100 * steal).toFixed(0)} % of the time stolen`
      );
    },
  };
}

/** Ticks of 10 ms in which the host ran something else. */
function stealTime(): number {
  try {
    return Number(/^cpu +(?:\d+ +){7}(\d+)/.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

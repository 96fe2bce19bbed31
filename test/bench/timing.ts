import { type ParseArgsConfig, parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** MiB of heap that are really held. */
export const heap = (): number => {
  collect();
  return Math.round(process.memoryUsage().heapUsed / 1_048_576);
};

/** The values of the options; prints their names instead, and ends, when asked for `--help`. */
export function valuesOf<const Options extends NonNullable<ParseArgsConfig['options']>>(options: Options) {
  if (!process.argv.includes('--help')) return parseArgs({ options }).values;
  for (const name of Object.keys(options)) say(`  --${name}`);
  process.exit();
}

export const say = (text: string) => process.stdout.write(`${text}\n`);
export const milliseconds = (it: number) => (it >= 100 ? `${Math.round(it)} ms` : `${it.toFixed(2)} ms`);

export async function timed<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  const value = await work();
  say(`  ${name}: ${milliseconds(performance.now() - start)}`);
  return value;
}

/** The value below which this share of many lies. */
export function quantile(of: readonly number[], share: number): number {
  const sorted = [...of].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Of many runs: the middle one, the one in twenty, the slowest. */
export const spread = (took: readonly number[]): string =>
  `p50 ${milliseconds(quantile(took, 0.5))}, p95 ${milliseconds(quantile(took, 0.95))}, slowest ${milliseconds(quantile(took, 1))} (${took.length} runs)`;

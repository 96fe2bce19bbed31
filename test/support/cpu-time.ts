import { expect } from 'vitest';

/**
 * The value of `run`, and the CPU time of this thread in milliseconds. Unlike wall time it does not grow when the
 * machine has other work, so a generous bound separates linear from quadratic on any machine.
 */
export async function cpuTimeOf<T>(run: () => Promise<T>): Promise<{ value: T; milliseconds: number }> {
  const start = process.threadCpuUsage();
  const value = await run();
  const { user, system } = process.threadCpuUsage(start);
  return { value, milliseconds: (user + system) / 1_000 };
}

/** Runs `run` and expects less than `milliseconds` of CPU time; returns its result. For synchronous code. */
export function withinCpuTime<T>(milliseconds: number, run: () => T): T {
  const start = process.threadCpuUsage();
  const result = run();
  const { user, system } = process.threadCpuUsage(start);
  expect((user + system) / 1_000, 'milliseconds of CPU time').toBeLessThan(milliseconds);
  return result;
}

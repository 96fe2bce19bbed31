import { expect } from 'vitest';

const never = new Int32Array(new SharedArrayBuffer(4));

/**
 * CPU time of this thread so far, in milliseconds. Linux counts a thread up to its last sleep or to its last tick, some
 * milliseconds ago: it sleeps a moment, so that the figure is exact.
 */
export function threadTime(): number {
  Atomics.wait(never, 0, 0, 0.01);
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/**
 * The value of `run`, and the CPU time of this thread in milliseconds. Unlike wall time it does not grow when the
 * machine has other work, so a generous bound separates linear from quadratic on any machine.
 */
export async function cpuTimeOf<T>(run: () => Promise<T> | T): Promise<{ value: T; milliseconds: number }> {
  const start = threadTime();
  const value = await run();
  return { value, milliseconds: threadTime() - start };
}

/** Runs `run` and expects less than `milliseconds` of CPU time; returns its result. For synchronous code. */
export function withinCpuTime<T>(milliseconds: number, run: () => T): T {
  const start = threadTime();
  const result = run();
  expect(threadTime() - start, 'milliseconds of CPU time').toBeLessThan(milliseconds);
  return result;
}

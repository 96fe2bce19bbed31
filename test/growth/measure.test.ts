import { describe, expect, test } from 'vitest';
import { cpuTimeOf } from '../support/cpu-time.ts';
import { type Cost, expectProportion, growthOf } from '../support/growth.ts';
import { random } from '../support/random.ts';

/** The measure of these tests itself: what it must find, and what a busy machine must not make it find. */

const seeds = Array.from({ length: 200 }, (_, at) => at + 1);

/** A machine on which half of the measurements take up to twice as long, singly or several in a row. */
const busy = (cost: (items: number) => number, seed: number): Cost => {
  const { int, chance } = random(seed);
  let slow = 0;
  return (items) => {
    slow = slow > 0 ? slow - 1 : chance(0.1) ? int(4) : 0;
    const factor = slow > 0 ? 2 : chance(0.4) ? 1 + int(100) / 100 : 1 + int(8) / 100;
    return cost(items) * factor;
  };
};

const isLinear = async (cost: Cost) => (await growthOf(cost)).isLinear;

describe.each<[string, (items: number) => number]>([
  ['little', (n) => 8 + 0.01 * n],
  ['for cheap items', (n) => 15 + 0.1 * n],
  ['for dear items', (n) => 20 + 1.7 * n],
  ['and the size of its logarithm', (n) => 5 + 0.01 * n * Math.log2(n)],
])('what costs %s in proportion', (_, cost) => {
  test('passes on a busy machine', async () => {
    for (const seed of seeds) expect(await isLinear(busy(cost, seed)), `seed ${seed}`).toBe(true);
  });
});

describe.each<[string, (items: number) => number]>([
  ['alone', (n) => 0.001 * n * n],
  ['beside a cost of the message', (n) => 15 + 0.001 * n * n],
  ['beside cheap items', (n) => 8 + 0.05 * n + 0.0004 * n * n],
  ['beside dear items', (n) => 20 + 1.7 * n + 0.03 * n * n],
])('a square, %s', (_, cost) => {
  test('is found on a quiet machine, and on a busy one', async () => {
    expect(await isLinear(cost)).toBe(false);
    for (const seed of seeds) expect(await isLinear(busy(cost, seed)), `seed ${seed}`).toBe(false);
  });
});

test('the figures of what is refused are in its message', () =>
  expect(expectProportion((n) => n * n)).rejects.toThrow('400 items: 160000.0 ms, 1600 items: 2560000.0 ms'));

const work = (rounds: number) => {
  let sum = 0;
  for (let at = 0; at < rounds; at += 1) sum = (sum + at * 31) % 1_000_003;
  return sum;
};

const timeOf = async (rounds: number) => (await cpuTimeOf(() => work(rounds))).milliseconds;

test('a planted square is found by its CPU time, and work in proportion is not', async () => {
  expect(await isLinear((n) => timeOf(n * 500))).toBe(true);
  expect(await isLinear((n) => timeOf((n * n) / 4))).toBe(false);
});

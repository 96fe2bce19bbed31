import { expect } from 'vitest';

/** What a list of this many items costs: milliseconds of CPU time, each time measured on a state of its own. */
export type Cost = (items: number) => number | Promise<number>;

/** Numbers of items that were compared, with the least cost of each. */
export type Growth = { readonly few: number; readonly many: number; readonly before: number; readonly after: number };

/** How many times the items; what is quadratic then costs 16 times as much. */
const times = 4;
/** Between proportion (4 at most, as a message has costs of its own) and the square. */
const most = 5;
/** Of many items: what no longer fits the caches of the processor costs twice as much or thrice, and not 16 times. */
const mostOfMany = 8;
/** Other work on the machine and the garbage collector lengthen a round or two, at any size; the square lengthens all. */
const rounds = 6;
/** What costs little is disturbed the more: it is not believed at once. */
const leastRounds = ({ before }: Growth) => (before > 2 * enough ? 1 : 2);
/** The sizes to begin with: as many items as cost about a tenth of a second, so that costs of the message weigh little. */
const sizes = [100, 200, 400];
const enough = 50;
const mostItems = 25_600;

/**
 * Compares the cost of few items with that of four times as many, in turns, until the least of both are in proportion.
 * If they never are, at larger sizes: noise and what is compiled on the way weigh less there, a square the more.
 */
export async function growthOf(cost: Cost): Promise<Growth & { readonly isLinear: boolean }> {
  let growth: Growth | undefined;
  const first = await firstSize(cost);
  for (let few = first; isUndecided(growth, first, few); few *= 2) {
    const limit = few <= first * 4 ? most : mostOfMany;
    growth = { few, many: few * times, before: Number.POSITIVE_INFINITY, after: Number.POSITIVE_INFINITY };
    for (let round = 1; round <= rounds; round += 1) {
      const before = Math.min(growth.before, await cost(growth.few));
      const after = Math.min(growth.after, await cost(growth.many));
      // on both sides of the many, as a spell of other work on the machine would hide a square in a single measurement
      growth = { ...growth, before: Math.min(before, await cost(growth.few)), after };
      if (round >= leastRounds(growth) && after < limit * growth.before) return { ...growth, isLinear: true };
    }
  }
  return { ...growth!, isLinear: false };
}

/** Three sizes as a rule; more of them as long as so little is measured that the garbage collector decides. */
const isUndecided = (growth: Growth | undefined, first: number, few: number): boolean =>
  few <= first * 4 || (few <= mostItems && (growth?.after ?? 0) < 4 * enough);

/** Also runs the code before it is measured: what is not compiled yet costs the more. */
async function firstSize(cost: Cost): Promise<number> {
  for (const size of sizes) {
    await cost(size);
    if ((await cost(size)) > enough) return size;
  }
  return sizes.at(-1)!;
}

export async function expectProportion(cost: Cost): Promise<void> {
  const { isLinear, few, many, before, after } = await growthOf(cost);
  const figures = `${few} items: ${before.toFixed(1)} ms, ${many} items: ${after.toFixed(1)} ms of CPU time`;
  expect(isLinear, figures).toBe(true);
}

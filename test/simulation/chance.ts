/** Chance that can be had again: mulberry32, seeded. */
export type Chance = {
  /** From 0 up to 1. */
  readonly next: () => number;
  /** A whole number, both ends included. */
  readonly between: (least: number, most: number) => number;
  readonly happens: (share: number) => boolean;
  readonly oneOf: <T>(choices: readonly T[]) => T;
  /** A choice by its weight. */
  readonly weighed: <T extends string>(weights: Readonly<Record<T, number>>) => T;
};

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    happens: (share) => next() < share,
    oneOf: (choices) => choices[Math.floor(next() * choices.length)]!,
    weighed: <T extends string>(weights: Readonly<Record<T, number>>): T => {
      const all = Object.entries(weights) as [T, number][];
      let left = next() * all.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [choice, weight] of all) {
        left -= weight;
        if (left < 0) return choice;
      }
      return all.at(-1)![0];
    },
  };
}

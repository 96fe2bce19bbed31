import type { StoreFault } from './store-fault.ts';
import type { StoreProblem } from './store-problem.ts';

/** What requests met: a probe alone would miss it, since it writes one page and reads none of theirs. */
export type SeenFaults = {
  readonly note: (fault: StoreFault) => void;
  /** When a damaged part of the store was first met. */
  readonly damagedAt: () => Date | undefined;
  /** Why a write failed lately, for `recently` milliseconds. */
  readonly unwritable: () => StoreProblem | undefined;
};

/** Milliseconds: the Retry-After of a refused message. */
const recently = 10_000;

export function seenFaults(now: () => Date): SeenFaults {
  let damagedAt: Date | undefined;
  let last: { readonly at: number; readonly problem: StoreProblem } | undefined;
  return {
    note: ({ problem, isFull }) => {
      if (problem === 'damaged') damagedAt ??= now();
      if (isFull) last = { at: now().getTime(), problem };
    },
    damagedAt: () => damagedAt,
    unwritable: () => (last && now().getTime() - last.at < recently ? last.problem : undefined),
  };
}

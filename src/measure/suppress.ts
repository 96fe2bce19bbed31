import type { PersonGroup, Score, Stratifier, Stratum } from './counts.ts';
import { quantile } from './quantile.ts';

/** A count as it may be told; null: it is hidden. */
export type ReportedCount = number | null;

export type SuppressedStratum = Omit<Stratum, 'count' | 'within'> & {
  readonly count: ReportedCount;
  readonly within?: readonly SuppressedStratum[];
};
export type SuppressedStratifier = Omit<Stratifier, 'strata'> & { readonly strata: readonly SuppressedStratum[] };
export type SuppressedGroup = Omit<PersonGroup, 'total' | 'lines' | 'score'> & {
  readonly total: ReportedCount;
  readonly lines: readonly SuppressedStratifier[];
  /** `hidden`, or `none` when there is nobody to tell it of; absent when the group has no score. */
  readonly score?: { readonly kind: Score['kind']; readonly of?: string; readonly value: number | 'hidden' | 'none' };
};

/**
 * A group with its small counts hidden, and as many others as it takes that nobody can work them out.
 *
 * - A count of 1 to `smallest - 1` is hidden; nobody (0) is told.
 * - What is told of a division is its total and the strata that are shown; the hidden ones are known by their sum. Others of
 *   the division are hidden, in the order of the list, until each small count could still be anything from 1 to
 *   `smallest - 1`, also for who knows this rule. When there is nothing left to hide, the whole division is hidden.
 * - The parts of what is hidden are hidden.
 *
 * The divisions of one total have nothing but that total in common, so what holds for each of them holds for all.
 */
export function suppress(group: PersonGroup, smallest: number): SuppressedGroup {
  const isHidden = group.total > 0 && group.total < smallest;
  const lines = group.lines.map((line) => ({
    ...line,
    strata: isHidden ? line.strata.map(hidden) : divided(line.strata, smallest),
  }));
  const { score, ...rest } = group;
  return {
    ...rest,
    total: isHidden ? null : group.total,
    lines,
    ...(score
      ? {
          score: {
            kind: score.kind,
            ...(score.kind === 'share' ? { of: score.of } : {}),
            value: scoreValue(score, isHidden ? null : group.total, lines, smallest),
          },
        }
      : {}),
  };
}

const hidden = ({ within, ...it }: Stratum): SuppressedStratum => ({
  ...it,
  count: null,
  ...(within ? { within: within.map(hidden) } : {}),
});

/** The strata of a total that is told. */
function divided(strata: readonly Stratum[], smallest: number): readonly SuppressedStratum[] {
  const concealed = hiddenIndexes(
    strata.map(({ count }) => count),
    smallest,
  );
  return strata.map((it, index) => {
    if (concealed.has(index)) return hidden(it);
    const { within, ...shown } = it;
    return { ...shown, ...(within ? { within: divided(within, smallest) } : {}) };
  });
}

/** Places of the counts that are hidden. */
export function hiddenIndexes(counts: readonly number[], smallest: number): ReadonlySet<number> {
  const isSmall = (count: number) => count > 0 && count < smallest;
  const places = counts.map((_, index) => index);
  const small = places.filter((index) => isSmall(counts[index]!));
  if (small.length === 0) return new Set();
  const concealed = new Set(small);
  let sum = small.reduce((total, index) => total + counts[index]!, 0);
  let companions = 0;
  // Each small one may be `smallest - 1` while the others are 1 and each companion is `smallest`.
  const isSafe = () => companions > 0 && sum >= smallest - 2 + small.length + smallest * companions;
  for (const index of places) {
    if (isSafe()) return concealed;
    if (concealed.has(index) || counts[index] === 0) continue;
    concealed.add(index);
    sum += counts[index]!;
    companions++;
  }
  return isSafe() ? concealed : new Set(places);
}

/** A quantile is told when enough people are on both sides of it: it is a value that occurred. */
function scoreValue(
  score: Score,
  total: ReportedCount,
  lines: readonly SuppressedStratifier[],
  smallest: number,
): number | 'hidden' | 'none' {
  if (total === null) return 'hidden';
  if (total === 0) return 'none';
  switch (score.kind) {
    case 'share': {
      const count = lines[0]?.strata.find(({ code }) => code === score.of)?.count;
      return count === null || count === undefined ? 'hidden' : count / total;
    }
    case 'quantile': {
      const side = Math.min(score.at, 1 - score.at) * score.days.length;
      return side + 1e-9 < smallest ? 'hidden' : (quantile(score.days, score.at) ?? 'none');
    }
  }
}

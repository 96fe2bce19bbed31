import type { PersonGroup, Score, Stratifier, Stratum } from './counts.ts';
import { quantile } from './quantile.ts';

/** A count fit for publication; null: hidden. */
export type ReportedCount = number | null;

export type SuppressedStratum = Omit<Stratum, 'count' | 'within'> & {
  readonly count: ReportedCount;
  readonly within?: readonly SuppressedStratum[];
};
export type SuppressedStratifier = Omit<Stratifier, 'strata'> & { readonly strata: readonly SuppressedStratum[] };
export type SuppressedGroup = Omit<PersonGroup, 'total' | 'lines' | 'score'> & {
  readonly total: ReportedCount;
  readonly lines: readonly SuppressedStratifier[];
  /** `hidden`, or `none` when the group is empty; absent when the group has no score. */
  readonly score?: { readonly kind: Score['kind']; readonly of?: string; readonly value: number | 'hidden' | 'none' };
};

/**
 * Hides the small counts of a group, and as many others as needed to prevent recalculation.
 *
 * - A count of 1 to `smallest - 1` is hidden; 0 is reported.
 * - A reader sees the total of a division and its visible strata, hence the sum of the hidden ones. Further strata are
 * hidden, in the order of the list, until each small count could still be anything from 1 to `smallest - 1`, even to a
 * reader who knows this rule. When no strata are left, the whole division is hidden.
 * - The parts of a hidden stratum are hidden.
 *
 * The divisions of a total share only that total, so what holds for each of them holds for all.
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

/** Suppresses the strata of a visible total. */
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

/** Indexes of the hidden counts. */
export function hiddenIndexes(counts: readonly number[], smallest: number): ReadonlySet<number> {
  const isSmall = (count: number) => count > 0 && count < smallest;
  const places = counts.map((_, index) => index);
  const small = places.filter((index) => isSmall(counts[index]!));
  if (small.length === 0) return new Set();
  const concealed = new Set(small);
  let sum = small.reduce((total, index) => total + counts[index]!, 0);
  let companions = 0;
  // Each small count may be `smallest - 1` while the others are 1 and each companion is `smallest`.
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

/** A quantile is an observed value: it is reported only with enough persons on both sides. */
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

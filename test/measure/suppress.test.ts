import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PersonGroup, Stratum } from '../../src/measure/counts.ts';
import { hiddenIndexes, type SuppressedGroup, suppress } from '../../src/measure/suppress.ts';

/** Every way in which `total` can be divided over `parts`. */
function* divisions(total: number, parts: number): Generator<number[]> {
  if (parts === 1) yield [total];
  else
    for (let first = 0; first <= total; first++)
      for (const rest of divisions(total - first, parts - 1)) yield [first, ...rest];
}

const shownOf = (counts: readonly number[], smallest: number): string => {
  const concealed = hiddenIndexes(counts, smallest);
  return counts.map((count, index) => (concealed.has(index) ? '?' : count)).join(' ');
};

describe('a division with a visible total', () => {
  // Not a sample: every division of every total, and a reader who knows the rule and works out what each could have come from.
  test.each([
    [5, 2, 40],
    [5, 3, 30],
    [5, 4, 22],
    [4, 3, 24],
    [10, 3, 45],
  ])(
    'smallest %i, %i strata: nobody can work out a small count, whatever the total up to %i',
    (smallest, parts, most) => {
      const betrayed: string[] = [];
      for (let total = smallest; total <= most; total++) {
        const same = new Map<string, number[][]>();
        for (const counts of divisions(total, parts)) {
          const shown = shownOf(counts, smallest);
          same.set(shown, [...(same.get(shown) ?? []), counts]);
        }
        for (const [shown, sources] of same) {
          for (let place = 0; place < parts; place++) {
            const possible = new Set(sources.map((it) => it[place]!));
            const only = possible.size === 1 ? [...possible][0]! : 0;
            if (only > 0 && only < smallest) betrayed.push(`${shown} of ${total}: ${only}`);
          }
        }
      }
      expect(betrayed).toEqual([]);
    },
  );

  test('the sums leave every small count anywhere from 1 to the smallest visible count', () => {
    const counts = fc.array(fc.oneof(fc.nat(6), fc.nat(60)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 2, max: 12 }), (strata, smallest) => {
        const total = strata.reduce((sum, it) => sum + it, 0);
        fc.pre(total >= smallest);
        const concealed = hiddenIndexes(strata, smallest);
        const sum = [...concealed].reduce((all, index) => all + strata[index]!, 0);
        const all = concealed.size === strata.length;
        strata.forEach((count, index) => {
          if (count === 0 || count >= smallest) return;
          expect(concealed.has(index)).toBe(true);
          // The others hidden beside it are at least 1 each (0 when the whole division is hidden): what is left is the most it can be.
          expect(sum - (all ? 0 : concealed.size - 1)).toBeGreaterThanOrEqual(smallest);
          expect(concealed.size).toBeGreaterThanOrEqual(2);
        });
      }),
      { numRuns: 2_000 },
    );
  });

  test('counts that are all large enough, or zero, are visible', () => {
    expect(shownOf([12, 0, 7, 5], 5)).toBe('12 0 7 5');
  });
});

describe('a group', () => {
  const stratum = (code: string, count: number, within?: readonly Stratum[]): Stratum => ({
    code,
    count,
    ...(within ? { within } : {}),
  });
  const group = (strata: readonly Stratum[], more: Partial<PersonGroup> = {}): PersonGroup => ({
    kind: 'persons',
    group: 'it',
    total: strata.reduce((sum, { count }) => sum + count, 0),
    lines: [{ stratifier: 'help', inner: 'outcome', strata }],
    ...more,
  });
  const counts = (told: SuppressedGroup) =>
    told.lines[0]!.strata.map(({ count, within }) => [count, within?.map((it) => it.count)]);

  test('that is small as a whole is hidden entirely', () => {
    const told = suppress(group([stratum('a', 3), stratum('b', 0)]), 5);
    expect([told.total, counts(told)]).toEqual([
      null,
      [
        [null, undefined],
        [null, undefined],
      ],
    ]);
  });

  test('of nobody is reported as such', () => {
    const told = suppress(group([stratum('a', 0)], { score: { kind: 'share', of: 'a' } }), 5);
    expect([told.total, counts(told), told.score?.value]).toEqual([0, [[0, undefined]], 'none']);
  });

  test('hides the parts of a hidden stratum, and companions among the parts of a visible one', () => {
    const told = suppress(
      group([
        stratum('small', 3, [stratum('x', 0), stratum('y', 3)]),
        stratum('companion', 40, [stratum('x', 20), stratum('y', 20)]),
        stratum('told', 50, [stratum('x', 2), stratum('y', 30), stratum('z', 18)]),
      ]),
      5,
    );
    expect(counts(told)).toEqual([
      [null, [null, null]],
      [null, [null, null]],
      [50, [null, null, 18]],
    ]);
  });

  test('reports a share only when both its counts are visible', () => {
    const share = (strata: readonly Stratum[]) =>
      suppress(group(strata, { score: { kind: 'share', of: 'a' } }), 5).score?.value;
    expect(share([stratum('a', 25), stratum('b', 75)])).toBe(0.25);
    expect(share([stratum('a', 4), stratum('b', 75)])).toBe('hidden');
  });

  test('reports a quantile only with enough persons on both sides', () => {
    const days = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
    const at = (count: number, quantile: number) =>
      suppress(group([stratum('a', count)], { score: { kind: 'quantile', at: quantile, days: days(count) } }), 5).score
        ?.value;
    expect([at(9, 0.5), at(10, 0.5), at(49, 0.9), at(50, 0.9)]).toEqual(['hidden', 5, 'hidden', 45]);
  });
});

test('a list of periods has no two that overlap, so that no two reports can be subtracted', async () => {
  const { periodOf } = await import('../../src/measure/period.ts');
  const asked = (grain: 'month' | 'quarter' | 'year', start: string, end: string) =>
    periodOf(grain, start, end)?.months.length;
  expect(asked('year', '2027-01-01', '2027-12-31')).toBe(12);
  expect(asked('year', '2027', '2027')).toBe(12);
  expect(asked('year', '2027-02-01', '2028-01-31')).toBeUndefined();
  expect(asked('year', '2027-01', '2027-03')).toBeUndefined();
  expect(asked('quarter', '2027-04-01', '2027-06-30')).toBe(3);
  expect(asked('quarter', '2027-05-01', '2027-07-31')).toBeUndefined();
  expect(asked('month', '2028-02-01', '2028-02-29')).toBe(1);
  expect(asked('month', '2027-02-01', '2027-02-29')).toBeUndefined();
  expect(asked('month', 'gisteren', '2027-02-28')).toBeUndefined();
});

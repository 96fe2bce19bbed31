/** Numbers as text, neighbours together: `12,15-20`. */
export function rangesOf(numbers: Iterable<number>): string {
  const ranges: [number, number][] = [];
  for (const it of [...new Set(numbers)].sort((one, other) => one - other)) {
    const last = ranges.at(-1);
    if (last && it === last[1] + 1) last[1] = it;
    else ranges.push([it, it]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** The first and last numbers of the ranges in such a text; what is no range is left out. */
export const readRanges = (text: string): readonly (readonly [number, number])[] =>
  text.split(',').flatMap((range) => {
    const [, from, to] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(range) ?? [];
    return from === undefined ? [] : [[Number(from), Number(to ?? from)] as const];
  });

/** The candidate closest to `name`, when it is close enough to be a typing error. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length < 3) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const name of candidates) {
    if (Math.abs(name.length - word.length) >= bestDistance) continue;
    const found = distance(word.toLowerCase(), name.toLowerCase());
    if (found < bestDistance) [best, bestDistance] = [name, found];
  }
  return best;
}

/** ` Did you mean x?`, or nothing. Part of an issue text: candidates are names in maps and definitions only, never values. */
export const didYouMean = (word: string, candidates: Iterable<string>, longest = 64): string => {
  const name = nearest(word.slice(0, longest), candidates);
  return name === undefined ? '' : ` Did you mean ${name}?`;
};

/** Edit distance where a swap of two neighbours counts as one edit (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    [before, above] = [above, row];
  }
  return above[b.length]!;
}

/** The name probably intended: equal except for letter case, or at an edit distance of at most two. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  if (name.length > 64) return undefined;
  const folded = name.toLowerCase();
  const scored = names.map((it) => ({
    it,
    distance: it.toLowerCase() === folded ? 0 : editDistance(folded, it.toLowerCase()),
  }));
  const best = scored.reduce((a, b) => (b.distance < a.distance ? b : a), { it: '', distance: 3 });
  return best.distance <= 2 ? best.it : undefined;
}

/** Levenshtein distance; 3 where the lengths differ by more than two. */
export function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/**
 * Nearest-rank quantile: the smallest value that at least this share of all values does not exceed, so always an
 * observed value. Undefined for an empty list.
 */
export function quantile(values: readonly number[], at: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(at * sorted.length) - 1)];
}

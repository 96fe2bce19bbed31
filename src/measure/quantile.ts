/**
 * The smallest value that at least this part of all values does not exceed (nearest rank): always a value that occurred.
 * Undefined of nothing.
 */
export function quantile(values: readonly number[], at: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(at * sorted.length) - 1)];
}

/** Number of elements, members and values below a parsed value; counting stops above `enough`. */
export function countValues(root: unknown, enough: number): number {
  const open = [root];
  let count = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const key in next as object) {
      if (++count > enough) return count;
      const value = (next as Record<string, unknown>)[key];
      if (typeof value === 'object' && value !== null) open.push(value);
    }
  }
  return count;
}

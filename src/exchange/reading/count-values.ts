/** How many elements, members and values hang under a parsed value; counting ends once there are more than `enough`. */
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

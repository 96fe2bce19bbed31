/**
 * A copy in which every text that contains an id contains another one instead: its own id, references, identifiers and
 * addresses. Ids are UUIDs, so no other text contains one. Values that are no plain data (exact decimals) stay as they
 * are.
 */
export function renamed<T>(value: T, id: string, another: string): T {
  if (typeof value === 'string') return value.replaceAll(id, another) as T;
  if (Array.isArray(value)) return value.map((it) => renamed(it, id, another)) as T;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, renamed(it, id, another)])) as T;
}

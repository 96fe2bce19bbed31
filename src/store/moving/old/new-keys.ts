/** Keys and entries of the new layout by the keys of the previous one, which counted 1, 2, 3 ... without large gaps. */
export type NewKeys = {
  /** Entry of a message. */
  readonly messages: Float64Array;
  readonly resources: Float64Array;
  readonly dispatches: Float64Array;
};

/** Throws for a key that was not moved: the store that is read is damaged. */
export function newKey(keys: Float64Array, old: number, what: string): number {
  const found = keys[old];
  if (!found) throw new Error(`The store has no ${what} ${old}, to which another row refers.`);
  return found;
}

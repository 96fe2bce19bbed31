/** The empty collection. Shared, so that a path without result allocates nothing. */
export const EMPTY: readonly never[] = Object.freeze([]);

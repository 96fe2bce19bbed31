/** The empty collection. One for all: a path that leads nowhere makes no garbage. */
export const EMPTY: readonly never[] = Object.freeze([]);

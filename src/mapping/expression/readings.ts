/** A path that an expression reads: a variable (without one: the focus) and the plain path after it. */
export type ReadPath = { readonly slot: number | undefined; readonly path: string; readonly steps: readonly string[] };

/** What an expression reads: a variable (or the focus, when there is none) and the plain path behind it. */
export type Reading = { readonly slot: number | undefined; readonly path: string; readonly steps: readonly string[] };

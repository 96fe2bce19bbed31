/** A question that validation cannot answer by itself; it asks nobody. */
export type Question = {
  readonly kind: 'code';
  readonly at: string;
  readonly element: string;
  readonly profile?: string;
  readonly strength: 'required' | 'extensible';
  /** Those that may be in the set: what is known to be out is left out. */
  readonly codings: readonly {
    readonly system?: string;
    readonly version?: string;
    readonly code: string;
    readonly display?: string;
  }[];
  readonly valueSet: string;
  /** The code systems whose content is not here. */
  readonly systems: readonly string[];
  /** Code systems of which the set has every code: whether a code exists says whether it is in. */
  readonly whole?: readonly string[];
};

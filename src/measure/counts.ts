/** A code with its system; without one it is a name of its own (a month). */
export type Coded = { readonly system?: string; readonly code: string };

/** A part of a total, itself in parts where it has any. */
export type Stratum = Coded & { readonly count: number; readonly within?: readonly Stratum[] };

/** A division of a total: every one of the total is in exactly one stratum, also where there is none (0). */
export type Stratifier = {
  /** Code of the stratifier in the Measure. */
  readonly stratifier: string;
  /** Code of the stratifier that the parts of its strata are told under. */
  readonly inner?: string;
  readonly strata: readonly Stratum[];
};

/** What one group of a Measure counts of persons. */
export type PersonGroup = {
  readonly kind: 'persons';
  /** Code of the group in the Measure. */
  readonly group: string;
  readonly total: number;
  readonly lines: readonly Stratifier[];
  readonly score?: Score;
};

export type Score =
  /** The share of one stratum of the first line in the total. */
  | { readonly kind: 'share'; readonly of: string }
  /** The day by which this part had waited, smallest first. */
  | { readonly kind: 'quantile'; readonly at: number; readonly days: readonly number[] };

/** What one group of a Measure tells of the offer: it is in the directory for everybody to read, and is about nobody. */
export type OfferGroup = {
  readonly kind: 'offer';
  readonly group: string;
  readonly rows: readonly OfferRow[];
};

export type OfferRow = {
  readonly month: string;
  readonly diagnosisGroup: string;
  readonly region: string;
  readonly offers: number;
  readonly stale: number;
  /** Median over the offers; absent when none is fresh. */
  readonly weeks?: number;
};

export type Group = PersonGroup | OfferGroup;

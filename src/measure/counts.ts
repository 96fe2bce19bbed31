/** A code with its system; without a system it is a name of its own (a month). */
export type Coded = { readonly system?: string; readonly code: string };

/** A part of a total, which may itself be divided. */
export type Stratum = Coded & { readonly count: number; readonly within?: readonly Stratum[] };

/** A division of a total: every counted event is in exactly one stratum; empty strata count 0. */
export type Stratifier = {
  /** Code of the stratifier in the Measure. */
  readonly stratifier: string;
  /** Code of the stratifier under which the parts of the strata are reported. */
  readonly inner?: string;
  readonly strata: readonly Stratum[];
};

/** A group of a Measure that counts persons. */
export type PersonGroup = {
  readonly kind: 'persons';
  /** Code of the group in the Measure. */
  readonly group: string;
  readonly total: number;
  readonly lines: readonly Stratifier[];
  readonly score?: Score;
};

export type Score =
  /** Share of one stratum of the first stratifier in the total. */
  | { readonly kind: 'share'; readonly of: string }
  /** Number of days within which this share of persons had waited, in ascending order. */
  | { readonly kind: 'quantile'; readonly at: number; readonly days: readonly number[] };

/** A group of a Measure about services (aanbod): public data of the directory, not about persons. */
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
  /** Median over the services; absent when no waiting time is fresh. */
  readonly weeks?: number;
};

export type Group = PersonGroup | OfferGroup;

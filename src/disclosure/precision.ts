/** Verdict of Consents about one recipient; `silent` when they decide nothing, so that nothing is disclosed on them. */
export type Verdict = 'permit' | 'deny' | 'silent';

/**
 * How precisely a statement of a Consent (toestemming) names what it decides on. A higher number is more precise;
 * `Infinity` is a limit that the gateway cannot read.
 */
export type Precision = {
  /** 0: every recipient; 1: the recipients of a domain; 2: named organisations. */
  readonly recipient: number;
  /** 1: named categories of data. */
  readonly category: number;
  /** 1: named life domains. */
  readonly lifeDomain: number;
  /** 1: a period or a purpose. Protects a denial only: a permit with a period does not prevail over an objection. */
  readonly circumstance: number;
};

/** What one provision says of one item of data. */
export type Statement = { readonly verdict: 'permit' | 'deny'; readonly precision: Precision };

export const general: Precision = { recipient: 0, category: 0, lifeDomain: 0, circumstance: 0 };

/** Of a denial that the gateway does not understand as a whole: nothing prevails over it. */
export const unreadable: Precision = {
  recipient: Infinity,
  category: Infinity,
  lifeDomain: Infinity,
  circumstance: Infinity,
};

/** The precision of a provision within another: an exception has the limits of both. */
export const narrowed = (one: Precision, other: Precision): Precision => ({
  recipient: Math.max(one.recipient, other.recipient),
  category: Math.max(one.category, other.category),
  lifeDomain: Math.max(one.lifeDomain, other.lifeDomain),
  circumstance: Math.max(one.circumstance, other.circumstance),
});

const limits = ['recipient', 'category', 'lifeDomain'] as const;

/** Whether a permit is in every respect as precise as a denial, and in one more precise. */
const prevails = (permit: Precision, denial: Precision): boolean =>
  denial.circumstance === 0 &&
  limits.every((it) => permit[it] >= denial[it]) &&
  limits.some((it) => permit[it] > denial[it]);

/**
 * The verdict of several statements: the specific over the general, and an objection (bezwaar) over a permit that is not
 * more precise in every respect. `silent` where there is no statement.
 */
export function verdictOf(statements: readonly Statement[]): Verdict {
  const permits = precisionsOf('permit', statements);
  const denials = precisionsOf('deny', statements);
  const stands = denials.some((denial) => !permits.some((permit) => prevails(permit, denial)));
  return stands ? 'deny' : permits.length ? 'permit' : 'silent';
}

/** Each precision once: a person may have hundreds of Consents, and few ways to be precise. */
const precisionsOf = (verdict: Statement['verdict'], statements: readonly Statement[]): readonly Precision[] => [
  ...new Map(
    statements.flatMap((it) =>
      it.verdict === verdict ? [[Object.values(it.precision).join(), it.precision] as const] : [],
    ),
  ).values(),
];

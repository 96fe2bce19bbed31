/** Reasons an owner may give for a no, and for not having finished. */
export const rejectionReasons: readonly string[] = [
  'at-capacity',
  'waiting-time-too-long',
  'not-clinically-appropriate',
  'outside-catchment',
  'not-eligible',
  'patient-choice',
  'cannot-contact',
  'incomplete-referral',
  'duplicate',
  'alternative-proposed',
  'other',
];

/** Reasons a requester may give for taking a request back. `not-selected` belongs to a cancelled Task only (Twiin ct-2). */
export const cancellationReasons: readonly string[] = [
  'not-selected',
  'withdrawn-by-person',
  'withdrawn-by-referrer',
  'redirected',
  'expired',
  'replaced',
];

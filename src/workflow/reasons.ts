/** Reasons an owner may state for rejecting a Task or failing to complete it. */
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

/**
 * Reasons a requester may state for cancelling a request. `not-selected` is only allowed on a cancelled Task (Twiin
 * ct-2).
 */
export const cancellationReasons: readonly string[] = [
  'not-selected',
  'withdrawn-by-person',
  'withdrawn-by-referrer',
  'redirected',
  'expired',
  'replaced',
];

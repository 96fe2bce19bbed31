/** What may be removed: only what is older than these times. Without one of them nothing of its kind is removed. */
export type RetentionTerms = {
  /**
   * Journeys (*trajecten*) without a change since: their messages, resources and deliveries. A journey is what one entry of
   * the journal wrote, and everything that is connected with it by versions or references.
   */
  readonly content?: Date;
  /** The audit trail (*logging*) of what was removed, or never had content. */
  readonly audit?: Date;
};

/** Where a step of the removal begins: after an entry of the journal, or after a key of a sender. */
export type RetentionPlace =
  | { readonly kind: 'entry'; readonly after: number }
  | { readonly kind: 'key'; readonly partner: string; readonly key: string };

/**
 * Why a journey whose first entry is old enough stays: it changed since, a Task, order, episode or appointment of it is open, a Consent in force,
 * a delivery waits or is a dead letter, it has too many entries to judge, or a part of it is damaged.
 */
export type Kept = 'changed' | 'open' | 'undelivered' | 'large' | 'damaged';

/** What one step removed, or would remove. */
export type RetentionStep = {
  /** Where the next step begins; absent after the last. */
  readonly next?: RetentionPlace;
  readonly journeys: number;
  readonly messages: number;
  readonly resources: number;
  readonly deliveries: number;
  /** Of compressed texts. */
  readonly bytes: number;
  /** Entries of the audit trail. */
  readonly auditEntries: number;
  /** Journeys that stay, by the reason. */
  readonly kept: Readonly<Partial<Record<Kept, number>>>;
};

export type Retention = {
  /** What a step would remove; changes nothing. */
  removable(terms: RetentionTerms, from: RetentionPlace): Promise<RetentionStep>;
  /**
   * Removes what is old enough, a small part at a time, in one transaction with an audit event for each journey. `network`:
   * name of the network, whose gateway removes.
   */
  removeExpired(
    terms: RetentionTerms,
    wish: { readonly from: RetentionPlace; readonly now: Date; readonly network: string },
  ): Promise<RetentionStep>;
};

/** A form that somebody began and has not sent (docs/decisions/0022-drafts.md). */
export type StoredDraft = {
  /** UUIDv4. */
  readonly id: string;
  /** Keyed hash of the person with the partner the person acts for: nobody else finds it. */
  readonly holder: string;
  /** Which form it is of. */
  readonly form: string;
  /** Encrypted under a key of the holder. */
  readonly content: string;
  /** Grows with each change. */
  readonly revision: number;
  readonly changedAt: Date;
  /** It has ended at this time, unless it is changed before. */
  readonly ends: Date;
};

export type Drafts = {
  /** Adds a draft unless there is one with its id, and removes those that have ended. False when its holder has `most` already. */
  addDraft(draft: StoredDraft, limit: { readonly now: Date; readonly most: number }): Promise<boolean>;
  /** Undefined when this holder has none with this id, or it has ended. */
  draft(id: string, holder: string, now: Date): Promise<StoredDraft | undefined>;
  /** Those of a holder that have not ended, the last changed first. */
  draftsOf(holder: string, now: Date): Promise<readonly StoredDraft[]>;
  /** False when it was changed since revision `expect`, or this holder has none with this id. */
  changeDraft(
    id: string,
    holder: string,
    change: Pick<StoredDraft, 'content' | 'changedAt' | 'ends'> & { readonly expect: number },
  ): Promise<boolean>;
  /** False when this holder has none with this id. */
  removeDraft(id: string, holder: string): Promise<boolean>;
};

/** A session of a person who is logged in (docs/decisions/0021-people.md). No secret of it is stored. */
export type StoredSession = {
  /** SHA-256 of what its cookie has, base64url. */
  readonly id: string;
  /** Keyed hash of the person at its provider: all sessions of a person end together. */
  readonly person: string;
  /** Keyed hash of the session at the provider, which ends this one by it. */
  readonly provider?: string;
  /** Encrypted under a key that needs the cookie. */
  readonly content: string;
  /** Grows with each change. */
  readonly revision: number;
  /** It has ended at this time, unless it is used before. */
  readonly idleUntil: Date;
  /** It has ended at this time in any case. */
  readonly ends: Date;
};

/** What is to end: one session, those of a person, or those of a session at the provider. */
export type EndingSessions = { readonly id: string } | { readonly person: string } | { readonly provider: string };

export type Sessions = {
  /** Adds a session, and removes those that have ended. */
  addSession(session: StoredSession, now: Date): Promise<void>;
  /** Undefined when there is none, or it has ended. */
  session(id: string, now: Date): Promise<StoredSession | undefined>;
  /** False when it was changed since revision `expect`, or is not there any more. */
  changeSession(
    id: string,
    change: { readonly expect: number; readonly content: string; readonly idleUntil: Date },
  ): Promise<boolean>;
  /** How many there were. */
  endSessions(which: EndingSessions): Promise<number>;
};

import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { seal, unseal } from './box.ts';

/** Emergency access to one person (noodtoegang). */
export type Emergency = {
  readonly id: string;
  /** `Patient/<id>` */
  readonly patient: string;
  /** Milliseconds since 1970. */
  readonly until: number;
};

/** What a session contains: what the provider stated, never what follows from it. */
export type SessionContent = {
  readonly issuer: string;
  readonly subject: string;
  readonly name?: string;
  /** Values of the claims for roles and organisations. */
  readonly roles: readonly string[];
  readonly organizations: readonly string[];
  /** The partner that was chosen among several. */
  readonly partner?: string;
  readonly assurance?: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Sent back to the provider at a logout. */
  readonly idToken?: string;
  readonly emergencies: readonly Emergency[];
};

export type KeyFor = (purpose: string) => Uint8Array;

/** What the cookie of a session has: 32 random bytes, base64url. */
export const isSecret = (text: string): boolean => /^[\w-]{43}$/.test(text);

/** The id under which it is stored, from which the cookie cannot be computed. */
export const idOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** The token of a page for requests that change something. It belongs to one session, and says nothing of its cookie. */
export const csrfTokenOf = (secret: string, keyFor: KeyFor): string =>
  createHmac('sha256', keyFor('session-csrf')).update(secret).digest('base64url');

/** Keyed, so that the store does not show who is logged in. */
export const personHash = (issuer: string, subject: string, keyFor: KeyFor): string =>
  createHmac('sha256', keyFor('session-person'))
    .update(JSON.stringify([issuer, subject]))
    .digest('base64url');

/** The key needs the cookie and the secret of the store: neither alone opens a session. */
const keyOf = (secret: string, keyFor: KeyFor): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, keyFor('session-content'), 'content', 32));

export const sealContent = (secret: string, content: SessionContent, keyFor: KeyFor): string =>
  seal(keyOf(secret, keyFor), 'session', content);

export const openContent = (secret: string, text: string, keyFor: KeyFor): SessionContent | undefined =>
  unseal(keyOf(secret, keyFor), 'session', text) as SessionContent | undefined;

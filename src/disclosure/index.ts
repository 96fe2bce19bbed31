/** What a recipient gets, by which right, and what is withheld. Default deny. */
import type { Bundle, Identifier } from '@medplum/fhirtypes';
import type { Issue } from '../fhir/issue.ts';

/** Who would receive. Comes from the directory. */
export type Recipient = {
  readonly partner: string;
  readonly domain: 'care' | 'social' | 'network';
  /** References of the directory that are this partner: its organisation and its services. */
  readonly references: readonly string[];
  readonly identifiers: readonly Identifier[];
};

/** `referral`: to carry it out. `status`: to know how it stands. */
export type Purpose = 'referral' | 'status';

export type DisclosureQuestion = {
  /** The referral, routed: Task.owner is set. */
  readonly graph: Bundle;
  readonly recipient: Recipient;
  /** Id of the partner that sent the referral. */
  readonly sender?: string;
  readonly purpose: Purpose;
  readonly now: Date;
};

/** A resource that the recipient does not get: its type and why, never its content. */
export type Withheld = { readonly resourceType: string; readonly count: number; readonly reason: WithheldReason };
export type WithheldReason = 'not-part-of-referral' | 'referrer-gets-status-only' | 'refused';

/** Proof of what was given to whom, to be stored and shown; no personal data. */
export type Receipt = {
  readonly recipient: string;
  readonly domain: Recipient['domain'];
  readonly purpose: Purpose;
  readonly relation: 'owner' | 'requester' | 'none';
  readonly legalBasis?: string;
  readonly disclosed: Readonly<Record<string, number>>;
  readonly withheld: readonly Withheld[];
  readonly decidedAt: string;
  /** SHA-256 over the disclosed bundle; absent when refused. */
  readonly digest?: string;
};

export type Disclosure =
  | { readonly kind: 'permitted'; readonly bundle: Bundle; readonly legalBasis: string; readonly receipt: Receipt }
  | { readonly kind: 'refused'; readonly issues: readonly Issue[]; readonly receipt: Receipt };

export declare const disclose: (question: DisclosureQuestion) => Disclosure;

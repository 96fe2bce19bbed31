import type { Bundle } from '@medplum/fhirtypes';
import { digestOf } from '../fhir/digest.ts';
import type { Resource } from '../fhir/resource.ts';
import { writtenBundle } from '../fhir/written.ts';
import type { Recipient } from './recipient.ts';

/**
 * `referral`: to carry out an order within care. `social-request`: the same in the social domain, reduced to its
 * allow-list. `solicitation`: to state availability, without the person. `status`: to follow a Task. `feedback`: to
 * receive the outcome. `consultation`: to consult about the case; `consultation-extract`: the same in the social
 * domain, by its allow-list; `invitation`: to be invited without the person. `answer`: to receive requested
 * information. `appointment`: to receive an Appointment.
 */
export type Purpose =
  | 'referral'
  | 'social-request'
  | 'solicitation'
  | 'status'
  | 'feedback'
  | 'consultation'
  | 'consultation-extract'
  | 'invitation'
  | 'answer'
  | 'appointment';

export type WithheldReason =
  | 'not-part-of-referral'
  | 'not-in-allow-list'
  | 'status-only'
  | 'not-before-selection'
  | 'feedback-only'
  | 'no-legal-basis'
  | 'refused';
/** Resources withheld from the recipient, counted by type, with the reason; never their content. */
export type Withheld = { readonly resourceType: string; readonly count: number; readonly reason: WithheldReason };

/** Proof of a disclosure decision, to be stored and displayed. Contains no personal data. */
export type Receipt = {
  readonly recipient: string;
  readonly domain: Recipient['domain'];
  readonly purpose: Purpose;
  readonly relation: Relation;
  readonly legalBasis?: string;
  readonly disclosed: Readonly<Record<string, number>>;
  readonly withheld: readonly Withheld[];
  readonly decidedAt: string;
  /** SHA-256 over the disclosed bundle's JSON; absent when refused. */
  readonly digest?: string;
};
export type Relation = 'owner' | 'requester' | 'none';

export type Occasion = Pick<Receipt, 'recipient' | 'domain' | 'purpose' | 'relation' | 'legalBasis' | 'decidedAt'>;

/** `disclosed` are resources of the graph, before they were reduced for the recipient. */
export const receiptOf = (
  occasion: Occasion,
  resources: readonly Resource[],
  disclosed: ReadonlySet<Resource>,
  reason: WithheldReason,
  bundle?: Bundle,
): Receipt => ({
  ...occasion,
  disclosed: count(resources.filter((it) => disclosed.has(it))),
  withheld: Object.entries(count(resources.filter((it) => !disclosed.has(it)))).map(([resourceType, count]) => ({
    resourceType,
    count,
    reason,
  })),
  ...(bundle ? { digest: digestOf(writtenBundle(bundle)) } : {}),
});

function count(resources: readonly Resource[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { resourceType } of resources) counts[resourceType] = (counts[resourceType] ?? 0) + 1;
  return counts;
}

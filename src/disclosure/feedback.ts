import type { Bundle } from '@medplum/fhirtypes';
import { graphOf } from '../fhir/graph.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { consentVerdict } from './consent.ts';
import { type Receipt, receiptOf } from './receipt.ts';
import type { Recipient } from './recipient.ts';

export type FeedbackQuestion = {
  /** The record of the conversation with the Communication that tells of it, and the Consents of the person. */
  readonly graph: Bundle;
  readonly recipient: Recipient;
  /** Of the order that the record belongs to. */
  readonly legalBasis: string;
  readonly now: Date;
};

/** Besides the Communication, who referred within care gets the plan and what it stands on. */
const ofThePlan: ReadonlySet<string> = new Set(['Encounter', 'CarePlan', 'Goal', 'CareTeam']);

/**
 * What who referred hears of a conversation. Within care: that it was, its outcome and the plan, unless the person
 * objects. Elsewhere: that it was, and no more; the Communication itself tells nothing of its content.
 */
export function feedback({ graph: bundle, recipient, legalBasis, now }: FeedbackQuestion): {
  readonly bundle: Bundle;
  readonly receipt: Receipt;
} {
  const graph = graphOf(bundle);
  const open = recipient.domain === 'care' && consentVerdict(graph, recipient, now) !== 'deny';
  const given = new Set<Resource>(
    graph.resources.filter((it) => isType(it, 'Communication') || (open && ofThePlan.has(it.resourceType))),
  );
  const disclosed: Bundle = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: (bundle.entry ?? []).filter(({ resource }) => resource && given.has(resource)),
  };
  const occasion = {
    recipient: recipient.partner,
    domain: recipient.domain,
    purpose: 'feedback' as const,
    relation: 'requester' as const,
    legalBasis,
    decidedAt: now.toISOString(),
  };
  return { bundle: disclosed, receipt: receiptOf(occasion, graph.resources, given, 'feedback-only', disclosed) };
}

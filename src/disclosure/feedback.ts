import type { Bundle, Patient } from '@medplum/fhirtypes';
import { type Graph, graphOf } from '../fhir/graph.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { consentVerdict } from './consent.ts';
import { type Receipt, receiptOf } from './receipt.ts';
import type { Recipient } from './recipient.ts';

export type FeedbackQuestion = {
  /** The record of the conversation with the Communication that tells of it, the person, and the Consents of the person. */
  readonly graph: Bundle;
  readonly recipient: Recipient;
  /** Of the order that the record belongs to. */
  readonly legalBasis: string | undefined;
  readonly now: Date;
};

export type DisclosedFeedback = {
  /** As resources of their own. */
  readonly bundle: Bundle;
  /** What a letter to file may stand on: the same, and who it is about. Absent where no letter may go. */
  readonly letterBundle?: Bundle;
  readonly receipt: Receipt;
};

/** Besides the Communication, who referred within care gets the plan and what it stands on. */
const typesOfPlan: ReadonlySet<string> = new Set(['Encounter', 'CarePlan', 'Goal', 'CareTeam']);

/** Whether a referrer may know more than that something happened: within care, unless the person objects. */
export const mayReceiveContent = (graph: Graph, recipient: Recipient, now: Date): boolean =>
  recipient.domain === 'care' && consentVerdict(graph, recipient, now) !== 'deny';

/**
 * What who referred hears of a conversation or a move. Within care: that it was, its outcome and the plan, and a letter that
 * names the person as the referrer knows it, unless the person objects. Elsewhere: that it was, and no more; the
 * Communication itself tells nothing of its content.
 */
export function feedback({ graph: bundle, recipient, legalBasis, now }: FeedbackQuestion): DisclosedFeedback {
  const graph = graphOf(bundle);
  const isContentPermitted = mayReceiveContent(graph, recipient, now);
  const disclosed = new Set<Resource>(
    graph.resources.filter(
      (it) => isType(it, 'Communication') || (isContentPermitted && typesOfPlan.has(it.resourceType)),
    ),
  );
  const entry = (bundle.entry ?? []).filter(({ resource }) => resource && disclosed.has(resource));
  const disclosedBundle: Bundle = { resourceType: 'Bundle', type: 'collection', entry };
  const person = isContentPermitted ? graph.first('Patient') : undefined;
  const letterBundle: Bundle | undefined = person && {
    ...disclosedBundle,
    entry: [...entry, { resource: patientForLetter(person) }],
  };
  if (person) disclosed.add(person);
  const occasion = {
    recipient: recipient.partner,
    domain: recipient.domain,
    purpose: 'feedback' as const,
    relation: 'requester' as const,
    ...(legalBasis ? { legalBasis } : {}),
    decidedAt: now.toISOString(),
  };
  const receipt = receiptOf(occasion, graph.resources, disclosed, 'feedback-only', letterBundle ?? disclosedBundle);
  return { bundle: disclosedBundle, ...(letterBundle ? { letterBundle } : {}), receipt };
}

/** By what a practice finds somebody in its own files. */
const patientForLetter = ({ id, identifier, name, gender, birthDate }: Patient): Patient => ({
  resourceType: 'Patient',
  ...(id ? { id } : {}),
  ...(identifier ? { identifier } : {}),
  ...(name ? { name } : {}),
  ...(gender ? { gender } : {}),
  ...(birthDate ? { birthDate } : {}),
});

import type { Bundle, Patient } from '@medplum/fhirtypes';
import { type Graph, graphOf } from '../fhir/graph.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { consentVerdict } from './consent.ts';
import { type Receipt, receiptOf } from './receipt.ts';
import type { Recipient } from './recipient.ts';

export type FeedbackQuestion = {
  /** The conversation record with its Communication, the Patient, and the Consents of the person. */
  readonly graph: Bundle;
  readonly recipient: Recipient;
  /** Legal basis (grondslag) of the order that the record belongs to. */
  readonly legalBasis: string | undefined;
  readonly now: Date;
};

export type DisclosedFeedback = {
  /** The disclosed resources. */
  readonly bundle: Bundle;
  /** Content for a letter: the disclosed resources and the Patient. Absent when no letter is permitted. */
  readonly letterBundle?: Bundle;
  readonly receipt: Receipt;
};

/** Types disclosed within care in addition to the Communication: the plan and the resources it refers to. */
const typesOfPlan: ReadonlySet<string> = new Set(['Encounter', 'CarePlan', 'Goal', 'CareTeam']);

/** Whether a referrer may receive the content: within care, unless the person objects. */
export const mayReceiveContent = (graph: Graph, recipient: Recipient, now: Date): boolean =>
  recipient.domain === 'care' && consentVerdict(graph, recipient, now) !== 'deny';

/**
 * Feedback (terugkoppeling) to the referrer about a conversation or move. Within care, unless the person objects: the
 * outcome, the plan, and content for a letter that identifies the person. Otherwise the Communication only, which has
 * no content.
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

/** The elements by which a practice finds the person in its own records. */
const patientForLetter = ({ id, identifier, name, gender, birthDate }: Patient): Patient => ({
  resourceType: 'Patient',
  ...(id ? { id } : {}),
  ...(identifier ? { identifier } : {}),
  ...(name ? { name } : {}),
  ...(gender ? { gender } : {}),
  ...(birthDate ? { birthDate } : {}),
});

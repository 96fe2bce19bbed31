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

export type FeedbackGiven = {
  /** As resources of their own. */
  readonly bundle: Bundle;
  /** What a letter to file may stand on: the same, and who it is about. Absent where no letter may go. */
  readonly onLetter?: Bundle;
  readonly receipt: Receipt;
};

/** Besides the Communication, who referred within care gets the plan and what it stands on. */
const ofThePlan: ReadonlySet<string> = new Set(['Encounter', 'CarePlan', 'Goal', 'CareTeam']);

/** Whether a referrer may know more than that something happened: within care, unless the person objects. */
export const mayKnowContent = (graph: Graph, recipient: Recipient, now: Date): boolean =>
  recipient.domain === 'care' && consentVerdict(graph, recipient, now) !== 'deny';

/**
 * What who referred hears of a conversation or a move. Within care: that it was, its outcome and the plan, and a letter that
 * names the person as the referrer knows it, unless the person objects. Elsewhere: that it was, and no more; the
 * Communication itself tells nothing of its content.
 */
export function feedback({ graph: bundle, recipient, legalBasis, now }: FeedbackQuestion): FeedbackGiven {
  const graph = graphOf(bundle);
  const open = mayKnowContent(graph, recipient, now);
  const given = new Set<Resource>(
    graph.resources.filter((it) => isType(it, 'Communication') || (open && ofThePlan.has(it.resourceType))),
  );
  const entry = (bundle.entry ?? []).filter(({ resource }) => resource && given.has(resource));
  const disclosed: Bundle = { resourceType: 'Bundle', type: 'collection', entry };
  const person = open ? graph.first('Patient') : undefined;
  const onLetter: Bundle | undefined = person && { ...disclosed, entry: [...entry, { resource: known(person) }] };
  if (person) given.add(person);
  const occasion = {
    recipient: recipient.partner,
    domain: recipient.domain,
    purpose: 'feedback' as const,
    relation: 'requester' as const,
    ...(legalBasis ? { legalBasis } : {}),
    decidedAt: now.toISOString(),
  };
  const receipt = receiptOf(occasion, graph.resources, given, 'feedback-only', onLetter ?? disclosed);
  return { bundle: disclosed, ...(onLetter ? { onLetter } : {}), receipt };
}

/** By what a practice finds somebody in its own files. */
const known = ({ id, identifier, name, gender, birthDate }: Patient): Patient => ({
  resourceType: 'Patient',
  ...(id ? { id } : {}),
  ...(identifier ? { identifier } : {}),
  ...(name ? { name } : {}),
  ...(gender ? { gender } : {}),
  ...(birthDate ? { birthDate } : {}),
});

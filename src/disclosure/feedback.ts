import type { Bundle, Patient } from '@medplum/fhirtypes';
import { type Graph, graphOf } from '../fhir/graph.ts';
import type { Resource } from '../fhir/resource.ts';
import { consentVerdict } from './consent.ts';
import type { Evidence } from './evidence/evidence.ts';
import { groundsNoted, type NoteConsent } from './evidence/grounds-noted.ts';
import { projectedBundle } from './projection/bundle.ts';
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
  readonly evidence: Evidence;
};

/** Whether a referrer may receive the content: if its projection has lines for it, unless the person objects. */
export const mayReceiveContent = (graph: Graph, recipient: Recipient, now: Date, note?: NoteConsent): boolean =>
  recipient.projections.message('selected', 'feedback').types.has('Patient') &&
  consentVerdict(graph, recipient, now, undefined, note) !== 'deny';

/**
 * Feedback (terugkoppeling) to the referrer about a conversation or move, by its projection. Within care, unless the
 * person objects: the outcome, the plan, and content for a letter that identifies the person. Otherwise the Communication
 * only, which has no content.
 */
export function feedback({ graph: bundle, recipient, legalBasis, now }: FeedbackQuestion): DisclosedFeedback {
  const graph = graphOf(bundle);
  const noted = groundsNoted(recipient, legalBasis);
  const isContentPermitted = mayReceiveContent(graph, recipient, now, noted.consent);
  const projection = recipient.projections.message('selected', 'feedback');
  const permissions = { content: isContentPermitted };
  const withoutPerson = (bundle.entry ?? []).filter(({ resource }) => resource?.resourceType !== 'Patient');
  const projected = projectedBundle({ ...bundle, entry: withoutPerson }, projection, permissions);
  const { entry = [] } = projected.bundle;
  const disclosed = new Set<Resource>(projected.disclosed);
  const disclosedBundle: Bundle = { resourceType: 'Bundle', type: 'collection', entry };
  const person = graph.first('Patient');
  const inLetter = person && projection.project(person, permissions);
  const letterBundle: Bundle | undefined = inLetter && {
    ...disclosedBundle,
    entry: [...entry, { resource: inLetter as Patient }],
  };
  if (person && inLetter) disclosed.add(person);
  const judged = [
    ...projected.judged,
    ...(person ? [{ source: person, output: inLetter, by: projection, permissions }] : []),
  ];
  const occasion = {
    recipient: recipient.partner,
    domain: recipient.domain,
    purpose: 'feedback' as const,
    relation: 'requester' as const,
    ...(legalBasis ? { legalBasis } : {}),
    decidedAt: now.toISOString(),
  };
  const receipt = receiptOf(occasion, graph.resources, disclosed, 'feedback-only', letterBundle ?? disclosedBundle);
  const evidence = { judged, grounds: noted.grounds() };
  return { bundle: disclosedBundle, ...(letterBundle ? { letterBundle } : {}), receipt, evidence };
}

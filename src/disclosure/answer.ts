import type { Bundle } from '@medplum/fhirtypes';
import type { Evidence } from './evidence/evidence.ts';
import { groundsNoted } from './evidence/grounds-noted.ts';
import { projectedBundle } from './projection/bundle.ts';
import { type Receipt, receiptOf } from './receipt.ts';
import type { Recipient } from './recipient.ts';

/** Discloses the answer to the requester of the information, by its projection. */
export function answerTo({
  graph,
  recipient,
  legalBasis,
  now,
}: {
  /** The question Task and its QuestionnaireResponse. */
  readonly graph: Bundle;
  readonly recipient: Recipient;
  readonly legalBasis: string | undefined;
  readonly now: Date;
}): { readonly bundle: Bundle; readonly receipt: Receipt; readonly evidence: Evidence } {
  const resources = (graph.entry ?? []).flatMap(({ resource }) => (resource ? [resource] : []));
  const { bundle, disclosed, judged } = projectedBundle(graph, recipient.projections.message('selected', 'answer'));
  const occasion = {
    recipient: recipient.partner,
    domain: recipient.domain,
    purpose: 'answer' as const,
    relation: 'requester' as const,
    ...(legalBasis ? { legalBasis } : {}),
    decidedAt: now.toISOString(),
  };
  const receipt = receiptOf(occasion, resources, disclosed, 'not-in-allow-list', bundle);
  return { bundle, receipt, evidence: { judged, grounds: groundsNoted(recipient, legalBasis).grounds() } };
}

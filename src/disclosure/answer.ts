import type { Bundle } from '@medplum/fhirtypes';
import { type Receipt, receiptOf } from './receipt.ts';
import type { Recipient } from './recipient.ts';

/** Discloses the whole answer to the requester of the information: the answer was written for it. */
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
}): { readonly bundle: Bundle; readonly receipt: Receipt } {
  const resources = (graph.entry ?? []).flatMap(({ resource }) => (resource ? [resource] : []));
  const occasion = {
    recipient: recipient.partner,
    domain: recipient.domain,
    purpose: 'answer' as const,
    relation: 'requester' as const,
    ...(legalBasis ? { legalBasis } : {}),
    decidedAt: now.toISOString(),
  };
  return { bundle: graph, receipt: receiptOf(occasion, resources, new Set(resources), 'refused', graph) };
}

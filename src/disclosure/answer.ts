import type { Bundle } from '@medplum/fhirtypes';
import { type Receipt, receiptOf } from './receipt.ts';
import type { Recipient } from './recipient.ts';

/** What who asked for more gets: all of the answer, which was given for it and for nobody else. */
export function answerTo({
  graph,
  recipient,
  legalBasis,
  now,
}: {
  /** The Task that asked, and its QuestionnaireResponse. */
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

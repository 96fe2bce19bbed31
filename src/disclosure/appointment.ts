import type { Appointment, Bundle, Consent } from '@medplum/fhirtypes';
import { graphOf } from '../fhir/graph.ts';
import { consentVerdict } from './consent.ts';
import type { Evidence } from './evidence/evidence.ts';
import { groundsNoted } from './evidence/grounds-noted.ts';
import { type Receipt, receiptOf } from './receipt.ts';
import type { Recipient } from './recipient.ts';

export type AppointmentQuestion = {
  readonly appointment: Appointment;
  /** Consents of the person. */
  readonly consents: readonly Consent[];
  readonly recipient: Recipient;
  readonly legalBasis: string | undefined;
  readonly now: Date;
};

/**
 * Discloses an Appointment by the projection of the recipient, unless the person objects. Undefined where it has no line
 * for it, as in the social domain: the participants would reveal care, and the status of the Task already shows that there
 * is an appointment.
 */
export function appointmentFor({
  appointment,
  consents,
  recipient,
  legalBasis,
  now,
}: AppointmentQuestion):
  | { readonly bundle: Bundle; readonly receipt: Receipt; readonly evidence: Evidence }
  | undefined {
  const graph = graphOf({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [appointment, ...consents].map((resource) => ({ resource })),
  });
  const by = recipient.projections.message('selected', 'appointment');
  const projected = by.project(appointment);
  const noted = groundsNoted(recipient, legalBasis);
  if (!projected || consentVerdict(graph, recipient, now, undefined, noted.consent) === 'deny') return undefined;
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [{ resource: projected as Appointment }],
  };
  const occasion = {
    recipient: recipient.partner,
    domain: recipient.domain,
    purpose: 'appointment' as const,
    relation: 'requester' as const,
    ...(legalBasis ? { legalBasis } : {}),
    decidedAt: now.toISOString(),
  };
  const receipt = receiptOf(occasion, [appointment], new Set([appointment]), 'refused', bundle);
  const judged = [{ source: appointment, output: projected, by, permissions: {} }];
  return { bundle, receipt, evidence: { judged, grounds: noted.grounds() } };
}

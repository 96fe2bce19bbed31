import type { Bundle, Patient } from '@medplum/fhirtypes';
import { graphOf } from '../fhir/graph.ts';
import { issue } from '../fhir/issue.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { consentVerdict } from './consent.ts';
import { explicitConsent } from './explicit-consent.ts';
import type { Occasion, Purpose, Receipt } from './receipt.ts';
import { receiptOf } from './receipt.ts';
import type { Recipient } from './recipient.ts';
import { socialLifeDomains } from './social-life-domains.ts';

/**
 * What an organisation may know of a case consultation. `whole`: what the case is about. `extract`: what is marked for the
 * social domain, without diagnosis. `nothing`: that there is one, not about whom.
 */
export type ConsultationRight = 'whole' | 'extract' | 'nothing';

export type ConsultationQuestion = {
  /** The person of the case with all their Consents. */
  readonly graph: Bundle;
  readonly recipient: Recipient;
  /** Whether it carries out a Task of this case, or sent one. */
  readonly isParty: boolean;
  /** By which right it is told, as who invites records it. */
  readonly legalBasis: string | undefined;
  /** Life domains (`system|code`) that the consultation is about; none: about no part of life in particular. */
  readonly lifeDomains: readonly string[];
  readonly now: Date;
};

/**
 * By which right an organisation is told of a case consultation (WGBO 7:457, Wmo 5.1.1): asked for each by itself. Within
 * care whoever takes part in the case; others of care, and all of the social domain, on explicit Consent. Who has no right
 * may still be asked along without knowing about whom; whom the person objects to is not invited at all.
 */
export function consultationRight(question: ConsultationQuestion): Result<ConsultationRight> {
  const { graph: bundle, recipient, isParty, legalBasis, lifeDomains, now } = question;
  const graph = graphOf(bundle);
  const place = { expression: 'Task.owner' };
  if (!legalBasis) return failure(issue('no-legal-basis', {}, { expression: 'Task.extension' }));
  const consent = consentVerdict(graph, recipient, now);
  if (recipient.domain === 'social') {
    if (legalBasis !== 'explicit-consent')
      return failure(issue('legal-basis-invalid', { codes: 'explicit-consent' }, { expression: 'Task.extension' }));
    const person = graph.resources.find((it) => isType(it, 'Patient'));
    const permits = explicitConsent(graph, person, recipient, now);
    const verdicts = (lifeDomains.length ? lifeDomains.filter((it) => socialLifeDomains.has(it)) : [undefined]).map(
      (lifeDomain) => permits({ lifeDomain }),
    );
    if (verdicts.includes('permit')) return success('extract');
    return verdicts.includes('deny') || (consent === 'deny' && permits({}) === 'deny')
      ? failure(issue('consent-denied', {}, place))
      : success('nothing');
  }
  if (consent === 'deny') return failure(issue('consent-denied', {}, place));
  const isByParticipation = isParty && legalBasis !== 'explicit-consent';
  if (isByParticipation || consent === 'permit' || overriding.includes(legalBasis)) return success('whole');
  return success('nothing');
}

/** Bases that need no part in the case and no Consent; whoever records them answers for them. */
const overriding: readonly string[] = ['vital-interest', 'legal-duty'];

/** Whether the BSN and contact data of the person go along to a party of the social domain. */
export function permittedData(question: ConsultationQuestion): {
  readonly contactData: boolean;
  readonly bsn: boolean;
} {
  const { graph: bundle, recipient, lifeDomains, now } = question;
  const graph = graphOf(bundle);
  const person = graph.resources.find((it): it is Resource & Patient => isType(it, 'Patient'));
  const permits = explicitConsent(graph, person, recipient, now);
  const permitted = (category: 'contact-data' | 'bsn') =>
    (lifeDomains.length ? lifeDomains : [undefined]).some(
      (lifeDomain) => permits({ category, lifeDomain }) === 'permit',
    );
  return { contactData: permitted('contact-data'), bsn: recipient.isMunicipality === true && permitted('bsn') };
}

/** Proof of what an organisation got of a consultation, and what not. */
export function consultationReceipt(
  { recipient, now, legalBasis }: Pick<ConsultationQuestion, 'recipient' | 'now' | 'legalBasis'>,
  purpose: Purpose,
  resources: readonly Resource[],
  disclosed: { readonly bundle: Bundle; readonly of: ReadonlySet<Resource> },
): Receipt {
  const occasion: Occasion = {
    recipient: recipient.partner,
    domain: recipient.domain,
    purpose,
    relation: 'owner',
    ...(legalBasis ? { legalBasis } : {}),
    decidedAt: now.toISOString(),
  };
  const reason = purpose === 'invitation' ? 'no-legal-basis' : 'not-in-allow-list';
  return receiptOf(occasion, resources, disclosed.of, reason, disclosed.bundle);
}

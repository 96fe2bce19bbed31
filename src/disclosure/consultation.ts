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
 * Right of an organisation to the content of a case consultation (casusoverleg). `whole`: the whole case. `extract`:
 * the parts marked for the social domain, without diagnosis. `nothing`: the date only, without the person.
 */
export type ConsultationRight = 'whole' | 'extract' | 'nothing';

export type ConsultationQuestion = {
  /** The person of the case with all their Consents. */
  readonly graph: Bundle;
  readonly recipient: Recipient;
  /** Whether it carries out a Task of this case, or sent one. */
  readonly isParty: boolean;
  /** Legal basis (grondslag) as recorded by the sender of the invitation. */
  readonly legalBasis: string | undefined;
  /** Life domains (`system|code`) of the consultation; empty when it has no particular one. */
  readonly lifeDomains: readonly string[];
  readonly now: Date;
};

/**
 * Right of one organisation to a case consultation (WGBO 7:457, Wmo 5.1.1). Within care a party to the case has a
 * right; other organisations within care, and all of the social domain, need explicit Consent. Without a right an
 * organisation may be invited anonymously. Issues: `consent-denied` when the person objects to it, `no-legal-basis`,
 * `legal-basis-invalid`.
 */
export function consultationRight(question: ConsultationQuestion): Result<ConsultationRight> {
  const { graph: bundle, recipient, isParty, legalBasis, lifeDomains, now } = question;
  const graph = graphOf(bundle);
  const place = { expression: 'Task.owner' };
  if (!legalBasis) return failure(issue('no-legal-basis', {}, { expression: 'Task.extension' }));
  const person = graph.resources.find((it) => isType(it, 'Patient'));
  const consent = consentVerdict(graph, recipient, now, person);
  if (recipient.domain === 'social') {
    if (legalBasis !== 'explicit-consent')
      return failure(issue('legal-basis-invalid', { codes: 'explicit-consent' }, { expression: 'Task.extension' }));
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
  if (isByParticipation || consent === 'permit' || basesWithoutConsent.includes(legalBasis)) return success('whole');
  return success('nothing');
}

/** Legal bases that require neither participation nor Consent. The sender is accountable for recording them. */
const basesWithoutConsent: readonly string[] = ['vital-interest', 'legal-duty'];

/** Whether BSN and contact data of the person may be disclosed to a party of the social domain. */
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

/** Receipt of the resources of a consultation disclosed to, and withheld from, one organisation. */
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

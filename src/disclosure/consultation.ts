import type { Bundle, Patient } from '@medplum/fhirtypes';
import { graphOf } from '../fhir/graph.ts';
import { issue } from '../fhir/issue.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { consentVerdict } from './consent.ts';
import { type DecidingGrounds, type GroundsNoted, groundsNoted } from './evidence/grounds-noted.ts';
import { type ConsentCheck, explicitConsent } from './explicit-consent.ts';
import { codesFor, type GroundRule, type Grounds, groundRule } from './ground/ground.ts';
import { nobodyAsked, type OutsideConsent, outsideIssue } from './ground/outside.ts';
import { permissionOn } from './ground/permission.ts';
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
  /** The legal bases of the network. */
  readonly grounds: Grounds;
  /** Answers of the consent source outside. */
  readonly outside?: OutsideConsent;
};

/**
 * Right of one organisation to a case consultation (WGBO 7:457, Wmo 5.1.1), by the rule of the recorded legal basis.
 * Without a right an organisation may be invited anonymously. Issues: `consent-denied` when the person objects to it,
 * `consent-undecided`, `no-legal-basis`, `legal-basis-invalid`.
 */
export function consultationRight(question: ConsultationQuestion, noted?: GroundsNoted): Result<ConsultationRight> {
  const { recipient, legalBasis, now, grounds } = question;
  if (!legalBasis) return failure(issue('no-legal-basis', {}, { expression: 'Task.extension' }));
  const rule = groundRule(grounds, legalBasis, recipient, now);
  if (!rule) {
    const codes = codesFor(grounds, recipient, now).join(', ');
    return failure(issue('legal-basis-invalid', { codes }, { expression: 'Task.extension' }));
  }
  const right =
    recipient.domain === 'social' ? rightToExtract(question, rule, noted) : rightWithinCare(question, rule, noted);
  if (!right.ok || right.value === 'nothing' || !rule.isAskedOutside) return right;
  const person = personOf(question)?.identifier ?? [];
  const answer = (question.outside ?? nobodyAsked)({
    person,
    recipient,
    legalBasis,
    lifeDomains: question.lifeDomains,
  });
  noted?.outside(answer);
  const barred = outsideIssue(answer);
  return barred ? failure(barred) : right;
}

/** On which grounds the right of an organisation rests. */
export function consultationGrounds(question: ConsultationQuestion): DecidingGrounds {
  const noted = groundsNoted(question.recipient, question.legalBasis);
  consultationRight(question, noted);
  return noted.grounds();
}

const denied = () => failure(issue('consent-denied', {}, { expression: 'Task.owner' }));

const personOf = ({ graph }: Pick<ConsultationQuestion, 'graph'>) =>
  graphOf(graph).resources.find((it): it is Resource & Patient => isType(it, 'Patient'));

/** A party to the case gets the whole of it; another organisation where a Consent permits, or the legal basis does. */
function rightWithinCare(
  { graph: bundle, recipient, isParty, now }: ConsultationQuestion,
  rule: GroundRule,
  noted: GroundsNoted | undefined,
): Result<ConsultationRight> {
  const consent = consentVerdict(graphOf(bundle), recipient, now, personOf({ graph: bundle }), noted?.consent);
  if (consent === 'deny' && rule.consent !== 'not-needed') return denied();
  const isEntitled = rule.consent !== 'required' && (isParty || rule.participation === 'not-needed');
  return success(isEntitled || consent === 'permit' ? 'whole' : 'nothing');
}

function rightToExtract(
  question: ConsultationQuestion,
  rule: GroundRule,
  noted: GroundsNoted | undefined,
): Result<ConsultationRight> {
  const { graph: bundle, recipient, lifeDomains, now } = question;
  const graph = graphOf(bundle);
  const person = personOf(question);
  const permits = permissionOn(rule, explicitConsent(graph, person, recipient, now, noted?.consent));
  const verdicts = (lifeDomains.length ? lifeDomains.filter((it) => socialLifeDomains.has(it)) : [undefined]).map(
    (lifeDomain) => permits({ lifeDomain }),
  );
  if (verdicts.includes('permit')) return success('extract');
  const objects = consentVerdict(graph, recipient, now, person, noted?.consent) === 'deny' && permits({}) === 'deny';
  return verdicts.includes('deny') || objects ? denied() : success('nothing');
}

/** Whether BSN and contact data of the person may be disclosed to a party of the social domain. */
export function permittedData(question: ConsultationQuestion): {
  readonly contactData: boolean;
  readonly bsn: boolean;
} {
  const { graph: bundle, recipient, lifeDomains, legalBasis, now, grounds } = question;
  const rule = groundRule(grounds, legalBasis, recipient, now);
  const permits: ConsentCheck = rule
    ? permissionOn(rule, explicitConsent(graphOf(bundle), personOf(question), recipient, now))
    : () => 'silent';
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

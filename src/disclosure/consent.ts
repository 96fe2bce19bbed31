import type { Consent, ConsentProvision, Extension } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension } from '../fhir/canonical.ts';
import type { Graph } from '../fhir/graph.ts';
import type { Resource } from '../fhir/resource.ts';
import type { NoteConsent } from './evidence/grounds-noted.ts';
import { isInPeriod } from './in-period.ts';
import { general, narrowed, type Precision, type Statement, unreadable, type Verdict, verdictOf } from './precision.ts';
import { isRecipient, type Recipient } from './recipient.ts';
import { knownLifeDomains } from './social-life-domains.ts';
import { dataCategories, isPurposeSystem, isRecipientRole, isUnderstood, otherPurposes } from './understood-consent.ts';

/** `understood`: only a Consent that is understood as a whole permits; a denial counts when in doubt. */
export type ConsentContext = {
  readonly graph: Graph;
  readonly recipient: Recipient;
  readonly now: Date;
  readonly understood: boolean;
};

/**
 * Combined verdict of the Consents (toestemming) in a graph (https://hl7.org/fhir/R4/consent.html). Nested provisions
 * are exceptions to their parent; over several statements the specific prevails over the general, and an objection over
 * a permit of the same precision (precision.ts). Limits to classes, codes or data cannot be applied to a referral as a
 * whole, so a limited denial denies all of it and a limited permission permits nothing. Where `person` is given, only
 * that person permits. `note` is called for each statement.
 */
export function consentVerdict(
  graph: Graph,
  recipient: Recipient,
  now: Date,
  person?: Resource,
  note?: NoteConsent,
): Verdict {
  return verdictOf(
    consentsInForce(graph).flatMap((it) => {
      const isOfOther = person !== undefined && graph.resolve(it.patient) !== person;
      const statements = ofConsent(it, { graph, recipient, now, understood: isUnderstood(it, now) }).filter(
        ({ verdict }) => verdict === 'deny' || !isOfOther,
      );
      for (const { verdict } of statements) note?.(it, verdict);
      return statements;
    }),
  );
}

/** Whether a person objects to a recipient (bezwaar): so that it receives no content, whatever the legal basis. */
export const objects = (graph: Graph, recipient: Recipient, now: Date): boolean =>
  consentVerdict(graph, recipient, now) === 'deny';

/** A Consent that has ended has no effect; one that is not active yet can deny, and does not permit. */
export const consentsInForce = (graph: Graph): readonly Consent[] =>
  graph.all('Consent').filter(({ status }) => !endedStatuses.includes(status));

const endedStatuses: readonly string[] = ['inactive', 'rejected', 'entered-in-error'];

const ofConsent = ({ provision }: Consent, context: ConsentContext): readonly Statement[] =>
  provision ? ofProvision(provision, { verdict: 'silent', precision: general }, context) : [];

type Parent = { readonly verdict: Verdict; readonly precision: Precision };

/** The statements of a provision, or of its exceptions that apply; none when it does not apply to this recipient now. */
function ofProvision(provision: ConsentProvision, parent: Parent, context: ConsentContext): readonly Statement[] {
  if (!appliesTo(provision, context)) return [];
  const verdict = provision.type ?? parent.verdict;
  const precision = narrowed(parent.precision, precisionOf(provision));
  const exceptions = (provision.provision ?? []).flatMap((it) => ofProvision(it, { verdict, precision }, context));
  if (exceptions.length) return exceptions;
  const isLimited = precision.category > 0 || precision.lifeDomain > 0;
  return verdict === 'permit' && isLimited ? [] : stated(verdict, precision, context);
}

/** A permit counts if the whole Consent is understood; a denial counts when in doubt, and nothing prevails over it then. */
export const stated = (verdict: Verdict, precision: Precision, { understood }: ConsentContext): readonly Statement[] =>
  verdict === 'deny'
    ? [{ verdict, precision: understood ? precision : unreadable }]
    : verdict === 'permit' && understood
      ? [{ verdict, precision }]
      : [];

/** How precisely a provision names its recipients and its data. */
export const precisionOf = (provision: ConsentProvision): Precision =>
  hasUnknownLimits(provision)
    ? unreadable
    : {
        recipient: provision.actor?.length ? 2 : domainsOf(provision).length ? 1 : 0,
        category: provision.code?.length ? 1 : 0,
        lifeDomain: lifeDomainsOf(provision).length ? 1 : 0,
        circumstance: provision.period || provision.purpose?.length ? 1 : 0,
      };

/**
 * Whether a provision applies to this recipient, at this time, for the purpose of care. A purpose, domain or actor that
 * is not understood does not exclude: the Consent cannot permit then, and its denial counts.
 */
export function appliesTo(provision: ConsentProvision, { graph, recipient, now }: ConsentContext): boolean {
  const { actor = [], period, purpose } = provision;
  if (period && !isInPeriod(period, now, recipient.timezone)) return false;
  const isOther = ({ system, code }: { system?: string; code?: string }) =>
    isPurposeSystem(system) && otherPurposes.includes(code ?? '');
  if (purpose?.length && purpose.every(isOther)) return false;
  const domains = domainsOf(provision);
  if (domains.length > 0 && !domains.includes(recipient.domain) && domains.every((it) => knownDomains.includes(it)))
    return false;
  const isNamed = ({ role, reference }: (typeof actor)[number]) =>
    (role?.coding?.some(isRecipientRole) ?? false) && Boolean(reference?.reference || reference?.identifier);
  return !actor.length || !actor.every(isNamed) || actor.some((it) => isRecipient(recipient, graph, it.reference));
}

const knownDomains: readonly string[] = ['care', 'social', 'network'];

/** Codes of mgn-domain that a provision is limited to; one that cannot be read is the empty string. */
const domainsOf = ({ extension = [] }: ConsentProvision): string[] =>
  extension
    .filter((it) => it.url === mgnExtension('domain'))
    .flatMap(({ valueCodeableConcept: it }) => (it?.coding?.length ? it.coding : [{}]))
    .map(({ system, code }) => (system === mgnCodeSystem('domain') && code ? code : ''));

/** Life domains that a provision is limited to, as `system|code`; one without a coding is `|` and matches nothing. */
export const lifeDomainsOf = ({ extension = [] }: { readonly extension?: Extension[] }): string[] =>
  extension
    .filter(({ url }) => url === mgnExtension('life-domain'))
    .map(({ valueCodeableConcept: it }) => `${it?.coding?.[0]?.system ?? ''}|${it?.coding?.[0]?.code ?? ''}`);

/**
 * Limits that the gateway does not evaluate: data period, security label, class, single resources, actions, and codes of
 * life domains and categories that it does not know. A denial with one of these denies all.
 */
export const hasUnknownLimits = (provision: ConsentProvision): boolean =>
  [provision.securityLabel, provision.class, provision.data, provision.dataPeriod, provision.modifierExtension].some(
    (it) => it !== undefined,
  ) ||
  lifeDomainsOf(provision).some((it) => !knownLifeDomains.has(it)) ||
  (provision.code ?? []).some(({ coding = [] }) => coding.length === 0 || !coding.every(isDataCategory)) ||
  (provision.action !== undefined && provision.type !== 'permit');

const isDataCategory = ({ system, code }: { readonly system?: string; readonly code?: string }): boolean =>
  system === mgnCodeSystem('data-category') && dataCategories.includes(code ?? '');

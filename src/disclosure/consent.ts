import type { Consent, ConsentProvision, Extension } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension } from '../fhir/canonical.ts';
import type { Graph } from '../fhir/graph.ts';
import { isRecipient, type Recipient } from './recipient.ts';

/** Verdict of a Consent about one recipient; `silent` when nothing in it applies to a whole referral. */
export type Verdict = 'permit' | 'deny' | 'silent';

/**
 * Combined verdict of the Consents (toestemming) in a graph (https://hl7.org/fhir/R4/consent.html). Nested provisions
 * are exceptions to their parent, and over several Consents a denial wins. Limits to classes, codes or data cannot be
 * applied to a referral as a whole, so a limited denial denies all of it and a limited permission permits nothing.
 */
export function consentVerdict(graph: Graph, recipient: Recipient, now: Date): Verdict {
  const verdicts = graph
    .all('Consent')
    .filter((it) => it.status === 'active')
    .map((it) => ofConsent(it, { graph, recipient, now }));
  return strongest(verdicts, 'silent');
}

type ConsentContext = { readonly graph: Graph; readonly recipient: Recipient; readonly now: Date };

const ofConsent = ({ provision }: Consent, context: ConsentContext): Verdict =>
  (provision && ofProvision(provision, { verdict: 'silent', limited: false }, context)) ?? 'silent';

/** Undefined when the provision does not apply to this recipient at this time. */
function ofProvision(
  provision: ConsentProvision,
  parent: { readonly verdict: Verdict; readonly limited: boolean },
  context: ConsentContext,
): Verdict | undefined {
  if (!appliesTo(provision, context)) return undefined;
  const limited = parent.limited || isLimited(provision);
  const stated = provision.type ?? parent.verdict;
  const verdict = stated === 'permit' && limited ? 'silent' : stated;
  const exceptions = (provision.provision ?? []).flatMap((it) => ofProvision(it, { verdict, limited }, context) ?? []);
  return strongest(exceptions, verdict);
}

export const strongest = (verdicts: readonly Verdict[], otherwise: Verdict): Verdict =>
  verdicts.includes('deny') ? 'deny' : verdicts.includes('permit') ? 'permit' : otherwise;

/** Whether a provision applies to this recipient, at this time, for the purpose of care. */
export function appliesTo(provision: ConsentProvision, { graph, recipient, now }: ConsentContext): boolean {
  const { actor, period, purpose } = provision;
  const at = now.toISOString();
  if (period?.start && day(at, period.start) < period.start) return false;
  if (period?.end && day(at, period.end) > period.end) return false;
  if (purpose?.length && purpose.every((it) => otherPurposes.has(it.code ?? ''))) return false;
  const domains = domainsOf(provision);
  if (domains.length > 0 && !domains.includes(recipient.domain)) return false;
  return !actor?.length || actor.some((it) => isRecipient(recipient, graph, it.reference));
}

const domainsOf = ({ extension }: ConsentProvision): string[] =>
  (extension ?? [])
    .filter((it) => it.url === mgnExtension('domain'))
    .flatMap((it) => it.valueCodeableConcept?.coding ?? [])
    .flatMap(({ system, code }) => (system === mgnCodeSystem('domain') && code ? [code] : []));

/** The moment in the precision of the FHIR dateTime it is compared with, at most a day. */
const day = (at: string, dateTime: string): string => at.slice(0, Math.min(dateTime.length, 10));

/** Purposes of use other than care (http://terminology.hl7.org/CodeSystem/v3-ActReason). */
const otherPurposes: ReadonlySet<string> = new Set(['HMARKT', 'HRESCH', 'CLINTRCH', 'HPAYMT', 'PUBHLTH']);

const isLimited = (provision: ConsentProvision): boolean =>
  lifeDomainsOf(provision).length > 0 || provision.code !== undefined || hasUnknownLimits(provision);

/** Life domains that a provision is limited to, as `system|code`; one without a coding is `|` and matches nothing. */
export const lifeDomainsOf = ({ extension = [] }: { readonly extension?: Extension[] }): string[] =>
  extension
    .filter(({ url }) => url === mgnExtension('life-domain'))
    .map(({ valueCodeableConcept: it }) => `${it?.coding?.[0]?.system ?? ''}|${it?.coding?.[0]?.code ?? ''}`);

/** Limits that the gateway does not evaluate: data period, security label, class, single resources, actions. */
export const hasUnknownLimits = (provision: ConsentProvision): boolean =>
  [provision.securityLabel, provision.class, provision.data, provision.dataPeriod, provision.action].some(
    (it) => it !== undefined,
  );

import type { Consent, ConsentProvision, Extension } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension } from '../fhir/canonical.ts';
import type { Graph } from '../fhir/graph.ts';
import { isRecipient, type Recipient } from './recipient.ts';

/** What a Consent says about one recipient; `silent` when it says nothing that can be applied to a whole referral. */
export type Verdict = 'permit' | 'deny' | 'silent';

/**
 * What the Consents of a graph say together (https://hl7.org/fhir/R4/consent.html): nested provisions are exceptions
 * to their parent, and over several Consents an objection wins. Limits to classes, codes or data cannot be applied
 * to a referral as a whole, so a limited denial denies all of it and a limited permission permits nothing.
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

/** Undefined when the provision does not speak of this recipient, now. */
function ofProvision(
  provision: ConsentProvision,
  parent: { readonly verdict: Verdict; readonly limited: boolean },
  context: ConsentContext,
): Verdict | undefined {
  if (!appliesTo(provision, context)) return undefined;
  const limited = parent.limited || isLimited(provision);
  const stated = provision.type ?? parent.verdict;
  const own = stated === 'permit' && limited ? 'silent' : stated;
  const exceptions = (provision.provision ?? []).flatMap(
    (it) => ofProvision(it, { verdict: own, limited }, context) ?? [],
  );
  return strongest(exceptions, own);
}

export const strongest = (verdicts: readonly Verdict[], otherwise: Verdict): Verdict =>
  verdicts.includes('deny') ? 'deny' : verdicts.includes('permit') ? 'permit' : otherwise;

/** Whether a provision is about this recipient, now, and for helping this person. */
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

/** The moment as precise as the FHIR dateTime it is compared with. */
const day = (at: string, dateTime: string): string => at.slice(0, Math.min(dateTime.length, 10));

/** Purposes of use (v3-ActReason) that have nothing to do with helping this person. */
const otherPurposes: ReadonlySet<string> = new Set(['HMARKT', 'HRESCH', 'CLINTRCH', 'HPAYMT', 'PUBHLTH']);

const isLimited = (provision: ConsentProvision): boolean =>
  lifeDomainsOf(provision).length > 0 || provision.code !== undefined || hasUnknownLimits(provision);

/** Life domains that a provision is limited to, as `system|code`; one told in words alone is known to nobody. */
export const lifeDomainsOf = ({ extension = [] }: { readonly extension?: Extension[] }): string[] =>
  extension
    .filter(({ url }) => url === mgnExtension('life-domain'))
    .map(({ valueCodeableConcept: it }) => `${it?.coding?.[0]?.system ?? ''}|${it?.coding?.[0]?.code ?? ''}`);

/** Limits that nothing here can apply: to a period of the data, to labels, to single resources, to actions. */
export const hasUnknownLimits = (provision: ConsentProvision): boolean =>
  [provision.securityLabel, provision.class, provision.data, provision.dataPeriod, provision.action].some(
    (it) => it !== undefined,
  );

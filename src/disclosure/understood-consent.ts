import type { Consent } from '@medplum/fhirtypes';
import { mgnCodeSystem, mgnExtension } from '../fhir/canonical.ts';
import type { Elements } from '../fhir/resource.ts';
import { isPeriodReadable } from './in-period.ts';
import { knownLifeDomains } from './social-life-domains.ts';

/** Whether a value states nothing that the gateway does not understand. */
type Understood = (value: unknown, now: Date) => boolean;
type ElementsUnderstood = { readonly [element: string]: Understood };

/** An element that the gateway does not evaluate: its presence leaves a permit undecided. */
const notEvaluated: Understood = () => false;
/** A primitive that cannot limit a permit: who, where it is stored, its number. */
const administrative: Understood = (value) => typeof value !== 'object' || value === null;

/** Every property must be one of these, so also an extension of a primitive (`_type`) is not understood. */
const only =
  (elements: ElementsUnderstood): Understood =>
  (value, now) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).every(([name, it]) => Object.hasOwn(elements, name) && elements[name]!(it, now));

const each =
  (understood: Understood): Understood =>
  (value, now) =>
    Array.isArray(value) && value.every((it) => understood(it, now));

const oneOf =
  (...values: readonly unknown[]): Understood =>
  (value) =>
    values.includes(value);

/** Exactly one system and its codes; display repeats the code, text could state a limit and is not understood. */
const codes = (system: string, ...known: readonly string[]): Understood =>
  coded((coding) => coding.system === system && known.includes(String(coding.code)));

function coded(isKnown: (coding: Elements) => boolean): Understood {
  const coding = only({
    id: administrative,
    system: administrative,
    version: administrative,
    code: administrative,
    display: administrative,
    userSelected: administrative,
  });
  const list: Understood = (value, now) =>
    Array.isArray(value) && value.length > 0 && value.every((it) => coding(it, now) && isKnown(it as Elements));
  return (value, now) => only({ id: administrative, coding: list })(value, now) && hasCoding(value);
}

const hasCoding = (concept: unknown): boolean => Array.isArray((concept as { coding?: unknown }).coding);

const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const participation = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
const consentActions = 'http://terminology.hl7.org/CodeSystem/consentaction';

/** Purposes of use for which the gateway discloses: treatment, management and coordination of care. */
export const purposesOfCare: readonly string[] = ['TREAT', 'CAREMGT', 'COC'];
/** Purposes that the gateway does not disclose for: a provision for these alone does not apply. */
export const otherPurposes: readonly string[] = ['HMARKT', 'HRESCH', 'CLINTRCH', 'HPAYMT', 'PUBHLTH'];
export const dataCategories: readonly string[] = ['contact-data', 'goals', 'activities', 'bsn'];
export const isPurposeSystem = (system: string | undefined): boolean => system === actReason;
export const isRecipientRole = ({ system, code }: { readonly system?: string; readonly code?: string }): boolean =>
  system === participation && code === 'IRCP';

const period = only({ id: administrative, start: administrative, end: administrative });
const identifierParts: ElementsUnderstood = {
  id: administrative,
  use: administrative,
  system: administrative,
  value: administrative,
  period,
};
const reference = only({
  id: administrative,
  reference: administrative,
  type: administrative,
  identifier: only(identifierParts),
  display: administrative,
});
const identifier = only({ ...identifierParts, assigner: reference });

const notInFuture: Understood = (value, now) => {
  if (typeof value !== 'string') return false;
  // A day is compared with the latest day on earth; a moment may be a few minutes ahead of this clock.
  const latest = new Date(now.getTime() + (value.includes('T') ? 5 * 60_000 : 14 * 3_600_000));
  if (value.includes('T')) return new Date(value).getTime() <= latest.getTime();
  return value <= latest.toISOString().slice(0, value.length);
};

/** Extensions with a limit that the gateway applies; each with one code of its list. */
const limits: Understood = (value, now) => {
  const url = (value as { url?: unknown } | null)?.url;
  const parts = (understood: Understood) =>
    only({ id: administrative, url: administrative, valueCodeableConcept: understood })(value, now) &&
    'valueCodeableConcept' in (value as object);
  if (url === mgnExtension('domain')) return parts(codes(mgnCodeSystem('domain'), 'care', 'social', 'network'));
  if (url !== mgnExtension('life-domain')) return false;
  const { valueCodeableConcept: concept } = value as { valueCodeableConcept?: { coding?: unknown[] } };
  return parts(coded(({ system, code }) => knownLifeDomains.has(`${system}|${code}`))) && concept?.coding?.length === 1;
};

const actions: Understood = (value, now) =>
  each(codes(consentActions, 'collect', 'access', 'use', 'disclose', 'correct'))(value, now) &&
  (value as { coding?: { code?: string }[] }[]).some(({ coding }) => coding?.some(({ code }) => code === 'disclose'));

/**
 * What Consent.provision, and each provision within it, may contain for the Consent to permit. One line for every
 * element of R4; docs/guide/consent.md repeats it.
 */
export const understoodProvision: ElementsUnderstood = {
  id: administrative,
  extension: each(limits),
  modifierExtension: notEvaluated,
  type: oneOf('permit', 'deny'),
  period: only({ id: administrative, start: isPeriodReadable, end: isPeriodReadable }),
  actor: each(only({ id: administrative, role: codes(participation, 'IRCP'), reference })),
  action: actions,
  securityLabel: notEvaluated,
  purpose: each(
    only({
      id: administrative,
      system: oneOf(actReason),
      version: administrative,
      code: oneOf(...purposesOfCare, ...otherPurposes),
      display: administrative,
      userSelected: administrative,
    }),
  ),
  class: notEvaluated,
  code: each(codes(mgnCodeSystem('data-category'), ...dataCategories)),
  dataPeriod: notEvaluated,
  data: notEvaluated,
  provision: (value, now) => each(only(understoodProvision))(value, now),
};

/** The same for the Consent itself. */
export const understoodConsent: ElementsUnderstood = {
  resourceType: oneOf('Consent'),
  id: administrative,
  meta: only({
    id: administrative,
    versionId: administrative,
    lastUpdated: administrative,
    source: administrative,
    profile: each(administrative),
    security: notEvaluated,
    tag: notEvaluated,
  }),
  implicitRules: notEvaluated,
  language: administrative,
  /** A generated narrative repeats the elements; any other may add to them. */
  text: only({ id: administrative, status: oneOf('generated', 'empty'), div: administrative }),
  contained: notEvaluated,
  extension: notEvaluated,
  modifierExtension: notEvaluated,
  identifier: each(identifier),
  status: oneOf('active'),
  scope: codes('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy'),
  category: each((value, now) => categories.some((it) => it(value, now))),
  patient: reference,
  dateTime: notInFuture,
  performer: each(reference),
  organization: each(reference),
  sourceAttachment: only({
    id: administrative,
    contentType: administrative,
    language: administrative,
    data: administrative,
    url: administrative,
    size: administrative,
    hash: administrative,
    title: administrative,
    creation: administrative,
  }),
  sourceReference: reference,
  policy: each(only({ id: administrative, authority: administrative, uri: administrative })),
  policyRule: codes(actCode, 'OPTIN'),
  verification: each(
    only({
      id: administrative,
      verified: oneOf(true),
      verifiedWith: reference,
      verificationDate: notInFuture,
    }),
  ),
  provision: only(understoodProvision),
};

/** Disclosure of information (v3-ActCode), and a consent document (LOINC). */
const categories = [codes(actCode, 'IDSCL'), codes('http://loinc.org', '59284-0')];

const required: readonly string[] = ['status', 'scope', 'category', 'patient', 'dateTime', 'provision'];

/** Whether the gateway understands the whole of a Consent. Only then can it permit; a denial needs no understanding. */
export const isUnderstood = (consent: Consent, now: Date): boolean =>
  required.every((name) => Object.hasOwn(consent, name)) &&
  consent.category.length > 0 &&
  only(understoodConsent)(consent, now);

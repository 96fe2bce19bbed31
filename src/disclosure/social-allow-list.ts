import { canonicalBase, mgnCodeSystem, mgnExtension } from '../fhir/canonical.ts';
import {
  type AllowList,
  code,
  codesOf,
  dateTime,
  type ElementFilter,
  element,
  freeText,
  list,
  oneOf,
  reduce,
} from './allow-list.ts';
import { bsnOnly, contact, humanName, legalBasis } from './datatypes.ts';
import type { ConsentCheck } from './explicit-consent.ts';
import { socialLifeDomains } from './social-life-domains.ts';

const taskCodes = 'http://hl7.org/fhir/CodeSystem/task-code';
const lifeDomainSystems = [mgnCodeSystem('life-domain'), mgnCodeSystem('zrm-domain')];

/** Elements of a referral or record that the social domain may receive. References and ids are created anew. */
export type SocialAllowList = {
  readonly order: AllowList;
  readonly task: AllowList;
  readonly person: AllowList;
  readonly goal: AllowList;
  readonly activity: AllowList;
};

/** Permissions of the Consents; `lifeDomain` decides on a `system|code`. */
export type Grants = {
  readonly lifeDomain: (lifeDomain: string) => boolean;
  readonly contactData: boolean;
  readonly bsn: boolean;
};

export function socialAllowList({ lifeDomain, contactData, bsn }: Grants): SocialAllowList {
  const lifeDomains = list((it) => {
    const domain = lifeDomainIn(it);
    if (!domain || !lifeDomain(domain)) return undefined;
    return reduce(it, { url: oneOf(mgnExtension('life-domain')), valueCodeableConcept: codesOf(...lifeDomainSystems) });
  });
  return {
    order: {
      extension: lifeDomains,
      status: code,
      intent: code,
      category: list(codesOf(mgnCodeSystem('use-case'))),
      code: codesOf(mgnCodeSystem('service-type')),
      priority: code,
      authoredOn: dateTime,
    },
    task: {
      extension: list(legalBasis),
      status: code,
      statusReason: codesOf(mgnCodeSystem('status-reason')),
      businessStatus: codesOf(mgnCodeSystem('business-status')),
      intent: code,
      priority: code,
      code: codesOf(taskCodes, mgnCodeSystem('task-code'), mgnCodeSystem('use-case')),
      authoredOn: dateTime,
      lastModified: dateTime,
      input: list(questionnaireInput),
    },
    person: {
      name: list(humanName),
      ...(contactData ? contact : {}),
      ...(bsn ? { identifier: list(bsnOnly) } : {}),
    },
    goal: { extension: lifeDomains, lifecycleStatus: code, description: element({ text: freeText }) },
    activity: {
      extension: lifeDomains,
      code: codesOf(mgnCodeSystem('activity-kind')),
      status: code,
      description: freeText,
    },
  };
}

/** Canonical of the published Questionnaire to answer; its form excludes free text. */
const questionnaireInput: ElementFilter = (it) => {
  const input = reduce(it, { type: codesOf('http://hl7.org/fhir/uv/sdc/CodeSystem/temp'), valueCanonical: published });
  return input?.type && input.valueCanonical ? input : undefined;
};

const published: ElementFilter = (it) =>
  typeof it === 'string' && it.startsWith(`${canonicalBase}/Questionnaire/`) && /^[\w:/.|-]+$/.test(it)
    ? it
    : undefined;

/** `system|code` of a life-domain extension. */
function lifeDomainIn(extension: unknown): string | undefined {
  const { url, valueCodeableConcept } = (extension ?? {}) as {
    url?: string;
    valueCodeableConcept?: { coding?: { system?: string; code?: string }[] };
  };
  if (url !== mgnExtension('life-domain')) return undefined;
  const [coding, ...others] = valueCodeableConcept?.coding ?? [];
  return coding && others.length === 0 ? `${coding.system}|${coding.code}` : undefined;
}

/** Life domains of an element as `system|code`; one without exactly one coding as the empty string. */
export const lifeDomainsOf = ({ extension = [] }: { readonly extension?: readonly unknown[] }): string[] =>
  extension
    .filter((it) => (it as { url?: string }).url === mgnExtension('life-domain'))
    .map((it) => lifeDomainIn(it) ?? '');

/**
 * Whether all life domains of an element are of the social domain and permitted. An element without one is withheld.
 */
export const isDisclosable =
  (consent: ConsentCheck, category: 'goals' | 'activities') =>
  (subject: { readonly extension?: readonly unknown[] }): boolean => {
    const lifeDomains = lifeDomainsOf(subject);
    return (
      lifeDomains.length > 0 &&
      lifeDomains.every(
        (lifeDomain) => socialLifeDomains.has(lifeDomain) && consent({ category, lifeDomain }) === 'permit',
      )
    );
  };

import { mgnExtension } from '../fhir/canonical.ts';
import type { ConsentCheck } from './explicit-consent.ts';
import { lifeDomainIn } from './projection/conditions.ts';
import { socialLifeDomains } from './social-life-domains.ts';

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

import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { lifeDomainsOf } from '../life-domains.ts';
import type { Permissions } from './filter.ts';

/** Permissions as a case or a command states them. */
export type StatedPermissions = {
  readonly permissions?: readonly ('contact-data' | 'bsn' | 'goals' | 'activities' | 'content')[];
  /** Codes of mgn-zrm-domain or mgn-life-domain. */
  readonly 'life-domains'?: readonly string[];
  /** The same for goals and activities; absent: those of `life-domains`. */
  readonly 'plan-life-domains'?: readonly string[];
};

/** What Consents that state this would permit. */
export function permissionsOf({
  permissions = [],
  'life-domains': codes = [],
  'plan-life-domains': ofPlan = codes,
}: StatedPermissions): Permissions {
  const [permitted, inPlan] = [domainsOf(codes), domainsOf(ofPlan)];
  const isOfThese = (element: { readonly extension?: readonly unknown[] }): boolean => {
    const domains = lifeDomainsOf(element);
    return domains.length > 0 && domains.every((it) => inPlan.has(it));
  };
  return {
    lifeDomain: (it) => permitted.has(it),
    contactData: permissions.includes('contact-data'),
    bsn: permissions.includes('bsn'),
    content: permissions.includes('content'),
    goals: (it) => permissions.includes('goals') && isOfThese(it),
    activities: (it) => permissions.includes('activities') && isOfThese(it),
  };
}

const domainsOf = (codes: readonly string[]): ReadonlySet<string> =>
  new Set(codes.flatMap((code) => ['zrm-domain', 'life-domain'].map((system) => `${mgnCodeSystem(system)}|${code}`)));

import type { ConsentCheck, DataItem } from '../explicit-consent.ts';
import type { GroundRule } from './ground.ts';

/**
 * What may be disclosed to the social domain on a legal basis: what the Consents of the person permit, and what the legal
 * basis opens without one. An objection prevails, unless the legal basis does not need consent.
 */
export const permissionOn =
  (rule: GroundRule, consent: ConsentCheck): ConsentCheck =>
  (item) => {
    const stated = consent(item);
    if (stated === 'permit' || (stated === 'deny' && rule.consent !== 'not-needed')) return stated;
    return rule.consent !== 'required' && opens(rule, item) ? 'permit' : stated;
  };

/** The request itself, without a category, is opened by any of its life domains. */
const opens = ({ data: { categories, lifeDomains } }: GroundRule, { category, lifeDomain }: DataItem): boolean =>
  (category === undefined || categories.has(category)) &&
  (lifeDomain === undefined ? lifeDomains.size > 0 : lifeDomains.has(lifeDomain));

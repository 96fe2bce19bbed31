import { mgnCodeSystem } from '../fhir/canonical.ts';

/**
 * Life domains (leefgebieden) of the social domain, as `system|code`. All others (mental and physical health, substance
 * use, justice, bodily functions, mental wellbeing) stay within care, whatever a Consent permits.
 */
export const socialLifeDomains: ReadonlySet<string> = new Set([
  ...['meaningfulness', 'quality-of-life', 'participation', 'daily-functioning'].map(
    (code) => `${mgnCodeSystem('life-domain')}|${code}`,
  ),
  ...[
    'finances',
    'work-and-education',
    'use-of-time',
    'housing',
    'domestic-relations',
    'basic-adl',
    'instrumental-adl',
    'social-network',
    'participation-in-society',
  ].map((code) => `${mgnCodeSystem('zrm-domain')}|${code}`),
]);

/** All life domains of the network's lists: those of the social domain and those that stay within care. */
export const knownLifeDomains: ReadonlySet<string> = new Set([
  ...socialLifeDomains,
  ...['bodily-functions', 'mental-wellbeing'].map((code) => `${mgnCodeSystem('life-domain')}|${code}`),
  ...['mental-health', 'physical-health', 'substance-use', 'justice'].map(
    (code) => `${mgnCodeSystem('zrm-domain')}|${code}`,
  ),
]);

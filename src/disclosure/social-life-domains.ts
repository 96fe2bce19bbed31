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

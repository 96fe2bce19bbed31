import type { Bilingual } from '../../fhir/bilingual.ts';

/** The roles of people (docs/guide/login.md), as a page names them. */
export const roleWords = {
  professional: { nl: 'professional', en: 'professional' },
  engineer: { nl: 'technicus', en: 'engineer' },
  operator: { nl: 'beheerder', en: 'operator' },
  'privacy-officer': { nl: 'functionaris gegevensbescherming', en: 'privacy officer' },
} as const satisfies Record<string, Bilingual>;

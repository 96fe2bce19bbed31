import type { Rule } from './rule.ts';
import { forbidden, invalid } from './shared.ts';

/** Authentication of the caller, and what that party may read. */
export const accessRules = {
  'login-missing': {
    ...invalid,
    category: 'login',
    type: 'login',
    en: 'No access token. Send the header "Authorization: Bearer <token>" with the token issued by the network.',
    nl: 'Geen toegangstoken. Stuur de header "Authorization: Bearer <token>" mee met het token dat u van het netwerk kreeg.',
  },
  'login-unknown': {
    ...invalid,
    category: 'login',
    type: 'unknown',
    en: 'The access token is not valid at this gateway. Check that it belongs to this network, or request a new one from its operator.',
    nl: 'Het toegangstoken is niet geldig bij deze gateway. Controleer of het bij dit netwerk hoort, of vraag de beheerder om een nieuw token.',
  },
  'login-expired': {
    ...invalid,
    category: 'login',
    type: 'expired',
    en: 'The access token has expired. Request a new one from the operator of the network.',
    nl: 'Het toegangstoken is verlopen. Vraag de beheerder van het netwerk om een nieuw token.',
  },
  'not-found': {
    ...invalid,
    category: 'not-found',
    type: 'not-found',
    en: 'Nothing at this address, or nothing that you may read. Check the type and the id.',
    nl: 'Op dit adres is niets, of niets dat u mag lezen. Controleer het type en het id.',
  },
  'operator-only': {
    ...forbidden,
    en: 'Only the operator of the network may do this. Use the token of a partner with role operator.',
    nl: 'Alleen de beheerder van het netwerk mag dit. Gebruik het token van een partner met de rol operator.',
  },
} as const satisfies Record<string, Rule>;

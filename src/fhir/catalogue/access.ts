import type { Rule } from './rule.ts';
import { forbidden, invalid } from './shared.ts';

/** Authentication of the caller, and what that party may read. */
export const accessRules = {
  'login-missing': {
    ...invalid,
    category: 'login',
    type: 'login',
    en: 'No access token. Send the header "Authorization: Bearer <token>" with the token that the network gave you.',
    nl: 'Geen toegangstoken. Stuur de header "Authorization: Bearer <token>" mee met het token dat u van het netwerk kreeg.',
  },
  'login-unknown': {
    ...invalid,
    category: 'login',
    type: 'unknown',
    en: 'This access token is not known here. Check that it belongs to this network, or ask its operator for a new one.',
    nl: 'Dit toegangstoken is hier niet bekend. Controleer of het bij dit netwerk hoort, of vraag de beheerder om een nieuw token.',
  },
  'login-expired': {
    ...invalid,
    category: 'login',
    type: 'expired',
    en: 'This access token has expired. Ask the operator of the network for a new one.',
    nl: 'Dit toegangstoken is verlopen. Vraag de beheerder van het netwerk om een nieuw token.',
  },
  'not-found': {
    ...invalid,
    category: 'not-found',
    type: 'not-found',
    en: 'There is nothing here by that address that you may see. Check the type and the id.',
    nl: 'Op dit adres is niets dat u mag zien. Controleer het type en de id.',
  },
  'operator-only': {
    ...forbidden,
    en: 'This is for the operator of the network alone. Ask with the token of a partner whose role is operator.',
    nl: 'Dit is alleen voor de beheerder van het netwerk. Vraag met het token van een deelnemer met de rol operator.',
  },
} as const satisfies Record<string, Rule>;

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
  'role-forbidden': {
    ...forbidden,
    en: 'This partner has none of the roles that may send this message: {roles}. Request the role from the operator of the network, or let the responsible party send it.',
    nl: 'Deze partner heeft geen van de rollen die dit bericht mogen sturen: {roles}. Vraag de rol aan bij de beheerder van het netwerk, of laat de verantwoordelijke partij het sturen.',
  },
  'requester-not-represented': {
    ...forbidden,
    en: 'The requester is {organization}, whose own system did not send this. Name your own organisation as requester, or have the operator of the network record that you act for it.',
    nl: 'De aanvrager is {organization}, maar het systeem van die organisatie stuurde dit niet. Noem uw eigen organisatie als aanvrager, of laat de beheerder van het netwerk vastleggen dat u namens haar handelt.',
  },
  'legal-basis-outside-care': {
    ...forbidden,
    en: 'The legal basis {code} is for care providers. A party outside care uses explicit-consent, with the Consent of the person.',
    nl: 'De grondslag {code} is voor zorgverleners. Een partij buiten de zorg gebruikt explicit-consent, met de toestemming van de persoon.',
  },
  'operator-only': {
    ...forbidden,
    en: 'Only the operator of the network may do this. Use the token of a partner with role operator.',
    nl: 'Alleen de beheerder van het netwerk mag dit. Gebruik het token van een partner met de rol operator.',
  },
} as const satisfies Record<string, Rule>;

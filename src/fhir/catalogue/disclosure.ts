import type { Rule } from './rule.ts';

/** Why something is not given to somebody. */
export const disclosureRules = {
  'no-legal-basis': {
    category: 'invalid',
    type: 'business-rule',
    severity: 'error',
    fault: 'sender',
    en: 'Nothing is disclosed without a recorded legal basis. Give the extension mgn-legal-basis on the Task.',
    nl: 'Zonder vastgelegde grondslag wordt niets verstrekt. Geef de extensie mgn-legal-basis op de Task.',
  },
  'legal-basis-unfit': {
    category: 'forbidden',
    type: 'forbidden',
    severity: 'error',
    fault: 'sender',
    en: 'The recorded legal basis does not allow disclosure to this recipient. Bases that do: {codes}.',
    nl: 'De vastgelegde grondslag staat verstrekking aan deze ontvanger niet toe. Grondslagen die dat wel doen: {codes}.',
  },
  'consent-missing': {
    category: 'forbidden',
    type: 'suppressed',
    severity: 'error',
    fault: 'sender',
    en: 'The legal basis is explicit consent, but no active Consent is sent along that permits this recipient without limits that cannot be applied here. Send the Consent with the person’s permission for this recipient.',
    nl: 'De grondslag is uitdrukkelijke toestemming, maar er is geen actieve Consent meegestuurd die deze ontvanger toestaat zonder beperkingen die hier niet zijn toe te passen. Stuur de Consent met de toestemming van de persoon voor deze ontvanger mee.',
  },
  'consent-denied': {
    category: 'forbidden',
    type: 'suppressed',
    severity: 'error',
    fault: 'sender',
    en: 'The person objects to disclosure to this recipient. Talk with the person, or ask somebody else.',
    nl: 'De persoon heeft bezwaar tegen verstrekking aan deze ontvanger. Overleg met de persoon, of vraag een andere partij.',
  },
  'social-domain-closed': {
    category: 'forbidden',
    type: 'not-supported',
    severity: 'error',
    fault: 'gateway',
    en: 'Nothing goes to the social domain yet: it may only get an extract without diagnosis, on explicit consent, and this gateway cannot make that extract yet. Reach this party by another way.',
    nl: 'Naar het sociaal domein gaat nog niets: dat mag alleen een uittreksel zonder diagnose krijgen, op uitdrukkelijke toestemming, en dat uittreksel kan deze gateway nog niet maken. Benader deze partij op een andere manier.',
  },
  'not-a-party': {
    category: 'forbidden',
    type: 'forbidden',
    severity: 'error',
    fault: 'sender',
    en: 'This recipient takes no part in the referral: only the owner of its Task gets it.',
    nl: 'Deze ontvanger is geen partij bij de verwijzing: alleen de eigenaar van de Task krijgt haar.',
  },
} as const satisfies Record<string, Rule>;

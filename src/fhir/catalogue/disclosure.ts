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
    type: 'suppressed',
    severity: 'error',
    fault: 'sender',
    en: 'A whole referral does not go to the social domain. Ask with use case social-request: the gateway makes an extract without diagnosis of it, on explicit consent.',
    nl: 'Een hele verwijzing gaat niet naar het sociaal domein. Vraag het met gebruiksdoel social-request: de gateway maakt er een uittreksel zonder diagnose van, op uitdrukkelijke toestemming.',
  },
  'social-consent-missing': {
    category: 'forbidden',
    type: 'suppressed',
    severity: 'error',
    fault: 'sender',
    en: 'Nothing goes to the social domain without the person’s explicit consent. Send an active Consent of this person that permits this recipient or the social domain, now, for the life domains that are asked.',
    nl: 'Zonder uitdrukkelijke toestemming van de persoon gaat niets naar het sociaal domein. Stuur een actieve Consent van deze persoon mee die deze ontvanger of het sociaal domein toestaat, nu, voor de gevraagde levensdomeinen.',
  },
  'social-life-domain-missing': {
    category: 'forbidden',
    type: 'suppressed',
    severity: 'error',
    fault: 'sender',
    en: 'None of the life domains of this request is one that the social domain helps with. Name one, such as mgn-zrm-domain finances or housing.',
    nl: 'Geen van de levensdomeinen van deze vraag is er een waarbij het sociaal domein helpt. Noem er een, zoals finances of housing uit mgn-zrm-domain.',
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

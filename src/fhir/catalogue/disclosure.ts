import type { Rule } from './rule.ts';
import { conflict, forbidden, invalid } from './shared.ts';

/** Why data is not disclosed to a recipient. */
export const disclosureRules = {
  'no-legal-basis': {
    ...invalid,
    type: 'business-rule',
    en: 'Nothing is disclosed without a recorded legal basis. Give the extension mgn-legal-basis on the Task.',
    nl: 'Zonder vastgelegde grondslag wordt niets verstrekt. Geef de extensie mgn-legal-basis op de Task.',
  },
  'legal-basis-invalid': {
    ...forbidden,
    en: 'The recorded legal basis does not allow disclosure to this recipient. Bases that do: {codes}.',
    nl: 'De vastgelegde grondslag staat verstrekking aan deze ontvanger niet toe. Grondslagen die dat wel doen: {codes}.',
  },
  'consent-missing': {
    ...forbidden,
    type: 'suppressed',
    en: 'The legal basis is explicit consent, but no active Consent is sent along that permits this recipient without limits that cannot be applied here. Send the Consent with the person’s permission for this recipient.',
    nl: 'De grondslag is uitdrukkelijke toestemming, maar er is geen actieve Consent meegestuurd die deze ontvanger toestaat zonder beperkingen die hier niet zijn toe te passen. Stuur de Consent met de toestemming van de persoon voor deze ontvanger mee.',
  },
  'consent-denied': {
    ...forbidden,
    type: 'suppressed',
    en: 'The person objects to disclosure to this recipient. Talk with the person, or ask somebody else.',
    nl: 'De persoon heeft bezwaar tegen verstrekking aan deze ontvanger. Overleg met de persoon, of vraag een andere partij.',
  },
  'consent-update-forbidden': {
    ...forbidden,
    en: 'A Consent is ended by the party that recorded it.',
    nl: 'Een Consent wordt beëindigd door de partij die hem vastlegde.',
  },
  'consent-ended': {
    ...conflict,
    en: 'This Consent has ended with status {status}. A new permission is a new Consent, sent with what leans on it.',
    nl: 'Deze Consent is geëindigd met status {status}. Nieuwe toestemming is een nieuwe Consent, mee met wat erop steunt.',
  },
  'consent-immutable': {
    ...invalid,
    type: 'business-rule',
    en: 'Of a Consent only the status changes, to end it: {codes}. Who agrees to something else gives a new one.',
    nl: 'Van een Consent verandert alleen de status, om hem te beëindigen: {codes}. Wie met iets anders instemt, geeft een nieuwe.',
  },
  'social-domain-referral-forbidden': {
    ...forbidden,
    type: 'suppressed',
    en: 'A whole referral does not go to the social domain. Ask with use case social-request: the gateway makes an extract without diagnosis of it, on explicit consent.',
    nl: 'Een hele verwijzing gaat niet naar het sociaal domein. Vraag het met gebruiksdoel social-request: de gateway maakt er een uittreksel zonder diagnose van, op uitdrukkelijke toestemming.',
  },
  'social-consent-missing': {
    ...forbidden,
    type: 'suppressed',
    en: 'Nothing goes to the social domain without the person’s explicit consent. Send an active Consent of this person that permits this recipient or the social domain, now, for the life domains that are asked.',
    nl: 'Zonder uitdrukkelijke toestemming van de persoon gaat niets naar het sociaal domein. Stuur een actieve Consent van deze persoon mee die deze ontvanger of het sociaal domein toestaat, nu, voor de gevraagde levensdomeinen.',
  },
  'social-life-domain-missing': {
    ...forbidden,
    type: 'suppressed',
    en: 'None of the life domains of this request is one that the social domain helps with. Name one, such as mgn-zrm-domain finances or housing.',
    nl: 'Geen van de levensdomeinen van deze vraag is er een waarbij het sociaal domein helpt. Noem er een, zoals finances of housing uit mgn-zrm-domain.',
  },
  'social-task-element-forbidden': {
    ...forbidden,
    type: 'suppressed',
    en: 'The social domain reads this Task, so that care cannot write {elements} in it. Give codes alone, or call its owner.',
    nl: 'Het sociaal domein leest deze Task; de zorg kan daarin geen {elements} schrijven. Geef alleen codes, of bel de eigenaar.',
  },
  'recipient-not-party': {
    ...forbidden,
    en: 'This recipient takes no part in the referral: only the owner of its Task gets it.',
    nl: 'Deze ontvanger is geen partij bij de verwijzing: alleen de eigenaar van de Task krijgt haar.',
  },
} as const satisfies Record<string, Rule>;

import type { Rule } from './rule.ts';
import { conflict, forbidden, gatewayTransient, invalid, warning } from './shared.ts';

/** Why data is not disclosed to a recipient. */
export const disclosureRules = {
  'no-legal-basis': {
    ...invalid,
    type: 'business-rule',
    en: 'Data is disclosed only on a recorded legal basis. Add the extension mgn-legal-basis to the Task.',
    nl: 'De gateway verstrekt alleen gegevens op een vastgelegde grondslag. Voeg de extensie mgn-legal-basis toe aan de Task.',
  },
  'legal-basis-invalid': {
    ...forbidden,
    en: 'The recorded legal basis does not permit disclosure to this recipient. Use one of: {codes}.',
    nl: 'De vastgelegde grondslag staat verstrekking aan deze ontvanger niet toe. Gebruik een van: {codes}.',
  },
  'consent-missing': {
    ...forbidden,
    type: 'suppressed',
    en: 'The legal basis is explicit consent, but the message has no active Consent that permits this recipient without restrictions that the gateway cannot apply. Send the Consent of the person for this recipient.',
    nl: 'De grondslag is uitdrukkelijke toestemming, maar het bericht heeft geen actieve Consent die deze ontvanger toestaat zonder beperkingen die de gateway niet kan toepassen. Stuur de Consent met de toestemming van de persoon voor deze ontvanger mee.',
  },
  'consent-denied': {
    ...forbidden,
    type: 'suppressed',
    en: 'The person objects to disclosure to this recipient. Discuss it with the person, or choose another party.',
    nl: 'De persoon heeft bezwaar tegen verstrekking aan deze ontvanger. Overleg met de persoon, of kies een andere partij.',
  },
  'consent-undecided': {
    ...forbidden,
    type: 'suppressed',
    en: 'The consent source of the network has no decision of the person on disclosure to this recipient. Have it registered there, or send another legal basis that applies.',
    nl: 'De toestemmingsvoorziening van het netwerk weet niet of de persoon verstrekking aan deze ontvanger toestaat. Vraag de persoon dit daar vast te leggen, of kies een andere grondslag die geldt.',
  },
  'consent-source-unavailable': {
    ...gatewayTransient,
    en: 'The consent source of the network did not answer, so nothing was disclosed and nothing was stored. Send the message again later.',
    nl: 'De toestemmingsvoorziening van het netwerk gaf geen antwoord. De gateway heeft niets verstrekt en niets opgeslagen. Stuur het bericht later opnieuw.',
  },
  'consent-update-forbidden': {
    ...forbidden,
    en: 'Only the party that recorded a Consent may end it.',
    nl: 'Alleen de partij die een Consent vastlegde, mag hem beëindigen.',
  },
  'consent-ended': {
    ...conflict,
    en: 'This Consent has ended with status {status}. Send new permission as a new Consent, with the request that depends on it.',
    nl: 'Deze Consent is geëindigd met status {status}. Stuur nieuwe toestemming als nieuwe Consent, samen met het verzoek dat ervan afhangt.',
  },
  'consent-immutable': {
    ...invalid,
    type: 'business-rule',
    en: 'Only the status of a Consent changes, to end it: {codes}. Send a new Consent for any other permission.',
    nl: 'Van een Consent verandert alleen de status, om hem te beëindigen: {codes}. Stuur voor andere toestemming een nieuwe Consent.',
  },
  'social-domain-referral-forbidden': {
    ...forbidden,
    type: 'suppressed',
    en: 'A whole referral is not disclosed to the social domain. Use the use case social-request: on explicit consent, the gateway extracts a request without diagnosis.',
    nl: 'De gateway verstrekt geen hele verwijzing aan het sociaal domein. Gebruik het gebruiksdoel social-request: op uitdrukkelijke toestemming maakt de gateway een uittreksel zonder diagnose.',
  },
  'social-consent-missing': {
    ...forbidden,
    type: 'suppressed',
    en: 'Disclosure to the social domain requires the explicit consent of the person. Send an active Consent of this person, valid now, that permits this recipient or the social domain for the life domains of the request.',
    nl: 'Voor verstrekking aan het sociaal domein is uitdrukkelijke toestemming van de persoon nodig. Stuur een actieve Consent van deze persoon mee, nu geldig, die deze ontvanger of het sociaal domein toestaat voor de levensdomeinen van de vraag.',
  },
  'social-life-domain-missing': {
    ...forbidden,
    type: 'suppressed',
    en: 'None of the life domains of this request belongs to the social domain. Add one, such as finances or housing of mgn-zrm-domain.',
    nl: 'Geen van de levensdomeinen van deze vraag hoort bij het sociaal domein. Voeg er een toe, zoals finances of housing uit mgn-zrm-domain.',
  },
  'person-name-unstructured': {
    ...forbidden,
    type: 'suppressed',
    en: 'The social domain receives the parts of a name, never its text. No part of this name reads as a name. Send Patient.name with a family name and first names, each a name only.',
    nl: 'Het sociaal domein krijgt de delen van een naam, nooit de tekst. Deze persoon heeft geen achternaam of voornaam die op een naam lijkt. Stuur Patient.name met family en given, met alleen een naam erin.',
  },
  'candidate-task-element-forbidden': {
    ...forbidden,
    type: 'suppressed',
    en: 'This candidate is not selected, so nothing about the person or the order may be written in its Task: {elements} was refused. Send status, reason and business status as codes, or select the candidate first.',
    nl: 'Deze kandidaat is niet gekozen; over de persoon of de opdracht mag niets in zijn Task staan: {elements} is geweigerd. Stuur status, reden en tussenstand als code, of kies de kandidaat eerst.',
  },
  'social-task-element-forbidden': {
    ...forbidden,
    type: 'suppressed',
    en: 'The social domain reads this Task, so care providers must not write {elements} in it. Use codes only, or call its owner.',
    nl: 'Het sociaal domein leest deze Task; zorgverleners mogen daarin geen {elements} schrijven. Gebruik alleen codes, of bel de eigenaar.',
  },
  'entry-not-delivered': {
    ...warning,
    type: 'incomplete',
    en: 'This {type} is stored, but not delivered to the receiver: the order does not lead to it, and it does not name the person of the order. Let its subject, patient or beneficiary refer to that Patient, or let the order refer to it (supportingInfo).',
    nl: 'De gateway bewaart deze {type}, maar stuurt hem niet naar de ontvanger: de opdracht leidt er niet naartoe, en hij noemt de persoon van de opdracht niet. Laat subject, patient of beneficiary naar die Patient verwijzen, of laat de opdracht ernaar verwijzen (supportingInfo).',
  },
  'entry-type-not-disclosed': {
    ...warning,
    type: 'incomplete',
    en: 'This {type} is stored, but not delivered to the receiver: the projection of the receiver has no line that allows this type of resource. Send its content in another type of resource, or request such a line from the operator of the network.',
    nl: 'De gateway bewaart deze {type}, maar stuurt hem niet naar de ontvanger: de projectie van de ontvanger heeft geen regel die dit type resource toestaat. Stuur de inhoud in een andere resource, of vraag het aan de beheerder van het netwerk.',
  },
  'recipient-not-party': {
    ...forbidden,
    en: 'This recipient is not a party to the referral: it is disclosed only to the owner of its Task.',
    nl: 'Deze ontvanger is geen partij bij de verwijzing: de gateway verstrekt haar alleen aan de eigenaar van de Task.',
  },
} as const satisfies Record<string, Rule>;

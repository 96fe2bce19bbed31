import type { Rule } from './rule.ts';
import { conflict, malformed } from './shared.ts';

/** What operators, and partners for themselves, look up and do. */
export const operationsRules = {
  'operations-request-invalid': {
    ...malformed,
    type: 'invalid',
    en: 'This request is invalid: {problem}. Correct it; docs/operate/operations.md lists what each request takes.',
    nl: 'Dit verzoek is ongeldig: {problem}. Verbeter het; docs/operate/operations.md noemt wat elk verzoek aanneemt.',
  },
  'operations-bsn': {
    ...malformed,
    type: 'security',
    en: 'This search has a BSN, which stays in logs and in the history of a shell: remove it there. Search by the identifier of the order, its trace or its partner; the report of a person is mgn audit person.',
    nl: 'Deze zoekvraag bevat een BSN, en dat blijft in logboeken en in de geschiedenis van een shell staan: verwijder het daar. Zoek op het kenmerk van de opdracht, de trace of de partner; het overzicht van een persoon is mgn audit person.',
  },
  'operations-reason-invalid': {
    ...malformed,
    type: 'required',
    en: 'A reason of 5 to 200 characters on one line is required. It stays in the audit trail: no personal data, and never a BSN.',
    nl: 'Een reden van 5 tot 200 tekens op één regel is verplicht. Deze blijft in het auditspoor: geen persoonsgegevens en nooit een BSN.',
  },
  'operations-partner-unknown': {
    ...malformed,
    type: 'not-found',
    en: 'The network has no partner with this id. Use an id from partners.yaml; mgn partners lists them.',
    nl: 'Het netwerk heeft geen partner met dit id. Gebruik een id uit partners.yaml; mgn partners toont ze.',
  },
  'partner-already-on-hold': {
    ...conflict,
    en: 'Deliveries to {partner} are on hold already. mgn release {partner} continues them.',
    nl: 'De afleveringen aan {partner} zijn al stilgelegd. Met mgn release {partner} gaan ze verder.',
  },
  'partner-not-on-hold': {
    ...conflict,
    en: 'Deliveries to this partner are not on hold, so there is nothing to release. mgn partners lists those that are.',
    nl: 'De afleveringen aan deze partner zijn niet stilgelegd; er valt niets te hervatten. mgn partners toont wie wel is stilgelegd.',
  },
  'failure-unknown': {
    ...malformed,
    type: 'not-found',
    en: 'No failure has this cause. Use a cause exactly as the list shows it: mgn failures.',
    nl: 'Geen mislukte aflevering heeft deze oorzaak. Gebruik een oorzaak precies zoals de lijst hem toont: mgn failures.',
  },
  'operations-changed': {
    ...conflict,
    en: 'This was changed at the same moment by another operator. Read it again, and repeat what is still needed.',
    nl: 'Iemand anders heeft dit op hetzelfde moment gewijzigd. Lees het opnieuw en herhaal wat nog nodig is.',
  },
  'replay-name-invalid': {
    ...malformed,
    type: 'value',
    en: 'The name of a replay has 1 to 60 characters: lower-case letters, digits and hyphens, such as ehr-outage-november.',
    nl: 'De naam van een herhaling heeft 1 tot 60 tekens: kleine letters, cijfers en streepjes, zoals epd-storing-november.',
  },
  'replay-exists': {
    ...conflict,
    type: 'duplicate',
    en: 'There is a replay with the name {name} already. Choose another name, or continue that one: mgn replay continue {name}.',
    nl: 'Er is al een herhaling met de naam {name}. Kies een andere naam, of ga daarmee verder: mgn replay continue {name}.',
  },
  'replay-overlap': {
    ...conflict,
    en: 'Sent already since this replay was started, or a copy still waits: by another replay, or by an operator. To send it once more, start another replay.',
    nl: 'Al verzonden sinds deze herhaling begon, of er wacht nog een kopie: door een andere herhaling of een beheerder. Begin een nieuwe herhaling om het nog eens te verzenden.',
  },
  'replay-unknown': {
    ...malformed,
    type: 'not-found',
    en: 'There is no replay with this name. mgn replay list shows them.',
    nl: 'Er is geen herhaling met deze naam. mgn replay list toont ze.',
  },
  'replay-state': {
    ...conflict,
    en: 'Replay {name} is {state}. Only a running replay can be cancelled, and only a cancelled one continued.',
    nl: 'Herhaling {name} staat op {state}. Alleen een lopende herhaling is te stoppen, en alleen een gestopte te vervolgen.',
  },
} as const satisfies Record<string, Rule>;

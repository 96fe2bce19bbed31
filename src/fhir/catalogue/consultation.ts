import type { Rule } from './rule.ts';
import { conflict, forbidden, invalid, warning } from './shared.ts';

/** A case consultation: its coordinator, the organisations invited, and its record. */
export const consultationRules = {
  'consultation-forbidden': {
    ...forbidden,
    en: 'A case consultation is asked by a party of that case, about an order or plan that it can see here: by who referred, or who carries a Task of it out. Give Task.focus as its address at the gateway.',
    nl: 'Een casusoverleg wordt gevraagd door een partij van die casus, over een opdracht of plan die zij hier kan zien: door wie verwees, of wie er een Task van uitvoert. Geef Task.focus als het adres bij de gateway.',
  },
  'consultation-already-open': {
    ...conflict,
    en: 'A case consultation about this is asked already and not over. Take part in that one, or wait until it is done.',
    nl: 'Hierover is al een casusoverleg gevraagd dat nog niet is afgelopen. Neem daaraan deel, of wacht tot het is afgerond.',
  },
  'consultation-coordinator-only': {
    ...forbidden,
    en: 'Only the party that owns the Task of a case consultation invites to it and records it. Name that Task by its address at the gateway.',
    nl: 'Alleen de partij die eigenaar is van de Task van een casusoverleg nodigt ervoor uit en legt het vast. Noem die Task met het adres bij de gateway.',
  },
  'consultation-not-accepted': {
    ...conflict,
    en: 'The Task of this consultation is {status}. It is prepared while accepted or in-progress: accept it first.',
    nl: 'De Task van dit overleg heeft status {status}. Voorbereid wordt er bij accepted of in-progress: neem de Task eerst aan.',
  },
  'consultation-not-started': {
    ...conflict,
    en: 'The Task of this consultation is {status}. What came of it is told while it is in-progress: move it there when the meeting begins.',
    nl: 'De Task van dit overleg heeft status {status}. Wat eruit kwam wordt verteld bij in-progress: zet de Task daarop als het overleg begint.',
  },
  'consultation-record-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'A case consultation is completed by its record. Send the Bundle mgn-consultation-record-bundle; the gateway completes the Task.',
    nl: 'Een casusoverleg wordt afgerond door het verslag. Stuur de Bundle mgn-consultation-record-bundle; de gateway rondt de Task af.',
  },
  'invitee-not-selectable': {
    ...conflict,
    en: 'Who was invited without a right to know for whom is not selected. Invite the organisation anew once there is a Consent for it.',
    nl: 'Wie is uitgenodigd zonder te mogen weten over wie, wordt niet gekozen. Nodig de organisatie opnieuw uit als er een Consent voor is.',
  },
  'organisation-duplicate': {
    ...invalid,
    type: 'duplicate',
    en: 'This organisation is invited already, here or earlier. Give each organisation one Task.',
    nl: 'Deze organisatie is al uitgenodigd, hier of eerder. Geef elke organisatie één Task.',
  },
  'organisation-unknown': {
    ...invalid,
    type: 'not-found',
    en: 'The directory of this network knows no such organisation with a system or inbox here. Give Task.owner as a HealthcareService or Organization of the directory.',
    nl: 'De adreslijst van dit netwerk kent zo’n organisatie met een systeem of inbox hier niet. Geef Task.owner als HealthcareService of Organization uit de adreslijst.',
  },
  'invitation-content-withheld': {
    ...warning,
    type: 'suppressed',
    en: 'There is no legal basis to tell this organisation about whom the consultation is: it takes no part in the case, and no active Consent permits it. It hears that there is a consultation and when, and nothing of the person.',
    nl: 'Er is geen grondslag om deze organisatie te vertellen over wie het overleg gaat: zij is geen partij in de casus, en geen actieve Consent staat het toe. Zij hoort dat er een overleg is en wanneer, en niets over de persoon.',
  },
  'minutes-withheld': {
    ...warning,
    type: 'suppressed',
    en: 'Of the organisations that were invited {count} may not know about whom it is: they hear that the consultation was held, and get no record.',
    nl: 'Van de uitgenodigde organisaties mogen er {count} niet weten over wie het gaat: zij horen dat het overleg er was, en krijgen geen verslag.',
  },
  'view-author-not-invited': {
    ...invalid,
    type: 'business-rule',
    en: 'This view is of an organisation that was not invited to this consultation. Give section.author as one that was: Organization/… of the directory.',
    nl: 'Deze kijk is van een organisatie die niet voor dit overleg is uitgenodigd. Geef section.author als een die dat wel was: Organization/… uit de adreslijst.',
  },
} as const satisfies Record<string, Rule>;

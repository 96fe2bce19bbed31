import type { Rule } from './rule.ts';
import { conflict, forbidden, invalid, warning } from './shared.ts';

/** A case consultation: its coordinator, the organisations invited, and its record. */
export const consultationRules = {
  'consultation-forbidden': {
    ...forbidden,
    en: 'Only a party to the case (the referrer, or a provider that carries out a Task of it) may request a case consultation, about an order or plan that it may read here. Set Task.focus to its address at the gateway.',
    nl: 'Alleen een partij in de casus (de verwijzer, of een aanbieder die er een Task van uitvoert) mag een casusoverleg aanvragen, over een opdracht of plan dat zij hier mag lezen. Zet Task.focus op het adres bij de gateway.',
  },
  'consultation-already-open': {
    ...conflict,
    en: 'A case consultation about this subject is already open. Take part in it, or wait until it ends.',
    nl: 'Over dit onderwerp loopt al een casusoverleg. Doe daaraan mee, of wacht tot het is afgerond.',
  },
  'consultation-coordinator-only': {
    ...forbidden,
    en: 'Only the owner of the Task of a case consultation invites to it and records it. Name that Task by its address at the gateway.',
    nl: 'Alleen de eigenaar van de Task van een casusoverleg nodigt ervoor uit en legt het vast. Noem die Task met het adres bij de gateway.',
  },
  'consultation-not-accepted': {
    ...conflict,
    en: 'The Task of this consultation is {status}. Set it to accepted before preparing the consultation.',
    nl: 'De Task van dit overleg heeft status {status}. Zet de Task op accepted voordat u het overleg voorbereidt.',
  },
  'consultation-not-started': {
    ...conflict,
    en: 'The Task of this consultation is {status}. Set it to in-progress when the meeting begins, and then send the record.',
    nl: 'De Task van dit overleg heeft status {status}. Zet de Task op in-progress als het overleg begint, en stuur daarna het verslag.',
  },
  'consultation-record-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'A case consultation is completed by its record. Send the Bundle mgn-consultation-record-bundle; the gateway completes the Task.',
    nl: 'Een casusoverleg is afgerond met het verslag. Stuur de Bundle mgn-consultation-record-bundle; de gateway rondt de Task af.',
  },
  'invitee-not-selectable': {
    ...conflict,
    en: 'An organisation that was invited without data about the person cannot be selected. Invite it again once there is a Consent for it.',
    nl: 'Een organisatie die is uitgenodigd zonder gegevens over de persoon, kunt u niet kiezen. Nodig haar opnieuw uit als er een Consent voor is.',
  },
  'organisation-duplicate': {
    ...invalid,
    type: 'duplicate',
    en: 'This organisation is already invited, in this message or earlier. Send one Task for each organisation.',
    nl: 'Deze organisatie is al uitgenodigd, in dit bericht of eerder. Stuur voor elke organisatie één Task.',
  },
  'organisation-unknown': {
    ...invalid,
    type: 'not-found',
    en: 'The directory of this network has no such organisation with a system or inbox. Set Task.owner to a HealthcareService or Organization of the directory.',
    nl: 'De adreslijst van dit netwerk heeft zo’n organisatie met een systeem of inbox niet. Zet Task.owner op een HealthcareService of Organization uit de adreslijst.',
  },
  'invitation-content-withheld': {
    ...warning,
    type: 'suppressed',
    en: 'There is no legal basis to disclose the person to this organisation: it is not a party to the case, and no active Consent permits it. It is notified that there is a consultation and when, without data about the person. Send a Consent to include it.',
    nl: 'Er is geen grondslag om deze organisatie te laten weten over wie het overleg gaat: zij is geen partij in de casus, en geen actieve Consent staat het toe. Zij krijgt bericht dat er een overleg is en wanneer, zonder gegevens over de persoon. Stuur een Consent mee als zij wel mag weten over wie.',
  },
  'minutes-withheld': {
    ...warning,
    type: 'suppressed',
    en: '{count} of the invited organisations have no legal basis for data about the person: they are notified that the consultation took place, without its record.',
    nl: 'Voor {count} van de uitgenodigde organisaties is er geen grondslag voor gegevens over de persoon: zij krijgen bericht dat het overleg er was, zonder verslag.',
  },
  'view-author-not-invited': {
    ...invalid,
    type: 'business-rule',
    en: 'The author of this view was not invited to this consultation. Set section.author to an invited organisation of the directory: Organization/….',
    nl: 'De auteur van deze kijk is niet voor dit overleg uitgenodigd. Zet section.author op een uitgenodigde organisatie uit de adreslijst: Organization/….',
  },
} as const satisfies Record<string, Rule>;

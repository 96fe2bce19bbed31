import type { Bilingual } from '../../fhir/bilingual.ts';

type Words = Readonly<Record<string, Bilingual>>;

/** What is requested, by use case (mgn-use-case, and those of useCaseOf). */
export const useCaseWords: Words = {
  registration: { nl: 'Aanmelding voor een verkennend gesprek', en: 'Registration for an exploratory conversation' },
  'exploratory-conversation': { nl: 'Verkennend gesprek', en: 'Exploratory conversation' },
  transfer: { nl: 'Overdracht', en: 'Transfer' },
  'social-request': { nl: 'Hulpvraag', en: 'Request for help' },
  'case-consultation': { nl: 'Casusoverleg', en: 'Case consultation' },
  advice: { nl: 'Advies', en: 'Advice' },
  erasure: { nl: 'Gegevens wissen', en: 'Erase data' },
  feedback: { nl: 'Terugkoppeling', en: 'Feedback' },
  information: { nl: 'Vraag aan u', en: 'Question to you' },
  escalation: { nl: 'Er gebeurt niets: zoek uit waarom', en: 'No progress: find out why' },
};

/** Life domains, as in "help with money". */
export const domainWords: Words = {
  finances: { nl: 'geld', en: 'money' },
  'work-and-education': { nl: 'werk en opleiding', en: 'work and education' },
  'use-of-time': { nl: 'dagbesteding', en: 'use of time' },
  housing: { nl: 'wonen', en: 'housing' },
  'domestic-relations': { nl: 'thuis', en: 'life at home' },
  'mental-health': { nl: 'geestelijke gezondheid', en: 'mental health' },
  'mental-wellbeing': { nl: 'mentaal welbevinden', en: 'mental wellbeing' },
  'physical-health': { nl: 'lichamelijke gezondheid', en: 'physical health' },
  'substance-use': { nl: 'alcohol of drugs', en: 'alcohol or drugs' },
  'basic-adl': { nl: 'dagelijkse verzorging', en: 'daily care' },
  'instrumental-adl': { nl: 'het huishouden', en: 'the household' },
  'social-network': { nl: 'mensen om u heen', en: 'people around' },
  'participation-in-society': { nl: 'meedoen in de buurt', en: 'taking part in society' },
  justice: { nl: 'politie of justitie', en: 'police or justice' },
};

export const statusWords: Words = {
  requested: { nl: 'nieuw', en: 'new' },
  received: { nl: 'gezien', en: 'seen' },
  accepted: { nl: 'aangenomen', en: 'accepted' },
  'in-progress': { nl: 'loopt', en: 'in progress' },
  'on-hold': { nl: 'staat stil', en: 'on hold' },
  completed: { nl: 'afgerond', en: 'completed' },
  rejected: { nl: 'afgewezen', en: 'rejected' },
  failed: { nl: 'niet gelukt', en: 'failed' },
  cancelled: { nl: 'ingetrokken', en: 'withdrawn' },
};

/** Reasons for a rejection (mgn-status-reason), each with a hint. */
export const rejectionWords: readonly (readonly [string, Bilingual])[] = [
  ['at-capacity', { nl: 'Geen plaats', en: 'No room' }],
  ['waiting-time-too-long', { nl: 'Wachttijd te lang', en: 'Waiting time too long' }],
  ['outside-catchment', { nl: 'Woont buiten ons gebied', en: 'Lives outside our area' }],
  ['not-eligible', { nl: 'Komt niet in aanmerking', en: 'Not eligible' }],
  ['patient-choice', { nl: 'De persoon wil het niet', en: 'The person declines' }],
  ['alternative-proposed', { nl: 'Een ander kan dit beter', en: 'Another can do this better' }],
  ['not-clinically-appropriate', { nl: 'Deze hulp past niet', en: 'This help does not fit' }],
  ['incomplete-referral', { nl: 'Er ontbreekt informatie', en: 'Information is missing' }],
  ['cannot-contact', { nl: 'Niet te bereiken', en: 'Cannot be reached' }],
  ['duplicate', { nl: 'Dubbel verzoek', en: 'Duplicate' }],
  ['other', { nl: 'Iets anders', en: 'Something else' }],
];

/** What the owner may report of its progress (mgn-business-status), and what the gateway notes. */
export const businessWords: Words = {
  'awaiting-information': { nl: 'wacht op informatie', en: 'awaits information' },
  'on-waitlist': { nl: 'op de wachtlijst', en: 'on the waiting list' },
  'intake-scheduled': { nl: 'eerste gesprek gepland', en: 'first conversation planned' },
  'no-show': { nl: 'niet verschenen', en: 'did not attend' },
  'appointment-cancelled': { nl: 'afspraak afgezegd', en: 'appointment cancelled' },
  'first-contact-done': { nl: 'eerste contact is geweest', en: 'first contact was made' },
  'interim-report': { nl: 'tussenbericht', en: 'interim report' },
  'handed-over': { nl: 'overgedragen', en: 'handed over' },
  'human-decision': { nl: 'een mens beslist', en: 'a person decides' },
  selected: { nl: 'u bent gekozen', en: 'you were chosen' },
  'cancellation-requested': { nl: 'gevraagd om te stoppen', en: 'asked to stop' },
  other: { nl: 'iets anders', en: 'something else' },
};

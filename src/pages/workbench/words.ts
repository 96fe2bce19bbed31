import type { Bilingual } from '../../fhir/bilingual.ts';

type Words = Readonly<Record<string, Bilingual>>;

/** The steps of a message (src/exchange.ts). */
export const stepWords: Words = {
  parse: { nl: 'lezen', en: 'parse' },
  'check scopes': { nl: 'bevoegdheid', en: 'scopes' },
  recognise: { nl: 'herkennen', en: 'recognise' },
  'validate source': { nl: 'valideren', en: 'validate' },
  map: { nl: 'omzetten', en: 'map' },
  supply: { nl: 'aanvullen', en: 'supply' },
  adopt: { nl: 'overnemen', en: 'adopt' },
  'validate own': { nl: 'eigen profiel', en: 'own profile' },
  'check sender': { nl: 'afzender', en: 'sender' },
  'check workflow': { nl: 'werkwijze', en: 'workflow' },
  route: { nl: 'route', en: 'route' },
  disclose: { nl: 'verstrekken', en: 'disclose' },
};

/** Types of resources, as people call them. */
export const typeWords: Words = {
  Task: { nl: 'Taak', en: 'Task' },
  ServiceRequest: { nl: 'Opdracht', en: 'Order' },
  Composition: { nl: 'Brief', en: 'Letter' },
  DocumentReference: { nl: 'Document', en: 'Document' },
  Condition: { nl: 'Klacht of diagnose', en: 'Complaint or diagnosis' },
  Patient: { nl: 'Persoon', en: 'Person' },
  RelatedPerson: { nl: 'Naaste', en: 'Relative' },
  PractitionerRole: { nl: 'Rol van de verwijzer', en: 'Role of the referrer' },
  Practitioner: { nl: 'Verwijzer', en: 'Referrer' },
  Organization: { nl: 'Organisatie', en: 'Organisation' },
  Location: { nl: 'Locatie', en: 'Location' },
  Consent: { nl: 'Toestemming', en: 'Consent' },
  Observation: { nl: 'Meting', en: 'Observation' },
  MedicationStatement: { nl: 'Medicijn', en: 'Medication' },
  CarePlan: { nl: 'Plan', en: 'Plan' },
  Goal: { nl: 'Doel', en: 'Goal' },
  Encounter: { nl: 'Gesprek', en: 'Conversation' },
  Appointment: { nl: 'Afspraak', en: 'Appointment' },
  CareTeam: { nl: 'Team', en: 'Team' },
  QuestionnaireResponse: { nl: 'Antwoorden', en: 'Answers' },
  Communication: { nl: 'Bericht', en: 'Communication' },
  HealthcareService: { nl: 'Aanbod', en: 'Service' },
};

/** Purposes of a disclosure (src/disclosure/receipt.ts). */
export const purposeWords: Words = {
  referral: { nl: 'de verwijzing', en: 'the referral' },
  'social-request': { nl: 'de vraag aan het sociaal domein', en: 'the request to the social domain' },
  solicitation: { nl: 'de vraag of er plek is', en: 'the question whether there is room' },
  status: { nl: 'de stand', en: 'the status' },
  feedback: { nl: 'de terugkoppeling', en: 'the feedback' },
  consultation: { nl: 'de stukken van het overleg', en: 'the documents of the consultation' },
  'consultation-extract': { nl: 'een uittreksel voor het overleg', en: 'an extract for the consultation' },
  invitation: { nl: 'de uitnodiging, zonder persoon', en: 'the invitation, without the person' },
  answer: { nl: 'het antwoord', en: 'the answer' },
  appointment: { nl: 'de afspraak', en: 'the appointment' },
};

/** Legal bases (mgn-legal-basis). */
export const basisWords: Words = {
  'referral-within-care': { nl: 'verwijzing binnen de zorg', en: 'referral within care' },
  'treatment-relationship': { nl: 'behandelrelatie', en: 'treatment relationship' },
  'explicit-consent': { nl: 'uitdrukkelijke toestemming', en: 'explicit consent' },
  'own-request': { nl: 'eigen verzoek van de persoon', en: 'own request of the person' },
  'vital-interest': { nl: 'acuut gevaar', en: 'vital interest' },
  'legal-duty': { nl: 'wettelijke plicht', en: 'legal duty' },
};

/** Why something is withheld (WithheldReason, PathReason). */
export const reasonWords: Words = {
  'not-part-of-referral': { nl: 'hoort niet bij deze verwijzing', en: 'not part of this referral' },
  'not-in-allow-list': { nl: 'staat niet op de lijst van wat mag', en: 'not in the list of what is permitted' },
  'status-only': { nl: 'krijgt alleen de stand', en: 'receives the status only' },
  'not-before-selection': { nl: 'pas als deze aanbieder gekozen is', en: 'not before this provider is selected' },
  'feedback-only': { nl: 'krijgt alleen de terugkoppeling', en: 'receives the feedback only' },
  'no-legal-basis': { nl: 'er is geen grondslag voor', en: 'there is no legal basis' },
  refused: { nl: 'mag niet verstrekt worden', en: 'may not be disclosed' },
};

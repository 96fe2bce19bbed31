import { parametersOf } from '../store/search-parameters.ts';

/** How a type may be reached by its partners. The CapabilityStatement and the routes are both made from this table. */
export type Interactions = {
  readonly search?: 'get and post' | 'post only';
  /** A Task or an order by the moves of its state machine; a service by its provider, with new waiting times or capacity. */
  readonly update?: 'moves' | 'figures' | 'appointments' | 'withdrawal';
  /** What may be created of a type by itself, and when; everything else comes in a message. */
  readonly create?: string;
  /** From the directory of the network, the same for every partner; the others only when they concern the partner. */
  readonly directory?: true;
  /** Operations of our own, by their code: OperationDefinition mgn-<code>. */
  readonly operations?: readonly string[];
};

export const interactions: Readonly<Record<string, Interactions>> = {
  Task: {
    operations: ['silent', 'transition'],
    search: 'get and post',
    update: 'moves',
    create: 'About another Task: abort, by its requester; complete-questionnaire, by its owner.',
  },
  ServiceRequest: {
    operations: ['propose-transfer', 'explain', 'case', 'transition'],
    search: 'get and post',
    update: 'moves',
  },
  Patient: { search: 'post only' },
  RelatedPerson: {},
  PractitionerRole: {},
  Practitioner: {},
  Organization: { directory: true },
  HealthcareService: { operations: ['find-place'], update: 'figures', directory: true },
  Location: { directory: true },
  Endpoint: { directory: true },
  OrganizationAffiliation: { directory: true },
  Condition: {},
  Composition: {},
  DocumentReference: {},
  Consent: { update: 'withdrawal' },
  Appointment: {
    create: 'By who carries out the order that it is basedOn.',
    update: 'appointments',
    search: 'get and post',
  },
  Encounter: {},
  CarePlan: {},
  Goal: {},
  CareTeam: {},
  EpisodeOfCare: {},
  Communication: {},
  Bundle: {},
  QuestionnaireResponse: { create: 'While a Task complete-questionnaire waits for you; basedOn names the order.' },
};

/** Names of what a type is searched by, `_id` and `_lastUpdated` among them; modifiers are no names. */
export const searchable = (type: string): string[] => [
  '_id',
  '_lastUpdated',
  ...Object.keys(parametersOf(type)).filter((name) => !name.includes(':')),
];

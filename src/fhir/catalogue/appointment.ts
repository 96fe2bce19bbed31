import type { Rule } from './rule.ts';
import { conflict, forbidden, invalid } from './shared.ts';

/** Appointments of an order. */
export const appointmentRules = {
  'appointment-forbidden': {
    ...forbidden,
    en: 'Only the party that carries out the Task of an order creates and updates its appointments.',
    nl: 'Alleen de partij die de Task van een opdracht uitvoert, plant en wijzigt de afspraken erbij.',
  },
  'appointment-task-not-accepted': {
    ...invalid,
    type: 'business-rule',
    en: 'The Task of this order is {status}. Accept it first; appointments require a Task that is accepted or in progress.',
    nl: 'De Task van deze opdracht heeft status {status}. Accepteer hem eerst; een afspraak vraagt een Task die accepted is of loopt.',
  },
  'appointment-ended': {
    ...conflict,
    en: 'This Appointment has ended with status {status} and no longer changes. Send a new one.',
    nl: 'Deze Appointment is geëindigd met status {status} en verandert niet meer. Stuur een nieuwe.',
  },
  'appointment-transition-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'An Appointment with status {from} cannot move to this status. Move it to one of: {moves}.',
    nl: 'Een Appointment met status {from} kan niet naar deze status. Zet hem op een van: {moves}.',
  },
  'appointment-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'An Appointment must be basedOn one order at this gateway, which does not change. Its participants are the person, people close to the person, parties of the directory, or have a display only.',
    nl: 'Een Appointment moet basedOn één opdracht op deze gateway zijn, en die verandert niet. De deelnemers zijn de persoon, diens naasten, partijen uit de adreslijst, of hebben alleen een display.',
  },
} as const satisfies Record<string, Rule>;

import type { Rule } from './rule.ts';
import { conflict, forbidden, invalid } from './shared.ts';

/** Appointments of an order. */
export const appointmentRules = {
  'appointment-forbidden': {
    ...forbidden,
    en: 'Appointments for an order are made and changed by the party that carries out its Task.',
    nl: 'Afspraken bij een opdracht maakt en wijzigt de partij die de Task ervan uitvoert.',
  },
  'appointment-task-not-accepted': {
    ...invalid,
    type: 'business-rule',
    en: 'The Task of this order is {status}. Appointments are made once it is accepted, and while it goes on.',
    nl: 'De Task van deze opdracht staat op {status}. Afspraken maakt u als die geaccepteerd is, en zolang die loopt.',
  },
  'appointment-ended': {
    ...conflict,
    en: 'This Appointment has ended with status {status}; nothing about it changes any more. Make a new one.',
    nl: 'Deze Appointment is geëindigd met status {status}; er verandert niets meer aan. Maak een nieuwe.',
  },
  'appointment-transition-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'An Appointment does not come from {from} into this status. From here it can become: {moves}.',
    nl: 'Een Appointment komt niet van {from} in deze status. Hij kan nu worden: {moves}.',
  },
  'appointment-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'An Appointment is basedOn one order of this gateway, the same for ever, and those who take part are its person, people close to that person, parties of the directory, or are named in words.',
    nl: 'Een Appointment is basedOn één opdracht van deze gateway, steeds dezelfde, en wie meedoen zijn de persoon, diens naasten, partijen uit de adreslijst, of staan er met woorden.',
  },
} as const satisfies Record<string, Rule>;

import type { Rule } from './rule.ts';
import { forbidden, information, invalid } from './shared.ts';

/** Notifications of a placer, and the order that is read at the placer. */
export const notificationRules = {
  'notification-received': {
    ...information,
    en: 'The notification was stored. The gateway reads the resource at your system.',
    nl: 'De notificatie is opgeslagen. De gateway leest de resource bij uw systeem.',
  },
  'notification-invalid': {
    ...invalid,
    type: 'structure',
    en: 'Not a notification of a Subscription. Send a Bundle of type history whose first entry is Parameters with subscription, type and up to {limit} notification-event parts.',
    nl: 'Geen notificatie van een Subscription. Stuur een Bundle van type history met als eerste entry Parameters met subscription, type en hoogstens {limit} notification-event-delen.',
  },
  'notification-reference-forbidden': {
    ...forbidden,
    en: 'This reference is outside the FHIR address registered for you, and the gateway reads nothing elsewhere. Send a relative reference, or one under that address.',
    nl: 'Deze referentie ligt buiten het FHIR-adres dat voor u is geregistreerd, en de gateway leest elders niets. Stuur een relatieve referentie, of een onder dat adres.',
  },
  'notification-address-missing': {
    ...invalid,
    type: 'not-found',
    en: 'You have no registered FHIR address from which the gateway can read the Task. Have one registered, or send the referral itself.',
    nl: 'U hebt geen geregistreerd FHIR-adres waar de gateway de Task kan lezen. Laat er een registreren, of stuur de verwijzing zelf.',
  },
  'pulled-order-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'From a placer that stores its own Tasks the gateway accepts only a referral: one order with one Task. Send anything else to the gateway.',
    nl: 'Van een plaatser die de eigen Tasks bewaart, neemt de gateway alleen een verwijzing aan: één opdracht met één Task. Stuur al het andere naar de gateway.',
  },
} as const satisfies Record<string, Rule>;

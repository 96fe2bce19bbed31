import type { Rule } from './rule.ts';
import { forbidden, information, invalid } from './shared.ts';

/** Notifications of a placer, and the order that is read at the placer. */
export const notificationRules = {
  'notification-received': {
    ...information,
    en: 'The notification is stored; the gateway reads what it is about at your system.',
    nl: 'De notificatie is opgeslagen; de gateway leest bij uw systeem waar zij over gaat.',
  },
  'notification-invalid': {
    ...invalid,
    type: 'structure',
    en: 'This is no notification of a Subscription: send a Bundle of type history whose first entry is Parameters with subscription, type and up to {limit} notification-event parts.',
    nl: 'Dit is geen notificatie van een Subscription: stuur een Bundle van type history met als eerste entry Parameters met subscription, type en hoogstens {limit} notification-event-delen.',
  },
  'notification-reference-forbidden': {
    ...forbidden,
    en: 'This reference leads outside the FHIR address that is registered for you, and nothing is read elsewhere. Name it relative, or under that address.',
    nl: 'Deze verwijzing leidt buiten het FHIR-adres dat voor u is geregistreerd, en elders wordt niets gelezen. Noem haar relatief, of onder dat adres.',
  },
  'notification-address-missing': {
    ...invalid,
    type: 'not-found',
    en: 'No FHIR address is registered for you from which the gateway could read the Task. Have one registered, or send the referral itself.',
    nl: 'Voor u is geen FHIR-adres geregistreerd waar de gateway de Task kan lezen. Laat dat registreren, of stuur de verwijzing zelf.',
  },
  'pulled-order-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'Only a referral, one order with one Task, is taken in from a placer that keeps its own Tasks; send anything else to the gateway.',
    nl: 'Alleen een verwijzing, één opdracht met één Task, wordt aangenomen van een plaatser die zijn eigen Tasks bewaart; stuur al het andere naar de gateway.',
  },
} as const satisfies Record<string, Rule>;

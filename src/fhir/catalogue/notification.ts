import type { Rule } from './rule.ts';
import { conflict, forbidden, information, invalid, warning } from './shared.ts';

/** Notifications of a placer, and the order that is read at the placer. */
export const notificationRules = {
  'notification-received': {
    ...information,
    en: 'The notification was stored. The gateway reads the resource at your system.',
    nl: 'De notificatie is opgeslagen. De gateway leest de resource bij uw systeem.',
  },
  'zgw-notification-invalid': {
    ...invalid,
    type: 'structure',
    en: 'Not a notification: send the body of Notificaties API 1.0 (kanaal, hoofdObject, resource, resourceUrl, actie, aanmaakdatum) or a CloudEvent 1.0, as JSON.',
    nl: 'Geen notificatie: stuur de inhoud van Notificaties API 1.0 (kanaal, hoofdObject, resource, resourceUrl, actie, aanmaakdatum) of een CloudEvent 1.0, als JSON.',
  },
  'zgw-notification-address': {
    ...forbidden,
    en: 'The notification names no zaak below the root of the Zaken API that is configured for you. Send the address of the zaak in hoofdObject, or its UUID as subject of a CloudEvent.',
    nl: 'De notificatie noemt geen zaak onder het adres van de Zaken API dat voor u is ingesteld. Stuur het adres van de zaak in hoofdObject, of de UUID als subject van een CloudEvent.',
  },
  'notification-invalid': {
    ...invalid,
    type: 'structure',
    en: 'Not a notification of a Subscription. Send a Bundle of type history whose first entry is Parameters with subscription, type and up to {limit} notification-event parts.',
    nl: 'Geen notificatie van een Subscription. Stuur een Bundle van type history met als eerste entry Parameters met subscription, type en hoogstens {limit} notification-event-delen.',
  },
  'notification-subscription-relative': {
    ...invalid,
    type: 'value',
    en: 'The reference to the Subscription is not an absolute URL. Send the address of the Subscription at your server.',
    nl: 'De verwijzing naar de Subscription is geen absolute URL. Stuur het adres van de Subscription op uw server.',
  },
  'notification-request-mismatch': {
    ...invalid,
    type: 'value',
    en: 'The request of the first entry is not GET on the reference to the Subscription followed by /$status, character for character. Send it so.',
    nl: 'Het request van de eerste entry is niet GET op de verwijzing naar de Subscription gevolgd door /$status, teken voor teken. Stuur het zo.',
  },
  'notification-entries-invalid': {
    ...invalid,
    type: 'structure',
    en: 'Each entry after the first needs fullUrl and request. Without a focus there are no other entries and no additional-context. Correct or remove these entries.',
    nl: 'Elke entry na de eerste heeft fullUrl en request nodig. Zonder focus zijn er geen andere entries en geen additional-context. Verbeter of verwijder deze entries.',
  },
  'notification-authorization-invalid': {
    ...invalid,
    type: 'structure',
    en: 'authorization-type and authorization-value occur together, and only in an event-notification. Send both or neither.',
    nl: 'authorization-type en authorization-value komen samen voor, en alleen in een event-notification. Stuur beide of geen van beide.',
  },
  'notification-content-changed': {
    ...conflict,
    en: 'The earlier notifications of this Subscription have payload mode {content}, and the mode of a Subscription does not change. Replace the Subscription by a new one.',
    nl: 'De eerdere notificaties van deze Subscription hebben payload-modus {content}, en de modus van een Subscription verandert niet. Vervang de Subscription door een nieuwe.',
  },
  'notification-focus-relative': {
    ...warning,
    type: 'value',
    en: 'A focus is not an absolute URL. The gateway read it below your registered FHIR address; send the absolute URL.',
    nl: 'Een focus is geen absolute URL. De gateway las haar onder uw geregistreerde FHIR-adres; stuur de absolute URL.',
  },
  'notification-incomplete': {
    ...warning,
    type: 'required',
    en: 'An event has no event-number or timestamp, or a heartbeat has no events-since-subscription-start. Without them missed events are not found; add them.',
    nl: 'Een event heeft geen event-number of timestamp, of een heartbeat heeft geen events-since-subscription-start. Zonder deze worden gemiste events niet gevonden; voeg ze toe.',
  },
  'notification-events-missed': {
    ...information,
    en: 'Events from number {since} did not arrive here. The gateway reads them with $events at your server.',
    nl: 'Events vanaf nummer {since} zijn hier niet aangekomen. De gateway leest ze met $events op uw server.',
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
    en: 'From a placer that stores its own Tasks the gateway accepts only one order with one Task: a referral, or a request to a candidate. Send anything else to the gateway.',
    nl: 'Van een plaatser die de eigen Tasks bewaart, neemt de gateway alleen één opdracht met één Task aan: een verwijzing, of een vraag aan een kandidaat. Stuur al het andere naar de gateway.',
  },
} as const satisfies Record<string, Rule>;

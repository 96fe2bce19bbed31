import type { Rule } from './rule.ts';
import { conflict, forbidden, invalid } from './shared.ts';

/** The record of a conversation and what follows from it. */
export const conversationRules = {
  'conversation-order-unknown': {
    ...invalid,
    type: 'not-found',
    en: 'The conversation names no order at this gateway that you may read. Name the ServiceRequest by its address at the gateway, or by an identifier.',
    nl: 'Het gesprek noemt geen opdracht op deze gateway die u mag lezen. Noem de ServiceRequest met het adres bij de gateway, of met een identifier.',
  },
  'conversation-owner-only': {
    ...forbidden,
    en: 'Only the owner of the Task of this order may record its conversation.',
    nl: 'Alleen de eigenaar van de Task van deze opdracht mag het gesprek vastleggen.',
  },
  'conversation-task-not-accepted': {
    ...conflict,
    en: 'The Task of this order is not accepted, or has ended without a conversation. Accept it first.',
    nl: 'De Task van deze opdracht is niet geaccepteerd, of is geëindigd zonder gesprek. Accepteer hem eerst.',
  },
  'conversation-person-mismatch': {
    ...invalid,
    type: 'business-rule',
    en: 'This resource is about another person than the order. Remove the reference, or refer to the Patient of the order at the gateway.',
    nl: 'Deze resource gaat over een andere persoon dan de opdracht. Verwijder de referentie, of verwijs naar de Patient van de opdracht bij de gateway.',
  },
  'advice-intent-mismatch': {
    ...invalid,
    type: 'business-rule',
    en: 'Advice to the GP is a proposal; a request to others is an order. Use the use case advice with intent proposal, and only with it.',
    nl: 'Advies aan de huisarts is een voorstel; een vraag aan anderen is een opdracht. Gebruik gebruiksdoel advice met intent proposal, en alleen daarmee.',
  },
  'advice-referrer-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'Advice has no recipient: the order of this conversation did not come from a referrer of this network. Remove the advice.',
    nl: 'Het advies heeft geen ontvanger: de opdracht van dit gesprek kwam niet van een verwijzer uit dit netwerk. Verwijder het advies.',
  },
  'follow-ups-too-many': {
    ...invalid,
    type: 'too-costly',
    en: 'The record has more than {limit} requests, and each becomes an order with a disclosure of its own. Send the others in a later record.',
    nl: 'Het verslag heeft meer dan {limit} vragen, en elke vraag wordt een opdracht met een eigen verstrekking. Stuur de andere in een later verslag.',
  },
  'consents-too-many': {
    ...invalid,
    type: 'too-costly',
    en: 'The message has more than {limit} Consents, and each is weighed at every later disclosure. Send only what the person states now, in one Consent with exceptions where possible.',
    nl: 'Het bericht heeft meer dan {limit} toestemmingen, en elke daarvan wordt bij iedere latere verstrekking gewogen. Stuur alleen wat de persoon nu verklaart, waar mogelijk in één Consent met uitzonderingen.',
  },
  'follow-up-performer-missing': {
    ...invalid,
    type: 'required',
    en: 'This request has no performer. Set ServiceRequest.performer to a HealthcareService of the directory.',
    nl: 'Deze vraag heeft geen uitvoerder. Zet ServiceRequest.performer op een HealthcareService uit de adreslijst.',
  },
  'follow-up-performer-not-eligible': {
    ...invalid,
    type: 'business-rule',
    en: 'This service does not accept this person, or no orders of the network. Choose another one, or advise the GP (use case advice, intent proposal), who decides on a referral.',
    nl: 'Dit aanbod neemt deze persoon niet aan, of geen opdrachten van het netwerk. Kies ander aanbod, of adviseer de huisarts (gebruiksdoel advice, intent proposal), die over een verwijzing beslist.',
  },
  'order-forwarded': {
    ...conflict,
    en: 'This order was forwarded to the social domain as {order}. Withdraw that one.',
    nl: 'Deze opdracht is naar het sociaal domein doorgestuurd als {order}. Trek die in.',
  },
} as const satisfies Record<string, Rule>;

import type { Rule } from './rule.ts';
import { conflict, forbidden, invalid } from './shared.ts';

/** The record of a conversation and what follows from it. */
export const conversationRules = {
  'conversation-order-unknown': {
    ...invalid,
    type: 'not-found',
    en: 'The conversation names no order that this gateway has and that you may see. Give Encounter.basedOn: the ServiceRequest by its address at the gateway, or by an identifier of it.',
    nl: 'Het gesprek noemt geen opdracht die deze gateway heeft en die u mag zien. Geef Encounter.basedOn: de ServiceRequest met het adres bij de gateway, of met een identifier ervan.',
  },
  'conversation-owner-only': {
    ...forbidden,
    en: 'Only the party that owns the Task of this order tells of its conversation.',
    nl: 'Alleen de partij die eigenaar is van de Task van deze opdracht vertelt over het gesprek.',
  },
  'conversation-task-not-accepted': {
    ...conflict,
    en: 'The Task of this order is not taken on, or has ended without a conversation. Accept it first.',
    nl: 'De Task van deze opdracht is niet opgepakt, of is geëindigd zonder gesprek. Accepteer deze eerst.',
  },
  'conversation-person-mismatch': {
    ...invalid,
    type: 'business-rule',
    en: 'This is about another person than the order. Leave the reference out, or refer to the Patient of the order at the gateway.',
    nl: 'Dit gaat over een andere persoon dan de opdracht. Laat de verwijzing weg, of verwijs naar de Patient van de opdracht bij de gateway.',
  },
  'advice-intent-mismatch': {
    ...invalid,
    type: 'business-rule',
    en: 'Advice to the GP is a proposal, and what is asked of others is an order: the use case advice goes with intent proposal, and only that one.',
    nl: 'Advies aan de huisarts is een voorstel, en wat aan anderen wordt gevraagd een opdracht: gebruiksdoel advice gaat met intent proposal, en alleen dat.',
  },
  'advice-referrer-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'There is nobody to advise: the order of this conversation did not come from a referrer of this network.',
    nl: 'Er is niemand om te adviseren: de opdracht van dit gesprek kwam niet van een verwijzer uit dit netwerk.',
  },
  'follow-up-performer-missing': {
    ...invalid,
    type: 'required',
    en: 'This request does not tell of whom it is asked. Give ServiceRequest.performer: a HealthcareService of the directory.',
    nl: 'Deze vraag vertelt niet aan wie zij gesteld wordt. Geef ServiceRequest.performer: een HealthcareService uit de adreslijst.',
  },
  'follow-up-performer-not-eligible': {
    ...invalid,
    type: 'business-rule',
    en: 'This service does not take this person, or takes no orders of the network. Choose another one, or advise the GP (use case advice, intent proposal), who decides on a referral.',
    nl: 'Dit aanbod neemt deze persoon niet aan, of neemt geen opdrachten van het netwerk aan. Kies ander aanbod, of adviseer de huisarts (gebruiksdoel advice, intent proposal), die over een verwijzing beslist.',
  },
  'order-forwarded': {
    ...conflict,
    en: 'This order was sent on to the social domain as {order}. Withdraw that one.',
    nl: 'Deze opdracht is naar het sociaal domein verder gegaan als {order}. Trek die in.',
  },
} as const satisfies Record<string, Rule>;

import type { Rule } from './rule.ts';
import { conflict, forbidden, invalid } from './shared.ts';

/** A Subscription of a partner. */
export const subscriptionRules = {
  'subscription-topic-unknown': {
    ...invalid,
    type: 'code-invalid',
    en: 'The criteria name no topic of this gateway. Set Subscription.criteria to one of these canonical URLs: {topics}.',
    nl: 'De criteria noemen geen onderwerp van deze gateway. Zet Subscription.criteria op een van deze canonieke URL’s: {topics}.',
  },
  'subscription-channel-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'Notifications are sent by rest-hook only. Set channel.type to rest-hook.',
    nl: 'Notificaties gaan alleen met rest-hook. Zet channel.type op rest-hook.',
  },
  'subscription-endpoint-unregistered': {
    ...forbidden,
    en: 'Notifications are sent only to an endpoint that is registered for you: in the directory, or with the operator of the network. Name that one in channel.endpoint, or have this one registered first.',
    nl: 'Notificaties gaan alleen naar een endpoint dat voor u is geregistreerd: in de adreslijst, of bij de beheerder van het netwerk. Noem dat in channel.endpoint, of laat dit eerst registreren.',
  },
  'subscription-header-forbidden': {
    ...invalid,
    type: 'not-supported',
    en: 'A Subscription must not contain headers, because secrets do not belong in it. Remove channel.header; agree with the operator how the gateway authenticates.',
    nl: 'Een Subscription mag geen headers bevatten, want geheimen horen er niet in. Verwijder channel.header; spreek met de beheerder af hoe de gateway zich aanmeldt.',
  },
  'subscription-payload-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'Notifications are JSON. Set channel.payload to application/fhir+json.',
    nl: 'Notificaties zijn JSON. Zet channel.payload op application/fhir+json.',
  },
  'subscription-content-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'Notifications contain no resources. Set the extension backport-payload-content on channel.payload to empty or id-only.',
    nl: 'Notificaties bevatten geen resources. Zet de extensie backport-payload-content op channel.payload op empty of id-only.',
  },
  'subscription-heartbeat-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'This heartbeat is not supported. Request at least {minimum} seconds (- : this network sends none), or remove it.',
    nl: 'Deze heartbeat wordt niet ondersteund. Vraag minstens {minimum} seconden (- : dit netwerk stuurt er geen), of verwijder hem.',
  },
  'subscription-end-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'A Subscription has no end date here. Remove end, and set status to off to stop the notifications.',
    nl: 'Een Subscription heeft hier geen einddatum. Verwijder end, en zet status op off om de notificaties te stoppen.',
  },
  'subscription-status-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'This status is not yours to set. Create the Subscription with status requested; the gateway sets it to active after the handshake. Set it to off to end it.',
    nl: 'Deze status zet u niet zelf. Maak de Subscription aan met status requested; de gateway zet hem op active na de handshake. Zet hem op off om te stoppen.',
  },
  'subscription-filter-missing': {
    ...invalid,
    type: 'required',
    en: 'The Subscription has no filter on Tasks. Add the extension backport-filter-criteria to criteria, such as owner:identifier=<system>|<value> of your own service.',
    nl: 'De Subscription heeft geen filter op Tasks. Zet bij criteria de extensie backport-filter-criteria, zoals owner:identifier=<systeem>|<waarde> van uw eigen dienst.',
  },
  'subscription-filter-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'This filter is not supported. Filter by one of {offered}, with an equals sign and values separated by commas.',
    nl: 'Dit filter wordt niet ondersteund. Filter op een van {offered}, met een isgelijkteken en waarden gescheiden door komma’s.',
  },
  'subscription-filter-forbidden': {
    ...forbidden,
    en: 'A Subscription may cover only your own Tasks. Filter by the identifier or reference of your own organisation or services in the directory.',
    nl: 'Een Subscription mag alleen over uw eigen Tasks gaan. Filter op de identificatie of referentie van uw eigen organisatie of diensten in de adreslijst.',
  },
  'subscription-change-unsupported': {
    ...invalid,
    type: 'business-rule',
    en: 'Topic, filter, endpoint and payload mode of a Subscription do not change. Create a new Subscription, and set this one to off once the new one is active.',
    nl: 'Topic, filter, endpoint en payload-modus van een Subscription veranderen niet. Maak een nieuwe Subscription, en zet deze op off zodra de nieuwe actief is.',
  },
  'subscription-duplicate': {
    ...conflict,
    en: 'You already have a Subscription for this topic, filter and endpoint. Find it with GET Subscription and use that one.',
    nl: 'U hebt al een Subscription met dit onderwerp, filter en endpoint. Zoek die met GET Subscription en gebruik die.',
  },
} as const satisfies Record<string, Rule>;

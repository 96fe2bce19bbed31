import type { Rule } from './rule.ts';
import { conflict, forbidden, invalid } from './shared.ts';

/** A Subscription of a partner. */
export const subscriptionRules = {
  'subscription-topic-unknown': {
    ...invalid,
    type: 'code-invalid',
    en: 'The criteria name no topic of this gateway. Put one of these canonical URLs in Subscription.criteria: {topics}.',
    nl: 'De criteria noemen geen onderwerp van deze gateway. Zet een van deze canonieke URL’s in Subscription.criteria: {topics}.',
  },
  'subscription-channel-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'Notifications go by rest-hook only. Set channel.type to rest-hook.',
    nl: 'Notificaties gaan alleen met rest-hook. Zet channel.type op rest-hook.',
  },
  'subscription-endpoint-unregistered': {
    ...forbidden,
    en: 'Notifications go only to an endpoint that is registered for you: in the directory, or with the operator of the network. Name that one in channel.endpoint, or have this one registered first.',
    nl: 'Notificaties gaan alleen naar een endpoint dat voor u geregistreerd is: in de adreslijst, of bij de beheerder van het netwerk. Noem dat in channel.endpoint, of laat dit eerst registreren.',
  },
  'subscription-header-forbidden': {
    ...invalid,
    type: 'not-supported',
    en: 'A Subscription holds no headers: secrets don’t belong in it. Leave channel.header out; how the gateway shows who it is, is agreed with the operator.',
    nl: 'Een Subscription bevat geen headers: geheimen horen er niet in. Laat channel.header weg; hoe de gateway laat zien wie zij is, wordt met de beheerder afgesproken.',
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
    en: 'Notifications carry no content. Say empty or id-only in the extension backport-payload-content on channel.payload.',
    nl: 'Notificaties dragen geen inhoud. Geef empty of id-only in de extensie backport-payload-content op channel.payload.',
  },
  'subscription-heartbeat-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'This heartbeat is not given. Ask for at least {minimum} seconds (- : this network gives none), or leave it out.',
    nl: 'Deze heartbeat wordt niet gegeven. Vraag minstens {minimum} seconden (- : dit netwerk geeft er geen), of laat hem weg.',
  },
  'subscription-end-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'A Subscription is a lasting agreement. Leave end out, and set status to off when you want no more notifications.',
    nl: 'Een Subscription is een langlopende afspraak. Laat end weg, en zet status op off als u geen notificaties meer wilt.',
  },
  'subscription-status-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'Ask with status requested; the gateway makes it active after the handshake. End with status off.',
    nl: 'Vraag aan met status requested; de gateway maakt hem active na de handshake. Beëindig met status off.',
  },
  'subscription-filter-missing': {
    ...invalid,
    type: 'required',
    en: 'The Subscription does not say whose Tasks it is about. Give the extension backport-filter-criteria on criteria, such as owner:identifier=<system>|<value> of your own service.',
    nl: 'De Subscription zegt niet om wiens Tasks het gaat. Geef op criteria de extensie backport-filter-criteria, zoals owner:identifier=<systeem>|<waarde> van uw eigen dienst.',
  },
  'subscription-filter-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'This filter is not offered. Filter by one of {offered}, with an equals sign and values parted by commas.',
    nl: 'Dit filter wordt niet geboden. Filter op een van {offered}, met een isgelijkteken en waarden gescheiden door komma’s.',
  },
  'subscription-filter-forbidden': {
    ...forbidden,
    en: 'A Subscription is about your own Tasks only. Filter by the identifier or reference of your own organisation or services, as the directory has them.',
    nl: 'Een Subscription gaat alleen over uw eigen Tasks. Filter op de identificatie of referentie van uw eigen organisatie of diensten, zoals ze in de adreslijst staan.',
  },
  'subscription-duplicate': {
    ...conflict,
    en: 'You have an open Subscription for the same topic, filter and endpoint. Find it with GET Subscription and go on with that one.',
    nl: 'U hebt al een open Subscription met hetzelfde onderwerp, filter en endpoint. Zoek die met GET Subscription en ga daarmee verder.',
  },
} as const satisfies Record<string, Rule>;

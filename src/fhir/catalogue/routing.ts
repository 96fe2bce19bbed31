import type { Rule } from './rule.ts';
import { invalid, warning } from './shared.ts';

/** Where a referral can go. */
export const routingRules = {
  'owner-unknown': {
    ...invalid,
    type: 'not-found',
    en: 'The directory of this network has no such owner of the Task. Leave Task.owner out to have the referral routed, or refer to a HealthcareService of the directory.',
    nl: 'De adreslijst van dit netwerk heeft deze eigenaar van de Task niet. Laat Task.owner weg om de verwijzing te laten routeren, of verwijs naar een HealthcareService uit de adreslijst.',
  },
  'owner-missing': {
    ...invalid,
    type: 'required',
    en: 'A request of this kind requires an owner. Set Task.owner to a HealthcareService of the directory.',
    nl: 'Een verzoek van dit soort vraagt een eigenaar. Zet Task.owner op een HealthcareService uit de adreslijst.',
  },
  'owner-not-connected': {
    ...warning,
    type: 'not-found',
    en: 'The owner named in the Task is a service of another directory, and no system of its organisation is connected to this network, so it cannot receive the referral. Staff of the network assign it. Name a service of this network, or leave the owner out.',
    nl: 'De eigenaar in de Task komt uit een andere adreslijst, en geen systeem van die organisatie is op dit netwerk aangesloten: niemand zou de verwijzing daar ontvangen. Medewerkers van het netwerk wijzen haar toe. Noem aanbod van dit netwerk, of laat de eigenaar weg.',
  },
  'owner-not-eligible': {
    ...warning,
    type: 'business-rule',
    en: 'The owner named in the Task does not accept this person or this referrer, so staff of the network assign the referral. Leave the owner out next time, or choose a service in the municipality of the person.',
    nl: 'De eigenaar in de Task neemt deze persoon of deze verwijzer niet aan; medewerkers van het netwerk wijzen de verwijzing toe. Laat de eigenaar een volgende keer weg, of kies aanbod in de gemeente van de persoon.',
  },
  'use-case-not-routed': {
    ...invalid,
    type: 'not-supported',
    en: 'This network has no route for this use case. Use one of: {useCases}.',
    nl: 'Dit netwerk heeft geen route voor dit gebruiksdoel. Gebruik een van: {useCases}.',
  },
  'route-refused': {
    ...invalid,
    type: 'business-rule',
    en: 'This network does not accept this referral (rule {rule}): {reason}',
    nl: 'Dit netwerk neemt deze verwijzing niet aan (regel {rule}): {reason}',
  },
  'owner-unknown-manual-routing': {
    ...warning,
    type: 'not-found',
    en: 'The owner named in the referral is not a member of this network, so staff of the network assign the referral. No action needed; leave the owner out next time.',
    nl: 'De eigenaar in de verwijzing is geen lid van dit netwerk; medewerkers van het netwerk wijzen de verwijzing toe. U hoeft niets te doen; laat de eigenaar een volgende keer weg.',
  },
  'owner-is-referrer': {
    ...warning,
    type: 'business-rule',
    en: 'The owner named in the referral is the referring organisation. It was ignored as receiver. Leave the owner out.',
    nl: 'De eigenaar in de verwijzing is de verwijzende organisatie zelf. De gateway ziet die niet als ontvanger. Laat de eigenaar weg.',
  },
  'outside-catchment': {
    ...warning,
    type: 'business-rule',
    en: 'The person lives outside the region of this network, so staff of the network assign the referral. Consider the network of the region of the person.',
    nl: 'De persoon woont buiten de regio van dit netwerk; medewerkers van het netwerk wijzen de verwijzing toe. Overweeg het netwerk in de regio van de persoon.',
  },
  'address-missing': {
    ...warning,
    type: 'incomplete',
    en: 'The referral has no home address with a Dutch postcode, so staff of the network assign it. Add the home address of the person, with its postcode.',
    nl: 'De verwijzing heeft geen woonadres met een Nederlandse postcode; medewerkers van het netwerk wijzen haar toe. Vul het woonadres van de persoon in, met de postcode.',
  },
  'referrer-unknown': {
    ...warning,
    type: 'not-found',
    en: 'The referring organisation is not in the directory of this network; the sending partner was used instead. Use an identifier that the directory has.',
    nl: 'De verwijzende organisatie staat niet in de adreslijst van dit netwerk; de gateway gebruikt de partner die het bericht stuurde. Gebruik een identificatie uit de adreslijst.',
  },
  'referrer-not-sender': {
    ...warning,
    type: 'business-rule',
    en: 'The referring organisation is not the partner that sent the message. Check that this is intended.',
    nl: 'De verwijzende organisatie is niet de partner die het bericht stuurde. Controleer of dat de bedoeling is.',
  },
  'psychological-complaint-missing': {
    ...warning,
    type: 'business-rule',
    en: 'None of the coded complaints is psychological or social (ICPC chapter P or Z). Check that this referral is meant for this network.',
    nl: 'Geen van de gecodeerde klachten is psychisch of sociaal (ICPC-hoofdstuk P of Z). Controleer of deze verwijzing voor dit netwerk bedoeld is.',
  },
  'urgent-call': {
    ...warning,
    type: 'business-rule',
    en: 'The referral is urgent, and a message is not enough: call {service} now. Call 112 if life is in danger.',
    nl: 'De verwijzing is dringend en een bericht is niet genoeg: bel nu {service}. Bel 112 bij levensgevaar.',
  },
  'place-parameter-invalid': {
    ...invalid,
    type: 'value',
    en: 'The parameter {parameter} cannot be read. Use one of: {known}.',
    nl: 'De parameter {parameter} is niet te lezen. Gebruik een van: {known}.',
  },
  'project-parameter-invalid': {
    ...invalid,
    type: 'value',
    en: 'The parameter {parameter} cannot be read. Use: {known}.',
    nl: 'De parameter {parameter} is niet te lezen. Gebruik: {known}.',
  },
} as const satisfies Record<string, Rule>;

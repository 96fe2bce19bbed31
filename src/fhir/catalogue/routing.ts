import type { Rule } from './rule.ts';
import { invalid, warning } from './shared.ts';

/** Where a referral can go. */
export const routingRules = {
  'owner-unknown': {
    ...invalid,
    type: 'not-found',
    en: 'The directory of this network does not know the owner of the Task. Leave Task.owner out to have it routed, or refer to a HealthcareService of the directory.',
    nl: 'De adreslijst van dit netwerk kent de eigenaar van de Task niet. Laat Task.owner weg om de verwijzing te laten routeren, of verwijs naar een HealthcareService uit de adreslijst.',
  },
  'owner-missing': {
    ...invalid,
    type: 'required',
    en: 'A request of this kind is asked of somebody by name. Let Task.owner refer to a HealthcareService of the directory.',
    nl: 'Een verzoek van dit soort wordt aan iemand bij naam gedaan. Laat Task.owner verwijzen naar een HealthcareService uit de adreslijst.',
  },
  'owner-not-eligible': {
    ...warning,
    type: 'business-rule',
    en: 'The owner that the Task names does not take this person or this referrer, so people decide who does. Next time leave the owner out, or choose a service of the person’s municipality.',
    nl: 'De eigenaar die de Task noemt, neemt deze persoon of deze verwijzer niet aan; mensen beslissen wie dat wel doet. Laat de eigenaar een volgende keer weg, of kies aanbod in de gemeente van de persoon.',
  },
  'use-case-not-routed': {
    ...invalid,
    type: 'not-supported',
    en: 'This network has no route for this kind of request. It has routes for: {useCases}.',
    nl: 'Dit netwerk heeft geen route voor dit soort verzoek. Het heeft routes voor: {useCases}.',
  },
  'route-refused': {
    ...invalid,
    type: 'business-rule',
    en: 'This network does not take this referral (rule {rule}): {reason}',
    nl: 'Dit netwerk neemt deze verwijzing niet aan (regel {rule}): {reason}',
  },
  'owner-unknown-manual-routing': {
    ...warning,
    type: 'not-found',
    en: 'The owner that the referral names is no member of this network, so people decide who takes it. Nothing to do; next time leave the owner out.',
    nl: 'De eigenaar die de verwijzing noemt, is geen lid van dit netwerk; mensen beslissen wie haar oppakt. U hoeft niets te doen; laat de eigenaar een volgende keer weg.',
  },
  'owner-is-referrer': {
    ...warning,
    type: 'business-rule',
    en: 'The owner that the referral names is the organisation that refers. It was not taken as the receiver.',
    nl: 'De eigenaar die de verwijzing noemt, is de verwijzende organisatie zelf. Zij is niet als ontvanger opgevat.',
  },
  'outside-catchment': {
    ...warning,
    type: 'business-rule',
    en: 'The person lives outside the region of this network, so people decide who takes the referral. Consider the network of the person’s own region.',
    nl: 'De persoon woont buiten de regio van dit netwerk; mensen beslissen wie de verwijzing oppakt. Overweeg het netwerk in de eigen regio van de persoon.',
  },
  'address-missing': {
    ...warning,
    type: 'incomplete',
    en: 'The referral gives no home address with a Dutch postcode, so people decide who takes it. Send Patient.address with postalCode.',
    nl: 'De verwijzing bevat geen woonadres met een Nederlandse postcode; mensen beslissen wie haar oppakt. Stuur Patient.address met postalCode mee.',
  },
  'referrer-unknown': {
    ...warning,
    type: 'not-found',
    en: 'The organisation that refers is not in the directory of this network. The partner that sent the message was taken for it.',
    nl: 'De verwijzende organisatie staat niet in de adreslijst van dit netwerk. De partij die het bericht stuurde, is ervoor in de plaats genomen.',
  },
  'referrer-not-sender': {
    ...warning,
    type: 'business-rule',
    en: 'The organisation that refers is another one than the partner that sent the message.',
    nl: 'De verwijzende organisatie is een andere dan de partij die het bericht stuurde.',
  },
  'psychological-complaint-missing': {
    ...warning,
    type: 'business-rule',
    en: 'None of the coded complaints is psychological or social (ICPC chapter P or Z). Check that this is the referral you meant to send here.',
    nl: 'Geen van de gecodeerde klachten is psychisch of sociaal (ICPC-hoofdstuk P of Z). Controleer of u deze verwijzing hierheen wilde sturen.',
  },
  'urgent-call': {
    ...warning,
    type: 'business-rule',
    en: 'The referral is urgent, and a message is not enough for that: call {service} now. In danger of life call 112.',
    nl: 'De verwijzing is dringend en een bericht is daarvoor niet genoeg: bel nu {service}. Bel bij levensgevaar 112.',
  },
  'place-parameter-invalid': {
    ...invalid,
    type: 'value',
    en: 'The {parameter} can’t be read. Known are: {known}.',
    nl: 'De {parameter} is niet te lezen. Bekend zijn: {known}.',
  },
} as const satisfies Record<string, Rule>;

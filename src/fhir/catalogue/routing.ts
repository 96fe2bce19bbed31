import type { Rule } from './rule.ts';

const sender = { fault: 'sender', severity: 'error' } as const;
const oddity = { fault: 'sender', severity: 'warning', category: 'invalid' } as const;
/** A mistake in the network's own files: found at start, told to its operator. */
const configuration = { fault: 'gateway', severity: 'error', category: 'internal' } as const;

/** Where a referral can go, and what is wrong with the network's files, its directory or its routes. */
export const routingRules = {
  'owner-unknown': {
    ...sender,
    category: 'invalid',
    type: 'not-found',
    en: 'The directory of this network does not know the owner of the Task. Leave Task.owner out to have it routed, or refer to a HealthcareService of the directory.',
    nl: 'De adreslijst van dit netwerk kent de eigenaar van de Task niet. Laat Task.owner weg om de verwijzing te laten routeren, of verwijs naar een HealthcareService uit de adreslijst.',
  },
  'owner-missing': {
    ...sender,
    category: 'invalid',
    type: 'required',
    en: 'A request of this kind is asked of somebody by name. Let Task.owner refer to a HealthcareService of the directory.',
    nl: 'Een verzoek van dit soort wordt aan iemand bij naam gedaan. Laat Task.owner verwijzen naar een HealthcareService uit de adreslijst.',
  },
  'owner-does-not-fit': {
    ...oddity,
    type: 'business-rule',
    en: 'The owner that the Task names does not take this person or this referrer, so people decide who does. Next time leave the owner out, or choose a service of the person’s municipality.',
    nl: 'De eigenaar die de Task noemt, neemt deze persoon of deze verwijzer niet aan; mensen beslissen wie dat wel doet. Laat de eigenaar een volgende keer weg, of kies aanbod in de gemeente van de persoon.',
  },
  'use-case-not-routed': {
    ...sender,
    category: 'invalid',
    type: 'not-supported',
    en: 'This network has no route for this kind of request. It has routes for: {useCases}.',
    nl: 'Dit netwerk heeft geen route voor dit soort verzoek. Het heeft routes voor: {useCases}.',
  },
  'route-refused': {
    ...sender,
    category: 'invalid',
    type: 'business-rule',
    en: 'This network does not take this referral (rule {rule}): {reason}',
    nl: 'Dit netwerk neemt deze verwijzing niet aan (regel {rule}): {reason}',
  },
  'owner-unknown-kept-for-human': {
    ...oddity,
    type: 'not-found',
    en: 'The owner that the referral names is no member of this network, so people decide who takes it. Nothing to do; next time leave the owner out.',
    nl: 'De eigenaar die de verwijzing noemt, is geen lid van dit netwerk; mensen beslissen wie haar oppakt. U hoeft niets te doen; laat de eigenaar een volgende keer weg.',
  },
  'owner-is-referrer': {
    ...oddity,
    type: 'business-rule',
    en: 'The owner that the referral names is the organisation that refers. It was not taken as the receiver.',
    nl: 'De eigenaar die de verwijzing noemt, is de verwijzende organisatie zelf. Zij is niet als ontvanger opgevat.',
  },
  'outside-catchment': {
    ...oddity,
    type: 'business-rule',
    en: 'The person lives outside the region of this network, so people decide who takes the referral. Consider the network of the person’s own region.',
    nl: 'De persoon woont buiten de regio van dit netwerk; mensen beslissen wie de verwijzing oppakt. Overweeg het netwerk in de eigen regio van de persoon.',
  },
  'address-missing': {
    ...oddity,
    type: 'incomplete',
    en: 'The referral gives no home address with a Dutch postcode, so people decide who takes it. Send Patient.address with postalCode.',
    nl: 'De verwijzing bevat geen woonadres met een Nederlandse postcode; mensen beslissen wie haar oppakt. Stuur Patient.address met postalCode mee.',
  },
  'referrer-unknown': {
    ...oddity,
    type: 'not-found',
    en: 'The organisation that refers is not in the directory of this network. The partner that sent the message was taken for it.',
    nl: 'De verwijzende organisatie staat niet in de adreslijst van dit netwerk. De partij die het bericht stuurde, is ervoor in de plaats genomen.',
  },
  'referrer-not-sender': {
    ...oddity,
    type: 'business-rule',
    en: 'The organisation that refers is another one than the partner that sent the message.',
    nl: 'De verwijzende organisatie is een andere dan de partij die het bericht stuurde.',
  },
  'no-psychological-complaint': {
    ...oddity,
    type: 'business-rule',
    en: 'None of the coded complaints is psychological or social (ICPC chapter P or Z). Check that this is the referral you meant to send here.',
    nl: 'Geen van de gecodeerde klachten is psychisch of sociaal (ICPC-hoofdstuk P of Z). Controleer of u deze verwijzing hierheen wilde sturen.',
  },
  'urgent-call': {
    ...oddity,
    type: 'business-rule',
    en: 'The referral is urgent, and a message is not enough for that: call {service} now. In danger of life call 112.',
    nl: 'De verwijzing is dringend en een bericht is daarvoor niet genoeg: bel nu {service}. Bel bij levensgevaar 112.',
  },
  'directory-without-endpoint': {
    fault: 'receiver',
    severity: 'error',
    category: 'transient',
    type: 'incomplete',
    en: 'The directory has no endpoint for {partner} that is active now and takes requests by FHIR REST. Its entry has to be completed.',
    nl: 'De adreslijst heeft geen endpoint voor {partner} dat nu actief is en verzoeken via FHIR REST aanneemt. De vermelding moet worden aangevuld.',
  },
  'config-unreadable': {
    ...configuration,
    type: 'not-found',
    en: '{file} can’t be read ({problem}). Check that it is there and may be read.',
    nl: '{file} kan niet worden gelezen ({problem}). Controleer of het bestand er is en gelezen mag worden.',
  },
  'config-syntax': {
    ...configuration,
    type: 'structure',
    en: '{file}: this can’t be read: {problem}',
    nl: '{file}: dit is niet te lezen: {problem}',
  },
  'config-key-missing': {
    ...configuration,
    type: 'required',
    en: '{file}: {path} lacks the key {key}. Add it.',
    nl: '{file}: {path} mist de sleutel {key}. Voeg die toe.',
  },
  'config-key-unknown': {
    ...configuration,
    type: 'structure',
    en: '{file}: {path} has the unknown key {key}. Known are: {known}.',
    nl: '{file}: {path} heeft de onbekende sleutel {key}. Bekend zijn: {known}.',
  },
  'config-value': {
    ...configuration,
    type: 'value',
    en: '{file}: the value of {path} must be {wanted}.',
    nl: '{file}: de waarde van {path} moet zijn: {wanted}.',
  },
  'config-reference': {
    ...configuration,
    type: 'not-found',
    en: '{file}: {path} refers to {target}, which the network does not have. Add it, or mend the reference.',
    nl: '{file}: {path} verwijst naar {target}, dat het netwerk niet heeft. Voeg het toe, of verbeter de verwijzing.',
  },
  'config-duplicate': {
    ...configuration,
    type: 'duplicate',
    en: '{file}: {path} says {name} once more. Each may be there once.',
    nl: '{file}: {path} noemt {name} nog een keer. Elk mag er één keer zijn.',
  },
  'directory-incomplete': {
    ...configuration,
    type: 'required',
    en: '{file}: {resource} lacks {what}. Add it.',
    nl: '{file}: {resource} mist {what}. Voeg dit toe.',
  },
  'directory-no-member': {
    ...configuration,
    type: 'business-rule',
    en: '{file}: {resource} has no active OrganizationAffiliation to the network, so it is no member. Add one, or take the partner out.',
    nl: '{file}: {resource} heeft geen actieve OrganizationAffiliation met het netwerk en is dus geen lid. Voeg die toe, of verwijder de partner.',
  },
  'partner-without-endpoint': {
    ...configuration,
    type: 'incomplete',
    en: '{file}: partner {partner} is reached by FHIR REST, and its organisation has no active Endpoint for requests. Add one to the directory, give it an address, or let its channel be inbox.',
    nl: '{file}: partner {partner} wordt via FHIR REST bereikt, en zijn organisatie heeft geen actief Endpoint voor verzoeken. Voeg dat toe aan de adreslijst, geef een address, of maak channel inbox.',
  },
  'route-expression': {
    ...configuration,
    type: 'invalid',
    en: '{file}: the FHIRPath of {path} can’t be compiled: {problem}',
    nl: '{file}: de FHIRPath van {path} is niet te compileren: {problem}',
  },
  'route-unreachable': {
    ...configuration,
    type: 'business-rule',
    en: '{file}: rule {rule} is never reached, because rule {before} always decides first. Change their order, or give {before} a condition.',
    nl: '{file}: regel {rule} wordt nooit bereikt, omdat regel {before} altijd eerder beslist. Draai de volgorde om, of geef {before} een voorwaarde.',
  },
  'route-contradictory': {
    ...configuration,
    type: 'business-rule',
    en: '{file}: the conditions of rule {rule} can’t hold together. A municipality is known only where residence is inside.',
    nl: '{file}: de voorwaarden van regel {rule} kunnen niet samengaan. Een gemeente is alleen bekend als residence inside is.',
  },
  'route-without-end': {
    ...configuration,
    type: 'business-rule',
    en: '{file}: the rules for {useCase} let some requests come out undecided. End them with one without conditions that asks a human or refuses.',
    nl: '{file}: de regels voor {useCase} laten sommige verzoeken onbeslist. Sluit af met een regel zonder voorwaarden die een mens vraagt of weigert.',
  },
  'route-service-unknown': {
    ...configuration,
    type: 'not-found',
    en: '{file}: rule {rule} names {target}, and the directory has no such active service.',
    nl: '{file}: regel {rule} noemt {target}, en de adreslijst heeft zulk actief aanbod niet.',
  },
} as const satisfies Record<string, Rule>;

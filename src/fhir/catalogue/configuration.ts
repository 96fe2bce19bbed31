import type { Rule } from './rule.ts';
import { conflict, inConfiguration, invalid, malformed } from './shared.ts';

/** The files of a network, and the activation of a configuration set. */
export const configurationRules = {
  'config-unreadable': {
    ...inConfiguration,
    type: 'not-found',
    en: '{file} can’t be read ({problem}). Check that it is there and may be read.',
    nl: '{file} kan niet worden gelezen ({problem}). Controleer of het bestand er is en gelezen mag worden.',
  },
  'config-syntax': {
    ...inConfiguration,
    type: 'structure',
    en: '{file}: this can’t be read: {problem}',
    nl: '{file}: dit is niet te lezen: {problem}',
  },
  'config-key-missing': {
    ...inConfiguration,
    type: 'required',
    en: '{file}: {path} lacks the key {key}. Add it.',
    nl: '{file}: {path} mist de sleutel {key}. Voeg die toe.',
  },
  'config-key-unknown': {
    ...inConfiguration,
    type: 'structure',
    en: '{file}: {path} has the unknown key {key}. Known are: {known}.',
    nl: '{file}: {path} heeft de onbekende sleutel {key}. Bekend zijn: {known}.',
  },
  'config-value-invalid': {
    ...inConfiguration,
    type: 'value',
    en: '{file}: the value of {path} must be {wanted}.',
    nl: '{file}: de waarde van {path} moet zijn: {wanted}.',
  },
  'config-reference-unresolved': {
    ...inConfiguration,
    type: 'not-found',
    en: '{file}: {path} refers to {target}, which the network does not have. Add it, or mend the reference.',
    nl: '{file}: {path} verwijst naar {target}, dat het netwerk niet heeft. Voeg het toe, of verbeter de verwijzing.',
  },
  'config-duplicate': {
    ...inConfiguration,
    type: 'duplicate',
    en: '{file}: {path} says {name} once more. Each may be there once.',
    nl: '{file}: {path} noemt {name} nog een keer. Elk mag er één keer zijn.',
  },
  'directory-incomplete': {
    ...inConfiguration,
    type: 'required',
    en: '{file}: {resource} lacks {what}. Add it.',
    nl: '{file}: {resource} mist {what}. Voeg dit toe.',
  },
  'directory-affiliation-missing': {
    ...inConfiguration,
    type: 'business-rule',
    en: '{file}: {resource} has no active OrganizationAffiliation to the network, so it is no member. Add one, or take the partner out.',
    nl: '{file}: {resource} heeft geen actieve OrganizationAffiliation met het netwerk en is dus geen lid. Voeg die toe, of verwijder de partner.',
  },
  'partner-endpoint-missing': {
    ...inConfiguration,
    type: 'incomplete',
    en: '{file}: partner {partner} is reached by FHIR REST, and its organisation has no active Endpoint for requests. Add one to the directory, give it an address, or let its channel be inbox.',
    nl: '{file}: partner {partner} wordt via FHIR REST bereikt, en zijn organisatie heeft geen actief Endpoint voor verzoeken. Voeg dat toe aan de adreslijst, geef een address, of maak channel inbox.',
  },
  'route-expression-invalid': {
    ...inConfiguration,
    type: 'invalid',
    en: '{file}: the FHIRPath of {path} can’t be compiled: {problem}',
    nl: '{file}: de FHIRPath van {path} is niet te compileren: {problem}',
  },
  'route-unreachable': {
    ...inConfiguration,
    type: 'business-rule',
    en: '{file}: rule {rule} is never reached, because rule {before} always decides first. Change their order, or give {before} a condition.',
    nl: '{file}: regel {rule} wordt nooit bereikt, omdat regel {before} altijd eerder beslist. Draai de volgorde om, of geef {before} een voorwaarde.',
  },
  'route-postcode-centres-missing': {
    ...inConfiguration,
    type: 'not-found',
    en: '{file}: rule {rule} goes by distance, and the network has no table of postcode centres. Add postcode-centres.csv to the folder of the network, or choose by something else.',
    nl: '{file}: regel {rule} gaat op afstand, en het netwerk heeft geen tabel met middelpunten van postcodes. Voeg postcode-centres.csv toe aan de map van het netwerk, of kies op iets anders.',
  },
  'route-contradictory': {
    ...inConfiguration,
    type: 'business-rule',
    en: '{file}: the conditions of rule {rule} can’t hold together. A municipality is known only where residence is inside.',
    nl: '{file}: de voorwaarden van regel {rule} kunnen niet samengaan. Een gemeente is alleen bekend als residence inside is.',
  },
  'route-fallback-missing': {
    ...inConfiguration,
    type: 'business-rule',
    en: '{file}: the rules for {useCase} let some requests come out undecided. End them with one without conditions that asks a human or refuses.',
    nl: '{file}: de regels voor {useCase} laten sommige verzoeken onbeslist. Sluit af met een regel zonder voorwaarden die een mens vraagt of weigert.',
  },
  'route-service-unknown': {
    ...inConfiguration,
    type: 'not-found',
    en: '{file}: rule {rule} names {target}, and the directory has no such active service.',
    nl: '{file}: regel {rule} noemt {target}, en de adreslijst heeft zulk actief aanbod niet.',
  },
  'intake-form-invalid': {
    ...inConfiguration,
    type: 'processing',
    en: '{file}: form {form} does not compile: {problem}. Mend the condition or the map.',
    nl: '{file}: vorm {form} is niet te vertalen: {problem}. Herstel de voorwaarde of de mapping.',
  },
  'outgoing-map-missing': {
    ...inConfiguration,
    type: 'not-found',
    en: '{file} names the map {map}, which is not in the folder of maps. Name the file of a map that is there.',
    nl: '{file} noemt de map {map}, die niet in de map met mappings staat. Noem het bestand van een map die er is.',
  },
  'feedback-text-missing': {
    ...inConfiguration,
    type: 'processing',
    en: '{file}: the map of the Communication makes nothing of the topic {topic}. Give the topic its words in the table of the map.',
    nl: '{file}: de map van de Communication maakt niets van het onderwerp {topic}. Geef het onderwerp zijn woorden in de tabel van de map.',
  },
  'config-subscription-invalid': {
    ...inConfiguration,
    type: 'processing',
    en: '{file}: subscription {index} of the network can not be agreed with: {problem}. Mend the configuration.',
    nl: '{file}: subscription {index} van het netwerk kan niet: {problem}. Herstel de configuratie.',
  },
  'config-set-unknown': {
    ...invalid,
    type: 'not-found',
    en: 'This store knows no configuration set {set}, or several that begin so. See which there are with: mgn config list',
    nl: 'Deze opslag kent geen configuratie {set}, of meer dan één die zo begint. Bekijk welke er zijn met: mgn config list',
  },
  'config-shadow-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'Nobody has seen yet what set {set} would change for the messages recorded here. Run mgn config shadow with it first, or activate with --without-shadow.',
    nl: 'Nog niemand heeft gezien wat configuratie {set} zou veranderen voor de hier bewaarde berichten. Draai er eerst mgn config shadow mee, of activeer met --without-shadow.',
  },
  'config-set-previous-missing': {
    ...invalid,
    type: 'not-found',
    en: 'There is no previous configuration set on this store: only one has decided here so far.',
    nl: 'Er is geen vorige configuratie in deze opslag: tot nu toe heeft er maar één beslist.',
  },
  'config-activation-conflict': {
    ...conflict,
    en: 'Somebody else activated a configuration at this very moment. Nothing was changed by this command; look with mgn config list and try again.',
    nl: 'Iemand anders activeerde op ditzelfde moment een configuratie. Deze opdracht heeft niets gewijzigd; kijk met mgn config list en probeer het opnieuw.',
  },
  'config-request-invalid': {
    ...malformed,
    type: 'structure',
    en: 'Send JSON with one of: "files" (each with "path", such as mappings/routes.yaml, and "text"), "set" (the beginning of a digest), "previous": true.',
    nl: 'Stuur JSON met één van: "files" (elk met "path", zoals mappings/routes.yaml, en "text"), "set" (het begin van een digest), "previous": true.',
  },
  'config-secret-missing': {
    ...invalid,
    type: 'not-found',
    en: 'This gateway cannot work by this set, and goes on by the one before. {problem}',
    nl: 'Deze gateway kan niet met deze configuratie werken en gaat door met de vorige. {problem}',
  },
  'config-set-incompatible': {
    ...inConfiguration,
    type: 'processing',
    en: 'Configuration {set} was activated on this store and does not compile with this version of the gateway; what is wrong with it is told beside this. Activate one that does: mgn config activate DIR --without-shadow.',
    nl: 'Configuratie {set} is op deze opslag geactiveerd en compileert niet met deze versie van de gateway; wat eraan schort staat hierbij. Activeer er een die dat wel doet: mgn config activate MAP --without-shadow.',
  },
} as const satisfies Record<string, Rule>;

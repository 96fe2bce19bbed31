import type { Rule } from './rule.ts';
import { conflict, inConfiguration, invalid, malformed } from './shared.ts';

/** The files of a network, and the activation of a configuration set. */
export const configurationRules = {
  'config-unreadable': {
    ...inConfiguration,
    type: 'not-found',
    en: '{file} cannot be read ({problem}). Check that the file exists and is readable.',
    nl: '{file} is niet te lezen ({problem}). Controleer of het bestand bestaat en leesbaar is.',
  },
  'config-syntax': {
    ...inConfiguration,
    type: 'structure',
    en: '{file}: syntax error: {problem}',
    nl: '{file}: syntaxfout: {problem}',
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
    en: '{file}: {path} has the unknown key {key}. Use one of: {known}.',
    nl: '{file}: {path} heeft de onbekende sleutel {key}. Gebruik een van: {known}.',
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
    en: '{file}: {path} refers to {target}, which does not exist in the network. Add it, or correct the reference.',
    nl: '{file}: {path} verwijst naar {target}, dat niet in het netwerk bestaat. Voeg het toe, of verbeter de verwijzing.',
  },
  'config-duplicate': {
    ...inConfiguration,
    type: 'duplicate',
    en: '{file}: {path} repeats {name}. Remove one.',
    nl: '{file}: {path} noemt {name} dubbel. Verwijder er een.',
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
    en: '{file}: {resource} has no active OrganizationAffiliation with the network, so it is not a member. Add one, or remove the partner.',
    nl: '{file}: {resource} heeft geen actieve OrganizationAffiliation met het netwerk en is dus geen lid. Voeg die toe, of verwijder de partner.',
  },
  'partner-endpoint-missing': {
    ...inConfiguration,
    type: 'incomplete',
    en: '{file}: partner {partner} has channel fhir-rest, but its organisation has no active Endpoint for requests. Add one to the directory, set address, or set channel to inbox.',
    nl: '{file}: partner {partner} heeft channel fhir-rest, maar de organisatie heeft geen actief Endpoint voor verzoeken. Voeg dat toe aan de adreslijst, vul address in, of zet channel op inbox.',
  },
  'route-expression-invalid': {
    ...inConfiguration,
    type: 'invalid',
    en: '{file}: the FHIRPath of {path} cannot be compiled: {problem}',
    nl: '{file}: de FHIRPath van {path} is niet te compileren: {problem}',
  },
  'route-unreachable': {
    ...inConfiguration,
    type: 'business-rule',
    en: '{file}: rule {rule} is unreachable, because rule {before} always decides first. Change the order, or add a condition to {before}.',
    nl: '{file}: regel {rule} is onbereikbaar, omdat regel {before} altijd eerder beslist. Wijzig de volgorde, of geef {before} een voorwaarde.',
  },
  'route-postcode-centres-missing': {
    ...inConfiguration,
    type: 'not-found',
    en: '{file}: rule {rule} uses distance, and the network has no table of postcode centres. Add postcode-centres.csv to the folder of the network, or choose another criterion.',
    nl: '{file}: regel {rule} gebruikt afstand, en het netwerk heeft geen tabel met middelpunten van postcodes. Voeg postcode-centres.csv toe aan de map van het netwerk, of kies een ander criterium.',
  },
  'route-contradictory': {
    ...inConfiguration,
    type: 'business-rule',
    en: '{file}: the conditions of rule {rule} contradict each other. A municipality is available only where residence is inside. Remove one condition.',
    nl: '{file}: de voorwaarden van regel {rule} spreken elkaar tegen. Een gemeente is er alleen als residence inside is. Verwijder een voorwaarde.',
  },
  'route-fallback-missing': {
    ...inConfiguration,
    type: 'business-rule',
    en: '{file}: the rules for {useCase} leave some requests undecided. End them with a rule without conditions that refers to a person or refuses.',
    nl: '{file}: de regels voor {useCase} laten sommige verzoeken onbeslist. Sluit af met een regel zonder voorwaarden die naar een mens gaat of weigert.',
  },
  'route-service-unknown': {
    ...inConfiguration,
    type: 'not-found',
    en: '{file}: rule {rule} names {target}, and the directory has no such active service. Name an active service.',
    nl: '{file}: regel {rule} noemt {target}, en dat actieve aanbod staat niet in de adreslijst. Noem actief aanbod.',
  },
  'intake-form-invalid': {
    ...inConfiguration,
    type: 'processing',
    en: '{file}: form {form} does not compile: {problem}. Correct the condition or the map.',
    nl: '{file}: vorm {form} is niet te compileren: {problem}. Verbeter de voorwaarde of de map.',
  },
  'outgoing-map-missing': {
    ...inConfiguration,
    type: 'not-found',
    en: '{file} names the map {map}, which is not in the folder of maps. Name the file of an existing map.',
    nl: '{file} noemt de map {map}, die niet in de map met mappings staat. Noem het bestand van een bestaande map.',
  },
  'feedback-text-missing': {
    ...inConfiguration,
    type: 'processing',
    en: '{file}: the map of the Communication has no text for the topic {topic}. Add it to the table of the map.',
    nl: '{file}: de map van de Communication heeft geen tekst voor het onderwerp {topic}. Voeg die toe aan de tabel van de map.',
  },
  'config-subscription-invalid': {
    ...inConfiguration,
    type: 'processing',
    en: '{file}: subscription {index} of the network is invalid: {problem}. Correct the configuration.',
    nl: '{file}: subscription {index} van het netwerk is ongeldig: {problem}. Verbeter de configuratie.',
  },
  'config-set-prefix-invalid': {
    ...invalid,
    type: 'value',
    en: 'A configuration set is named by its digest, or by at least 8 hexadecimal digits of it. List the sets with: mgn config list',
    nl: 'Een configuratie noemt u met haar digest, of met minstens 8 hexadecimale cijfers daarvan. Bekijk ze met: mgn config list',
  },
  'config-set-unknown': {
    ...invalid,
    type: 'not-found',
    en: 'This store has no configuration set {set}, or more than one with that prefix. List them with: mgn config list',
    nl: 'Deze opslag heeft geen configuratie {set}, of meer dan één met dat begin. Bekijk ze met: mgn config list',
  },
  'config-shadow-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'Set {set} has not been tried on the messages recorded here. Run mgn config shadow with it first, or activate with --without-shadow.',
    nl: 'Configuratie {set} is nog niet geprobeerd op de hier bewaarde berichten. Draai er eerst mgn config shadow mee, of activeer met --without-shadow.',
  },
  'config-set-previous-missing': {
    ...invalid,
    type: 'not-found',
    en: 'This store has no previous configuration set: only one has been active. Activate a folder or a set from: mgn config list',
    nl: 'Deze opslag heeft geen vorige configuratie: er is er maar één actief geweest. Activeer een map, of een configuratie uit: mgn config list',
  },
  'config-activation-conflict': {
    ...conflict,
    en: 'Another configuration was activated at the same moment. This command changed nothing. Check with mgn config list and try again.',
    nl: 'Op hetzelfde moment is een andere configuratie geactiveerd. Deze opdracht heeft niets gewijzigd. Kijk met mgn config list en probeer het opnieuw.',
  },
  'config-request-invalid': {
    ...malformed,
    type: 'structure',
    en: 'The request does not name a configuration. Send JSON with one of: "files" (each with "path", such as mappings/routes.yaml, and "text"), "set" (the beginning of a digest), "previous": true.',
    nl: 'Het verzoek noemt geen configuratie. Stuur JSON met één van: "files" (elk met "path", zoals mappings/routes.yaml, en "text"), "set" (het begin van een digest), "previous": true.',
  },
  'config-secret-missing': {
    ...invalid,
    type: 'not-found',
    en: 'This gateway cannot run with this set and continues with the previous one. {problem}',
    nl: 'Deze gateway kan niet met deze configuratie werken en gaat door met de vorige. {problem}',
  },
  'config-set-incompatible': {
    ...inConfiguration,
    type: 'processing',
    en: 'Configuration {set} is active on this store and does not compile with this version of the gateway; its errors are listed as well. Activate one that compiles: mgn config activate DIR --without-shadow.',
    nl: 'Configuratie {set} is actief op deze opslag en compileert niet met deze versie van de gateway; de fouten staan erbij. Activeer er een die wel compileert: mgn config activate MAP --without-shadow.',
  },
} as const satisfies Record<string, Rule>;

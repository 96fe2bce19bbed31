import type { Rule } from './rule.ts';
import { gatewayTransient, inConfiguration, information, invalid, malformed } from './shared.ts';

/** Running the gateway and its commands: files, port, store, load. */
export const operatingRules = {
  'findings-truncated': {
    ...information,
    en: '{count} more findings are not shown. Mend these first and send or validate again.',
    nl: 'Nog {count} bevindingen worden niet getoond. Herstel eerst deze en stuur of toets opnieuw.',
  },
  'file-unreadable': {
    ...malformed,
    type: 'not-found',
    en: 'This file can not be read ({problem}). Check its name, and that you may read it.',
    nl: 'Dit bestand is niet te lezen ({problem}). Controleer de naam, en of u het mag lezen.',
  },
  'folder-empty': {
    ...malformed,
    type: 'not-found',
    en: 'This folder holds no .json or .xml file. Give a folder with FHIR resources, or a file.',
    nl: 'Deze map bevat geen .json- of .xml-bestand. Geef een map met FHIR-resources, of een bestand.',
  },
  'gateway-unreachable': {
    ...invalid,
    category: 'transient',
    type: 'transient',
    en: 'Nobody answers at this address ({problem}). Check the address and whether the gateway runs; to send the same message again, give --request-id {requestId}.',
    nl: 'Op dit adres antwoordt niemand ({problem}). Controleer het adres en of de gateway draait; geef --request-id {requestId} mee om hetzelfde bericht opnieuw te sturen.',
  },
  'port-unavailable': {
    ...inConfiguration,
    type: 'transient',
    en: 'The gateway can not listen on port {port} ({problem}). Stop what uses it, or choose another with --port.',
    nl: 'De gateway kan niet luisteren op poort {port} ({problem}). Stop wat de poort gebruikt, of kies een andere met --port.',
  },
  'store-open-failed': {
    ...inConfiguration,
    type: 'no-store',
    en: 'The store {store} can not be opened: {problem}. Give a file in a folder that exists; a new file is made when there is none.',
    nl: 'De opslag {store} is niet te openen: {problem}. Geef een bestand in een bestaande map; als het er niet is, wordt het gemaakt.',
  },
  'store-type-unsupported': {
    ...inConfiguration,
    type: 'not-supported',
    en: 'This store is not supported: {store}. Use sqlite:FILE or sqlite::memory:.',
    nl: 'Deze opslag wordt niet ondersteund: {store}. Gebruik sqlite:BESTAND of sqlite::memory:.',
  },
  valid: {
    ...information,
    en: 'Valid: nothing was found against the profiles that were asked.',
    nl: 'Geldig: er is niets gevonden tegen de gevraagde profielen.',
  },
  overloaded: {
    ...gatewayTransient,
    type: 'throttled',
    en: 'More messages wait for delivery than the gateway takes in. Nothing was stored. Send the same message with the same X-Request-Id after {seconds} seconds.',
    nl: 'Er wachten meer berichten op aflevering dan de gateway aanneemt. Er is niets opgeslagen. Stuur hetzelfde bericht met dezelfde X-Request-Id na {seconds} seconden.',
  },
  'store-unavailable': {
    ...gatewayTransient,
    en: 'The gateway could not store the message. Nothing was kept. Send the same message with the same X-Request-Id again.',
    nl: 'De gateway kon het bericht niet opslaan. Er is niets bewaard. Stuur hetzelfde bericht met dezelfde X-Request-Id opnieuw.',
  },
  internal: {
    ...inConfiguration,
    type: 'exception',
    en: 'The gateway failed at step {step}. Nothing was stored or sent. Report the X-Request-Id to the operator.',
    nl: 'De gateway faalde bij stap {step}. Er is niets opgeslagen of verstuurd. Meld de X-Request-Id aan de beheerder.',
  },
} as const satisfies Record<string, Rule>;

import type { Rule } from './rule.ts';
import { conflict, gatewayTransient, inConfiguration, information, invalid, malformed } from './shared.ts';

/** Running the gateway and its commands: files, port, store, load. */
export const operatingRules = {
  'findings-truncated': {
    ...information,
    en: '{count} more findings are not shown. Correct these first, then send or validate again.',
    nl: 'Nog {count} bevindingen staan hier niet bij. Verbeter eerst deze, en stuur of toets daarna opnieuw.',
  },
  'file-unreadable': {
    ...malformed,
    type: 'not-found',
    en: 'This file cannot be read ({problem}). Check its name and your permission to read it.',
    nl: 'Dit bestand is niet te lezen ({problem}). Controleer de naam en of u het mag lezen.',
  },
  'folder-empty': {
    ...malformed,
    type: 'not-found',
    en: 'This folder has no file that this command reads. Name a file, or a folder with FHIR resources (.json, .xml) or, for mgn map, with maps (.fml).',
    nl: 'Deze map heeft geen bestand dat dit commando leest. Noem een bestand, of een map met FHIR-resources (.json, .xml) of, voor mgn map, met maps (.fml).',
  },
  'gateway-unreachable': {
    ...invalid,
    category: 'transient',
    type: 'transient',
    en: 'No answer from this address ({problem}). Check the address and that the gateway is running; to resend the same message, add --request-id {requestId}.',
    nl: 'Geen antwoord van dit adres ({problem}). Controleer het adres en of de gateway draait; gebruik --request-id {requestId} om hetzelfde bericht opnieuw te sturen.',
  },
  'gateway-not-running': {
    ...invalid,
    category: 'transient',
    type: 'transient',
    en: 'No answer from this address ({problem}). Start a gateway on the demo network with mgn serve or mgn demo, or name its address with --to.',
    nl: 'Geen antwoord van dit adres ({problem}). Start een gateway op het demonetwerk met mgn serve of mgn demo, of noem het adres met --to.',
  },
  'example-unknown': {
    ...malformed,
    type: 'not-found',
    en: 'There is no example with this number or name. mgn play without an example lists them.',
    nl: 'Er is geen voorbeeld met dit nummer of deze naam. mgn play zonder voorbeeld toont ze.',
  },
  'port-unavailable': {
    ...inConfiguration,
    type: 'transient',
    en: 'The gateway cannot listen on port {port} ({problem}). Stop the process that uses it, or choose another port with --port.',
    nl: 'De gateway kan niet luisteren op poort {port} ({problem}). Stop het proces dat de poort gebruikt, of kies een andere met --port.',
  },
  'store-open-failed': {
    ...inConfiguration,
    type: 'no-store',
    en: 'The store {store} cannot be opened: {problem}. Name a file in an existing folder, which the gateway may read and write; a missing file is created.',
    nl: 'De opslag {store} is niet te openen: {problem}. Noem een bestand in een bestaande map, waarin de gateway mag lezen en schrijven; een ontbrekend bestand maakt de gateway aan.',
  },
  'store-read-failed': {
    ...inConfiguration,
    type: 'no-store',
    en: 'The store {store} cannot be read: {problem}. Name the --store with which the gateway was started.',
    nl: 'De opslag {store} is niet te lezen: {problem}. Noem de --store waarmee de gateway is gestart.',
  },
  'order-not-found': {
    ...malformed,
    type: 'not-found',
    en: 'This store has no order with this id, identifier or trace. Use the id of the order or its Task (as in the Location of the answer), its identifier (system|value, or the value), or the X-Trace-Id of its journey; mgn audit --request lists what one request stored.',
    nl: 'Deze opslag heeft geen opdracht met dit id, kenmerk of deze trace. Gebruik het id van de opdracht of haar Task (zoals in Location van het antwoord), haar kenmerk (system|waarde, of de waarde), of de X-Trace-Id van haar traject; mgn audit --request toont wat een verzoek heeft opgeslagen.',
  },
  'person-not-found': {
    ...malformed,
    type: 'not-found',
    en: 'This store has no person with this id. Use the id of a Patient at this gateway; a person is never searched by a number or a name here.',
    nl: 'Deze opslag heeft geen persoon met dit id. Gebruik het id van een Patient bij deze gateway; op een nummer of naam wordt hier nooit gezocht.',
  },
  'store-type-unsupported': {
    ...inConfiguration,
    type: 'not-supported',
    en: 'This store is not supported: {store}. Use sqlite:FILE, sqlite::memory: or postgres://USER@HOST:PORT/DATABASE.',
    nl: 'Deze opslag wordt niet ondersteund: {store}. Gebruik sqlite:BESTAND, sqlite::memory: of postgres://GEBRUIKER@HOST:POORT/DATABASE.',
  },
  valid: {
    ...information,
    en: 'Valid: no findings against the requested profiles.',
    nl: 'Geldig: geen bevindingen bij de gevraagde profielen.',
  },
  'dry-runs-exceeded': {
    ...invalid,
    category: 'throttled',
    type: 'throttled',
    en: 'This partner sent more than {limit} dry runs ($explain, $validate, $transform) within a minute. Nothing was done. Send it again after {seconds} seconds. Validate test data with the command mgn, which has no limit.',
    nl: 'Deze partner stuurde meer dan {limit} proefberichten ($explain, $validate, $transform) binnen een minuut. Er is niets gedaan. Stuur het opnieuw na {seconds} seconden. Controleer testgegevens met het commando mgn, dat geen grens heeft.',
  },
  'work-stopped': {
    ...invalid,
    type: 'too-costly',
    en: 'This request takes more time or memory than the gateway has for one request, and was stopped. Send less at once, or simplify the map or definition.',
    nl: 'Dit verzoek kost meer tijd of geheugen dan de gateway voor één verzoek heeft, en is gestopt. Stuur minder tegelijk, of maak de map of definitie eenvoudiger.',
  },
  'work-queue-full': {
    ...gatewayTransient,
    type: 'throttled',
    en: 'The gateway is busy with other large requests. Send this request again after {seconds} seconds.',
    nl: 'De gateway is bezig met andere grote verzoeken. Stuur dit verzoek opnieuw na {seconds} seconden.',
  },
  'dead-letter-unknown': {
    ...invalid,
    category: 'not-found',
    type: 'not-found',
    en: 'No delivery {id}. List them with mgn dead-letters.',
    nl: 'Er is geen aflevering {id}. Een lijst geeft mgn dead-letters.',
  },
  'dead-letter-ended': {
    ...conflict,
    en: 'Delivery {id} is {state}: it is no dead letter and was not set aside, and nothing was changed. Another operator may have been first; list what is left with mgn dead-letters.',
    nl: 'Aflevering {id} staat op {state}: zij is niet opgegeven of apart gezet, en er is niets veranderd. Een andere beheerder was misschien eerder; mgn dead-letters geeft wat er nog staat.',
  },
  'dead-letter-reason-invalid': {
    ...invalid,
    type: 'required',
    en: 'A skipped delivery needs a reason of 5 to 200 characters on one line, without a number of nine digits: it stays in the audit trail. Say how the receiver was notified instead, without personal data.',
    nl: 'Een overgeslagen aflevering heeft een reden nodig van 5 tot 200 tekens op één regel, zonder getal van negen cijfers: de reden blijft in het auditspoor. Zeg hoe de ontvanger het anders hoort, zonder persoonsgegevens.',
  },
  'dead-letter-request-invalid': {
    ...malformed,
    type: 'structure',
    en: 'The request names no deliveries. Send JSON with exactly one of ids (a list of 1 to 1000 ids), partner, or all: true; to skip one, send reason.',
    nl: 'Het verzoek noemt geen afleveringen. Stuur JSON met precies één van ids (een lijst van 1 tot 1000 id’s), partner, of all: true; stuur reason om er een over te slaan.',
  },
  overloaded: {
    ...gatewayTransient,
    type: 'throttled',
    en: 'Too many messages are queued for delivery. Nothing was stored. Send the same message with the same X-Request-Id after {seconds} seconds.',
    nl: 'Er wachten te veel berichten op aflevering. De gateway heeft niets opgeslagen. Stuur hetzelfde bericht met dezelfde X-Request-Id na {seconds} seconden.',
  },
  'bodies-too-many': {
    ...gatewayTransient,
    type: 'throttled',
    en: 'The gateway is reading too many large messages at this moment. Nothing was stored. Send the same message with the same X-Request-Id again later.',
    nl: 'De gateway leest op dit moment te veel grote berichten. Er is niets opgeslagen. Stuur hetzelfde bericht later opnieuw met dezelfde X-Request-Id.',
  },
  'store-unavailable': {
    ...gatewayTransient,
    en: 'The gateway could not use its store. Nothing was stored. Send the same request with the same X-Request-Id again.',
    nl: 'De gateway kon de opslag niet gebruiken. Er is niets opgeslagen. Stuur hetzelfde verzoek opnieuw met dezelfde X-Request-Id.',
  },
  internal: {
    ...inConfiguration,
    type: 'exception',
    en: 'The gateway failed at step {step}. Nothing was stored or sent. Report the X-Request-Id to the operator.',
    nl: 'De gateway faalde bij stap {step}. Er is niets opgeslagen of verstuurd. Meld de X-Request-Id aan de beheerder.',
  },
} as const satisfies Record<string, Rule>;

import type { Rule } from './rule.ts';
import { gatewayTransient, inConfiguration, invalid, receiverTransient } from './shared.ts';

/** A delivery that was postponed or given up. The words of the receiver are never repeated, only its status and codes. */
export const deliveryRules = {
  'receiver-unreachable': {
    ...receiverTransient,
    en: 'No connection to the receiver ({detail}). Delivery goes on as soon as its system answers; check address, network and certificate if this lasts.',
    nl: 'Geen verbinding met de ontvanger ({detail}). De aflevering gaat verder zodra het systeem antwoordt; controleer adres, netwerk en certificaat als dit aanhoudt.',
  },
  'receiver-timeout': {
    ...receiverTransient,
    type: 'timeout',
    en: 'The receiver did not answer in time. It may have stored the message; the same ids are sent again, which it can tell.',
    nl: 'De ontvanger antwoordde niet op tijd. Misschien is het bericht wel opgeslagen; dezelfde id’s gaan opnieuw, en dat kan de ontvanger zien.',
  },
  'receiver-unavailable': {
    ...receiverTransient,
    en: 'The receiver is out of service for a while ({detail}). Delivery is tried again by itself.',
    nl: 'De ontvanger is tijdelijk buiten dienst ({detail}). De aflevering wordt vanzelf opnieuw geprobeerd.',
  },
  'receiver-throttling': {
    ...receiverTransient,
    type: 'throttled',
    en: 'The receiver asks to slow down. Delivery is tried again after the pause that it asked for.',
    nl: 'De ontvanger vraagt om het rustiger aan te doen. Na de gevraagde pauze wordt de aflevering opnieuw geprobeerd.',
  },
  'receiver-error': {
    ...receiverTransient,
    type: 'exception',
    en: 'The receiver failed on this message (500). It is tried some more times and then given up; ask the receiver to look into its log.',
    nl: 'De ontvanger liep vast op dit bericht (500). Het wordt nog een paar keer geprobeerd en daarna opgegeven; vraag de ontvanger in het logboek te kijken.',
  },
  'receiver-credentials-rejected': {
    ...gatewayTransient,
    type: 'login',
    en: 'The receiver does not accept our credentials (401). Renew the token for this partner; delivery then goes on by itself.',
    nl: 'De ontvanger accepteert onze inloggegevens niet (401). Vernieuw het token voor deze partner; daarna gaat de aflevering vanzelf verder.',
  },
  'receiver-redirected': {
    ...gatewayTransient,
    type: 'not-found',
    en: 'The receiver points to another address ({detail}). Personal data does not follow a redirect: change the address of this partner.',
    nl: 'De ontvanger verwijst naar een ander adres ({detail}). Persoonsgegevens volgen geen doorverwijzing: wijzig het adres van deze partner.',
  },
  'receiver-address-missing': {
    ...gatewayTransient,
    type: 'not-found',
    en: 'There is no address for this partner. Give it an Endpoint in the directory or an address in the network configuration.',
    nl: 'Er is geen adres voor deze partner. Geef de partner een Endpoint in de gids of een adres in de netwerkconfiguratie.',
  },
  'receiver-refused': {
    ...invalid,
    fault: 'receiver',
    type: 'processing',
    en: 'The receiver refused the message for good ({detail}). Ask the receiver what is wrong with it; after mending, put it in the queue again.',
    nl: 'De ontvanger heeft het bericht definitief geweigerd ({detail}). Vraag de ontvanger wat er mis is; zet het na herstel opnieuw in de wachtrij.',
  },
  'delivery-forbidden': {
    ...inConfiguration,
    category: 'forbidden',
    type: 'suppressed',
    en: 'The message may not be sent any more ({detail}): the ground for it has gone since it was accepted.',
    nl: 'Het bericht mag niet meer worden verstuurd ({detail}): de grondslag is vervallen sinds het werd aangenomen.',
  },
  'delivery-undecided': {
    ...gatewayTransient,
    severity: 'warning',
    en: 'It could not be checked whether the message may still be sent. Until that is known it waits.',
    nl: 'Er kon niet worden nagegaan of het bericht nog verstuurd mag worden. Tot dat bekend is, wacht het.',
  },
  'delivery-expired': {
    ...gatewayTransient,
    fault: 'receiver',
    type: 'timeout',
    en: 'Given up: the message has waited longer than the network allows (last: {detail}). Reach the receiver in another way, or put it in the queue again.',
    nl: 'Opgegeven: het bericht heeft langer gewacht dan het netwerk toestaat (laatst: {detail}). Bereik de ontvanger op een andere manier, of zet het opnieuw in de wachtrij.',
  },
  'pulled-order-invalid': {
    ...invalid,
    type: 'structure',
    en: 'What was read at the placer is not what its notification named ({detail}): not a Task with its order in FHIR R4 JSON, or larger than a message may be. Mend it there and notify again.',
    nl: 'Wat bij de plaatser is gelezen, is niet wat de notificatie noemde ({detail}): geen Task met opdracht in FHIR R4 JSON, of groter dan een bericht mag zijn. Herstel het daar en notificeer opnieuw.',
  },
  'pulled-order-refused': {
    ...invalid,
    type: 'business-rule',
    en: 'The order was read at the placer and not taken in ({detail}). Its Task there is rejected; place the order anew once it is mended.',
    nl: 'De opdracht is bij de plaatser gelezen en niet aangenomen ({detail}). De Task daar is afgewezen; plaats de opdracht opnieuw als zij is hersteld.',
  },
  'pulled-order-undecided': {
    ...gatewayTransient,
    severity: 'warning',
    en: 'The order was read at the placer but could not be decided about now ({detail}). It is read again by itself.',
    nl: 'De opdracht is bij de plaatser gelezen, maar er kon nu niet over worden beslist ({detail}). Zij wordt vanzelf opnieuw gelezen.',
  },
  'placer-address-mismatch': {
    ...inConfiguration,
    category: 'forbidden',
    type: 'forbidden',
    en: 'The Task lies outside the address that is registered for the placer now. Nothing is sent there; tell the placer in another way.',
    nl: 'De Task ligt buiten het adres dat nu voor de plaatser is geregistreerd. Daarheen gaat niets; breng de plaatser op een andere manier op de hoogte.',
  },
  'placer-task-changed': {
    ...receiverTransient,
    type: 'conflict',
    en: 'The Task changed at the placer between reading and writing ({detail}). It is read and written again.',
    nl: 'De Task veranderde bij de plaatser tussen lezen en schrijven ({detail}). Zij wordt opnieuw gelezen en geschreven.',
  },
} as const satisfies Record<string, Rule>;

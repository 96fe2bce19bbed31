import type { Rule } from './rule.ts';
import { conflict, forbidden, invalid, warning } from './shared.ts';

/** An order, its candidates, and the coherence of a new referral. */
export const orderRules = {
  'order-sent-before': {
    ...conflict,
    type: 'duplicate',
    en: 'You sent an order with this identifier before, with other content: {task}. To amend it, send a new order with ServiceRequest.replaces that refers to the first order. For another order use another identifier.',
    nl: 'U stuurde al een opdracht met dit nummer, met andere inhoud: {task}. Wilt u die wijzigen? Stuur een nieuwe opdracht met in ServiceRequest.replaces de eerste opdracht. Gebruik voor een andere opdracht een ander nummer.',
  },
  'order-has-task': {
    ...conflict,
    type: 'duplicate',
    en: 'You sent this order before, and it has its Task: {task}. Follow that Task. For another request send another order, with an identifier of its own.',
    nl: 'U stuurde deze opdracht al, en die heeft haar Task: {task}. Volg die Task. Stuur voor een andere vraag een andere opdracht, met een eigen nummer.',
  },
  'task-not-requested': {
    ...invalid,
    type: 'business-rule',
    en: 'The Task of a new referral must have status requested; this one has {status}. Send it as requested, or as an update of the earlier Task.',
    nl: 'De Task van een nieuwe verwijzing moet status requested hebben; deze heeft {status}. Stuur hem als requested, of als wijziging van de eerdere Task.',
  },
  'order-not-active': {
    ...invalid,
    type: 'business-rule',
    en: 'The ServiceRequest is {status} while its Task is open. Send status active with an open Task.',
    nl: 'De ServiceRequest is {status}, terwijl de Task open staat. Stuur status active bij een open Task.',
  },
  'legal-basis-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'The Task has no legal basis. Add the extension mgn-legal-basis.',
    nl: 'De Task heeft geen grondslag. Voeg de extensie mgn-legal-basis toe.',
  },
  'task-without-order': {
    ...invalid,
    type: 'business-rule',
    en: 'A Task that requests work needs as focus a ServiceRequest that you created here and that has no Task yet. POST the ServiceRequest first, or send order, Task and person in one Bundle to the FHIR base, as several candidates always are (docs/guide/placer.md).',
    nl: 'Een Task die om werk vraagt heeft als focus een ServiceRequest nodig die u hier hebt aangemaakt en die nog geen Task heeft. POST eerst de ServiceRequest, of stuur opdracht, Task en persoon in één Bundle naar de FHIR-basis, zoals meerdere kandidaten altijd (docs/guide/placer.md).',
  },
  'legal-basis-not-agreed': {
    ...invalid,
    type: 'business-rule',
    en: 'The Task has no legal basis, and none is agreed with your organisation for the side {side}. Add the extension mgn-legal-basis to the Task, or have the network set coordination-task.legal-basis.{side} for your organisation in partners.yaml.',
    nl: 'De Task heeft geen grondslag, en met uw organisatie is er geen afgesproken voor de kant {side}. Voeg de extensie mgn-legal-basis toe aan de Task, of laat het netwerk coordination-task.legal-basis.{side} van uw organisatie invullen in partners.yaml.',
  },
  'focus-mismatch': {
    ...invalid,
    type: 'business-rule',
    en: 'Task.focus is not the ServiceRequest of this referral. Refer to the ServiceRequest in the same Bundle.',
    nl: 'Task.focus is niet de ServiceRequest van deze verwijzing. Verwijs naar de ServiceRequest in dezelfde Bundle.',
  },
  'person-mismatch': {
    ...invalid,
    type: 'business-rule',
    en: 'Task.for and ServiceRequest.subject are not the same person. Check for whom this referral is before sending it again.',
    nl: 'Task.for en ServiceRequest.subject zijn niet dezelfde persoon. Controleer voor wie deze verwijzing is voordat u haar opnieuw stuurt.',
  },
  'subject-ambiguous': {
    ...invalid,
    type: 'business-rule',
    en: 'This referral contains several Patients, and the order does not refer to one of them. Set ServiceRequest.subject to the Patient whom it is about, by its fullUrl; send the others for what refers to them.',
    nl: 'Deze verwijzing bevat meer dan één Patient, en de opdracht verwijst naar geen van hen. Zet in ServiceRequest.subject de Patient om wie het gaat, met de fullUrl; de anderen horen bij wat naar hen verwijst.',
  },
  'birth-date-implausible': {
    ...warning,
    type: 'business-rule',
    en: 'This birth date is in the future or before 1900. The message was accepted. Check for whom it is, and send a corrected order that replaces it.',
    nl: 'Deze geboortedatum ligt in de toekomst of voor 1900. Het bericht is aangenomen. Controleer om wie het gaat, en stuur een verbeterde opdracht die deze vervangt.',
  },
  'person-deceased': {
    ...warning,
    type: 'business-rule',
    en: 'The Patient is recorded as deceased. The message was accepted. Check for whom it is; withdraw the order if it is not needed.',
    nl: 'De Patient staat als overleden geregistreerd. Het bericht is aangenomen. Controleer om wie het gaat; trek de opdracht in als zij niet nodig is.',
  },
  'date-in-future': {
    ...warning,
    type: 'business-rule',
    en: 'This date is in the future, for something that has already happened or been written. The message was accepted. Check the date, and the clock of the system that sent it.',
    nl: 'Deze datum ligt in de toekomst, bij iets wat al gebeurd of geschreven is. Het bericht is aangenomen. Controleer de datum, en de klok van het systeem dat haar stuurde.',
  },
  'dates-contradict': {
    ...warning,
    type: 'business-rule',
    en: 'This date is before {other}. The message was accepted. Check both dates.',
    nl: 'Deze datum ligt voor {other}. Het bericht is aangenomen. Controleer beide datums.',
  },
  'use-case-mismatch': {
    ...invalid,
    type: 'business-rule',
    en: 'Task.code and ServiceRequest.category have different use cases. Use the same in both.',
    nl: 'Task.code en ServiceRequest.category hebben een verschillend gebruiksdoel. Gebruik in beide hetzelfde.',
  },
  'related-status-conflict': {
    ...invalid,
    type: 'business-rule',
    en: 'The Task states {says} while the {type} of its order is {status}. Update the {type} first.',
    nl: 'De Task heeft {says}, terwijl de {type} bij deze opdracht status {status} heeft. Werk eerst de {type} bij.',
  },
  'order-update-forbidden': {
    ...forbidden,
    en: 'Only the sender of this order may revoke or update it.',
    nl: 'Alleen de verzender van deze opdracht mag haar intrekken of wijzigen.',
  },
  'order-ended': {
    ...conflict,
    en: 'This order has ended with status {status} and no longer changes. Send a new one instead.',
    nl: 'Deze opdracht is geëindigd met status {status} en verandert niet meer. Stuur in plaats daarvan een nieuwe.',
  },
  'order-immutable': {
    ...invalid,
    type: 'business-rule',
    en: 'The content of an active order does not change. Send a new order that names this one in "replaces".',
    nl: 'De inhoud van een actieve opdracht verandert niet. Stuur een nieuwe opdracht die deze noemt in "replaces".',
  },
  'order-transition-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'You may move an order with status {from} to: {moves}. It becomes completed with its last Task.',
    nl: 'Een opdracht met status {from} mag u zetten op: {moves}. Zij wordt completed met haar laatste Task.',
  },
  'alternative-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'The reason alternative-proposed requires the proposal. Name the alternative provider in Task.output.',
    nl: 'De reden alternative-proposed vraagt een voorstel. Noem de andere aanbieder in Task.output.',
  },
  'candidate-duplicate': {
    ...invalid,
    type: 'duplicate',
    en: 'This candidate occurs twice in one order. Name each candidate once.',
    nl: 'Deze kandidaat staat twee keer bij één opdracht. Noem elke kandidaat één keer.',
  },
  'candidate-not-eligible': {
    ...invalid,
    type: 'business-rule',
    en: 'This candidate does not accept people from that area, or from this referrer, or the message does not say where the person lives. State the address of the person, and choose services whose catchment matches.',
    nl: 'Deze kandidaat neemt geen mensen uit dat gebied aan, of niet van deze verwijzer, of het bericht zegt niet waar de persoon woont. Geef het adres van de persoon, en kies aanbod met een passend verzorgingsgebied.',
  },
  'based-on-order-unknown': {
    ...invalid,
    type: 'not-found',
    en: 'An order with intent filler-order follows from another order. Set basedOn to an order at this gateway to which you are a party.',
    nl: 'Een opdracht met intent filler-order volgt uit een andere opdracht. Zet basedOn op een opdracht op deze gateway waarbij u partij bent.',
  },
  'part-of-forbidden': {
    ...forbidden,
    en: 'A follow-up order comes from the party that carries out the Task in partOf. Set partOf to your own Task of that order, not yet ended.',
    nl: 'Een vervolgopdracht komt van de partij die de Task in partOf uitvoert. Zet partOf op uw eigen Task van die opdracht, die nog loopt.',
  },
} as const satisfies Record<string, Rule>;

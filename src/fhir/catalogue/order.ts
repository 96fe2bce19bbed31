import type { Rule } from './rule.ts';
import { conflict, forbidden, invalid } from './shared.ts';

/** An order, its candidates, and the coherence of a new referral. */
export const orderRules = {
  'task-not-requested': {
    ...invalid,
    type: 'business-rule',
    en: 'The Task of a new referral has status requested; this one says {status}. Send it as requested, or as an update of the Task you sent before.',
    nl: 'De Task van een nieuwe verwijzing heeft status requested; deze zegt {status}. Stuur hem als requested, of als wijziging van de eerder gestuurde Task.',
  },
  'order-not-active': {
    ...invalid,
    type: 'business-rule',
    en: 'The ServiceRequest is {status} while its Task still asks for it. A request that is to be carried out is active.',
    nl: 'De ServiceRequest is {status}, terwijl de Task er nog om vraagt. Een verzoek dat uitgevoerd moet worden, is active.',
  },
  'legal-basis-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'The Task does not tell on which legal basis it is sent. Give the extension mgn-legal-basis.',
    nl: 'De Task vermeldt niet op welke grondslag hij wordt verstuurd. Geef de extensie mgn-legal-basis.',
  },
  'focus-mismatch': {
    ...invalid,
    type: 'business-rule',
    en: 'Task.focus is not the ServiceRequest of this referral. Let it refer to the ServiceRequest that is sent along.',
    nl: 'Task.focus is niet de ServiceRequest van deze verwijzing. Verwijs naar de ServiceRequest die wordt meegestuurd.',
  },
  'person-mismatch': {
    ...invalid,
    type: 'business-rule',
    en: 'Task.for and ServiceRequest.subject are not the same person. Check for whom this referral is before you send it again.',
    nl: 'Task.for en ServiceRequest.subject zijn niet dezelfde persoon. Controleer voor wie deze verwijzing is voordat u haar opnieuw stuurt.',
  },
  'use-case-mismatch': {
    ...invalid,
    type: 'business-rule',
    en: 'Task.code and ServiceRequest.category name different use cases. Give both the same.',
    nl: 'Task.code en ServiceRequest.category noemen een verschillend gebruiksdoel. Geef beide hetzelfde.',
  },
  'related-status-conflict': {
    ...invalid,
    type: 'business-rule',
    en: 'The Task says {says} while an {type} of its order is {status}. Bring the {type} up to date first.',
    nl: 'De Task zegt {says}, terwijl er bij deze opdracht nog een {type} met status {status} is. Werk eerst de {type} bij.',
  },
  'order-update-forbidden': {
    ...forbidden,
    en: 'Only who sent this order may take it back.',
    nl: 'Alleen wie deze opdracht heeft verstuurd, mag haar terugnemen.',
  },
  'order-ended': {
    ...conflict,
    en: 'This order has ended with status {status}; nothing about it changes any more. Send a new one instead.',
    nl: 'Deze opdracht is geëindigd met status {status}; er verandert niets meer aan. Stuur in plaats daarvan een nieuwe.',
  },
  'order-immutable': {
    ...invalid,
    type: 'business-rule',
    en: 'What an order asks does not change once it is active. Send a new order whose element "replaces" names this one.',
    nl: 'Wat een opdracht vraagt, verandert niet meer zodra zij actief is. Stuur een nieuwe opdracht die in "replaces" naar deze verwijst.',
  },
  'order-transition-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'An order that is {from} can be moved by you to: {moves}. It becomes completed by itself, with its last Task.',
    nl: 'Een opdracht met status {from} kunt u zetten op: {moves}. Zij wordt vanzelf completed, met haar laatste Task.',
  },
  'alternative-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'The reason alternative-proposed goes with the proposal: name who else could do it in Task.output.',
    nl: 'Bij de reden alternative-proposed hoort het voorstel: noem in Task.output wie het wel zou kunnen doen.',
  },
  'candidate-duplicate': {
    ...invalid,
    type: 'duplicate',
    en: 'This candidate is asked twice for one order. Ask each once.',
    nl: 'Deze kandidaat wordt voor één opdracht tweemaal gevraagd. Vraag ieder één keer.',
  },
  'candidate-not-eligible': {
    ...invalid,
    type: 'business-rule',
    en: 'This candidate does not take people from there, or from this referrer. Ask services whose catchment fits.',
    nl: 'Deze kandidaat neemt geen mensen van daar aan, of niet van deze verwijzer. Vraag aanbod met een passend verzorgingsgebied.',
  },
  'based-on-order-unknown': {
    ...invalid,
    type: 'not-found',
    en: 'An order with intent filler-order follows from another one: basedOn names an order at this gateway in which you take part.',
    nl: 'Een opdracht met intent filler-order volgt uit een andere: basedOn verwijst naar een opdracht op deze gateway waarbij u partij bent.',
  },
  'part-of-forbidden': {
    ...forbidden,
    en: 'A follow-up order is sent by who carries out the Task that it is part of: partOf names a Task of that order which is yours and has not ended.',
    nl: 'Een vervolgopdracht komt van wie de Task uitvoert waarvan zij deel is: partOf verwijst naar een Task van die opdracht die van u is en nog loopt.',
  },
} as const satisfies Record<string, Rule>;

import type { Rule } from './rule.ts';
import { conflict, forbidden, gatewayTransient, invalid } from './shared.ts';

/** The status and the elements of a Task. */
export const workflowRules = {
  'task-transition-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'A Task with status {from} cannot move to {to}. Move it to one of: {moves}.',
    nl: 'Een Task met status {from} kan niet naar {to}. Zet hem op een van: {moves}.',
  },
  'task-ended': {
    ...conflict,
    en: 'This Task has ended with status {status} and no longer changes. Send a new request instead.',
    nl: 'Deze Task is geëindigd met status {status} en verandert niet meer. Stuur in plaats daarvan een nieuw verzoek.',
  },
  'task-transition-forbidden': {
    ...forbidden,
    en: 'This transition of the Task is not permitted for your party. Move it to one of: {moves}.',
    nl: 'Uw partij mag deze stap van de Task niet zetten. Zet hem op een van: {moves}.',
  },
  'task-update-forbidden': {
    ...forbidden,
    en: 'You are not a party to this Task. Only its owner and its requester may update it.',
    nl: 'U bent geen partij bij deze Task. Alleen de eigenaar en de aanvrager mogen hem wijzigen.',
  },
  'task-element-immutable': {
    ...invalid,
    type: 'business-rule',
    en: '{field} of a Task does not change after it is sent. Send it back unchanged.',
    nl: '{field} van een Task verandert niet meer na verzending. Stuur dit veld ongewijzigd terug.',
  },
  'task-element-owner-only': {
    ...forbidden,
    en: 'Only the owner of the Task sets {field}. Leave it unchanged.',
    nl: 'Alleen de eigenaar van de Task vult {field}. Laat het ongewijzigd.',
  },
  'status-reason-code-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'Status {to} requires a reason. Add statusReason with one of these codes: {codes}.',
    nl: 'Status {to} vraagt een reden. Vul statusReason met een van deze codes: {codes}.',
  },
  'status-reason-text-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'The reason "other" requires an explanation. Add statusReason.text.',
    nl: 'De reden "other" vraagt een toelichting. Vul statusReason.text.',
  },
  'task-status-reason-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'Status {to} requires a reason. Add statusReason with a code or a text.',
    nl: 'Status {to} vraagt een reden. Vul statusReason met een code of een tekst.',
  },
  'task-outcome-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'A completed Task requires an outcome. Add an output, or one of these business statuses: {codes}.',
    nl: 'Een afgeronde Task vraagt een uitkomst. Vul een output, of een van deze businessStatus-codes: {codes}.',
  },
  'task-code-not-fulfill': {
    ...invalid,
    type: 'business-rule',
    en: 'Work starts only on a Task with code "fulfill"; this one requests candidates. Wait for selection.',
    nl: 'Het werk begint pas bij een Task met code "fulfill"; deze Task vraagt kandidaten. Wacht op de keuze.',
  },
  'abort-not-accepted': {
    ...invalid,
    type: 'business-rule',
    en: 'Work on this Task has started. Send a Task with code "abort" and this Task as focus; this Task ends once its owner accepts the abort.',
    nl: 'Het werk aan deze Task is begonnen. Stuur een Task met code "abort" en deze Task als focus; deze Task eindigt zodra de eigenaar dat accepteert.',
  },
  'business-status-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'Business status {businessStatus} does not match status {status}. Use one of: {codes}.',
    nl: 'businessStatus {businessStatus} past niet bij status {status}. Gebruik een van: {codes}.',
  },
  'selection-forbidden': {
    ...forbidden,
    en: 'Only the requester of the candidates selects one of them. Set the Task to accepted if you can do the work, and wait.',
    nl: 'Alleen de aanvrager van de kandidaten kiest er een. Zet de Task op accepted als u het werk kunt doen, en wacht.',
  },
  'selection-not-accepted': {
    ...invalid,
    type: 'business-rule',
    en: 'This candidate is {status}. Select a candidate whose Task is accepted.',
    nl: 'Deze kandidaat heeft status {status}. Kies een kandidaat met een Task op accepted.',
  },
  'candidate-already-selected': {
    ...conflict,
    en: 'Another candidate was selected for this order. Read its Tasks again to see which one.',
    nl: 'Voor deze opdracht is al een andere kandidaat gekozen. Lees de Tasks opnieuw om te zien welke.',
  },
  'abort-forbidden': {
    ...forbidden,
    en: 'Only the requester of a Task may request its owner to stop. As owner, set the Task to failed.',
    nl: 'Alleen de aanvrager van een Task mag de eigenaar vragen te stoppen. Bent u de eigenaar, zet de Task dan op failed.',
  },
  'abort-task-not-started': {
    ...invalid,
    type: 'business-rule',
    en: 'Work on this Task has not started; its status is {status}. Set it to cancelled instead.',
    nl: 'Het werk aan deze Task is nog niet begonnen; de status is {status}. Zet hem op cancelled.',
  },
  'abort-already-requested': {
    ...conflict,
    en: 'An abort of this Task was already requested and has no answer yet. Wait for the answer of the owner.',
    nl: 'De eigenaar van deze Task is al gevraagd te stoppen en heeft nog niet geantwoord. Wacht op het antwoord.',
  },
  'abort-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'Only a Task with code "abort" can be created on its own, with a focus that you may read here. Send other requests as a referral.',
    nl: 'Alleen een Task met code "abort" kunt u los aanmaken, met als focus een Task die u hier mag lezen. Stuur andere verzoeken als verwijzing.',
  },
  'transition-parameters-invalid': {
    ...invalid,
    type: 'invalid',
    en: 'The parameters of $transition are invalid. Send a Parameters resource with these parameters, each at most once: {parameters}.',
    nl: 'De parameters van $transition zijn ongeldig. Stuur een Parameters-resource met deze parameters, elk hoogstens één keer: {parameters}.',
  },
  'concurrent-update': {
    ...gatewayTransient,
    en: 'Other updates of the same order took precedence. Nothing was stored. Send the same request again in a few seconds.',
    nl: 'Andere wijzigingen van dezelfde opdracht gingen voor. De gateway heeft niets opgeslagen. Stuur hetzelfde verzoek over enkele seconden opnieuw.',
  },
} as const satisfies Record<string, Rule>;

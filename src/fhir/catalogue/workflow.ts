import type { Rule } from './rule.ts';
import { conflict, forbidden, gatewayTransient, invalid } from './shared.ts';

/** The status and the elements of a Task. */
export const workflowRules = {
  'task-transition-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'A Task that is {from} cannot become {to}. From here you can move it to: {moves}.',
    nl: 'Een Task met status {from} kan niet {to} worden. U kunt hem nu zetten op: {moves}.',
  },
  'task-ended': {
    ...conflict,
    en: 'This Task has ended with status {status}; nothing about it changes any more. Send a new request instead.',
    nl: 'Deze Task is geëindigd met status {status}; er verandert niets meer aan. Stuur in plaats daarvan een nieuw verzoek.',
  },
  'task-transition-forbidden': {
    ...forbidden,
    en: 'This move of the Task is not yours to make. You can move it to: {moves}.',
    nl: 'Deze stap van de Task is niet aan u. U kunt hem zetten op: {moves}.',
  },
  'task-update-forbidden': {
    ...forbidden,
    en: 'You take no part in this Task. Only its owner and its requester may change it.',
    nl: 'U bent geen partij bij deze Task. Alleen de eigenaar en de aanvrager mogen hem wijzigen.',
  },
  'task-element-immutable': {
    ...invalid,
    type: 'business-rule',
    en: '{field} of a Task does not change after it was sent. Send the Task back with it as you read it.',
    nl: '{field} van een Task verandert niet meer na verzending. Stuur de Task terug met dit veld zoals u het las.',
  },
  'task-element-owner-only': {
    ...forbidden,
    en: '{field} is told by the owner of the Task. Leave it as you read it.',
    nl: '{field} wordt bepaald door de eigenaar van de Task. Laat het staan zoals u het las.',
  },
  'status-reason-code-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'A Task that becomes {to} says why. Give statusReason with one of these codes: {codes}.',
    nl: 'Een Task die {to} wordt, zegt waarom. Vul statusReason met een van deze codes: {codes}.',
  },
  'status-reason-text-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'The reason "other" says nothing by itself. Add statusReason.text.',
    nl: 'De reden "other" zegt op zichzelf niets. Vul ook statusReason.text.',
  },
  'task-status-reason-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'A Task that becomes {to} says why. Give statusReason with a code or a text.',
    nl: 'Een Task die {to} wordt, zegt waarom. Vul statusReason met een code of een tekst.',
  },
  'task-outcome-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'A completed Task tells its outcome. Give at least one output, or one of these business statuses: {codes}.',
    nl: 'Een afgeronde Task vertelt de uitkomst. Geef minstens één output, of een van deze businessStatus-codes: {codes}.',
  },
  'task-code-not-fulfill': {
    ...invalid,
    type: 'business-rule',
    en: 'Work starts only on a Task whose code says "fulfill"; this one only asks who could. Wait until you are selected.',
    nl: 'Het werk begint pas bij een Task met code "fulfill"; deze vraagt alleen wie het zou kunnen. Wacht tot u gekozen bent.',
  },
  'abort-not-accepted': {
    ...invalid,
    type: 'business-rule',
    en: 'Work on this Task has started; it ends only after its owner accepted a Task with code "abort" whose focus is this Task.',
    nl: 'Het werk aan deze Task is begonnen; hij eindigt pas nadat de eigenaar een Task met code "abort" en deze Task als focus heeft aanvaard.',
  },
  'business-status-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'Business status {businessStatus} does not go with status {status}. With it go: {codes}.',
    nl: 'businessStatus {businessStatus} past niet bij status {status}. Daarbij passen: {codes}.',
  },
  'selection-forbidden': {
    ...forbidden,
    en: 'Only who asked the candidates selects one of them. Say accepted when you can do it, and wait.',
    nl: 'Alleen wie de kandidaten heeft gevraagd, kiest er een. Zet de Task op accepted als het bij u kan, en wacht.',
  },
  'selection-not-accepted': {
    ...invalid,
    type: 'business-rule',
    en: 'This candidate is {status}. Select one that has said yes: whose Task is accepted.',
    nl: 'Deze kandidaat heeft status {status}. Kies er een die ja heeft gezegd: met een Task op accepted.',
  },
  'selection-already-made': {
    ...conflict,
    en: 'Another candidate was selected for this order. Read its Tasks again to see who.',
    nl: 'Voor deze opdracht is al een andere kandidaat gekozen. Lees de Tasks opnieuw om te zien wie.',
  },
  'abort-forbidden': {
    ...forbidden,
    en: 'Only the requester of a Task asks its owner to stop. An owner that stops says failed.',
    nl: 'Alleen de aanvrager van een Task vraagt de eigenaar te stoppen. Een eigenaar die stopt, zet hem op failed.',
  },
  'abort-task-not-started': {
    ...invalid,
    type: 'business-rule',
    en: 'Work on this Task has not started (it is {status}). Set it to cancelled instead of asking to stop.',
    nl: 'Het werk aan deze Task is nog niet begonnen (status {status}). Zet hem op cancelled in plaats van te vragen om te stoppen.',
  },
  'abort-already-requested': {
    ...conflict,
    en: 'The owner was asked to stop already and has not answered yet. Wait for its answer.',
    nl: 'De eigenaar is al gevraagd te stoppen en heeft nog niet geantwoord. Wacht op het antwoord.',
  },
  'abort-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'Only a Task with code "abort" is created by itself, and its focus is a Task that you may read here. Send another request as a referral.',
    nl: 'Alleen een Task met code "abort" wordt los aangemaakt, met als focus een Task die u hier mag lezen. Stuur een ander verzoek als verwijzing.',
  },
  'transition-parameters-invalid': {
    ...invalid,
    type: 'invalid',
    en: '$transition takes a Parameters resource with these parameters, each at most once: {parameters}.',
    nl: '$transition vraagt een Parameters-resource met deze parameters, elk hoogstens eenmaal: {parameters}.',
  },
  'concurrent-update': {
    ...gatewayTransient,
    en: 'Others kept changing the same order at this moment. Nothing was done; send the same again in a few seconds.',
    nl: 'Anderen wijzigden op dit moment steeds dezelfde opdracht. Er is niets gedaan; stuur hetzelfde over enkele seconden opnieuw.',
  },
} as const satisfies Record<string, Rule>;

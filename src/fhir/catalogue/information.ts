import type { Rule } from './rule.ts';
import { forbidden, invalid } from './shared.ts';

/** A request for more information, and the answer to it. */
export const informationRules = {
  'question-forbidden': {
    ...forbidden,
    en: 'Only the owner of a Task may request more information from its requester.',
    nl: 'Alleen de eigenaar van een Task mag de aanvrager om meer informatie vragen.',
  },
  'question-before-selection': {
    ...invalid,
    type: 'business-rule',
    en: 'More information can be requested only about work that you carry out: not about a Task that requests candidates, nor about a question. Wait for selection.',
    nl: 'U kunt alleen meer informatie vragen over werk dat u uitvoert: niet over een Task die kandidaten vraagt, en niet over een vraag. Wacht op de keuze.',
  },
  'question-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'A Task complete-questionnaire requires as focus a Task that you carry out, and one Questionnaire. Send it as input (valueCanonical) that this gateway publishes, or contained in the Task with a url of its own.',
    nl: 'Een Task complete-questionnaire vraagt als focus een Task die u uitvoert, en één Questionnaire. Stuur die als input (valueCanonical) die deze gateway publiceert, of in de Task zelf (contained) met een eigen url.',
  },
  'question-social-domain-forbidden': {
    ...forbidden,
    en: 'The social domain may not request more information from a care provider: the answer could disclose more than the person consented to. Contact the person instead.',
    nl: 'Het sociaal domein mag een zorgverlener niet om meer informatie vragen: het antwoord kan meer vertellen dan waarvoor de persoon toestemming gaf. Vraag het aan de persoon zelf.',
  },
  'question-free-text-forbidden': {
    ...forbidden,
    en: 'A question to a referrer in the social domain must not contain free text. Use a Questionnaire that this gateway publishes, and remove contained, description and note.',
    nl: 'Een vraag aan een verwijzer in het sociaal domein mag geen vrije tekst bevatten. Gebruik een Questionnaire die deze gateway publiceert, en laat contained, description en note weg.',
  },
  'questionnaire-response-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'This Task requires a QuestionnaireResponse. Send it with $transition as parameter answer, or POST it first and refer to it in Task.output.',
    nl: 'Deze Task vraagt een QuestionnaireResponse. Stuur die mee met $transition als parameter answer, of POST die eerst en verwijs ernaar in Task.output.',
  },
  'questionnaire-response-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'The QuestionnaireResponse does not answer the Task. Send one that is completed, answers the Questionnaire of the Task, is about its person and order, and refers to nothing else.',
    nl: 'De QuestionnaireResponse beantwoordt de Task niet. Stuur er een met status completed, bij de Questionnaire van de Task, over dezelfde persoon en opdracht, zonder andere referenties.',
  },
  'questionnaire-response-not-requested': {
    ...forbidden,
    en: 'No Task requests this QuestionnaireResponse from you. Send it only while a Task complete-questionnaire about the order in basedOn is open for you.',
    nl: 'Geen Task vraagt u om deze QuestionnaireResponse. Stuur haar alleen zolang een Task complete-questionnaire over de opdracht in basedOn voor u open staat.',
  },
} as const satisfies Record<string, Rule>;

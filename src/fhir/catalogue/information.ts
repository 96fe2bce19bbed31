import type { Rule } from './rule.ts';
import { forbidden, invalid } from './shared.ts';

/** A request for more information, and the answer to it. */
export const informationRules = {
  'question-forbidden': {
    ...forbidden,
    en: 'Only the owner of a Task asks its requester for more information.',
    nl: 'Alleen de eigenaar van een Task vraagt de aanvrager om meer informatie.',
  },
  'question-before-selection': {
    ...invalid,
    type: 'business-rule',
    en: 'More information is asked about work that is yours to carry out: not about a Task that only asks whether you could, and not about a question.',
    nl: 'Meer informatie vraagt u over werk dat u uitvoert: niet over een Task die alleen vraagt of u het kunt, en niet over een vraag.',
  },
  'question-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'A Task complete-questionnaire has as focus a Task that you carry out, and one Questionnaire: as input (valueCanonical) one that this gateway publishes, or one contained in the Task with a url of its own.',
    nl: 'Een Task complete-questionnaire heeft als focus een Task die u uitvoert, en één Questionnaire: als input (valueCanonical) een die deze gateway publiceert, of een in de Task zelf (contained) met een eigen url.',
  },
  'question-social-domain-forbidden': {
    ...forbidden,
    en: 'What the social domain wants to know more is asked of the person: the answer of a care provider could tell more than the person consented to.',
    nl: 'Wat het sociaal domein meer wil weten, vraagt het aan de persoon zelf: het antwoord van een zorgverlener kan meer vertellen dan waarvoor de persoon toestemming gaf.',
  },
  'question-free-text-forbidden': {
    ...forbidden,
    en: 'Who referred from the social domain is asked with a Questionnaire that this gateway publishes, without words of your own: leave out contained, description and note.',
    nl: 'Wie vanuit het sociaal domein verwees, vraagt u met een Questionnaire die deze gateway publiceert, zonder eigen woorden: laat contained, description en note weg.',
  },
  'questionnaire-response-missing': {
    ...invalid,
    type: 'business-rule',
    en: 'This Task asks for a QuestionnaireResponse: send it with $transition as parameter answer, or post it first and name it in Task.output.',
    nl: 'Deze Task vraagt om een QuestionnaireResponse: stuur die mee met $transition als parameter answer, of plaats die eerst en noem hem in Task.output.',
  },
  'questionnaire-response-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'This is no answer to what was asked. A QuestionnaireResponse is completed, answers the Questionnaire of the Task, is about its person and order, and refers to nothing else.',
    nl: 'Dit is geen antwoord op wat gevraagd is. Een QuestionnaireResponse is compleet, beantwoordt de Questionnaire van de Task, gaat over diens persoon en opdracht, en verwijst naar niets anders.',
  },
  'questionnaire-response-not-requested': {
    ...forbidden,
    en: 'Nobody asked you this: a QuestionnaireResponse is taken in while a Task complete-questionnaire about the order that it is basedOn waits for you.',
    nl: 'Niemand vroeg u dit: een QuestionnaireResponse wordt aangenomen zolang een Task complete-questionnaire over de opdracht in basedOn op u wacht.',
  },
} as const satisfies Record<string, Rule>;

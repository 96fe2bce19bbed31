import type { Rule } from './rule.ts';
import { information, invalid } from './shared.ts';

/** A QuestionnaireResponse against its Questionnaire. */
export const questionnaireRules = {
  'answer-item-unknown': {
    ...invalid,
    type: 'structure',
    en: 'The Questionnaire has no item with this linkId at this place. Check the linkId and where the item stands.',
    nl: 'De Questionnaire heeft op deze plaats geen item met deze linkId. Controleer de linkId en de plaats.',
  },
  'answer-missing': {
    ...invalid,
    type: 'required',
    en: 'Item {item} is required and has no answer. Answer it.',
    nl: 'Item {item} is verplicht en heeft geen antwoord. Beantwoord het.',
  },
  'answer-not-enabled': {
    ...invalid,
    type: 'business-rule',
    en: 'Item {item} is not enabled by the other answers, so it may have no answer. Leave it out.',
    nl: 'Item {item} is door de andere antwoorden niet aan de orde, en mag dus geen antwoord hebben. Laat het weg.',
  },
  'answer-count': {
    ...invalid,
    type: 'structure',
    en: 'Item {item} asks {asked} answers and has {found}.',
    nl: 'Item {item} vraagt {asked} antwoorden en heeft er {found}.',
  },
  'answer-structure': {
    ...invalid,
    type: 'structure',
    en: 'Item {item} is a {type}: {asked}.',
    nl: 'Item {item} is een {type}: {asked}.',
  },
  'answer-value': {
    ...invalid,
    type: 'value',
    en: 'The answer of item {item} does not fit: {problem}.',
    nl: 'Het antwoord op item {item} past niet: {problem}.',
  },
  'answer-order': {
    ...invalid,
    type: 'structure',
    en: 'Item {item} stands in another order than in the Questionnaire. Keep its order.',
    nl: 'Item {item} staat in een andere volgorde dan in de Questionnaire. Houd die volgorde aan.',
  },
  'questionnaire-not-loaded': {
    ...information,
    type: 'not-found',
    en: 'The Questionnaire of this response is not loaded, so the answers were not checked against it.',
    nl: 'De Questionnaire van dit antwoord is niet geladen, dus de antwoorden zijn er niet mee vergeleken.',
  },
} as const satisfies Record<string, Rule>;

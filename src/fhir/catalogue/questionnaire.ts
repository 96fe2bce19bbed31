import type { Rule } from './rule.ts';
import { information, invalid } from './shared.ts';

/** A QuestionnaireResponse against its Questionnaire. */
export const questionnaireRules = {
  'answer-item-unknown': {
    ...invalid,
    type: 'structure',
    en: 'The Questionnaire has no item with this linkId at this level. Check the linkId and its place in the hierarchy.',
    nl: 'De Questionnaire heeft op dit niveau geen item met deze linkId. Controleer de linkId en de plaats in de hiërarchie.',
  },
  'answer-missing': {
    ...invalid,
    type: 'required',
    en: 'Item {item} is required and has no answer. Add the answer.',
    nl: 'Item {item} is verplicht en heeft geen antwoord. Vul het antwoord in.',
  },
  'answer-not-enabled': {
    ...invalid,
    type: 'business-rule',
    en: 'Item {item} is not enabled by the other answers, so it must not have an answer. Remove the answer.',
    nl: 'Item {item} geldt niet bij de andere antwoorden en mag dus geen antwoord hebben. Verwijder het antwoord.',
  },
  'answer-count': {
    ...invalid,
    type: 'structure',
    en: 'Item {item} requires {asked} answers, found {found}. Correct the number of answers.',
    nl: 'Item {item} vraagt {asked} antwoorden, gevonden: {found}. Verbeter het aantal antwoorden.',
  },
  'answer-structure': {
    ...invalid,
    type: 'structure',
    en: 'Item {item} is of type {type}: expected {asked}.',
    nl: 'Item {item} is van het type {type}: verwacht {asked}.',
  },
  'answer-value': {
    ...invalid,
    type: 'value',
    en: 'The answer to item {item} is invalid: {problem}.',
    nl: 'Het antwoord op item {item} is ongeldig: {problem}.',
  },
  'answer-order': {
    ...invalid,
    type: 'structure',
    en: 'Item {item} is out of order. Send the items in the order of the Questionnaire.',
    nl: 'Item {item} staat niet op volgorde. Stuur de items in de volgorde van de Questionnaire.',
  },
  'measure-not-loaded': {
    ...information,
    type: 'not-found',
    en: 'The report was not checked against its Measure: that is not loaded. Load the package that defines it.',
    nl: 'De rapportage is niet met haar Measure vergeleken: die is niet geladen. Laad het pakket dat haar definieert.',
  },
  'measure-mismatch': {
    ...invalid,
    type: 'structure',
    en: 'The report does not match its Measure: {problem}. Correct the report.',
    nl: 'De rapportage past niet bij haar Measure: {problem}. Verbeter de rapportage.',
  },
  'questionnaire-not-loaded': {
    ...information,
    type: 'not-found',
    en: 'The answers were not checked: the Questionnaire of this response is not loaded. Load the package that defines it.',
    nl: 'De antwoorden zijn niet gecontroleerd: de Questionnaire van dit antwoord is niet geladen. Laad het pakket dat hem definieert.',
  },
} as const satisfies Record<string, Rule>;

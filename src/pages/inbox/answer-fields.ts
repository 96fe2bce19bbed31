import type { QuestionnaireResponseItem } from '@medplum/fhirtypes';
import type { Question } from '../questionnaire/questions.ts';

/** Who asks chooses the names of its questions: in the form they must not be those of its other fields, nor of JavaScript. */
const prefix = 'answer-';

/** Questions under their names in the form. A group has one row: nothing is kept of an answer that was not sent. */
export const asFields = (questions: readonly Question[]): readonly Question[] =>
  questions.map((it) => ({
    ...it,
    linkId: `${prefix}${it.linkId}`,
    isRepeated: it.isRepeated && it.type !== 'group',
  }));

/** Answers to them, under the names of who asked. */
export const asAsked = (items: readonly QuestionnaireResponseItem[]): QuestionnaireResponseItem[] =>
  items.map((it) => ({ ...it, linkId: it.linkId?.slice(prefix.length) ?? '' }));

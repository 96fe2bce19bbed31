import type { QuestionnaireResponseItem, QuestionnaireResponseItemAnswer } from '@medplum/fhirtypes';
import type { Bilingual } from '../../fhir/bilingual.ts';
import { dayIn, type Errors, mostCharacters, tooLong, typedIn, type Values } from '../form/field.ts';
import type { Question } from './questions.ts';

/** Rows of one group. */
export const mostRows = 20;

/** Under which its rows are counted. */
export const rowsName = (group: string): string => `rows.${group}`;

/** The field of a question within a row of its group. */
export const fieldName = (group: string, row: number, linkId: string): string => `${group}.${row}.${linkId}`;

/** How many rows a group has: at least one to fill in. */
export const rowsOf = (values: Values, { linkId }: Question): number =>
  Math.min(mostRows, Math.max(1, Number(typedIn(values, rowsName(linkId))) || 1));

/** The names of all fields of a form. */
export const fieldsOf = (questions: readonly Question[], values: Values): readonly string[] =>
  questions.flatMap((it) =>
    it.type === 'group'
      ? [
          rowsName(it.linkId),
          ...rows(it, values).flatMap((row) => it.questions.map((inner) => fieldName(it.linkId, row, inner.linkId))),
        ]
      : it.linkId,
  );

export const rows = (it: Question, values: Values): readonly number[] =>
  Array.from({ length: it.isRepeated ? rowsOf(values, it) : 1 }, (_, index) => index);

/** What was typed in a row; a row of which nothing was filled in does not count. */
const isFilled = (it: Question, values: Values, row: number): boolean =>
  it.questions.some((inner) => (values[fieldName(it.linkId, row, inner.linkId)] ?? []).some((value) => value.trim()));

/** The values of a field: each line of a repeated text is one. */
const valuesOf = (it: Question, name: string, values: Values): readonly string[] =>
  (values[name] ?? [])
    .flatMap((value) => (it.isRepeated && it.options.length === 0 ? value.split('\n') : value))
    .map((value) => value.trim())
    .filter(Boolean);

/** The answers as items of a QuestionnaireResponse. What cannot be read is left out: `errorsOf` says so. */
export const itemsOf = (questions: readonly Question[], values: Values): QuestionnaireResponseItem[] =>
  questions.flatMap((it) => {
    if (it.type !== 'group') return itemOf(it, it.linkId, values);
    return rows(it, values)
      .filter((row) => isFilled(it, values, row))
      .map((row) => ({
        linkId: it.linkId,
        item: it.questions.flatMap((inner) => itemOf(inner, fieldName(it.linkId, row, inner.linkId), values)),
      }));
  });

function itemOf(it: Question, name: string, values: Values): QuestionnaireResponseItem[] {
  const answer = valuesOf(it, name, values).flatMap((value) => answerOf(it, value) ?? []);
  return answer.length > 0 ? [{ linkId: it.linkId, answer }] : [];
}

function answerOf({ type, options }: Question, value: string): QuestionnaireResponseItemAnswer | undefined {
  if (type === 'date' || type === 'dateTime') {
    const day = dayIn(value);
    if (!day) return undefined;
    return type === 'date' ? { valueDate: day } : { valueDateTime: day };
  }
  if (options.length > 0 && !options.some((it) => it.value === value)) return undefined;
  if (type === 'choice' || type === 'open-choice') {
    const [system = '', code = ''] = value.split('|');
    return { valueCoding: { system, code } };
  }
  return { valueString: value };
}

const needed: Bilingual = { nl: 'Vul dit in.', en: 'Fill this in.' };
const noDay: Bilingual = {
  nl: 'Deze datum bestaat niet. Schrijf dag, maand en jaar, zoals 03-12-2026.',
  en: 'This date does not exist. Write day, month and year, such as 03-12-2026.',
};

/** What is missing or cannot be read, at its field. */
export function errorsOf(questions: readonly Question[], values: Values): Errors {
  const check = (it: Question, name: string): readonly (readonly [string, Bilingual])[] => {
    const found = valuesOf(it, name, values);
    if (found.length === 0) return it.isRequired ? [[name, named(it, needed)]] : [];
    if (found.some((value) => value.length > mostCharacters)) return [[name, named(it, tooLong)]];
    if ((it.type === 'date' || it.type === 'dateTime') && found.some((value) => !dayIn(value)))
      return [[name, named(it, noDay)]];
    return [];
  };
  return Object.fromEntries(
    questions.flatMap((it) =>
      it.type === 'group'
        ? rows(it, values)
            .filter((row) => isFilled(it, values, row))
            .flatMap((row) => it.questions.flatMap((inner) => check(inner, fieldName(it.linkId, row, inner.linkId))))
        : check(it, it.linkId),
    ),
  );
}

const named = ({ label }: Question, error: Bilingual): Bilingual => ({
  nl: `${label.nl.replace(/[?.]$/, '')}: ${error.nl}`,
  en: `${label.en.replace(/[?.]$/, '')}: ${error.en}`,
});

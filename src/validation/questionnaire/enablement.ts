/** enableWhen (https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen). */
import type { QuestionnaireItem } from '@medplum/fhirtypes';
import { isSameWritten } from '../values/choice-value.ts';
import { compareToLimit } from '../values/compare.ts';
import { patternTest } from '../values/equal.ts';
import { isObject, type JsonObject } from '../values/object.ts';
import { valueAt, type WrittenValue } from './model.ts';

export type Enablement = (item: QuestionnaireItem) => boolean;
type Condition = NonNullable<QuestionnaireItem['enableWhen']>[number];

/** Evaluates enableWhen over all answers of the response, indexed once by linkId. */
export function enablementOf(response: JsonObject): Enablement {
  const answers = new Map<string, WrittenValue[]>();
  const pending: unknown[] = [response];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (!isObject(next)) continue;
    const ownAnswers = Array.isArray(next.answer) ? next.answer.filter(isObject) : [];
    if (typeof next.linkId === 'string') {
      const known = answers.get(next.linkId) ?? [];
      answers.set(next.linkId, known);
      for (const it of ownAnswers) known.push(valueAt(it, /^value/));
    }
    for (const holder of [next, ...ownAnswers])
      if (Array.isArray(holder.item)) for (const it of holder.item) pending.push(it);
  }
  return ({ enableWhen, enableBehavior }) => {
    if (!Array.isArray(enableWhen) || enableWhen.length === 0) return true;
    const met = (it: Condition): boolean => isMet(it, answers.get(it.question ?? '') ?? []);
    return enableBehavior === 'any' ? enableWhen.some(met) : enableWhen.every(met);
  };
}

function isMet(condition: Condition, answers: readonly WrittenValue[]): boolean {
  const expected = valueAt(condition, /^answer[A-Z]/);
  if (condition.operator === 'exists') return answers.length > 0 === expected.value;
  return answers.some((answer) => {
    const order = compareToLimit(answer.value, expected.value, answer.written, expected.written);
    const isSame = isSameAnswer(answer.value, expected.value) && isSameWritten(answer.written, expected.written);
    switch (condition.operator) {
      case '=':
        return isSame;
      case '!=':
        return !isSame;
      case '>':
        return order !== undefined && order > 0;
      case '<':
        return order !== undefined && order < 0;
      case '>=':
        return order !== undefined && order >= 0;
      case '<=':
        return order !== undefined && order <= 0;
      default:
        return false;
    }
  });
}

/** Codings are equal when system and code are; the display is ignored. */
export function isSameAnswer(answer: unknown, expected: unknown): boolean {
  if (isObject(answer) && isObject(expected) && typeof expected.code === 'string')
    return answer.code === expected.code && answer.system === expected.system;
  return patternTest(expected)(answer);
}

/** enableWhen (https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen). */
import type { QuestionnaireItem } from '@medplum/fhirtypes';
import { compareToLimit } from '../values/compare.ts';
import { patternTest } from '../values/equal.ts';
import { isObject, type JsonObject } from '../values/object.ts';

export type Enablement = (item: QuestionnaireItem) => boolean;
type Condition = NonNullable<QuestionnaireItem['enableWhen']>[number];

/** Evaluates enableWhen over all answers of the response, indexed once by linkId. */
export function enablementOf(response: JsonObject): Enablement {
  const answers = new Map<string, unknown[]>();
  const pending: unknown[] = [response];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (!isObject(next)) continue;
    const ownAnswers = Array.isArray(next.answer) ? next.answer.filter(isObject) : [];
    if (typeof next.linkId === 'string')
      answers.set(next.linkId, [...(answers.get(next.linkId) ?? []), ...ownAnswers.map(valueOfAnswer)]);
    if (Array.isArray(next.item)) pending.push(...next.item);
    for (const it of ownAnswers) if (Array.isArray(it.item)) pending.push(...it.item);
  }
  return ({ enableWhen, enableBehavior }) => {
    if (!Array.isArray(enableWhen) || enableWhen.length === 0) return true;
    const met = (it: Condition): boolean => isMet(it, answers.get(it.question ?? '') ?? []);
    return enableBehavior === 'any' ? enableWhen.some(met) : enableWhen.every(met);
  };
}

/** The value of an answer, of whatever type. */
const valueOfAnswer = (answer: JsonObject): unknown =>
  Object.entries(answer).find(([name]) => name.startsWith('value'))?.[1];

function isMet(condition: Condition, answers: readonly unknown[]): boolean {
  const expected = Object.entries(condition).find(([name]) => /^answer[A-Z]/.test(name))?.[1];
  if (condition.operator === 'exists') return answers.length > 0 === expected;
  return answers.some((answer) => {
    const order = compareToLimit(answer, expected);
    switch (condition.operator) {
      case '=':
        return isSameAnswer(answer, expected);
      case '!=':
        return !isSameAnswer(answer, expected);
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

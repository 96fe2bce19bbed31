/** enableWhen (https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen). */
import type { QuestionnaireItem } from '@medplum/fhirtypes';
import { compareToLimit } from '../values/compare.ts';
import { holds } from '../values/equal.ts';
import { isObject, type Obj } from '../values/object.ts';

export type Enablement = (item: QuestionnaireItem) => boolean;
type Condition = NonNullable<QuestionnaireItem['enableWhen']>[number];

/** Over all answers of the response, gathered once by linkId. */
export function enablementOf(response: Obj): Enablement {
  const answers = new Map<string, unknown[]>();
  const pending: unknown[] = [response];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (!isObject(next)) continue;
    const given = Array.isArray(next.answer) ? next.answer.filter(isObject) : [];
    if (typeof next.linkId === 'string')
      answers.set(next.linkId, [...(answers.get(next.linkId) ?? []), ...given.map(valueOfAnswer)]);
    if (Array.isArray(next.item)) pending.push(...next.item);
    for (const it of given) if (Array.isArray(it.item)) pending.push(...it.item);
  }
  return ({ enableWhen, enableBehavior }) => {
    if (!Array.isArray(enableWhen) || enableWhen.length === 0) return true;
    const met = (it: Condition): boolean => isMet(it, answers.get(it.question ?? '') ?? []);
    return enableBehavior === 'any' ? enableWhen.some(met) : enableWhen.every(met);
  };
}

/** The value of an answer, of whatever type. */
const valueOfAnswer = (answer: Obj): unknown => Object.entries(answer).find(([name]) => name.startsWith('value'))?.[1];

function isMet(condition: Condition, answers: readonly unknown[]): boolean {
  const asked = Object.entries(condition).find(([name]) => /^answer[A-Z]/.test(name))?.[1];
  if (condition.operator === 'exists') return answers.length > 0 === asked;
  return answers.some((answer) => {
    const order = compareToLimit(answer, asked);
    switch (condition.operator) {
      case '=':
        return isSame(answer, asked);
      case '!=':
        return !isSame(answer, asked);
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

/** A Coding is the same when system and code are; its display does not count. */
export function isSame(answer: unknown, asked: unknown): boolean {
  if (isObject(answer) && isObject(asked) && typeof asked.code === 'string')
    return answer.code === asked.code && answer.system === asked.system;
  return holds(answer, asked);
}

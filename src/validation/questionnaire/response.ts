/**
 * A QuestionnaireResponse against its Questionnaire
 * (https://hl7.org/fhir/R4/questionnaireresponse.html#link): which items are allowed where, and which require an answer.
 */
import type { Run } from '../plan/plan.ts';
import type { Segment } from '../plan/segment.ts';
import { enter, leave } from '../run/position.ts';
import { report } from '../run/report.ts';
import { isObject, type JsonObject } from '../values/object.ts';
import { checkAnswers } from './answers.ts';
import { checkConstraints } from './constraints.ts';
import { type Enablement, enablementOf } from './enablement.ts';
import { extensionValues, type Item, loadedQuestionnaire } from './model.ts';

const itemSegment: Segment = {
  key: 'item',
  expression: 'item',
  path: 'QuestionnaireResponse.item',
  type: 'BackboneElement',
};
const answerSegment: Segment = { ...itemSegment, key: 'answer', expression: 'answer' };

type ResponseCheck = { readonly run: Run; readonly enabled: Enablement; readonly complete: boolean };

export function checkResponse(response: JsonObject, run: Run): void {
  if (typeof response.questionnaire !== 'string') return;
  const form = loadedQuestionnaire(run, response.questionnaire);
  if (!form) {
    report(run, 'questionnaire-not-loaded', {});
    return;
  }
  // Required answers may be missing until the status is completed.
  const complete = response.status === 'completed' || response.status === 'amended';
  checkItems({ run, enabled: enablementOf(response), complete }, form.items, response);
  if (complete) checkConstraints(form.questionnaire.extension, response, run, 'QuestionnaireResponse');
}

const listOf = (it: unknown): JsonObject[] => (Array.isArray(it) ? it.filter(isObject) : []);

/** The items of one level, in the order of the Questionnaire. */
function checkItems(check: ResponseCheck, items: readonly Item[], holder: JsonObject): void {
  const { run } = check;
  const places = new Map(items.map((it, i) => [it.linkId, i]));
  const byLinkId = new Map<string, { readonly value: JsonObject; readonly index: number }[]>();
  let last = -1;
  for (const [index, value] of listOf(holder.item).entries()) {
    const linkId = typeof value.linkId === 'string' ? value.linkId : '';
    const place = places.get(linkId);
    enter(run, itemSegment, index);
    if (place === undefined) report(run, 'answer-item-unknown', {});
    else if (place < last) report(run, 'answer-order', { item: linkId });
    leave(run);
    if (place === undefined) continue;
    last = Math.max(last, place);
    const same = byLinkId.get(linkId);
    if (same) same.push({ value, index });
    else byLinkId.set(linkId, [{ value, index }]);
  }
  for (const item of items) checkItem(check, item, byLinkId.get(item.linkId) ?? []);
}

function checkItem(
  check: ResponseCheck,
  item: Item,
  occurrences: readonly { value: JsonObject; index: number }[],
): void {
  const { run, enabled, complete } = check;
  const { linkId, definition, type } = item;
  const isEnabled = enabled(definition);
  if (occurrences.length === 0) {
    if (complete && isEnabled && definition.required === true && type !== 'display')
      report(run, 'answer-missing', { item: linkId });
    return;
  }
  if (occurrences.length > 1 && (type !== 'group' || definition.repeats !== true))
    report(run, 'answer-count', { item: linkId, asked: '0..1', found: occurrences.length });
  for (const { value, index } of occurrences) {
    enter(run, itemSegment, index);
    if (!isEnabled) {
      if (hasContent(value)) report(run, 'answer-not-enabled', { item: linkId });
    } else if (type === 'group' || type === 'display') checkGroup(check, item, value);
    else checkQuestion(check, item, value);
    if (isEnabled && complete) checkConstraints(definition.extension, value, run, 'QuestionnaireResponse.item');
    leave(run);
  }
}

function hasContent(value: JsonObject): boolean {
  const pending = [value];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (listOf(next.answer).length > 0) return true;
    for (const it of listOf(next.item)) pending.push(it);
  }
  return false;
}

function checkGroup(check: ResponseCheck, item: Item, value: JsonObject): void {
  const { run, complete } = check;
  const { linkId, type, definition } = item;
  if (listOf(value.answer).length > 0) {
    report(run, 'answer-structure', { item: linkId, type, asked: 'answer: 0..0' });
    return;
  }
  if (type === 'display') {
    if (listOf(value.item).length > 0) report(run, 'answer-structure', { item: linkId, type, asked: 'item: 0..0' });
    return;
  }
  if (complete && definition.required === true && listOf(value.item).length === 0) {
    report(run, 'answer-missing', { item: linkId });
    return;
  }
  checkItems(check, item.children, value);
}

function checkQuestion(check: ResponseCheck, item: Item, value: JsonObject): void {
  const { run, complete } = check;
  const { linkId, definition } = item;
  const answers = listOf(value.answer);
  const [minOccurs] = extensionValues(definition.extension, 'questionnaire-minOccurs');
  const [maxOccurs] = extensionValues(definition.extension, 'questionnaire-maxOccurs');
  const min = typeof minOccurs === 'number' ? minOccurs : definition.required === true ? 1 : 0;
  const max = definition.repeats !== true ? 1 : typeof maxOccurs === 'number' ? maxOccurs : Number.POSITIVE_INFINITY;
  if (complete && answers.length < min) {
    if (answers.length === 0 && min === 1) report(run, 'answer-missing', { item: linkId });
    else report(run, 'answer-count', { item: linkId, asked: `>= ${min}`, found: answers.length });
  }
  // An extension may require more answers than an item without repeats allows; then that minimum is the limit.
  if (answers.length > Math.max(max, min))
    report(run, 'answer-count', { item: linkId, asked: `<= ${max}`, found: answers.length });
  checkAnswers(run, item, answers);
  for (const [index, answer] of answers.entries()) {
    if (item.children.length === 0 && answer.item === undefined) continue;
    enter(run, answerSegment, index);
    checkItems(check, item.children, answer);
    leave(run);
  }
  if (value.item !== undefined)
    report(run, 'answer-structure', { item: linkId, type: item.type, asked: 'answer.item' });
}

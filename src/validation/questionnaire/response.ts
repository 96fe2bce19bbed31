/**
 * A QuestionnaireResponse against its Questionnaire
 * (https://hl7.org/fhir/R4/questionnaireresponse.html#link): which items may stand where, and what must be answered.
 */
import { isObject, type Obj } from '../equal.ts';
import { enter, leave, type Run, report, type Segment } from '../run.ts';
import { checkAnswers } from './answers.ts';
import { type Enablement, enablementOf } from './enablement.ts';
import { formOf, type Item, told } from './model.ts';

const itemSegment: Segment = { key: 'item', says: 'item', path: 'QuestionnaireResponse.item', type: 'BackboneElement' };
const answerSegment: Segment = { ...itemSegment, key: 'answer', says: 'answer' };

type Checking = { readonly run: Run; readonly enabled: Enablement; readonly complete: boolean };

export function checkResponse(response: Obj, run: Run): void {
  if (typeof response.questionnaire !== 'string') return;
  const form = formOf(run, response.questionnaire);
  if (!form) {
    report(run, 'questionnaire-not-loaded', {});
    return;
  }
  // Only a response that says it is complete must be complete.
  const complete = response.status === 'completed' || response.status === 'amended';
  checkItems({ run, enabled: enablementOf(response), complete }, form.items, response);
}

const listOf = (it: unknown): Obj[] => (Array.isArray(it) ? it.filter(isObject) : []);

/** The items of one level, in the order of the Questionnaire. */
function checkItems(checking: Checking, asked: readonly Item[], holder: Obj): void {
  const { run } = checking;
  const places = new Map(asked.map((it, i) => [it.linkId, i]));
  const given = new Map<string, { readonly value: Obj; readonly index: number }[]>();
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
    const same = given.get(linkId);
    if (same) same.push({ value, index });
    else given.set(linkId, [{ value, index }]);
  }
  for (const item of asked) checkItem(checking, item, given.get(item.linkId) ?? []);
}

function checkItem(checking: Checking, item: Item, given: readonly { value: Obj; index: number }[]): void {
  const { run, enabled, complete } = checking;
  const { linkId, definition, type } = item;
  const isEnabled = enabled(definition);
  if (given.length === 0) {
    if (complete && isEnabled && definition.required === true && type !== 'display')
      report(run, 'answer-missing', { item: linkId });
    return;
  }
  if (given.length > 1 && (type !== 'group' || definition.repeats !== true))
    report(run, 'answer-count', { item: linkId, asked: '0..1', found: given.length });
  for (const { value, index } of given) {
    enter(run, itemSegment, index);
    if (!isEnabled) {
      if (hasContent(value)) report(run, 'answer-not-enabled', { item: linkId });
    } else if (type === 'group' || type === 'display') checkGroup(checking, item, value);
    else checkQuestion(checking, item, value);
    leave(run);
  }
}

const hasContent = (value: Obj): boolean => listOf(value.answer).length > 0 || listOf(value.item).some(hasContent);

function checkGroup(checking: Checking, item: Item, value: Obj): void {
  const { run, complete } = checking;
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
  checkItems(checking, item.children, value);
}

function checkQuestion(checking: Checking, item: Item, value: Obj): void {
  const { run, complete } = checking;
  const { linkId, definition } = item;
  const answers = listOf(value.answer);
  const [fewest] = told(definition.extension, 'questionnaire-minOccurs');
  const [most] = told(definition.extension, 'questionnaire-maxOccurs');
  const min = typeof fewest === 'number' ? fewest : definition.required === true ? 1 : 0;
  const max = definition.repeats !== true ? 1 : typeof most === 'number' ? most : Number.POSITIVE_INFINITY;
  if (complete && answers.length < min) {
    if (answers.length === 0 && min === 1) report(run, 'answer-missing', { item: linkId });
    else report(run, 'answer-count', { item: linkId, asked: `>= ${min}`, found: answers.length });
  }
  // An item that repeats no more often than once may still be asked at least twice by an extension.
  if (answers.length > Math.max(max, min))
    report(run, 'answer-count', { item: linkId, asked: `<= ${max}`, found: answers.length });
  checkAnswers(run, item, answers);
  for (const [index, answer] of answers.entries()) {
    if (item.children.length === 0 && answer.item === undefined) continue;
    enter(run, answerSegment, index);
    checkItems(checking, item.children, answer);
    leave(run);
  }
  if (value.item !== undefined)
    report(run, 'answer-structure', { item: linkId, type: item.type, asked: 'answer.item' });
}

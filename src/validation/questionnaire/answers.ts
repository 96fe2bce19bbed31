/** The answers to one question: type, options, and the limits of extensions. */
import { decimalText } from '../../fhir/decimal.ts';
import { parseReference } from '../../fhir/reference.ts';
import { compilePattern } from '../../fhirpath/index.ts';
import type { Run } from '../plan/plan.ts';
import type { Segment } from '../plan/segment.ts';
import { anyIn, codingsOf } from '../run/codings.ts';
import { checkDisplay } from '../run/display.ts';
import { enter, leave } from '../run/position.ts';
import { conformsTo } from '../run/profile.ts';
import { referenceTarget } from '../run/reference-target.ts';
import { report } from '../run/report.ts';
import { reportUndecidedCode } from '../run/undecided-code.ts';
import { isLonger, isShorter } from '../values/characters.ts';
import { compareToLimit } from '../values/compare.ts';
import { isObject, type JsonObject } from '../values/object.ts';
import { isSameAnswer } from './enablement.ts';
import { extensionValues, type Item, valueSetOf, writtenValues } from './model.ts';
import { optionsOf } from './options.ts';

/** The type of value[x] per type of item (https://hl7.org/fhir/R4/valueset-item-type.html). */
const valueTypes: ReadonlyMap<string, readonly string[]> = new Map([
  ['boolean', ['Boolean']],
  ['decimal', ['Decimal']],
  ['integer', ['Integer']],
  ['date', ['Date']],
  ['dateTime', ['DateTime']],
  ['time', ['Time']],
  ['string', ['String']],
  ['text', ['String']],
  ['url', ['Uri']],
  ['choice', ['Coding']],
  ['open-choice', ['Coding', 'String']],
  ['attachment', ['Attachment']],
  ['reference', ['Reference']],
  ['quantity', ['Quantity']],
]);

const answerSegment: Segment = {
  key: 'answer',
  expression: 'answer',
  path: 'QuestionnaireResponse.item.answer',
  type: 'BackboneElement',
};

export function checkAnswers(run: Run, item: Item, answers: readonly JsonObject[]): void {
  const chosen: unknown[] = [];
  for (const [index, answer] of answers.entries()) {
    const found = Object.entries(answer).find(([name]) => /^value[A-Z]/.test(name));
    if (!found) continue;
    const [key, value] = found;
    enter(run, answerSegment, index);
    const type = key.slice('value'.length);
    const segment: Segment = {
      key,
      expression: `value.ofType(${fhirName(type)})`,
      path: 'QuestionnaireResponse.item.answer.value[x]',
      type,
    };
    enter(run, segment, -1);
    checkAnswer(run, item, { holder: answer, key, type, value });
    leave(run);
    chosen.push(value);
    if (answers.length > 1 && optionsOf(item.definition).isExclusive(value))
      report(run, 'answer-value', { item: item.linkId, problem: 'questionnaire-optionExclusive' });
    leave(run);
  }
}

const primitiveNames = new Set(['Boolean', 'Decimal', 'Integer', 'Date', 'DateTime', 'Time', 'String', 'Uri']);
const fhirName = (type: string): string =>
  primitiveNames.has(type) ? type.charAt(0).toLowerCase() + type.slice(1) : type;

type Answer = { readonly holder: JsonObject; readonly key: string; readonly type: string; readonly value: unknown };

function checkAnswer(run: Run, item: Item, answer: Answer): void {
  const { linkId, type, definition } = item;
  const allowed = allowedTypes(item);
  if (allowed && !allowed.includes(answer.type)) {
    report(run, 'answer-structure', { item: linkId, type, asked: allowed.map((it) => `value${it}`).join(', ') });
    return;
  }
  const open = type === 'open-choice' && answer.type === 'String';
  if (!open && definition.answerOption?.length && !optionsOf(definition).has(answer.value))
    reportWrongAnswer(run, item, 'answerOption');
  if (!open && definition.answerValueSet) checkValueSet(run, item, answer.value, definition.answerValueSet);
  if (
    typeof definition.maxLength === 'number' &&
    typeof answer.value === 'string' &&
    isLonger(answer.value, definition.maxLength)
  )
    reportWrongAnswer(run, item, `maxLength ${definition.maxLength}`);
  checkLimits(run, item, answer);
  if (answer.type === 'Attachment') checkAttachment(run, item, answer.value);
  if (answer.type === 'Reference') {
    checkReference(run, item, answer.value);
    checkReferenceProfile(run, item, answer.value);
  }
}

/** For a choice, the types of its options; undefined when the item declares no options. */
function allowedTypes({ type, definition }: Item): readonly string[] | undefined {
  if (type !== 'choice' && type !== 'open-choice') return valueTypes.get(type);
  if (definition.answerOption?.length) {
    const { types } = optionsOf(definition);
    return type === 'open-choice' ? [...types, 'String'] : types;
  }
  return definition.answerValueSet ? valueTypes.get(type) : undefined;
}

const reportWrongAnswer = (run: Run, { linkId }: Item, problem: string): void =>
  report(run, 'answer-value', { item: linkId, problem });

function checkValueSet(run: Run, item: Item, value: unknown, url: string, what = 'answerValueSet'): void {
  const set = valueSetOf(run, item, url);
  const codings = codingsOf(value);
  const answer = set && anyIn(set, codings);
  if (answer === false) reportWrongAnswer(run, item, `${what} ${url}`);
  if (answer === undefined)
    reportUndecidedCode(run, { strength: 'required', valueSet: url, place: {}, element: item.linkId }, codings, set);
  // A person chooses the displayed text, so a different display is a different answer.
  if (isObject(value)) checkDisplay(value, run, 'error');
}

function checkLimits(run: Run, item: Item, { holder, key, value }: Answer): void {
  const { extension } = item.definition;
  for (const name of ['minValue', 'minQuantity', 'maxValue', 'maxQuantity']) {
    for (const { value: limit, written } of writtenValues(extension, name)) {
      const order = compareToLimit(value, limit, decimalText(holder, key), written);
      const isUnit = order === undefined && isObject(limit);
      if (isUnit || (order !== undefined && (name.startsWith('min') ? order < 0 : order > 0)))
        reportWrongAnswer(
          run,
          item,
          `${name} ${isObject(limit) ? `${decimalText(limit, 'value') ?? limit.value} ${limit.code ?? limit.unit ?? ''}` : (written ?? limit)}`,
        );
    }
  }
  const [maxPlaces] = extensionValues(extension, 'maxDecimalPlaces');
  if (typeof maxPlaces === 'number' && typeof value === 'number') {
    const written = /^-?\d+(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(decimalText(holder, key) ?? '');
    if ((written?.[1]?.length ?? 0) - Number(written?.[2] ?? 0) > maxPlaces)
      reportWrongAnswer(run, item, `maxDecimalPlaces ${maxPlaces}`);
  }
  const [minLength] = extensionValues(extension, 'minLength');
  if (typeof minLength === 'number' && typeof value === 'string' && isShorter(value, minLength))
    reportWrongAnswer(run, item, `minLength ${minLength}`);
  const units = extensionValues(extension, 'questionnaire-unitOption');
  if (units.length > 0 && isObject(value) && value.code !== undefined && !units.some((it) => isSameAnswer(value, it)))
    reportWrongAnswer(run, item, 'questionnaire-unitOption');
  for (const url of extensionValues(extension, 'questionnaire-unitValueSet'))
    if (typeof url === 'string' && isObject(value) && value.code !== undefined)
      checkValueSet(run, item, value, url, 'questionnaire-unitValueSet');
  for (const pattern of extensionValues(extension, 'regex'))
    if (typeof pattern === 'string' && isMismatch(run, value, pattern)) reportWrongAnswer(run, item, 'regex');
}

/** The whole answer matches; a pattern that cannot be applied leaves the response undecided. */
function isMismatch(run: Run, value: unknown, pattern: string): boolean {
  if (isObject(value)) return false;
  try {
    return !compilePattern(pattern).testFull(String(value));
  } catch {
    report(run, 'invariant-undecided', { key: 'regex', problem: 'its pattern cannot be applied' });
    return false;
  }
}

function checkAttachment(run: Run, item: Item, value: unknown): void {
  if (!isObject(value)) return;
  const types = extensionValues(item.definition.extension, 'mimeType');
  if (types.length > 0 && !types.includes(value.contentType))
    reportWrongAnswer(run, item, `mimeType ${types.join(', ')}`);
  const [maxSize] = extensionValues(item.definition.extension, 'maxSize');
  const size =
    typeof value.size === 'number' ? value.size : typeof value.data === 'string' ? value.data.length * 0.75 : 0;
  if (typeof maxSize === 'number' && size > maxSize * 1024 * 1024) reportWrongAnswer(run, item, `maxSize ${maxSize}`);
}

function checkReference(run: Run, item: Item, value: unknown): void {
  const types = extensionValues(item.definition.extension, 'questionnaire-referenceResource');
  if (types.length === 0 || !isObject(value) || typeof value.reference !== 'string') return;
  const parsed = parseReference(value.reference);
  const type = 'type' in parsed ? parsed.type : value.type;
  if (type !== undefined && !types.includes(type))
    reportWrongAnswer(run, item, `questionnaire-referenceResource ${types.join(', ')}`);
}

/** Of the target, when it is in the same resource or Bundle. */
function checkReferenceProfile(run: Run, item: Item, value: unknown): void {
  const profiles = extensionValues(item.definition.extension, 'questionnaire-referenceProfile');
  if (profiles.length === 0 || !isObject(value) || typeof value.reference !== 'string') return;
  const { resource, frame } = referenceTarget(run, value.reference);
  if (!resource) return;
  const matches = profiles.some((it) => typeof it === 'string' && conformsTo(run, resource, it, frame) !== false);
  if (!matches) reportWrongAnswer(run, item, `questionnaire-referenceProfile ${profiles.join(', ')}`);
}

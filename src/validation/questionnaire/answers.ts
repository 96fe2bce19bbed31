/** The answers of one question: their type, the options, and the limits that extensions set. */
import type { QuestionnaireItem } from '@medplum/fhirtypes';
import { decimalText } from '../../fhir/decimal.ts';
import { parseReference } from '../../fhir/reference.ts';
import { anyIn, codingsOf, undecidedCode } from '../codes.ts';
import { compareToLimit } from '../compare.ts';
import { checkDisplay } from '../displays.ts';
import { isObject, type Obj } from '../equal.ts';
import { enter, leave, type Run, report, type Segment } from '../run.ts';
import { isSame } from './enablement.ts';
import { type Item, told } from './model.ts';

/** https://hl7.org/fhir/R4/valueset-item-type.html: the type of value[x] that each type of item takes. */
const valueTypes: Readonly<Record<string, readonly string[]>> = {
  boolean: ['Boolean'],
  decimal: ['Decimal'],
  integer: ['Integer'],
  date: ['Date'],
  dateTime: ['DateTime'],
  time: ['Time'],
  string: ['String'],
  text: ['String'],
  url: ['Uri'],
  choice: ['Coding'],
  'open-choice': ['Coding', 'String'],
  attachment: ['Attachment'],
  reference: ['Reference'],
  quantity: ['Quantity'],
};

const answerSegment: Segment = {
  key: 'answer',
  says: 'answer',
  path: 'QuestionnaireResponse.item.answer',
  type: 'BackboneElement',
};

export function checkAnswers(run: Run, item: Item, answers: readonly Obj[]): void {
  const chosen: unknown[] = [];
  for (const [index, answer] of answers.entries()) {
    const found = Object.entries(answer).find(([name]) => /^value[A-Z]/.test(name));
    if (!found) continue;
    const [key, value] = found;
    enter(run, answerSegment, index);
    const type = key.slice('value'.length);
    const segment: Segment = {
      key,
      says: `value.ofType(${fhirName(type)})`,
      path: 'QuestionnaireResponse.item.answer.value[x]',
      type,
    };
    enter(run, segment, -1);
    checkAnswer(run, item, { holder: answer, key, type, value });
    leave(run);
    chosen.push(value);
    if (answers.length > 1 && isExclusive(item.definition, value))
      report(run, 'answer-value', { item: item.linkId, problem: 'questionnaire-optionExclusive' });
    leave(run);
  }
}

const primitiveNames = new Set(['Boolean', 'Decimal', 'Integer', 'Date', 'DateTime', 'Time', 'String', 'Uri']);
const fhirName = (type: string): string =>
  primitiveNames.has(type) ? type.charAt(0).toLowerCase() + type.slice(1) : type;

type Answer = { readonly holder: Obj; readonly key: string; readonly type: string; readonly value: unknown };

function checkAnswer(run: Run, item: Item, answer: Answer): void {
  const { linkId, type, definition } = item;
  const allowed = allowedTypes(item);
  if (allowed && !allowed.includes(answer.type)) {
    report(run, 'answer-structure', { item: linkId, type, asked: allowed.map((it) => `value${it}`).join(', ') });
    return;
  }
  const open = type === 'open-choice' && answer.type === 'String';
  if (!open && definition.answerOption?.length && !isOption(definition, answer.value)) wrong(run, item, 'answerOption');
  if (!open && definition.answerValueSet) inValueSet(run, item, answer.value, definition.answerValueSet);
  if (
    typeof definition.maxLength === 'number' &&
    typeof answer.value === 'string' &&
    answer.value.length > definition.maxLength
  )
    wrong(run, item, `maxLength ${definition.maxLength}`);
  limits(run, item, answer);
  if (answer.type === 'Attachment') attachment(run, item, answer.value);
  if (answer.type === 'Reference') reference(run, item, answer.value);
}

/** Of a choice the type is that of its options; when there is nothing to choose from nothing is known. */
function allowedTypes({ type, definition }: Item): readonly string[] | undefined {
  if (type !== 'choice' && type !== 'open-choice') return valueTypes[type];
  if (definition.answerOption?.length) {
    const types = definition.answerOption.flatMap((it) =>
      Object.keys(it).flatMap((name) => (/^value[A-Z]/.test(name) ? [name.slice('value'.length)] : [])),
    );
    return type === 'open-choice' ? [...types, 'String'] : types;
  }
  return definition.answerValueSet ? valueTypes[type] : undefined;
}

const wrong = (run: Run, { linkId }: Item, problem: string): void =>
  report(run, 'answer-value', { item: linkId, problem });

type Option = NonNullable<QuestionnaireItem['answerOption']>[number];
const optionValue = (option: Option): unknown => Object.entries(option).find(([name]) => /^value[A-Z]/.test(name))?.[1];

const isOption = ({ answerOption = [] }: QuestionnaireItem, value: unknown): boolean =>
  answerOption.some((it) => isSame(value, optionValue(it)));

const isExclusive = ({ answerOption = [] }: QuestionnaireItem, value: unknown): boolean =>
  answerOption.some(
    (it) => told(it.extension, 'questionnaire-optionExclusive')[0] === true && isSame(value, optionValue(it)),
  );

function inValueSet(run: Run, item: Item, value: unknown, url: string): void {
  const set = run.knowledge.terminology.valueSet(url);
  const codings = codingsOf(value);
  const answer = set && anyIn(set, codings);
  if (answer === false) wrong(run, item, `answerValueSet ${url}`);
  if (answer === undefined)
    undecidedCode(run, { strength: 'required', valueSet: url, place: {}, element: item.linkId }, codings, set);
  // What the person chose is what was shown: another display than that of the code is another answer.
  if (isObject(value)) checkDisplay(value, run, 'error');
}

function limits(run: Run, item: Item, { holder, key, value }: Answer): void {
  const { extension } = item.definition;
  for (const name of ['minValue', 'minQuantity', 'maxValue', 'maxQuantity']) {
    for (const limit of told(extension, name)) {
      const order = compareToLimit(value, limit);
      const isUnit = order === undefined && isObject(limit);
      if (isUnit || (order !== undefined && (name.startsWith('min') ? order < 0 : order > 0)))
        wrong(run, item, `${name} ${isObject(limit) ? `${limit.value} ${limit.code ?? limit.unit ?? ''}` : limit}`);
    }
  }
  const [places] = told(extension, 'maxDecimalPlaces');
  if (typeof places === 'number' && typeof value === 'number') {
    const written = /^-?\d+(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(decimalText(holder, key) ?? '');
    if ((written?.[1]?.length ?? 0) - Number(written?.[2] ?? 0) > places)
      wrong(run, item, `maxDecimalPlaces ${places}`);
  }
  const [shortest] = told(extension, 'minLength');
  if (typeof shortest === 'number' && typeof value === 'string' && value.length < shortest)
    wrong(run, item, `minLength ${shortest}`);
  const units = told(extension, 'questionnaire-unitOption');
  if (units.length > 0 && isObject(value) && value.code !== undefined && !units.some((it) => isSame(value, it)))
    wrong(run, item, 'questionnaire-unitOption');
}

function attachment(run: Run, item: Item, value: unknown): void {
  if (!isObject(value)) return;
  const types = told(item.definition.extension, 'mimeType');
  if (types.length > 0 && !types.includes(value.contentType)) wrong(run, item, `mimeType ${types.join(', ')}`);
  const [largest] = told(item.definition.extension, 'maxSize');
  const size =
    typeof value.size === 'number' ? value.size : typeof value.data === 'string' ? value.data.length * 0.75 : 0;
  if (typeof largest === 'number' && size > largest * 1024 * 1024) wrong(run, item, `maxSize ${largest}`);
}

function reference(run: Run, item: Item, value: unknown): void {
  const types = told(item.definition.extension, 'questionnaire-referenceResource');
  if (types.length === 0 || !isObject(value) || typeof value.reference !== 'string') return;
  const parsed = parseReference(value.reference);
  const type = 'type' in parsed ? parsed.type : value.type;
  if (type !== undefined && !types.includes(type))
    wrong(run, item, `questionnaire-referenceResource ${types.join(', ')}`);
}

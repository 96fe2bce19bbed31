/** The answerOption of an item, prepared once: a response may have as many answers as the item has options. */
import type { QuestionnaireItem } from '@medplum/fhirtypes';
import { isObject } from '../values/object.ts';
import { isSameAnswer } from './enablement.ts';
import { extensionValues } from './model.ts';

type Options = {
  /** The types of the options, as `value[x]` names them. */
  readonly types: readonly string[];
  /** Whether an answer is one of the options. */
  readonly has: (answer: unknown) => boolean;
  /** Whether it is one that excludes every other answer. */
  readonly isExclusive: (answer: unknown) => boolean;
};

type Option = NonNullable<QuestionnaireItem['answerOption']>[number];

const cache = new WeakMap<QuestionnaireItem, Options>();

export function optionsOf(definition: QuestionnaireItem): Options {
  const cached = cache.get(definition);
  if (cached) return cached;
  const all = definition.answerOption ?? [];
  const exclusive = all.filter(
    ({ extension }) => extensionValues(extension, 'questionnaire-optionExclusive')[0] === true,
  );
  const names = all.flatMap((it) => Object.keys(it).filter((name) => /^value[A-Z]/.test(name)));
  const types = [...new Set(names.map((name) => name.slice('value'.length)))];
  const options = { types, has: memberTest(all), isExclusive: memberTest(exclusive) };
  cache.set(definition, options);
  return options;
}

function memberTest(options: readonly Option[]): (answer: unknown) => boolean {
  const keys = new Set<string>();
  const others: unknown[] = [];
  for (const value of options.map(optionValue)) {
    const key = keyOf(value);
    if (key === undefined) others.push(value);
    else keys.add(key);
  }
  return (answer) => {
    const key = keyOf(answer);
    return (key !== undefined && keys.has(key)) || others.some((it) => isSameAnswer(answer, it));
  };
}

const optionValue = (option: Option): unknown => Object.entries(option).find(([name]) => /^value[A-Z]/.test(name))?.[1];

/** Equal for the same answers; undefined for a value that is compared part by part. */
const keyOf = (value: unknown): string | undefined =>
  isObject(value)
    ? typeof value.code === 'string'
      ? JSON.stringify([value.code, value.system])
      : undefined
    : typeof value === 'object'
      ? undefined
      : `${typeof value} ${value}`;

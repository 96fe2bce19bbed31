import type { ElementDefinition } from '@medplum/fhirtypes';
import { decimalText } from '../../fhir/decimal.ts';
import { compareDecimalTexts } from './decimals.ts';
import { equals } from './equal.ts';

/** The value of `fixed[x]`, `pattern[x]`, `minValue[x]` or `maxValue[x]`, with its type as in the property name. */
export type ChoiceValue = {
  readonly value: unknown;
  readonly type: string;
  /** A number with its digits as written. */
  readonly written: string | undefined;
};

export function choiceValue(element: ElementDefinition, prefix: string): ChoiceValue | undefined {
  for (const [name, value] of Object.entries(element))
    if (name.startsWith(prefix) && /^[A-Z]/.test(name.slice(prefix.length)))
      return { value, type: name.slice(prefix.length), written: decimalText(element, name) };
  return undefined;
}

export const isSameChoice = (one: ChoiceValue | undefined, other: ChoiceValue): boolean =>
  one !== undefined && equals(one.value, other.value) && isSameWritten(one.written, other.written);

/** Two decimals may be one double; what is no number has no digits. */
export const isSameWritten = (one: string | undefined, other: string | undefined): boolean =>
  one === undefined || other === undefined || one === other || compareDecimalTexts(one, other) === 0;

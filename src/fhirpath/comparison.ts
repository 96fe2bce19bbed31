import { asDecimal, asQuantity } from './equality.ts';
import { FhirPathEvaluationError } from './error.ts';
import { typeOf } from './value.ts';
import { compareDecimals } from './values/decimal.ts';
import { compareQuantities, Quantity } from './values/quantity.ts';
import { compareTemporals, Temporal } from './values/temporal.ts';

/**
 * Orders two System values (https://hl7.org/fhirpath/N1/#comparison): negative, zero, positive, or undefined where precision
 * or units do not decide. Throws FhirPathEvaluationError when their types are not comparable.
 */
export function compareValues(left: unknown, right: unknown): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  if (left instanceof Temporal && right instanceof Temporal && (left.kind === 'Time') === (right.kind === 'Time'))
    return compareTemporals(left, right);
  if (left instanceof Quantity || right instanceof Quantity) {
    const [a, b] = [asQuantity(left), asQuantity(right)];
    if (a && b) return compareQuantities(a, b);
  }
  const [a, b] = [asDecimal(left), asDecimal(right)];
  if (a && b) return compareDecimals(a, b);
  throw new FhirPathEvaluationError(`${nameOf(left)} and ${nameOf(right)} are not comparable`);
}

export const nameOf = (value: unknown): string => typeOf(value)?.replace('System.', '') ?? 'an element';

import { limitedText } from './budget.ts';
import { nameOf } from './comparison.ts';
import { asDecimal, asQuantity } from './equality.ts';
import { FhirPathEvaluationError } from './error.ts';
import * as decimals from './values/decimal.ts';
import { Decimal } from './values/decimal.ts';
import { addQuantities, divideQuantities, multiplyQuantities, negateQuantity, Quantity } from './values/quantity.ts';
import { Temporal } from './values/temporal.ts';
import { addDuration, durationUnit } from './values/temporal-arithmetic.ts';

/** An operator on two System values; undefined is the empty collection (overflow, division by zero, incommensurable units). */
export type Arithmetic = (left: unknown, right: unknown) => unknown;

const mismatch = (operator: string, left: unknown, right: unknown): FhirPathEvaluationError =>
  new FhirPathEvaluationError(`${operator} does not apply to ${nameOf(left)} and ${nameOf(right)}`);

const maxInteger = 2_147_483_647;
const maxLong = 9_223_372_036_854_775_807n;
/** Maximum number of digits of a result; a longer one overflows. */
const maxDigits = 10n ** 60n;
const maxScale = 40;

/** An Integer within 32 bits, a Long within 64; otherwise overflow. */
export const integer = (value: number): number | undefined =>
  value >= -maxInteger - 1 && value <= maxInteger ? value || 0 : undefined;
export const long = (value: bigint): bigint | undefined =>
  value >= -maxLong - 1n && value <= maxLong ? value : undefined;
function decimal(value: Decimal | undefined): Decimal | undefined {
  if (!value || value.digits > maxDigits || value.digits < -maxDigits) return undefined;
  return value.scale > maxScale ? decimals.round(value, maxScale) : value;
}
function quantity(value: Quantity | undefined): Quantity | undefined {
  const within = value && decimal(value.value);
  return value && within && new Quantity(within, value.unit, value.system);
}

type NumberOperation = {
  readonly integers: (left: number, right: number) => unknown;
  readonly longs: (left: bigint, right: bigint) => unknown;
  readonly decimals: (left: Decimal, right: Decimal) => unknown;
  readonly quantities?: (left: Quantity, right: Quantity) => unknown;
};

function numeric(operator: string, on: NumberOperation): Arithmetic {
  return (left, right) => {
    if (typeof left === 'number' && typeof right === 'number') return on.integers(left, right);
    if (left instanceof Quantity || right instanceof Quantity) {
      const [a, b] = [asQuantity(left), asQuantity(right)];
      if (a && b && on.quantities) return on.quantities(a, b);
      throw mismatch(operator, left, right);
    }
    if (isWhole(left) && isWhole(right)) return on.longs(BigInt(left), BigInt(right));
    const [a, b] = [asDecimal(left), asDecimal(right)];
    if (a && b) return on.decimals(a, b);
    throw mismatch(operator, left, right);
  };
}

const isWhole = (value: unknown): value is number | bigint => typeof value === 'bigint' || typeof value === 'number';

const sum = numeric('+', {
  integers: (left, right) => integer(left + right),
  longs: (left, right) => long(left + right),
  decimals: (left, right) => decimal(decimals.add(left, right)),
  quantities: (left, right) => quantity(addQuantities(left, right)),
});

const minus = numeric('-', {
  integers: (left, right) => integer(left - right),
  longs: (left, right) => long(left - right),
  decimals: (left, right) => decimal(decimals.subtract(left, right)),
  quantities: (left, right) => quantity(addQuantities(left, negateQuantity(right))),
});

/** `+`: numbers, quantities, strings, and a duration to a date or time. */
export const add: Arithmetic = (left, right) => {
  if (typeof left === 'string' && typeof right === 'string') return limitedText(left + right);
  return left instanceof Temporal ? shift('+', left, right) : sum(left, right);
};

export const subtract: Arithmetic = (left, right) =>
  left instanceof Temporal
    ? shift('-', left, right instanceof Quantity ? negateQuantity(right) : right)
    : minus(left, right);

function shift(operator: string, left: Temporal, right: unknown): Temporal {
  const unit = right instanceof Quantity ? durationUnit(right.unit) : undefined;
  if (!(right instanceof Quantity) || !unit) throw mismatch(operator, left, right);
  const moved = addDuration(left, right.value, unit);
  if (!moved) throw new FhirPathEvaluationError(`this quantity cannot be added to a ${left.kind}`);
  return moved;
}

export const multiply = numeric('*', {
  integers: (left, right) => integer(left * right),
  longs: (left, right) => long(left * right),
  decimals: (left, right) => decimal(decimals.multiply(left, right)),
  quantities: (left, right) => quantity(multiplyQuantities(left, right)),
});

export const divide = numeric('/', {
  integers: (left, right) => decimals.divide(new Decimal(BigInt(left), 0), new Decimal(BigInt(right), 0)),
  longs: (left, right) => decimals.divide(new Decimal(left, 0), new Decimal(right, 0)),
  decimals: (left, right) => decimal(decimals.divide(left, right)),
  quantities: (left, right) => quantity(divideQuantities(left, right)),
});

export const div = numeric('div', {
  integers: (left, right) => (right === 0 ? undefined : integer(Math.trunc(left / right))),
  longs: (left, right) => (right === 0n ? undefined : long(left / right)),
  decimals: (left, right) => {
    const whole = decimals.wholeTimes(left, right);
    return whole === undefined ? undefined : integer(Number(whole));
  },
});

export const mod = numeric('mod', {
  integers: (left, right) => (right === 0 ? undefined : left % right || 0),
  longs: (left, right) => (right === 0n ? undefined : left % right),
  decimals: (left, right) => decimals.remainder(left, right),
});

/** `-x`, for numbers and quantities only. */
export function negate(value: unknown): unknown {
  if (typeof value === 'number') return integer(-value);
  if (typeof value === 'bigint') return long(-value);
  if (value instanceof Decimal) return decimals.negate(value);
  if (value instanceof Quantity) return negateQuantity(value);
  throw new FhirPathEvaluationError(`a sign does not apply to ${nameOf(value)}`);
}

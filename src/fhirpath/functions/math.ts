import { integer, long } from '../arithmetic.ts';
import { nameOf } from '../comparison.ts';
import { type Compiled, oneOf, single } from '../compiled.ts';
import { type Call, needed } from '../context.ts';
import { asDecimal, asQuantity } from '../equality.ts';
import { FhirPathEvaluationError } from '../error.ts';
import { integerOf } from '../text.ts';
import { systemValue } from '../value.ts';
import { absolute, Decimal, fromNumber, multiply, type Rounding, round, toNumber } from '../values/decimal.ts';
import { comparable, Quantity } from '../values/quantity.ts';
import { Temporal } from '../values/temporal.ts';
import { boundary, digitsOf } from '../values/temporal-boundary.ts';
import { type FunctionTable, mapOne, ofValue } from './define.ts';

/** https://hl7.org/fhirpath/N1/#math; boundaries and precision are of https://hl7.org/fhirpath/ (trial use). */
export const math: FunctionTable = {
  abs: ofValue(undefined, (value, name) => inUnit(value, name, absolute)),
  ceiling: ofValue(undefined, (value, name) => whole(value, name, 'ceiling')),
  floor: ofValue(undefined, (value, name) => whole(value, name, 'floor')),
  truncate: ofValue(undefined, (value, name) => whole(value, name, 'truncate')),
  round: { args: [0, 1], build: rounding },
  exp: real(Math.exp),
  ln: real(Math.log),
  sqrt: real(Math.sqrt),
  log: { args: [1, 1], build: (call) => withNumber(call, logarithm) },
  power: { args: [1, 1], build: (call) => withNumber(call, power) },
  precision: ofValue('System.Integer', precision),
  lowBoundary: { args: [0, 1], build: (call) => boundaryFunction(call, 'low') },
  highBoundary: { args: [0, 1], build: (call) => boundaryFunction(call, 'high') },
  comparable: { args: [1, 1], build: comparableFunction },
};

const wrongType = (name: string, value: unknown): FhirPathEvaluationError =>
  new FhirPathEvaluationError(`${name}() does not apply to ${nameOf(value)}`);

function decimalOf(value: unknown, name: string): Decimal {
  const number = asDecimal(value);
  if (!number) throw wrongType(name, value);
  return number;
}

/** Applied to a number, or to the value of a quantity; an Integer stays an Integer. */
function inUnit(value: unknown, name: string, apply: (number: Decimal) => Decimal): unknown {
  if (value instanceof Quantity) return new Quantity(apply(value.value), value.unit, value.system);
  const result = apply(decimalOf(value, name));
  if (typeof value === 'number') return integer(toNumber(result));
  return typeof value === 'bigint' ? long(result.digits) : result;
}

function whole(value: unknown, name: string, how: Rounding): unknown {
  if (value instanceof Quantity) return new Quantity(round(value.value, 0, how), value.unit, value.system);
  return integer(Number(round(decimalOf(value, name), 0, how).digits));
}

const maxPrecision = 31;

function rounding(call: Call): Compiled {
  const digits = call.args[0] && integerOf(needed(call, 0), 'round()');
  const one = oneOf(call.input, 'round()');
  return single(undefined, (self, scope) => {
    const item = one(self, scope);
    const value = item === undefined ? undefined : systemValue(item, call.input.type);
    if (value === undefined) return undefined;
    const scale = digits ? digits(self, scope) : 0;
    if (scale === undefined) return undefined;
    if (scale < 0) throw new FhirPathEvaluationError('round() takes no negative precision');
    const to = (number: Decimal): Decimal => (number.scale <= scale ? number : round(number, scale));
    if (value instanceof Quantity) return new Quantity(to(value.value), value.unit, value.system);
    return to(decimalOf(value, 'round'));
  });
}

/** In floating point; empty for a result that it cannot represent. */
const finite = (value: number): Decimal | undefined => (Number.isFinite(value) ? fromNumber(value) : undefined);

function real(apply: (number: number) => number): FunctionTable[string] {
  return ofValue('System.Decimal', (value, name) => finite(apply(toNumber(decimalOf(value, name)))));
}

function withNumber(call: Call, apply: (value: unknown, argument: unknown) => unknown): Compiled {
  const what = `${call.name}()`;
  const other = needed(call, 0);
  const [one, argument] = [oneOf(call.input, what), oneOf(other, what)];
  return single(undefined, (self, scope) => {
    const [item, by] = [one(self, scope), argument(self, scope)];
    if (item === undefined || by === undefined) return undefined;
    return apply(systemValue(item, call.input.type), systemValue(by, other.type));
  });
}

function logarithm(value: unknown, base: unknown): Decimal | undefined {
  const [number, of] = [toNumber(decimalOf(value, 'log')), toNumber(decimalOf(base, 'log'))];
  if (number <= 0 || of <= 0) throw new FhirPathEvaluationError('log() takes positive numbers');
  // exact for powers of two and ten, which a quotient of natural logarithms misses by a hair
  const result = of === 2 ? Math.log2(number) : of === 10 ? Math.log10(number) : Math.log(number) / Math.log(of);
  return finite(result);
}

const maxExactExponent = 64;

/** Exact for whole exponents up to 64; Integer to a power that isn't negative is Integer, as long as it fits. */
function power(value: unknown, exponent: unknown): unknown {
  const [base, of] = [decimalOf(value, 'power'), decimalOf(exponent, 'power')];
  const times = toNumber(of);
  if (!Number.isInteger(times) || times < 0 || times > maxExactExponent || base.scale > 8)
    return finite(toNumber(base) ** times);
  let result = new Decimal(1n, 0);
  for (let count = 0; count < times; count += 1) result = multiply(result, base);
  if (result.digits > 10n ** 60n || result.digits < -(10n ** 60n)) return undefined;
  if (typeof value === 'number' && typeof exponent === 'number') return integer(Number(result.digits)) ?? result;
  return result;
}

function precision(value: unknown, name: string): number {
  if (value instanceof Temporal) return digitsOf(value);
  return decimalOf(value instanceof Quantity ? value.value : value, name).scale;
}

const defaultDigits = 8;

function boundaryFunction(call: Call, side: 'low' | 'high'): Compiled {
  const digits = call.args[0] && integerOf(needed(call, 0), `${call.name}()`);
  if (!digits)
    return mapOne(call.input, call.name, undefined, (value) => boundaryOf(value, call.name, side, undefined));
  const one = oneOf(call.input, `${call.name}()`);
  return single(undefined, (self, scope) => {
    const item = one(self, scope);
    const value = item === undefined ? undefined : systemValue(item, call.input.type);
    return value === undefined ? undefined : boundaryOf(value, call.name, side, digits(self, scope));
  });
}

function boundaryOf(value: unknown, name: string, side: 'low' | 'high', digits: number | undefined): unknown {
  if (value instanceof Temporal) return boundary(value, side, digits);
  if (value instanceof Quantity) {
    const edge = edgeOf(value.value, side, digits ?? defaultDigits);
    return edge && new Quantity(edge, value.unit, value.system);
  }
  return edgeOf(decimalOf(value, name), side, digits ?? defaultDigits);
}

/**
 * Half a unit of the last digit away. Where `digits` decimals do not suffice, the boundary away from zero is rounded and the
 * one towards zero truncated, as in the examples of the specification and in HL7's test cases.
 */
function edgeOf(number: Decimal, side: 'low' | 'high', digits: number): Decimal | undefined {
  if (digits < 0 || digits > maxPrecision) return undefined;
  const half = side === 'low' ? -5n : 5n;
  const edge = new Decimal(number.digits * 10n + half, number.scale + 1);
  const outward = number.digits < 0n === (side === 'low');
  return round(edge, digits, outward ? 'half' : 'truncate');
}

function comparableFunction(call: Call): Compiled {
  const other = needed(call, 0);
  const [one, argument] = [oneOf(call.input, 'comparable()'), oneOf(other, 'comparable()')];
  return single('System.Boolean', (self, scope) => {
    const [left, right] = [one(self, scope), argument(self, scope)];
    if (left === undefined || right === undefined) return undefined;
    const [a, b] = [asQuantity(systemValue(left, call.input.type)), asQuantity(systemValue(right, other.type))];
    return a && b ? comparable(a, b) : undefined;
  });
}

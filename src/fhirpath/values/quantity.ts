import { combineUnits, inverse, parseUnit, type Ratio, times } from '../ucum.ts';
import { add, compareDecimals, Decimal, divide, equivalentDecimals, multiply, negate } from './decimal.ts';

/**
 * System.Quantity (https://hl7.org/fhirpath/N1/#quantity): a decimal with a UCUM code, or with a calendar duration in the
 * singular. A FHIR Quantity whose unit is of another system keeps it and is `foreign`: it equals only the same unit.
 * FHIR maps UCUM's year and month in its Quantity to the calendar's (https://hl7.org/fhir/R4/fhirpath.html#quantity): such a
 * value is `mapped`, and compares with either kind.
 */
export class Quantity {
  readonly value: Decimal;
  readonly unit: string;
  readonly system: 'ucum' | 'calendar' | 'mapped' | 'foreign';
  constructor(value: Decimal, unit: string, system: Quantity['system'] = 'ucum') {
    this.value = value;
    this.unit = unit;
    this.system = system;
  }
  /** The literal: `4.5 'mg'`, `1 week`, `2 weeks`. */
  toString(): string {
    if (!ofCalendar(this.system)) return `${this.value} '${this.unit}'`;
    const single = this.value.digits === 1n && this.value.scale === 0;
    return `${this.value} ${this.unit}${single ? '' : 's'}`;
  }
}

const ofCalendar = (system: Quantity['system']): boolean => system === 'calendar' || system === 'mapped';
const sameUnit = (left: Quantity, right: Quantity): boolean =>
  left.unit === right.unit && (left.system === right.system || (ofCalendar(left.system) && ofCalendar(right.system)));

/** Calendar durations equal to UCUM's definite ones; year and month are only equivalent. */
const asUcum: Readonly<Record<string, string>> = {
  week: 'wk',
  day: 'd',
  hour: 'h',
  minute: 'min',
  second: 's',
  millisecond: 'ms',
};
const inMonths: Readonly<Record<string, bigint>> = { year: 12n, month: 1n };

type Scale = { readonly key: string; readonly factor: Ratio };
const whole = (numerator: bigint): Ratio => ({ numerator, denominator: 1n });

/** Quantities are commensurable when their keys are equal; calendar years and months have separate keys. */
function scaleOf({ unit, system }: Quantity): Scale | undefined {
  if (system === 'foreign') return { key: `foreign ${unit}`, factor: whole(1n) };
  if (ofCalendar(system)) {
    const months = inMonths[unit];
    if (months) return { key: 'calendar month', factor: whole(months) };
  }
  const parsed = parseUnit(ofCalendar(system) ? (asUcum[unit] ?? unit) : unit);
  return parsed && { key: parsed.dimensionKey, factor: parsed.factor };
}

/** Equivalence treats a calendar year as UCUM's year, so that all durations are comparable. */
function looseScaleOf(it: Quantity): Scale | undefined {
  if (!ofCalendar(it.system) || !inMonths[it.unit]) return scaleOf(it);
  return scaleOf(new Quantity(it.value, it.unit === 'year' ? 'a' : 'mo'));
}

/** The values of two quantities in a common unit; undefined when they are incommensurable. */
function scalesOf(left: Quantity, right: Quantity): readonly [Scale, Scale] | undefined {
  const strict = [scaleOf(left), scaleOf(right)] as const;
  const mapped = left.system === 'mapped' || right.system === 'mapped';
  const [a, b] = mapped && strict[0]?.key !== strict[1]?.key ? [looseScaleOf(left), looseScaleOf(right)] : strict;
  return a && b && a.key === b.key ? [a, b] : undefined;
}

export const comparable = (left: Quantity, right: Quantity): boolean => scalesOf(left, right) !== undefined;

/** Undefined when the units are unknown or incommensurable. Exact, without rounding. */
export function compareQuantities(left: Quantity, right: Quantity): number | undefined {
  if (sameUnit(left, right)) return compareDecimals(left.value, right.value);
  const scales = scalesOf(left, right);
  if (!scales) return undefined;
  const [a, b] = scales;
  const inBase = (value: Decimal, { numerator }: Ratio, { denominator }: Ratio): Decimal =>
    new Decimal(value.digits * numerator * denominator, value.scale);
  return compareDecimals(inBase(left.value, a.factor, b.factor), inBase(right.value, b.factor, a.factor));
}

/** Equal when both are rounded to the least precise, in the coarser unit: 4 g is equivalent to 4040 mg. */
export function equivalentQuantities(left: Quantity, right: Quantity): boolean {
  if (sameUnit(left, right)) return equivalentDecimals(left.value, right.value);
  const [a, b] = [looseScaleOf(left), looseScaleOf(right)];
  if (!a || !b || a.key !== b.key) return false;
  const leftIsCoarser = a.factor.numerator * b.factor.denominator >= b.factor.numerator * a.factor.denominator;
  const [coarse, fine] = leftIsCoarser ? [left, right] : [right, left];
  const ratio = leftIsCoarser ? times(b.factor, inverse(a.factor)) : times(a.factor, inverse(b.factor));
  const converted = scale(fine.value, ratio);
  return converted !== undefined && equivalentDecimals(coarse.value, converted);
}

const scale = (value: Decimal, { numerator, denominator }: Ratio): Decimal | undefined =>
  divide(new Decimal(value.digits * numerator, value.scale), new Decimal(denominator, 0));

/** In the requested unit; undefined when it is incommensurable. An explicit conversion may treat a calendar year as UCUM's. */
export function convert(it: Quantity, unit: string, system: 'ucum' | 'calendar'): Quantity | undefined {
  if (it.unit === '1' && it.system === 'ucum') return new Quantity(it.value, unit, system);
  const target = new Quantity(it.value, unit, system);
  const strict = [scaleOf(it), scaleOf(target)] as const;
  const [a, b] = strict[0]?.key === strict[1]?.key ? strict : [looseScaleOf(it), looseScaleOf(target)];
  if (!a || !b || a.key !== b.key) return undefined;
  const value = scale(it.value, times(a.factor, inverse(b.factor)));
  return value && new Quantity(value, unit, system);
}

/** In the unit of the left operand, unless that is `1`. Undefined when the units are incommensurable. */
export function addQuantities(left: Quantity, right: Quantity): Quantity | undefined {
  if (sameUnit(left, right)) return new Quantity(add(left.value, right.value), left.unit, left.system);
  if (left.unit === '1') return new Quantity(add(left.value, right.value), right.unit, right.system);
  if (right.unit === '1') return new Quantity(add(left.value, right.value), left.unit, left.system);
  const [a, b] = [scaleOf(left), scaleOf(right)];
  // years and months are added only in their own unit: converting them approximates
  if (!a || !b || a.key !== b.key || a.key === 'calendar month') return undefined;
  const value = scale(right.value, times(b.factor, inverse(a.factor)));
  return value && new Quantity(add(left.value, value), left.unit, left.system);
}

export const negateQuantity = (it: Quantity): Quantity => new Quantity(negate(it.value), it.unit, it.system);

export function multiplyQuantities(left: Quantity, right: Quantity): Quantity | undefined {
  return withUnit(multiply(left.value, right.value), left, right, 1);
}

export function divideQuantities(left: Quantity, right: Quantity): Quantity | undefined {
  const value = divide(left.value, right.value);
  return value && withUnit(value, left, right, -1);
}

function withUnit(value: Decimal, left: Quantity, right: Quantity, exponent: 1 | -1): Quantity | undefined {
  if (right.unit === '1') return new Quantity(value, left.unit, left.system);
  if (left.unit === '1' && exponent === 1) return new Quantity(value, right.unit, right.system);
  if (left.system !== 'ucum' || right.system !== 'ucum') return undefined;
  const unit = combineUnits(left.unit, right.unit, exponent);
  return unit === undefined ? undefined : new Quantity(value, unit);
}

/** Equal quantities have equal keys; undefined for an unknown unit, which equals only the same text. */
export function quantityKey(it: Quantity): string {
  const measure = scaleOf(it);
  if (!measure) return `${it.unit} ${it.value}`;
  const { numerator, denominator } = times(
    { numerator: it.value.digits, denominator: 10n ** BigInt(it.value.scale) },
    measure.factor,
  );
  return `${measure.key} ${numerator}/${denominator}`;
}

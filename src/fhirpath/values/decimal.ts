/**
 * FHIRPath's Decimal: digits and scale, so that 0.1 + 0.2 = 0.3 and 1.50 retains its zero
 * (https://hl7.org/fhirpath/N1/#decimal). Value = digits / 10^scale.
 */
export class Decimal {
  readonly digits: bigint;
  readonly scale: number;
  constructor(digits: bigint, scale: number) {
    this.digits = digits;
    this.scale = scale;
  }
  toString(): string {
    const text = (this.digits < 0n ? -this.digits : this.digits).toString().padStart(this.scale + 1, '0');
    const sign = this.digits < 0n ? '-' : '';
    if (this.scale === 0) return sign + text;
    return `${sign}${text.slice(0, -this.scale)}.${text.slice(-this.scale)}`;
  }
  toJSON(): number {
    return Number(this.toString());
  }
}

/** N1 requires a precision of 10^-8 for division; more digits are permitted. */
const divisionScale = 20;
/** Limit on digits: far above any measurement, and it bounds the work that a message can cause. */
const maxDigits = 200;

const pattern = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Reads `1.50`, `-3`, `1e-7`. Undefined when the text is not a decimal, or exceeds the limit. */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > maxDigits) return undefined;
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > maxDigits) return undefined;
  const digits = BigInt(sign === '-' ? `-${whole}${fraction}` : whole + fraction);
  return scale < 0 ? new Decimal(digits * power10(-scale), 0) : new Decimal(digits, scale);
}

/** Of a finite JavaScript number, with the digits that JavaScript prints. */
export function fromNumber(value: number): Decimal | undefined {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return new Decimal(BigInt(value), 0);
  return parseDecimal(String(value));
}

export const toNumber = (it: Decimal): number => (it.scale === 0 ? Number(it.digits) : Number(it.toString()));

const powers: bigint[] = [];
export function power10(exponent: number): bigint {
  powers[exponent] ??= 10n ** BigInt(exponent);
  return powers[exponent];
}

const scaled = (it: Decimal, scale: number): bigint => it.digits * power10(scale - it.scale);

function aligned(left: Decimal, right: Decimal): [left: bigint, right: bigint, scale: number] {
  const scale = Math.max(left.scale, right.scale);
  return [scaled(left, scale), scaled(right, scale), scale];
}

export const compareDecimals = (left: Decimal, right: Decimal): number => {
  const [a, b] = aligned(left, right);
  return a < b ? -1 : a > b ? 1 : 0;
};

export const negate = (it: Decimal): Decimal => new Decimal(-it.digits, it.scale);
export const absolute = (it: Decimal): Decimal => (it.digits < 0n ? negate(it) : it);

export function add(left: Decimal, right: Decimal): Decimal {
  const [a, b, scale] = aligned(left, right);
  return new Decimal(a + b, scale);
}

export const subtract = (left: Decimal, right: Decimal): Decimal => add(left, negate(right));

export const multiply = (left: Decimal, right: Decimal): Decimal =>
  new Decimal(left.digits * right.digits, left.scale + right.scale);

/** Exact up to 20 decimals, otherwise rounded; undefined for division by zero. */
export function divide(left: Decimal, right: Decimal): Decimal | undefined {
  if (right.digits === 0n) return undefined;
  const numerator = left.digits * power10(divisionScale + right.scale);
  return withoutTrailingZeros(new Decimal(divideRounded(numerator, right.digits * power10(left.scale)), divisionScale));
}

/** Truncated division; undefined for division by zero. */
export function wholeTimes(left: Decimal, right: Decimal): bigint | undefined {
  if (right.digits === 0n) return undefined;
  const [a, b] = aligned(left, right);
  return a / b;
}

export function remainder(left: Decimal, right: Decimal): Decimal | undefined {
  if (right.digits === 0n) return undefined;
  const [a, b, scale] = aligned(left, right);
  return new Decimal(a % b, scale);
}

export type Rounding = 'half' | 'floor' | 'ceiling' | 'truncate';

/** At `scale` decimals; half rounds away from zero. */
export function round(it: Decimal, scale: number, how: Rounding = 'half'): Decimal {
  if (it.scale <= scale) return new Decimal(scaled(it, scale), scale);
  const unit = power10(it.scale - scale);
  if (how === 'half') return new Decimal(divideRounded(it.digits, unit), scale);
  const whole = it.digits / unit;
  const rest = it.digits % unit;
  const step = how === 'floor' && rest < 0n ? -1n : how === 'ceiling' && rest > 0n ? 1n : 0n;
  return new Decimal(whole + step, scale);
}

export function withoutTrailingZeros(it: Decimal): Decimal {
  let { digits, scale } = it;
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n;
    scale -= 1;
  }
  return new Decimal(digits, scale);
}

/** Equivalence: equal when both are rounded to the decimals of the one with fewest, trailing zeros not counted. */
export function equivalentDecimals(left: Decimal, right: Decimal): boolean {
  const scale = Math.min(withoutTrailingZeros(left).scale, withoutTrailingZeros(right).scale);
  return round(left, scale).digits === round(right, scale).digits;
}

function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  const rest = numerator % denominator;
  const twice = 2n * (rest < 0n ? -rest : rest);
  if (twice < (denominator < 0n ? -denominator : denominator)) return whole;
  return numerator < 0n === denominator < 0n ? whole + 1n : whole - 1n;
}

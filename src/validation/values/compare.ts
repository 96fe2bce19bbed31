/** Comparison with minValue[x] and maxValue[x]: numbers, dates and times, quantities. */
import { decimalText } from '../../fhir/decimal.ts';
import { isDate } from '../../fhir/primitives.ts';
import { parseUnit } from '../../fhirpath/index.ts';
import { compareDecimalTexts } from './decimals.ts';
import { isObject } from './object.ts';

type Unit = NonNullable<ReturnType<typeof parseUnit>>;

const ucum = 'http://unitsofmeasure.org';

/**
 * Negative below the limit, 0 at it, positive above it; undefined when they cannot be compared. `written` and
 * `writtenLimit` are a number with its digits as written.
 */
export function compareToLimit(
  value: unknown,
  limit: unknown,
  written?: string,
  writtenLimit?: string,
): number | undefined {
  if (typeof value === 'number') return compareNumbers(value, numberOf(limit), written, writtenLimit);
  if (typeof value === 'string' && typeof limit === 'string') return compareTexts(value, limit);
  if (!isObject(value) || !isObject(limit)) return undefined;
  const [a, b] = [numberOf(value.value), numberOf(limit.value)];
  if (a === undefined || b === undefined) return undefined;
  const plain = (): number | undefined =>
    compareNumbers(a, b, decimalText(value, 'value'), decimalText(limit, 'value'));
  if (limit.code === undefined && limit.unit === undefined) return plain();
  if (value.code !== undefined && value.code === limit.code && value.system === limit.system) return plain();
  const [unit, limitUnit] = [unitOf(value), unitOf(limit)];
  if (!unit || !limitUnit || unit.dimensionKey !== limitUnit.dimensionKey) return undefined;
  return a * factor(unit) - b * factor(limitUnit);
}

/** By the digits as written, where they are given: two decimals may be one double. */
const compareNumbers = (
  value: number,
  limit: number | undefined,
  written = String(value),
  writtenLimit = String(limit),
): number | undefined => (limit === undefined ? undefined : compareDecimalTexts(written, writtenLimit));

/** Some packages were converted from XML by tools that write numbers as strings. */
function numberOf(it: unknown): number | undefined {
  if (typeof it === 'number') return it;
  return typeof it === 'string' && it.trim() !== '' && Number.isFinite(Number(it)) ? Number(it) : undefined;
}

const unitOf = ({ system, code }: Readonly<Record<string, unknown>>): Unit | undefined =>
  system === ucum && typeof code === 'string' ? parseUnit(code) : undefined;

const factor = ({ factor: { numerator, denominator } }: Unit): number => Number(numerator) / Number(denominator);

/** Dates of different precision are compared by their common part; a dateTime with a zone by its instant. */
function compareTexts(value: string, limit: string): number {
  if (value.length > 10 && limit.length > 10) {
    const [a, b] = [Date.parse(value), Date.parse(limit)];
    return Number.isNaN(a) || Number.isNaN(b) ? compareText(value, limit) : a - b;
  }
  const shared = Math.min(value.length, limit.length);
  const dates = isDate(value.slice(0, 10)) && isDate(limit.slice(0, 10));
  return dates ? compareText(value.slice(0, shared), limit.slice(0, shared)) : compareText(value, limit);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

import { daysInMonth } from './calendar.ts';
import { precisionOf, Temporal } from './temporal.ts';

/** How many digits each precision shows (https://hl7.org/fhirpath/#precision--integer): a date 4, 6, 8; a time 2, 4, 6 or 9. */
const dateDigits = [4, 6, 8, 10, 12, 14];

export function digitsOf(it: Temporal): number {
  if (it.precision === precisionOf.second && it.fraction) return it.kind === 'Time' ? 9 : 17;
  const digits = dateDigits[it.precision] ?? 0;
  return it.kind === 'Time' ? digits - 8 : digits;
}

const mostDigits = { Date: 8, DateTime: 17, Time: 9 } as const;

/** Where clocks are furthest ahead of and behind UTC: the earliest and the latest moment that a local time can be. */
const earliestZone = 14 * 60;
const latestZone = -12 * 60;

/**
 * The first or the last value that a partial value can stand for, shown to `digits`
 * (https://hl7.org/fhirpath/#lowboundaryprecision-integer-decimal--date--datetime--time).
 * A date and time without time zone gets the one that makes it earliest or latest. Undefined for digits that the type lacks.
 */
export function boundary(
  it: Temporal,
  side: 'low' | 'high',
  digits: number = mostDigits[it.kind],
): Temporal | undefined {
  const shown = it.kind === 'Time' ? digits + 8 : digits;
  const precision = shown === 17 ? precisionOf.second : dateDigits.indexOf(shown);
  if (precision < 0 || digits > mostDigits[it.kind]) return undefined;
  const high = side === 'high';
  const month = it.precision >= precisionOf.month ? it.month : high ? 12 : 1;
  const offset =
    it.kind === 'DateTime' && precision >= precisionOf.hour
      ? (it.offset ?? (high ? latestZone : earliestZone))
      : undefined;
  return new Temporal(it.kind, precision, {
    year: it.year,
    month,
    day: it.precision >= precisionOf.day ? it.day : high ? daysInMonth(it.year, month) : 1,
    hour: it.precision >= precisionOf.hour ? it.hour : high ? 23 : 0,
    minute: it.precision >= precisionOf.minute ? it.minute : high ? 59 : 0,
    second: it.precision >= precisionOf.second ? it.second : high ? 59 : 0,
    fraction:
      shown !== 17 ? '' : it.fraction ? it.fraction.slice(0, 3).padEnd(3, high ? '9' : '0') : high ? '999' : '000',
    offset,
  });
}

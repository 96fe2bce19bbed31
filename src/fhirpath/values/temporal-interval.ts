import { dayNumber } from './calendar.ts';
import { precisionOf, type Temporal } from './temporal.ts';

/** The units of duration() and difference(), with the precision that both values need. */
const units: ReadonlyMap<string, number> = new Map([
  ['year', precisionOf.year],
  ['month', precisionOf.month],
  ['week', precisionOf.day],
  ['day', precisionOf.day],
  ['hour', precisionOf.hour],
  ['minute', precisionOf.minute],
  ['second', precisionOf.second],
  ['millisecond', precisionOf.second],
]);

export const isIntervalUnit = (unit: string): boolean => units.has(unit);

const millisecondsOf: Readonly<Record<string, number>> = {
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
};

/** Whole calendar periods from one value to another (https://hl7.org/fhirpath/#date-and-time-interval-functions). */
export function duration(from: Temporal, to: Temporal, unit: string): number | undefined {
  if (!comparable(from, to, unit)) return undefined;
  if (unit !== 'year' && unit !== 'month')
    return Math.trunc((instant(to, unit) - instant(from, unit)) / (millisecondsOf[unit] ?? 1)) || 0;
  const months = (to.year - from.year) * 12 + to.month - from.month;
  const rest = restOfMonth(to) - restOfMonth(from);
  const whole = months > 0 && rest < 0 ? months - 1 : months < 0 && rest > 0 ? months + 1 : months;
  return (unit === 'year' ? Math.trunc(whole / 12) : whole) || 0;
}

/** Boundaries of the unit crossed on the way from one value to another; a week begins on Sunday. */
export function difference(from: Temporal, to: Temporal, unit: string): number | undefined {
  if (!comparable(from, to, unit)) return undefined;
  if (unit === 'year') return to.year - from.year;
  if (unit === 'month') return (to.year - from.year) * 12 + to.month - from.month;
  // 1970-01-01 was a Thursday, four days after a Sunday
  const shift = unit === 'week' ? 4 * 86_400_000 : 0;
  const period = (it: Temporal): number => Math.floor((instant(it, unit) + shift) / (millisecondsOf[unit] ?? 1));
  return period(to) - period(from);
}

function comparable(from: Temporal, to: Temporal, unit: string): boolean {
  const needed = units.get(unit);
  if (needed === undefined || (from.kind === 'Time') !== (to.kind === 'Time')) return false;
  if (from.kind === 'Time' && needed < precisionOf.hour) return false;
  return from.precision >= needed && to.precision >= needed;
}

/** Milliseconds; time zones count only for units below a day. */
function instant(it: Temporal, unit: string): number {
  const days = dayNumber(it.year, it.month, it.day) * 86_400_000;
  if (unit === 'day' && it.precision < precisionOf.hour) return days;
  const time = ((it.hour * 60 + it.minute) * 60 + it.second) * 1000 + Number(it.fraction.slice(0, 3).padEnd(3, '0'));
  const zoned = unit === 'hour' || unit === 'minute' || unit === 'second' || unit === 'millisecond';
  return days + time - (zoned ? (it.offset ?? 0) * 60_000 : 0);
}

const restOfMonth = (it: Temporal): number =>
  it.day * 86_400_000 +
  ((it.hour * 60 + it.minute) * 60 + it.second) * 1000 +
  Number(it.fraction.slice(0, 3).padEnd(3, '0'));

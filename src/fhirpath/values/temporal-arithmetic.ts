import { civilOf, dayNumber, daysInMonth } from './calendar.ts';
import { add as addDecimals, Decimal, divide, multiply, parseDecimal, round } from './decimal.ts';
import { precisionOf, Temporal, type TemporalFields } from './temporal.ts';

type DurationUnit = 'year' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond';

/** UCUM's definite durations that calendar arithmetic takes as their keyword; 'a' and 'mo' are no calendar year and month. */
const definite: ReadonlyMap<string, DurationUnit> = new Map([
  ['wk', 'week'],
  ['d', 'day'],
  ['h', 'hour'],
  ['min', 'minute'],
  ['s', 'second'],
  ['ms', 'millisecond'],
]);
const calendar = new Set(['year', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond']);

/** The unit of a time-valued quantity that may be added to a date; undefined for every other unit. */
export const durationUnit = (unit: string): DurationUnit | undefined =>
  calendar.has(unit) ? (unit as DurationUnit) : definite.get(unit);

/** One of the unit is so many of the next coarser one that a partial value may stop at. */
const coarser: Readonly<Record<DurationUnit, readonly [unit: DurationUnit, of: bigint] | undefined>> = {
  millisecond: ['second', 1000n],
  second: ['minute', 60n],
  minute: ['hour', 60n],
  hour: ['day', 24n],
  week: undefined,
  day: ['month', 30n],
  month: ['year', 12n],
  year: undefined,
};
const neededPrecision: Readonly<Record<DurationUnit, number>> = {
  year: precisionOf.year,
  month: precisionOf.month,
  week: precisionOf.day,
  day: precisionOf.day,
  hour: precisionOf.hour,
  minute: precisionOf.minute,
  second: precisionOf.second,
  millisecond: precisionOf.second,
};

/**
 * Adds a duration by the rules of the calendar (https://hl7.org/fhirpath/N1/#datetime-arithmetic): a partial value takes
 * whole units of its own precision, fractions count only for seconds, a time of day wraps around.
 * Undefined when a time of day is given years, months, weeks or days, or the year leaves 1..9999.
 */
export function addDuration(it: Temporal, amount: Decimal, unit: DurationUnit): Temporal | undefined {
  if (it.kind === 'Time' && neededPrecision[unit] < precisionOf.hour) return undefined;
  let [value, at]: [Decimal, DurationUnit] =
    unit === 'week' ? [multiply(round(amount, 0, 'truncate'), new Decimal(7n, 0)), 'day'] : [amount, unit];
  if (at === 'millisecond') [value, at] = [divideBy(value, 1000n), 'second'];
  while (neededPrecision[at] > it.precision) {
    // a year of days is 365 of them, not twelve months of thirty
    const step: readonly [DurationUnit, bigint] | undefined =
      at === 'day' && it.precision === precisionOf.year ? ['year', 365n] : coarser[at];
    if (!step) return undefined;
    [value, at] = [divideBy(value, step[1]), step[0]];
  }
  if (at === 'second') return addSeconds(it, value);
  const whole = Number(round(value, 0, 'truncate').digits);
  if (!Number.isSafeInteger(whole)) return undefined;
  switch (at) {
    case 'year':
      return addMonths(it, whole * 12);
    case 'month':
      return addMonths(it, whole);
    case 'day':
      return onClock(it, dayNumber(it.year, it.month, it.day) + whole, {});
    case 'hour':
      return addMinutes(it, whole * 60, {});
    default:
      return addMinutes(it, whole, {});
  }
}

const divideBy = (value: Decimal, by: bigint): Decimal => divide(value, new Decimal(by, 0)) ?? value;

function addMonths(it: Temporal, months: number): Temporal | undefined {
  const count = it.year * 12 + (it.month - 1) + months;
  const [year, month] = [Math.floor(count / 12), (((count % 12) + 12) % 12) + 1];
  if (year < 1 || year > 9999) return undefined;
  return new Temporal(it.kind, it.precision, { ...it, year, month, day: Math.min(it.day, daysInMonth(year, month)) });
}

function addSeconds(it: Temporal, amount: Decimal): Temporal | undefined {
  const start = parseDecimal(it.fraction ? `${it.second}.${it.fraction}` : String(it.second)) ?? new Decimal(0n, 0);
  // what is finer than the value shows is kept, what is not there adds no zeros
  const sum = addDecimals(start, tidy(amount, start.scale));
  const whole = round(sum, 0, 'floor').digits;
  const minutes = whole >= 0n ? whole / 60n : (whole - 59n) / 60n;
  const second = Number(whole - minutes * 60n);
  const fraction = sum.scale === 0 ? '' : addDecimals(sum, new Decimal(-whole, 0)).toString().slice(2);
  if (minutes > 1n << 40n || minutes < -(1n << 40n)) return undefined;
  return addMinutes(it, Number(minutes), { second, fraction });
}

/** Without the zeros that the value doesn't show either. */
function tidy({ digits, scale }: Decimal, shown: number): Decimal {
  let [left, own] = [digits, scale];
  for (; own > shown && left % 10n === 0n; own -= 1) left /= 10n;
  return new Decimal(left, own);
}

function addMinutes(it: Temporal, minutes: number, seconds: Partial<TemporalFields>): Temporal | undefined {
  const clock = it.hour * 60 + it.minute + minutes;
  const inDay = ((clock % 1440) + 1440) % 1440;
  const time = { ...seconds, hour: Math.floor(inDay / 60), minute: inDay % 60 };
  if (it.kind === 'Time') return new Temporal('Time', it.precision, { ...it, ...time });
  return onClock(it, dayNumber(it.year, it.month, it.day) + (clock - inDay) / 1440, time);
}

/** Days of the years 1 and 9999, counted from 1970. */
const firstDay = dayNumber(1, 1, 1);
const lastDay = dayNumber(9999, 12, 31);

function onClock(it: Temporal, days: number, time: Partial<TemporalFields>): Temporal | undefined {
  if (days < firstDay || days > lastDay) return undefined;
  return new Temporal(it.kind, it.precision, { ...it, ...civilOf(days), ...time });
}

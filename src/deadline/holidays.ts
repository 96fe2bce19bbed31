import { Temporal } from '../temporal.ts';

/** Employers differ about these Dutch holidays. The other holidays are closing days for every network. */
export type HolidayRules = {
  readonly goodFriday: boolean;
  /** Liberation Day (Bevrijdingsdag), 5 May. `lustrum`: every five years (2025, 2030 ...), as in most collective agreements. */
  readonly liberationDay: 'never' | 'lustrum' | 'every-year';
};

const dayOf = (year: number, month: number, day: number): Temporal.PlainDate =>
  new Temporal.PlainDate(year, month, day);

/** Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher). */
export function easterSunday(year: number): Temporal.PlainDate {
  const a = year % 19;
  const [b, c] = [Math.floor(year / 100), year % 100];
  const [d, e] = [Math.floor(b / 4), b % 4];
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const [i, k] = [Math.floor(c / 4), c % 4];
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return dayOf(year, Math.floor(n / 31), (n % 31) + 1);
}

/**
 * King's Day (Koningsdag): 27 April, or the 26th when the 27th is a Sunday. Until 2013 Queen's Day (Koninginnedag), 30
 * April, by the same rule.
 */
export function kingsDay(year: number): Temporal.PlainDate {
  const day = year >= 2014 ? dayOf(year, 4, 27) : dayOf(year, 4, 30);
  return day.dayOfWeek === sunday ? day.subtract({ days: 1 }) : day;
}

const sunday = 7;

/** The holidays of a year, those in a weekend included. */
export function dutchHolidays(
  year: number,
  { goodFriday, liberationDay }: HolidayRules,
): readonly Temporal.PlainDate[] {
  const easter = easterSunday(year);
  const observesLiberationDay = liberationDay === 'every-year' || (liberationDay === 'lustrum' && year % 5 === 0);
  return [
    dayOf(year, 1, 1),
    ...(goodFriday ? [easter.subtract({ days: 2 })] : []),
    easter,
    easter.add({ days: 1 }),
    kingsDay(year),
    ...(observesLiberationDay ? [dayOf(year, 5, 5)] : []),
    easter.add({ days: 39 }), // Ascension Day
    easter.add({ days: 49 }), // Whit Sunday
    easter.add({ days: 50 }),
    dayOf(year, 12, 25),
    dayOf(year, 12, 26),
  ];
}

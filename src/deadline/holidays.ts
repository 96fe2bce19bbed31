import { type Day, dayOf, weekday } from './day.ts';

/** On which of the Dutch holidays, of which employers differ, a network is closed; the others are closed days for everybody. */
export type HolidayRules = {
  readonly goodFriday: boolean;
  /** 5 May: every five years (2025, 2030 ...) by most collective agreements. */
  readonly liberationDay: 'never' | 'lustrum' | 'every-year';
};

/** Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher). */
export function easterSunday(year: number): Day {
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

/** Koningsdag: 27 April, on Saturday the 26th when that is a Sunday; until 2013 Koninginnedag, 30 April in the same way. */
export function kingsDay(year: number): Day {
  const day = year >= 2014 ? dayOf(year, 4, 27) : dayOf(year, 4, 30);
  return weekday(day) === 0 ? day - 1 : day;
}

/** The holidays of a year, weekends among them. */
export function dutchHolidays(year: number, { goodFriday, liberationDay }: HolidayRules): ReadonlySet<Day> {
  const easter = easterSunday(year);
  const free = liberationDay === 'every-year' || (liberationDay === 'lustrum' && year % 5 === 0);
  return new Set([
    dayOf(year, 1, 1),
    ...(goodFriday ? [easter - 2] : []),
    easter,
    easter + 1,
    kingsDay(year),
    ...(free ? [dayOf(year, 5, 5)] : []),
    easter + 39, // Ascension Day
    easter + 49, // Whit Sunday
    easter + 50,
    dayOf(year, 12, 25),
    dayOf(year, 12, 26),
  ]);
}

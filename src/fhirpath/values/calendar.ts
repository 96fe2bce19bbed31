/** Arithmetic of the Gregorian calendar on plain numbers, for years 1 to 9999. */

const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

export const daysInMonth = (year: number, month: number): number =>
  month === 2 && isLeapYear(year) ? 29 : (lengths[month - 1] ?? 0);

const millisecondsADay = 86_400_000;

/** Days since 1970-01-01. */
export function dayNumber(year: number, month: number, day: number): number {
  if (year >= 100) return Date.UTC(year, month - 1, day) / millisecondsADay;
  // Date.UTC reads years below 100 as 19xx; the calendar repeats every 400 years of 146,097 days
  return Date.UTC(year + 400, month - 1, day) / millisecondsADay - 146_097;
}

export function civilOf(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const date = new Date(days * millisecondsADay);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

import { type Day, instantOf, wallTime, weekday, yearOf } from './day.ts';
import { dutchHolidays, type HolidayRules } from './holidays.ts';

/** When a network works: its time zone, the holidays it keeps, and days on which it is closed besides. */
export type Calendar = {
  readonly timezone: string;
  readonly isBusinessDay: (day: Day) => boolean;
};

export function calendarOf(timezone: string, holidays: HolidayRules, closed: readonly Day[] = []): Calendar {
  const years = new Map<number, ReadonlySet<Day>>();
  const extra = new Set(closed);
  const holidaysOf = (year: number): ReadonlySet<Day> => {
    const known = years.get(year) ?? dutchHolidays(year, holidays);
    years.set(year, known);
    return known;
  };
  return {
    timezone,
    isBusinessDay: (day) =>
      weekday(day) !== 0 && weekday(day) !== 6 && !extra.has(day) && !holidaysOf(yearOf(day)).has(day),
  };
}

/** How long something may take: by the clock, or in days on which people work (werkdagen). */
export type Term = { readonly minutes: number } | { readonly businessDays: number };

/** Nobody is closed this long: ends the walk over a calendar that has no business day at all. */
const longestClosure = 400;

/**
 * When a term that begins at this instant is over. Business days keep the time of the day; what begins on a day on which
 * nobody works begins at midnight before the next business day.
 */
export function endOf(term: Term, begin: Date, calendar: Calendar): Date {
  if ('minutes' in term) return new Date(begin.getTime() + term.minutes * 60_000);
  const { day, milliseconds } = wallTime(begin, calendar.timezone);
  const first = nextBusinessDay(day - 1, calendar);
  let end = first;
  for (let n = 0; n < term.businessDays; n++) end = nextBusinessDay(end, calendar);
  return instantOf({ day: end, milliseconds: first === day ? milliseconds : 0 }, calendar.timezone);
}

/** No term ends before this (milliseconds since 1970), whatever the calendar: a day has 23 hours once a year. */
export const earliestEnd = (term: Term, begin: Date): number =>
  begin.getTime() + ('minutes' in term ? term.minutes * 60_000 : term.businessDays * 86_400_000 - 2 * 3_600_000);

function nextBusinessDay(after: Day, { isBusinessDay }: Calendar): Day {
  for (let day = after + 1; day <= after + longestClosure; day++) if (isBusinessDay(day)) return day;
  return after + 1;
}

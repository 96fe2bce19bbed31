import { inZone, Temporal } from '../temporal.ts';
import { dutchHolidays, type HolidayRules } from './holidays.ts';

/** Business days (werkdagen) of a network: its time zone, the public holidays it observes and its own closing days. */
export type Calendar = {
  readonly timezone: string;
  readonly isBusinessDay: (day: Temporal.PlainDate) => boolean;
};

export function calendarOf(
  timezone: string,
  holidays: HolidayRules,
  closed: readonly Temporal.PlainDate[] = [],
): Calendar {
  const years = new Map<number, ReadonlySet<string>>();
  const closingDays = new Set(closed.map(String));
  const holidaysOf = (year: number): ReadonlySet<string> => {
    const cached = years.get(year) ?? new Set(dutchHolidays(year, holidays).map(String));
    years.set(year, cached);
    return cached;
  };
  return {
    timezone,
    isBusinessDay: (day) => {
      if (day.dayOfWeek >= saturday) return false;
      const text = day.toString();
      return !closingDays.has(text) && !holidaysOf(day.year).has(text);
    },
  };
}

/** Days of the week as ISO 8601 numbers them: Monday is 1. */
const saturday = 6;

/** The length of a term: clock time, or business days (werkdagen). */
export type Term = { readonly minutes: number } | { readonly businessDays: number };

/** No network is closed this long. Ends the search in a calendar without a single business day. */
const longestClosure = 400;

/**
 * The end of a term that begins at this instant. A term in business days ends at the time of day at which it began; one
 * that begins on a closed day begins at midnight before the next business day. A time that the change to summer time skips
 * becomes an hour later; of a time that the change to winter time repeats, the second counts.
 */
export function endOf(term: Term, begin: Date, calendar: Calendar): Date {
  if ('minutes' in term) return new Date(begin.getTime() + term.minutes * 60_000);
  const wall = inZone(calendar.timezone, begin).toPlainDateTime();
  const firstDay = wall.toPlainDate();
  const opening = businessDayFrom(firstDay, calendar);
  let day = opening;
  for (let n = 0; n < term.businessDays; n++) day = businessDayFrom(day.add(oneDay), calendar);
  const end = day.toPlainDateTime(opening.equals(firstDay) ? wall.toPlainTime() : undefined);
  return new Date(end.toZonedDateTime(calendar.timezone, { disambiguation: 'later' }).epochMilliseconds);
}

/**
 * A lower bound of `endOf` (milliseconds since 1970) that needs no calendar. The day on which summer time begins has 23
 * hours.
 */
export const earliestEnd = (term: Term, begin: Date): number =>
  begin.getTime() + ('minutes' in term ? term.minutes * 60_000 : term.businessDays * 86_400_000 - 2 * 3_600_000);

const oneDay = Temporal.Duration.from({ days: 1 });

/** The first business day on or after this day. */
function businessDayFrom(day: Temporal.PlainDate, { isBusinessDay }: Calendar): Temporal.PlainDate {
  let at = day;
  for (let n = 0; n < longestClosure; n++) {
    if (isBusinessDay(at)) return at;
    at = at.add(oneDay);
  }
  return day;
}

/** How long a report is about. A network has one grain: no two of its periods overlap, so none can be subtracted. */
export type Grain = 'month' | 'quarter' | 'year';

/** A whole month, quarter or year of the calendar; days (yyyy-mm-dd) where the network is, both included. */
export type Period = {
  readonly start: string;
  readonly end: string;
  /** yyyy-mm */
  readonly months: readonly string[];
};

const lengths: Readonly<Record<Grain, number>> = { month: 1, quarter: 3, year: 12 };

/**
 * The period of this grain that begins and ends on these FHIR dates (https://hl7.org/fhir/R4/datatypes.html#date); a year
 * or a month stands for its first day, and as an end for its last. Undefined when they mark no whole period of the grain.
 */
export function periodOf(grain: Grain, start: string, end: string): Period | undefined {
  const [first, last] = [dayAt(start, 'first'), dayAt(end, 'last')];
  if (first === undefined || last === undefined || !first.endsWith('-01')) return undefined;
  const length = lengths[grain];
  const [year, month] = [Number(first.slice(0, 4)), Number(first.slice(5, 7))];
  if ((month - 1) % length !== 0) return undefined;
  const months = Array.from({ length }, (_, index) => monthName(year, month + index));
  return lastDayOf(months.at(-1)!) === last ? { start: first, end: last, months } : undefined;
}

const monthName = (year: number, month: number): string => `${year}-${String(month).padStart(2, '0')}`;

/** The last day of a month (yyyy-mm). */
export function lastDayOf(month: string): string {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
  const days = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return `${month}-${String(days).padStart(2, '0')}`;
}

/** Undefined when it is no date, or a day that the calendar does not have. */
function dayAt(text: string, which: 'first' | 'last'): string | undefined {
  const [, year, month, day] = /^([1-9]\d{3})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const ofMonth = `${year}-${month ?? (which === 'first' ? '01' : '12')}`;
  const number = Number(ofMonth.slice(5));
  if (number < 1 || number > 12) return undefined;
  const last = lastDayOf(ofMonth);
  if (day === undefined) return which === 'first' ? `${ofMonth}-01` : last;
  const whole = `${ofMonth}-${day}`;
  return day >= '01' && whole <= last ? whole : undefined;
}

/** Whether a day (yyyy-mm-dd) lies in it. */
export const isWithin = ({ start, end }: Period, day: string): boolean => start <= day && day <= end;

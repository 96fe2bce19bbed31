/** Length of a reporting period. A network has one length, so that no two periods overlap and can be subtracted. */
export type Grain = 'month' | 'quarter' | 'year';

/** A whole calendar month, quarter or year; dates (yyyy-mm-dd) in the network's time zone, both inclusive. */
export type Period = {
  readonly start: string;
  readonly end: string;
  /** yyyy-mm */
  readonly months: readonly string[];
};

const lengths: Readonly<Record<Grain, number>> = { month: 1, quarter: 3, year: 12 };

/**
 * The period between two FHIR dates (https://hl7.org/fhir/R4/datatypes.html#date); a year or month stands for its first
 * day, and as end for its last. Undefined when they do not mark a whole period of this length.
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

/** Undefined for an invalid date. */
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

/** Whether a date (yyyy-mm-dd) is within the period. */
export const isWithin = ({ start, end }: Period, day: string): boolean => start <= day && day <= end;

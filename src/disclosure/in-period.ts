import type { Period } from '@medplum/fhirtypes';
import { dayIn } from '../temporal.ts';

/** Whose days are meant where no network states a time zone. */
const dutchTime = 'Europe/Amsterdam';

/** The day (`yyyy-mm-dd`) on the clock of a network: statements of persons and laws name days of the place where they live. */
export const dayAt = (now: Date, timezone: string = dutchTime): string => dayIn(timezone, now);

/**
 * Whether a period (https://hl7.org/fhir/R4/datatypes.html#Period) has begun and has not ended. Both ends belong to it, in the
 * precision in which they are written: a day to its end, a moment to its second. What cannot be read excludes nothing: a
 * denial counts when in doubt, and no permit with it is understood (`isPeriodReadable`).
 */
export function isInPeriod({ start, end }: Period, now: Date, timezone?: string): boolean {
  if (start && (isDate(start) ? start > dayAt(now, timezone).slice(0, start.length) : momentOf(start) > now.getTime()))
    return false;
  if (!end) return true;
  return !(isDate(end) ? end < dayAt(now, timezone).slice(0, end.length) : lastOf(end) < now.getTime());
}

/** Whether one end of a period is a date, or a moment with its zone. */
export const isPeriodReadable = (end: unknown): boolean =>
  typeof end === 'string' && (isDate(end) || !Number.isNaN(momentOf(end)));

const isDate = (text: string): boolean => /^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$/.test(text);

/** NaN without a zone: it would be a moment of the machine's own. */
const momentOf = (text: string): number => (/T.*(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN);

const lastOf = (text: string): number => momentOf(text) + (text.includes('.') ? 0 : 999);

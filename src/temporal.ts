/**
 * Days and time zones. Temporal is part of Node from version 26; older versions load a polyfill, which is why this module
 * awaits. The library entries must not import it: CommonJS cannot `require` a module that awaits.
 */
export const Temporal: typeof globalThis.Temporal =
  globalThis.Temporal ?? (await import('temporal-polyfill/implementation')).Temporal;

/** An instant on the clock of a time zone (IANA name). Throws RangeError when the zone does not exist. */
export const inZone = (timezone: string, instant: Date): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timezone);

/** The calendar day (yyyy-mm-dd) of an instant in a time zone. */
export const dayIn = (timezone: string, instant: Date): string =>
  new Date(instant.getTime() + offsetIn(timezone, instant)).toISOString().split('T')[0]!;

/** Offset from UTC in minutes, positive east of Greenwich. */
export const minutesEast = (timezone: string, instant: Date): number =>
  Math.round(offsetIn(timezone, instant) / 60_000);

type Offset = { readonly timezone: string; readonly from: number; readonly until: number; readonly offset: number };

/** From one change of the clock of a zone to the next. A few: dates of a message are of this year or the last ones. */
let known: readonly Offset[] = [];
const mostKnown = 16;

/** Milliseconds. The steps of a message ask for it several times, and from Temporal that took 1.5 % of the message. */
function offsetIn(timezone: string, instant: Date): number {
  const at = instant.getTime();
  for (const it of known) if (at >= it.from && at < it.until && it.timezone === timezone) return it.offset;
  const zoned = inZone(timezone, instant);
  const offset = zoned.offsetNanoseconds / 1_000_000;
  const next = zoned.getTimeZoneTransition('next');
  const from = next?.getTimeZoneTransition('previous')?.epochMilliseconds ?? at;
  known = [{ timezone, from, until: next?.epochMilliseconds ?? at + 1, offset }, ...known].slice(0, mostKnown);
  return offset;
}

/** A day written as yyyy-mm-dd; undefined when the text has another form or the calendar has no such day. */
export function parseDay(text: string): Temporal.PlainDate | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  try {
    return Temporal.PlainDate.from(text);
  } catch {
    return undefined;
  }
}

/** Days from one day (yyyy-mm-dd) to another; negative when the second is earlier. Routing calls it for every candidate. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

/** Whether the calendar has this time zone: a name of the right form may still be one that does not exist. */
export function isUsableTimeZone(timezone: string): boolean {
  try {
    inZone(timezone, new Date(0));
    return true;
  } catch {
    return false;
  }
}

/**
 * Days and time zones. Temporal is part of Node from version 26; older versions load a polyfill, which is why this module
 * awaits. The library entries must not import it: CommonJS cannot `require` a module that awaits.
 */
export const Temporal: typeof globalThis.Temporal =
  globalThis.Temporal ?? (await import('temporal-polyfill/implementation')).Temporal;

/** An instant on the clock of a time zone (IANA name). Throws RangeError when the zone does not exist. */
export function inZone(timezone: string, instant: Date): Temporal.ZonedDateTime {
  const at = instant.getTime();
  if (last?.at !== at || last.timezone !== timezone)
    last = { at, timezone, zoned: Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone) };
  return last.zoned;
}

/** The steps of a message convert the same instant several times, which took 1.5 % of its time. */
let last: { readonly at: number; readonly timezone: string; readonly zoned: Temporal.ZonedDateTime } | undefined;

/** The calendar day (yyyy-mm-dd) of an instant in a time zone. */
export const dayIn = (timezone: string, instant: Date): string => inZone(timezone, instant).toPlainDate().toString();

/** Offset from UTC in minutes, positive east of Greenwich. */
export const minutesEast = (timezone: string, instant: Date): number =>
  Math.round(inZone(timezone, instant).offsetNanoseconds / 60_000_000_000);

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

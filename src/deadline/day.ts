/** A calendar day as the number of days since 1 January 1970; 1 is a Friday. */
export type Day = number;

const dayLength = 86_400_000;

export const dayOf = (year: number, month: number, day: number): Day => Date.UTC(year, month - 1, day) / dayLength;

export const yearOf = (day: Day): number => new Date(day * dayLength).getUTCFullYear();

/** 0 is Sunday. */
export const weekday = (day: Day): number => (((day + 4) % 7) + 7) % 7;

/** `2026-12-25`; undefined when there is no such day. */
export function parseDay(text: string): Day | undefined {
  const at = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(at).toISOString().startsWith(text) ? at / dayLength : undefined;
}

/** What a clock on the wall shows: the day, and milliseconds since its midnight as if no clock were ever changed. */
export type WallTime = { readonly day: Day; readonly milliseconds: number };

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timezone, made);
  return made;
}

export function wallTime(instant: Date, timezone: string): WallTime {
  const parts = new Map(
    formatOf(timezone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const of = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  const seconds = of('hour') * 3600 + of('minute') * 60 + of('second');
  const fraction = ((instant.getTime() % 1000) + 1000) % 1000;
  return { day: dayOf(of('year'), of('month'), of('day')), milliseconds: seconds * 1000 + fraction };
}

/** How far that clock is ahead of UTC. */
export function minutesEast(instant: Date, timezone: string): number {
  const { day, milliseconds } = wallTime(instant, timezone);
  return Math.round((day * dayLength + milliseconds - instant.getTime()) / 60_000);
}

/** The instant at which the wall shows this; a time that the change to summer time skips is the moment of the change or later. */
export function instantOf({ day, milliseconds }: WallTime, timezone: string): Date {
  const plain = day * dayLength + milliseconds;
  const offset = (at: number): number => {
    const wall = wallTime(new Date(at), timezone);
    return wall.day * dayLength + wall.milliseconds - at;
  };
  const first = plain - offset(plain);
  const second = plain - offset(first);
  return new Date(offset(second) === plain - second ? second : Math.max(first, second));
}

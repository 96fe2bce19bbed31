import { civilOf, dayNumber, daysInMonth } from './calendar.ts';

export type TemporalKind = 'Date' | 'DateTime' | 'Time';
/** How far a value is known; seconds and their fraction are one precision. */
export const precisionOf = { year: 0, month: 1, day: 2, hour: 3, minute: 4, second: 5 } as const;

/**
 * A System.Date, System.DateTime or System.Time with partial precision (https://hl7.org/fhirpath/N1/#datetime).
 * Fields beyond the precision are 1 (month, day) or 0.
 */
export class Temporal {
  readonly kind: TemporalKind;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** The digits behind the decimal point of the seconds, as written. */
  readonly fraction: string;
  /** 0 year ... 5 second. */
  readonly precision: number;
  /** Minutes east of UTC. */
  readonly offset: number | undefined;
  constructor(kind: TemporalKind, precision: number, fields: Partial<TemporalFields>) {
    this.kind = kind;
    this.precision = precision;
    this.year = fields.year ?? 1;
    this.month = fields.month ?? 1;
    this.day = fields.day ?? 1;
    this.hour = fields.hour ?? 0;
    this.minute = fields.minute ?? 0;
    this.second = fields.second ?? 0;
    this.fraction = fields.fraction ?? '';
    this.offset = fields.offset;
  }
  /** The literal without @: `2015-02`, `T10:30`; a partial DateTime without its last T, as FHIR writes it. */
  toString(): string {
    return this.kind === 'Time' ? `T${textOf(this)}` : textOf(this);
  }
  /** As FHIR writes it: `10:30`. */
  toJSON(): string {
    return textOf(this);
  }
}

export type TemporalFields = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly fraction: string;
  readonly offset: number | undefined;
};

const datePattern = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/;
const timePattern = /^(\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?$/;
const zonePattern = /(?:Z|([+-])(\d\d):(\d\d))$/;

/** Reads `2015-02-04`. Undefined when it isn't a date that exists. */
export function parseDate(text: string, kind: 'Date' | 'DateTime' = 'Date'): Temporal | undefined {
  const match = datePattern.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return new Temporal(kind, match[3] ? 2 : match[2] ? 1 : 0, { year, month, day });
}

/** Reads `14:34:28.123`, with or without the T before it. */
export function parseTime(text: string): Temporal | undefined {
  const match = timePattern.exec(text.startsWith('T') ? text.slice(1) : text);
  if (!match) return undefined;
  const [hour, minute, second] = [Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0)];
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const precision = match[3] ? precisionOf.second : match[2] ? precisionOf.minute : precisionOf.hour;
  return new Temporal('Time', precision, { hour, minute, second, fraction: match[4] ?? '' });
}

/** Reads `2015-02-04T14:34:28.123+01:00`, and partial forms: `2015`, `2015T`, `2015-02-04T14`. */
export function parseDateTime(text: string): Temporal | undefined {
  const t = text.indexOf('T');
  if (t < 0) return parseDate(text, 'DateTime');
  const date = parseDate(text.slice(0, t), 'DateTime');
  const rest = text.slice(t + 1);
  if (rest === '' || !date) return date;
  const zone = zonePattern.exec(rest);
  const time = parseTime(zone ? rest.slice(0, zone.index) : rest);
  if (!time || date.precision < precisionOf.day) return undefined;
  const { year, month, day } = date;
  const { hour, minute, second, fraction } = time;
  return new Temporal('DateTime', time.precision, {
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction,
    offset: minutes(zone),
  });
}

function minutes(zone: RegExpExecArray | null): number | undefined {
  if (!zone) return undefined;
  const east = Number(zone[2] ?? 0) * 60 + Number(zone[3] ?? 0);
  return zone[1] === '-' ? -east || 0 : east;
}

/** A literal as the lexer gives it, without @. */
export function parseTemporalLiteral(text: string): Temporal | undefined {
  if (text.startsWith('T')) return parseTime(text);
  return text.includes('T') ? parseDateTime(text) : parseDate(text);
}

/** As FHIR writes it and toString() gives it: up to the precision, without T in front. */
export function textOf(it: Temporal): string {
  const date = [pad(it.year, 4), pad(it.month), pad(it.day)].slice(0, it.precision + 1).join('-');
  if (it.kind !== 'Time' && it.precision < precisionOf.hour) return date;
  const time = [pad(it.hour), pad(it.minute), pad(it.second)].slice(0, it.precision - 2).join(':');
  const fraction = it.fraction ? `.${it.fraction}` : '';
  return it.kind === 'Time' ? time + fraction : `${date}T${time}${fraction}${zoneOf(it)}`;
}

function zoneOf({ offset }: Temporal): string {
  if (offset === undefined) return '';
  if (offset === 0) return 'Z';
  const east = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(east / 60))}:${pad(east % 60)}`;
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

export const fieldsOf = (it: Temporal): TemporalFields => it;

/** The same moment on the clock of UTC. */
function inUtc(it: Temporal): Temporal {
  if (!it.offset) return it;
  const clock = dayNumber(it.year, it.month, it.day) * 1440 + it.hour * 60 + it.minute - it.offset;
  const inDay = ((clock % 1440) + 1440) % 1440;
  return new Temporal('DateTime', it.precision, {
    ...fieldsOf(it),
    ...civilOf((clock - inDay) / 1440),
    hour: Math.floor(inDay / 60),
    minute: inDay % 60,
    offset: 0,
  });
}

/** Local time may be this far from UTC: between values with and without time zone only more than this is certain. */
const widestZoneMinutes = 14 * 60;

/**
 * Negative, zero or positive; undefined when the precision, or a time zone that only one of them has, leaves it open,
 * or when a time of day is compared with a date.
 */
export function compareTemporals(left: Temporal, right: Temporal): number | undefined {
  if ((left.kind === 'Time') !== (right.kind === 'Time')) return undefined;
  const timed = left.precision >= precisionOf.hour && right.precision >= precisionOf.hour;
  if (!timed || left.kind === 'Time' || left.offset === right.offset) return compareFields(left, right);
  if (left.offset !== undefined && right.offset !== undefined) return compareFields(inUtc(left), inUtc(right));
  const apart = clockMinutes(inUtc(left)) - clockMinutes(inUtc(right));
  return Math.abs(apart) > widestZoneMinutes ? Math.sign(apart) : undefined;
}

const clockMinutes = (it: Temporal): number => dayNumber(it.year, it.month, it.day) * 1440 + it.hour * 60 + it.minute;

const order = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

function compareFields(left: Temporal, right: Temporal): number | undefined {
  const known = Math.min(left.precision, right.precision);
  for (let at = left.kind === 'Time' ? precisionOf.hour : 0; at <= known; at += 1) {
    const field = order[at] as (typeof order)[number];
    const difference = left[field] - right[field];
    if (difference !== 0) return Math.sign(difference);
  }
  if (left.precision !== right.precision) return undefined;
  const digits = Math.max(left.fraction.length, right.fraction.length);
  const [a, b] = [left.fraction.padEnd(digits, '0'), right.fraction.padEnd(digits, '0')];
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Equal values of equal precision have equal keys; for sets of values. */
export function temporalKey(it: Temporal): string {
  const { year, month, day, hour, minute, second, fraction, precision, offset } = inUtc(it);
  const zoned = precision >= precisionOf.hour && offset !== undefined;
  const fields = [year, month, day, hour, minute, second, fraction.replace(/0+$/, '')];
  return `${it.kind === 'Time' ? 'T' : ''}${precision}${zoned ? 'Z' : ''}${fields.join('-')}`;
}

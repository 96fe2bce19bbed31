/**
 * Dates and times from strings in other formats (https://build.fhir.org/ig/HL7/mapping-language-ig/transforms.html#date-op-details)
 * and from Unix time. Month names are read in English and Dutch, time zone names where they are unambiguous.
 */

import { reportProblem } from '../program/program.ts';
import { type Node, rootNode } from '../run/node.ts';
import { describePlace } from '../run/rule-place.ts';
import { type Frame, type Run, report } from '../run/run.ts';
import { fullMonths, monthNumber, monthPattern, shortMonths } from './months.ts';
import { zonePattern, zoneText } from './time-zones.ts';
import { operandText, type TransformDefinition } from './transform.ts';

type Parts = {
  year?: string;
  month?: string;
  day?: string;
  hour?: string;
  minute?: string;
  second?: string;
  fraction?: string;
  zone?: string;
  half?: string;
};

const codes: Readonly<Record<string, readonly [keyof Parts, string]>> = {
  yyyy: ['year', '\\d{4}'],
  yy: ['year', '\\d{2}'],
  MMMM: ['month', monthPattern(fullMonths)],
  MMM: ['month', monthPattern(shortMonths)],
  MM: ['month', '\\d{2}'],
  M: ['month', '\\d{1,2}'],
  dd: ['day', '\\d{2}'],
  d: ['day', '\\d{1,2}'],
  HH: ['hour', '\\d{2}'],
  H: ['hour', '\\d{1,2}'],
  hh: ['hour', '\\d{2}'],
  h: ['hour', '\\d{1,2}'],
  mm: ['minute', '\\d{2}'],
  m: ['minute', '\\d{1,2}'],
  ss: ['second', '\\d{2}'],
  s: ['second', '\\d{1,2}'],
  a: ['half', '[AaPp][Mm]?'],
  Z: ['zone', 'Z|[+-]\\d{2}:?\\d{2}'],
  z: ['zone', zonePattern],
};

export type MomentFormat = (text: string) => Parts | undefined;

/** The parser of a format; undefined when the format has an unsupported code. */
export function momentFormat(format: string): MomentFormat | undefined {
  if (format === 'DTM') return hl7Moment;
  const names: (keyof Parts)[] = [];
  let pattern = '';
  for (const [run] of format.matchAll(/([A-Za-z])\1*|[^A-Za-z]/g)) {
    const fraction = /^S+$/.test(run) ? (['fraction', `\\d{${run.length}}`] as const) : undefined;
    const code = fraction ?? codes[run];
    if (code) {
      names.push(code[0]);
      pattern += `(${code[1]})`;
    } else if (/^[A-Za-z]/.test(run) && run !== 'T') return undefined;
    else pattern += run.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  }
  // Only names of months and zones ignore case; the other letters of a format, T and Z, are case-sensitive.
  const expression = new RegExp(`^${pattern}$`, /MMM|z/.test(format) ? 'i' : '');
  return (text) => {
    const found = expression.exec(text);
    return found ? Object.fromEntries(names.map((name, at) => [name, found[at + 1]!])) : undefined;
  };
}

/** A moment of HL7 v2 (TS, DTM: 2.A.22) in any precision, from the year to parts of a second. */
function hl7Moment(text: string): Parts | undefined {
  const found = /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,4}))?)?)?)?)?)?([+-]\d{4})?$/.exec(
    text.trim(),
  );
  if (!found) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = found;
  const parts = { year, month, day, hour, minute, second, fraction, zone };
  return Object.fromEntries(Object.entries(parts).filter(([, it]) => it !== undefined));
}

const two = (text: string | undefined): string | undefined => text?.padStart(2, '0');

/** A two-digit year: 00-49 is 2000-2049. */
const fullYear = (year: string): string => (year.length === 4 ? year : Number(year) < 50 ? `20${year}` : `19${year}`);

function hourOf({ hour, half }: Parts): string | undefined {
  if (hour === undefined || half === undefined) return two(hour);
  const twelve = Number(hour) % 12;
  return two(String(/^p/i.test(half) ? twelve + 12 : twelve));
}

const within = (text: string | undefined, least: number, most: number): boolean =>
  text === undefined || (Number(text) >= least && Number(text) <= most);

function dateText({ year, month: written, day }: Parts): string | undefined {
  const month = written && monthNumber(written);
  if (year === undefined || !within(month, 1, 12) || !within(day, 1, 31)) return undefined;
  return [fullYear(year), two(month), month === undefined ? undefined : two(day)]
    .filter((it) => it !== undefined)
    .join('-');
}

function timeText(parts: Parts): string | undefined {
  const [hour, minute, second] = [hourOf(parts), two(parts.minute) ?? '00', two(parts.second) ?? '00'];
  if (hour === undefined || !within(hour, 0, 23) || !within(minute, 0, 59) || !within(second, 0, 60)) return undefined;
  return `${hour}:${minute}:${second}${parts.fraction ? `.${parts.fraction}` : ''}`;
}

/** FHIR requires a zone with a time (https://hl7.org/fhir/R4/datatypes.html#dateTime): without one only the date remains. */
function dateTimeText(parts: Parts): string | undefined {
  const [date, time] = [dateText(parts), parts.hour === undefined ? undefined : timeText(parts)];
  if (date === undefined || time === undefined || date.length < 10) return date;
  return parts.zone ? `${date}T${time}${zoneText(parts.zone)}` : date;
}

/** The FHIR text of the parts for the type. */
export const momentText = (type: 'date' | 'dateTime' | 'time', parts: Parts): string | undefined =>
  type === 'date' ? dateText(parts) : type === 'time' ? timeText(parts) : dateTimeText(parts);

const defaults = { date: 'yyyy-MM-dd', dateTime: 'yyyy-MM-ddTHH:mm:ss.SSSZ', time: 'HH:mm:ss.SSS' } as const;

const parsing = (type: 'date' | 'dateTime' | 'time', arity: readonly [number, number]): TransformDefinition => ({
  arity: arity,
  compile: ({ operands: [from, format], context, at }) => {
    const written = format === undefined ? defaults[type] : String(format.constant);
    const parse = momentFormat(written);
    if (!parse) {
      const expected = 'DTM (HL7 v2), or yyyy, yy, MMMM, MMM, MM, M, dd, d, HH, H, hh, h, mm, m, ss, s, S, a, Z, z';
      return reportProblem(
        context,
        'map-arguments-invalid',
        { name: 'a date format', expected, found: 'another code' },
        at,
      );
    }
    return {
      types: [type],
      values: (run: Run, frame: Frame): readonly Node[] => {
        const text = operandText(from!, run, frame);
        if (text === undefined) return [];
        const parts = parse(text);
        const converted = parts && momentText(type, parts);
        if (converted !== undefined) return [rootNode(converted, type)];
        report(run, 'map-cast-failed', { type, place: describePlace(context.place) }, from!.values(run, frame)[0]);
        return [];
      },
      sources: (frame) => from!.sources?.(frame) ?? [],
    };
  },
});

const fromUnix = (type: 'date' | 'dateTime' | 'time'): TransformDefinition => ({
  arity: [1, 2],
  compile: ({ operands: [from, zone] }) => ({
    types: [type],
    values: (run: Run, frame: Frame): readonly Node[] => {
      const seconds = Number(operandText(from!, run, frame) ?? Number.NaN);
      const offset = zone === undefined ? 'Z' : (operandText(zone, run, frame) ?? 'Z');
      const found = /^([+-])(\d\d):?(\d\d)$/.exec(offset);
      const minutes = found ? (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) : 0;
      const moment = new Date((seconds + minutes * 60) * 1000);
      if (Number.isNaN(moment.getTime())) return [];
      const [date = '', time = ''] = moment
        .toISOString()
        .replace(/\.000Z$|Z$/, '')
        .split('T');
      return [
        rootNode(
          type === 'date' ? date : type === 'time' ? time : `${date}T${time}${found ? zoneText(offset) : 'Z'}`,
          type,
        ),
      ];
    },
    sources: (frame) => from!.sources?.(frame) ?? [],
  }),
});

export const momentTransforms: Readonly<Record<string, TransformDefinition>> = {
  toDate: parsing('date', [1, 2]),
  toDateTime: parsing('dateTime', [1, 2]),
  toTime: parsing('time', [1, 2]),
  unixToDate: fromUnix('date'),
  unixToDateTime: fromUnix('dateTime'),
  unixToTime: fromUnix('time'),
  // R4 and R5 do not define the parameters of dateOp; the guide replaced it by toDate and others. Here: (source, format).
  dateOp: parsing('dateTime', [2, 2]),
};

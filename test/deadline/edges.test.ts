import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Calendar, calendarOf, endOf } from '../../src/deadline/calendar.ts';
import { inZone, Temporal } from '../../src/temporal.ts';

/** Edges of the clock: changes to summer and winter time, leap days, zones far from Amsterdam. */
const everyDay = (timezone: string): Calendar => ({ timezone, isBusinessDay: () => true });
const ending = (timezone: string, begin: string, businessDays: number) =>
  endOf({ businessDays }, new Date(begin), everyDay(timezone)).toISOString();

describe('on the day on which the clock changes', () => {
  test.each([
    ['a skipped time is an hour later', 'Europe/Amsterdam', '2026-03-28T01:30:00Z', '2026-03-29T01:30:00.000Z'],
    ['the last instant before the gap', 'Europe/Amsterdam', '2026-03-28T00:59:59.999Z', '2026-03-29T00:59:59.999Z'],
    ['the first instant after the gap', 'Europe/Amsterdam', '2026-03-28T02:00:00Z', '2026-03-29T01:00:00.000Z'],
    ['of a repeated time the second', 'Europe/Amsterdam', '2026-10-24T00:30:00Z', '2026-10-25T01:30:00.000Z'],
    ['before the repeated hour', 'Europe/Amsterdam', '2026-10-23T23:59:59Z', '2026-10-24T23:59:59.000Z'],
    ['after the repeated hour', 'Europe/Amsterdam', '2026-10-24T01:00:00Z', '2026-10-25T02:00:00.000Z'],
    ['west of Greenwich, a skipped time', 'America/New_York', '2026-03-07T07:30:00Z', '2026-03-08T07:30:00.000Z'],
    ['west of Greenwich, a repeated time', 'America/New_York', '2026-10-31T05:30:00Z', '2026-11-01T06:30:00.000Z'],
    ['a change of half an hour', 'Australia/Lord_Howe', '2026-10-02T15:45:00Z', '2026-10-03T15:45:00.000Z'],
    ['a midnight that does not exist', 'America/Asuncion', '2023-09-30T04:00:00Z', '2023-10-01T04:00:00.000Z'],
  ])('%s', (_, timezone, begin, end) => expect(ending(timezone, begin, 1)).toBe(end));
});

test.each([
  ['2028-02-28T09:00:00Z', '2028-02-29T09:00:00.000Z'],
  ['2028-02-29T09:00:00Z', '2028-03-01T09:00:00.000Z'],
  ['2026-02-28T09:00:00Z', '2026-03-01T09:00:00.000Z'],
  ['2100-02-28T09:00:00Z', '2100-03-01T09:00:00.000Z'],
  ['2000-02-28T09:00:00Z', '2000-02-29T09:00:00.000Z'],
])('a leap day exists only in a leap year: %s', (begin, end) => expect(ending('Europe/Amsterdam', begin, 1)).toBe(end));

test('closing days, Christmas and the end of a leap year in a row', () => {
  const closed = ['2028-12-27', '2028-12-28', '2028-12-29'].map((it) => Temporal.PlainDate.from(it));
  const calendar = calendarOf('Europe/Amsterdam', { goodFriday: false, liberationDay: 'never' }, closed);
  expect(endOf({ businessDays: 1 }, new Date('2028-12-22T11:00:00Z'), calendar).toISOString()).toBe(
    '2029-01-02T11:00:00.000Z',
  );
});

const zone = fc.constantFrom(
  'Europe/Amsterdam',
  'UTC',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Africa/Casablanca',
);
const instant = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

test('in every zone a term ends on the day it should, at the time it began or later by the gap', () => {
  fc.assert(
    fc.property(zone, instant, fc.integer({ min: 0, max: 30 }), (timezone, begin, businessDays) => {
      const start = inZone(timezone, begin);
      const end = inZone(timezone, endOf({ businessDays }, begin, everyDay(timezone)));
      const wall = start.toPlainDateTime().add({ days: businessDays });
      const off = wall.until(end.toPlainDateTime()).total('minutes');
      // Apia skipped 30 December 2011 as a whole
      expect([0, 30, 60, 1440]).toContain(off);
      expect(off === 0 || end.getTimeZoneTransition('previous')!.until(end).total('hours') <= 24).toBe(true);
    }),
    { numRuns: 500 },
  );
});

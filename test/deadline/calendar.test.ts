import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendarOf, earliestEnd, endOf } from '../../src/deadline/calendar.ts';
import { dutchHolidays, easterSunday, kingsDay } from '../../src/deadline/holidays.ts';
import { inZone, parseDay, Temporal } from '../../src/temporal.ts';

const timezone = 'Europe/Amsterdam';
const usual = { goodFriday: false, liberationDay: 'lustrum' } as const;
const calendar = calendarOf(timezone, usual);
const ending = (begin: string, businessDays: number, with_ = calendar) =>
  endOf({ businessDays }, new Date(begin), with_).toISOString();

describe('Dutch holidays', () => {
  test.each([
    [1961, '1961-04-02'],
    [2000, '2000-04-23'],
    [2008, '2008-03-23'],
    [2011, '2011-04-24'],
    [2024, '2024-03-31'],
    [2025, '2025-04-20'],
    [2026, '2026-04-05'],
    [2038, '2038-04-25'],
    [2285, '2285-03-22'],
  ])('Easter of %i is %s', (year, expected) => expect(String(easterSunday(year))).toBe(expected));

  test('Easter is a Sunday between 22 March and 25 April, always', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1583, max: 4000 }), (year) => {
        const easter = easterSunday(year);
        expect(easter.dayOfWeek).toBe(7);
        expect(Temporal.PlainDate.compare(easter, { year, month: 3, day: 22 })).toBeGreaterThanOrEqual(0);
        expect(Temporal.PlainDate.compare(easter, { year, month: 4, day: 25 })).toBeLessThanOrEqual(0);
      }),
    );
  });

  test.each([
    [2013, '2013-04-30'],
    [2006, '2006-04-29'],
    [2014, '2014-04-26'],
    [2025, '2025-04-26'],
    [2026, '2026-04-27'],
    [2031, '2031-04-26'],
  ])('King’s Day of %i is %s', (year, expected) => expect(String(kingsDay(year))).toBe(expected));

  test('all of 2026, and the holidays that employers differ about', () => {
    const of = (year: number, rules: Parameters<typeof dutchHolidays>[1]) => dutchHolidays(year, rules).map(String);
    expect(of(2026, usual)).toEqual([
      '2026-01-01',
      '2026-04-05',
      '2026-04-06',
      '2026-04-27',
      '2026-05-14',
      '2026-05-24',
      '2026-05-25',
      '2026-12-25',
      '2026-12-26',
    ]);
    expect(of(2026, { goodFriday: true, liberationDay: 'every-year' })).toEqual(
      expect.arrayContaining(['2026-04-03', '2026-05-05']),
    );
    expect(of(2030, usual)).toContain('2030-05-05');
    expect(of(2030, { goodFriday: false, liberationDay: 'never' })).not.toContain('2030-05-05');
  });
});

describe('a term in business days', () => {
  test.each([
    ['keeps the time of the day', '2026-11-23T09:30:00Z', 1, '2026-11-24T09:30:00.000Z'],
    ['skips the weekend', '2026-11-20T15:00:00Z', 2, '2026-11-24T15:00:00.000Z'],
    ['that begins on Saturday begins on Monday', '2026-11-21T15:00:00Z', 1, '2026-11-23T23:00:00.000Z'],
    ['skips Easter Monday', '2026-04-03T08:00:00Z', 1, '2026-04-07T08:00:00.000Z'],
    ['skips King’s Day and keeps the wall clock', '2026-04-24T08:00:00Z', 1, '2026-04-28T08:00:00.000Z'],
    ['skips Christmas and New Year', '2026-12-24T11:00:00Z', 5, '2027-01-04T11:00:00.000Z'],
    ['keeps the wall clock over the end of summer time', '2026-10-23T08:00:00Z', 1, '2026-10-26T09:00:00.000Z'],
    ['keeps the wall clock over its begin', '2026-03-27T09:00:00Z', 1, '2026-03-30T08:00:00.000Z'],
    ['of nothing is over at once', '2026-11-23T09:30:00Z', 0, '2026-11-23T09:30:00.000Z'],
    ['of nothing on a Sunday is over when Monday begins', '2026-11-22T09:30:00Z', 0, '2026-11-22T23:00:00.000Z'],
  ])('%s', (_, begin, days, end) => expect(ending(begin, days)).toBe(end));

  test('skips the closing days of the network', () => {
    const closed = calendarOf(timezone, usual, [parseDay('2026-11-24')!]);
    expect(ending('2026-11-23T09:30:00Z', 1, closed)).toBe('2026-11-25T09:30:00.000Z');
  });

  const instant = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
  const days = fc.integer({ min: 0, max: 60 });

  test('ends on a business day, at the same time of the day or at midnight', () => {
    fc.assert(
      fc.property(instant, days, (begin, businessDays) => {
        const start = inZone(timezone, begin);
        const end = inZone(timezone, endOf({ businessDays }, begin, calendar));
        expect(calendar.isBusinessDay(end.toPlainDate())).toBe(true);
        const expected = calendar.isBusinessDay(start.toPlainDate()) ? start.toPlainTime() : new Temporal.PlainTime();
        // summer time begins and ends on a Sunday: no business day has a skipped hour
        expect(end.toPlainTime().toString()).toBe(expected.toString());
      }),
    );
  });

  test('contains exactly that many business days', () => {
    fc.assert(
      fc.property(instant, days, (begin, businessDays) => {
        const start = inZone(timezone, begin).toPlainDate();
        const end = inZone(timezone, endOf({ businessDays }, begin, calendar)).toPlainDate();
        let worked = 0;
        for (let day = start; !day.equals(end); ) {
          day = day.add({ days: 1 });
          if (calendar.isBusinessDay(day)) worked++;
        }
        expect(worked).toBe(businessDays + (calendar.isBusinessDay(start) ? 0 : 1));
      }),
    );
  });

  test('that is longer, or begins later, never ends earlier', () => {
    fc.assert(
      fc.property(instant, days, fc.nat(10_000_000), (begin, businessDays, later) => {
        const end = endOf({ businessDays }, begin, calendar).getTime();
        expect(endOf({ businessDays: businessDays + 1 }, begin, calendar).getTime()).toBeGreaterThan(end);
        const next = new Date(begin.getTime() + later * 1000);
        // in the hour that is lived twice in October the wall shows the earlier time again
        const slack = 3_600_000;
        expect(endOf({ businessDays }, next, calendar).getTime() + slack).toBeGreaterThanOrEqual(end);
      }),
    );
  });

  test('never ends before the earliest end', () => {
    fc.assert(
      fc.property(instant, days, (begin, businessDays) => {
        const end = endOf({ businessDays }, begin, calendar).getTime();
        expect(end).toBeGreaterThanOrEqual(earliestEnd({ businessDays }, begin));
      }),
    );
  });

  test('terminates in a calendar without business days', () => {
    const never = { timezone, isBusinessDay: () => false };
    expect(endOf({ businessDays: 3 }, new Date('2026-11-23T09:30:00Z'), never)).toBeInstanceOf(Date);
  });
});

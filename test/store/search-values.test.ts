import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCursor, writeCursor } from '../../src/store/cursor.ts';
import { dateRange } from '../../src/store/date-range.ts';

const range = (text: string) => {
  const found = dateRange(text);
  return found && [found.low, found.high].map((it) => new Date(it).toISOString());
};

describe('a date', () => {
  test('covers what its precision leaves open', () => {
    expect(range('2026')).toEqual(['2026-01-01T00:00:00.000Z', '2026-12-31T23:59:59.999Z']);
    expect(range('2024-02')).toEqual(['2024-02-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z']);
    expect(range('2026-12-31')).toEqual(['2026-12-31T00:00:00.000Z', '2026-12-31T23:59:59.999Z']);
    expect(range('2026-11-22T09:30')).toEqual(['2026-11-22T09:30:00.000Z', '2026-11-22T09:30:59.999Z']);
    expect(range('2026-11-22T09:30:10Z')).toEqual(['2026-11-22T09:30:10.000Z', '2026-11-22T09:30:10.999Z']);
    expect(range('2026-11-22T09:30:10.1234+01:00')).toEqual(['2026-11-22T08:30:10.123Z', '2026-11-22T08:30:10.123Z']);
    expect(range('2026-11-22T23:30:00-02:30')).toEqual(['2026-11-23T02:00:00.000Z', '2026-11-23T02:00:00.999Z']);
  });

  test('that is none has no range', () => {
    for (const text of [
      '',
      'today',
      '2026-13',
      '2026-02-29',
      '2026-1-1',
      '20261122',
      '2026-11-22T25:00',
      '2026-11-22 ',
      7,
    ])
      expect([text, dateRange(text)]).toEqual([text, undefined]);
  });

  test('of any instant covers that instant', () => {
    const moments = fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(moments, (moment) => {
        const text = moment.toISOString();
        for (const length of [4, 7, 10]) {
          const found = dateRange(text.slice(0, length));
          expect(found && found.low <= moment.getTime() && moment.getTime() <= found.high).toBe(true);
        }
        expect(dateRange(text)).toEqual({ low: moment.getTime(), high: moment.getTime() });
      }),
    );
  });
});

describe('a cursor', () => {
  test('leads back to its place', () => {
    const place = fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(place, (it) => {
        expect(readCursor(writeCursor(it), it.length)).toEqual(it);
      }),
    );
  });

  test('that someone made up leads nowhere, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const place = readCursor(text, 2);
        expect(place === undefined || (place.length === 2 && place.every(Number.isSafeInteger))).toBe(true);
      }),
    );
  });
});

import fc from 'fast-check';
import { Temporal as Polyfill } from 'temporal-polyfill/implementation';
import { expect, test } from 'vitest';
import { dayIn, daysBetween, minutesEast, parseDay, Temporal } from '../src/temporal.ts';

test.each([
  ['2026-02-28', true],
  ['2026-02-29', false],
  ['2028-02-29', true],
  ['2100-02-29', false],
  ['2026-13-01', false],
  ['2026-00-01', false],
  ['2026-1-01', false],
  ['2026-01-01T00:00', false],
  ['2026-01-01[u-ca=hebrew]', false],
  ['', false],
])('%s is a day: %s', (text, isDay) => expect(parseDay(text)?.toString()).toBe(isDay ? text : undefined));

test.each([
  ['2026-12-31T22:59:59.999Z', '2026-12-31', 60],
  ['2026-12-31T23:00:00Z', '2027-01-01', 60],
  ['2026-06-30T21:59:59Z', '2026-06-30', 120],
  ['2026-06-30T22:00:00Z', '2026-07-01', 120],
  ['2026-03-29T00:59:59.999Z', '2026-03-29', 60],
  ['2026-03-29T01:00:00Z', '2026-03-29', 120],
  ['2026-10-25T00:59:59.999Z', '2026-10-25', 120],
  ['2026-10-25T01:00:00Z', '2026-10-25', 60],
])('at %s it is %s in Amsterdam, %i minutes east', (text, day, minutes) => {
  expect(dayIn('Europe/Amsterdam', new Date(text))).toBe(day);
  expect(minutesEast('Europe/Amsterdam', new Date(text))).toBe(minutes);
});

test('an unknown zone is an error', () => expect(() => dayIn('Europe/Nergens', new Date(0))).toThrow(RangeError));

const instant = fc.date({ min: new Date('1980-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
const zone = fc.constantFrom('Europe/Amsterdam', 'UTC', 'America/St_Johns', 'Asia/Kolkata', 'Pacific/Apia');

test('the day is the one that Intl formats', () => {
  fc.assert(
    fc.property(zone, instant, (timeZone, at) => {
      const formatted = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(at);
      expect(dayIn(timeZone, at)).toBe(formatted);
    }),
    { numRuns: 200 },
  );
});

test('days between two days are those that Temporal counts', () => {
  const day = fc
    .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 31 }))
    .map(([year, month, of]) => Temporal.PlainDate.from({ year, month, day: of }));
  fc.assert(
    fc.property(day, day, (from, to) => {
      expect(daysBetween(String(from), String(to))).toBe(from.until(to, { largestUnit: 'days' }).days);
    }),
  );
});

test('the polyfill of older versions of Node agrees, also where the clock changes', () => {
  fc.assert(
    fc.property(zone, instant, (timezone, at) => {
      const epoch = at.getTime();
      const native = Temporal.Instant.fromEpochMilliseconds(epoch).toZonedDateTimeISO(timezone);
      const other = Polyfill.Instant.fromEpochMilliseconds(epoch).toZonedDateTimeISO(timezone);
      expect(other.toString()).toBe(native.toString());
      const wall = native.toPlainDateTime().add({ days: 1 });
      for (const disambiguation of ['later', 'compatible'] as const)
        expect(
          Polyfill.PlainDateTime.from(wall.toString()).toZonedDateTime(timezone, { disambiguation }).epochMilliseconds,
        ).toBe(wall.toZonedDateTime(timezone, { disambiguation }).epochMilliseconds);
    }),
    { numRuns: 500 },
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CandidateMetrics, compareMetrics, whyNotSelected } from '../../src/routing/decision/choice.ts';
import { personFactsOf } from '../../src/routing/facts/person.ts';
import type { Choice } from '../../src/routing/rules/routes-file.ts';
import { kilometresBetween } from '../../src/routing/snapshot/distance.ts';

const point = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});

describe('a distance', () => {
  test('is that of the map', () => {
    const utrecht = { latitude: 52.0907, longitude: 5.1214 };
    const groningen = { latitude: 53.2194, longitude: 6.5665 };
    expect(kilometresBetween(utrecht, groningen)).toBe(158.9);
  });

  test('is symmetric, zero to itself, and at most half the globe', () => {
    fc.assert(
      fc.property(point, point, (a, b) => {
        const there = kilometresBetween(a, b);
        expect(there).toBe(kilometresBetween(b, a));
        expect(kilometresBetween(a, a)).toBe(0);
        expect(there >= 0 && there <= 20_016).toBe(true);
      }),
      { seed: 20261122 },
    );
  });
});

describe('an age', () => {
  test('is that of the day, where the network is', () => {
    const age = (birthDate: string) => personFactsOf({ resourceType: 'Patient', birthDate }, '2026-11-22').age;
    expect([age('2008-11-22'), age('2008-11-23'), age('2026-11-22'), age('2008'), age('2027-01-01')]).toEqual([
      18,
      17,
      0,
      null,
      null,
    ]);
    expect(personFactsOf({ resourceType: 'Patient', birthDate: '2008-02-29' }, '2026-02-28').age).toBe(17);
    expect(personFactsOf({ resourceType: 'Patient', birthDate: '2008-02-29' }, '2026-03-01').age).toBe(18);
  });

  test('and language follow the preferred communication', () => {
    const speaks = (...codes: readonly [string, boolean][]) =>
      personFactsOf(
        {
          resourceType: 'Patient',
          communication: codes.map(([code, preferred]) => ({ preferred, language: { coding: [{ code }] } })),
        },
        '2026-11-22',
      ).language;
    expect(speaks(['nl', false], ['tr-TR', true])).toBe('tr');
    expect(speaks(['nl-NL', false])).toBe('nl');
    expect(speaks(['not a code', true])).toBeNull();
    expect(speaks()).toBeNull();
  });
});

const seeker = { postcode: '1283', language: 'tr', diagnosisGroup: null, today: '2026-11-22' };
const wait = (intakeWeeks: number, stale = false) => ({ intakeWeeks, measuredOn: '2026-11-02', days: 20, stale });
const capacity = (status: string, stale = false) => ({ status, assessedOn: '2026-11-16', days: 6, stale });

describe('a choice', () => {
  const all: Choice = {
    type: 'basic-ggz',
    'speaks-language': true,
    capacity: ['available'],
    'longest-intake-weeks': 4,
    'farthest-km': 15,
  };
  const fits: CandidateMetrics = { language: 'tr', capacity: capacity('available'), wait: wait(4), kilometres: 15 };

  test('includes values at the limit', () => {
    expect(whyNotSelected(fits, all, seeker)).toBeUndefined();
  });

  test.each<[string, CandidateMetrics, RegExp]>([
    ['another language', { ...fits, language: undefined as never }, /does not state that it speaks .*\(tr\)/],
    ['no place', { ...fits, capacity: capacity('closed') }, /accepts nobody at the moment \(reported 6 days ago\)/],
    ['places told too long ago', { ...fits, capacity: capacity('available', true) }, /too old to use/],
    ['a longer wait', { ...fits, wait: wait(4.5) }, /4\.5 weeks .* more than 4 \(measured 20 days ago\)/],
    ['a wait told too long ago', { ...fits, wait: wait(0, true) }, /2026-11-02, 20 days ago: too old to use/],
    ['a longer way', { ...fits, kilometres: 15.1 }, /15\.1 km .* farther than 15 km/],
    ['nothing told', { language: 'tr' }, /does not report its capacity/],
  ])('drops %s, and says so in both languages', (_, measured, why) => {
    const dropped = whyNotSelected(measured, all, seeker);
    expect(dropped?.en).toMatch(why);
    expect(dropped?.nl).not.toBe('');
  });

  const measured = fc.record(
    {
      kilometres: fc.integer({ min: 0, max: 99 }),
      wait: fc.tuple(fc.integer({ min: 0, max: 40 }), fc.boolean()).map(([weeks, stale]) => wait(weeks, stale)),
      capacity: fc
        .tuple(fc.constantFrom('available', 'limited', 'waitlist', 'closed', 'other'), fc.boolean())
        .map(([status, stale]) => capacity(status, stale)),
    },
    { requiredKeys: [] },
  );
  const prefer = fc.uniqueArray(fc.constantFrom('nearest' as const, 'shortest-wait' as const, 'most-places' as const));

  test('prefers in one order: what is before cannot be after', () => {
    fc.assert(
      fc.property(measured, measured, measured, prefer, (a, b, c, by) => {
        expect(compareMetrics(a, b, by)).toBe(0 - compareMetrics(b, a, by));
        if (compareMetrics(a, b, by) <= 0 && compareMetrics(b, c, by) <= 0)
          expect(compareMetrics(a, c, by)).toBeLessThanOrEqual(0);
      }),
      { seed: 20261122 },
    );
  });

  test('never prefers a stale wait to a fresh one', () => {
    expect(compareMetrics({ wait: wait(0, true) }, { wait: wait(30) }, ['shortest-wait'])).toBe(1);
  });
});

import { expect, test } from 'vitest';
import { calendarOf, type DeadlineRule, type Pause, passedDeadlines } from '../../src/deadline/index.ts';

/** The deadlines of a Task are suspended while it waits for an answer of its requester. */
const calendar = calendarOf('Europe/Amsterdam', { goodFriday: false, liberationDay: 'lustrum' });
const rule: DeadlineRule = {
  id: 'unanswered',
  useCases: ['registration'],
  statuses: ['requested'],
  after: { businessDays: 2 },
  from: 'status',
  does: 'remind',
  to: 'owner',
};
const monday = new Date('2026-11-23T09:00:00Z');
const passed = (now: string, ...pauses: readonly Pause[]): number => {
  const watched = { useCase: 'registration', status: 'requested', priority: 'routine' };
  return passedDeadlines(
    { ...watched, inStatusSince: monday, changedAt: monday, createdAt: monday, pauses },
    [rule],
    calendar,
    new Date(now),
  ).length;
};
const pause = (from: string, until?: string): Pause => ({
  from: new Date(from),
  ...(until ? { until: new Date(until) } : {}),
});

test('no deadline passes while the Task waits, however long', () => {
  expect(passed('2026-11-25T09:00:00Z')).toBe(1);
  expect(passed('2027-11-25T09:00:00Z', pause('2026-11-23T10:00:00Z'))).toBe(0);
});

test('each deadline is extended by the time waited', () => {
  const day = pause('2026-11-23T10:00:00Z', '2026-11-24T10:00:00Z');
  expect(passed('2026-11-26T08:59:00Z', day)).toBe(0);
  expect(passed('2026-11-26T09:00:00Z', day)).toBe(1);
});

test('simultaneous questions count once, questions before this status not at all', () => {
  const day = pause('2026-11-23T10:00:00Z', '2026-11-24T10:00:00Z');
  const within = pause('2026-11-23T12:00:00Z', '2026-11-24T08:00:00Z');
  const earlier = pause('2026-11-16T10:00:00Z', '2026-11-20T10:00:00Z');
  expect(passed('2026-11-26T08:59:00Z', within, day, earlier)).toBe(0);
  expect(passed('2026-11-26T09:00:00Z', within, day, earlier)).toBe(1);
});

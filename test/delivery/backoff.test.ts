import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pauseAfter, readRetryAfter } from '../../src/delivery/backoff.ts';
import { classifyAnswer, classifyError } from '../../src/delivery/channel/classify.ts';
import { issueOfReason, reasonText } from '../../src/delivery/reason.ts';
import { defaults } from '../../src/delivery/settings.ts';

const now = new Date('2026-11-22T09:00:00Z');

describe('the pause after a failure', () => {
  test('doubles with each failure, is spread over its whole length, and has a maximum', () => {
    const longest = (failures: number) => pauseAfter(failures, defaults, () => 0.999999);
    expect([1, 2, 3, 4].map(longest)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(longest(50)).toBe(defaults.maximumPause);
    expect(pauseAfter(10, defaults, () => 0)).toBe(0);
  });

  test('is never shorter than a Retry-After, nor longer than its maximum by more than the spread', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.nat(10 ** 9), chance, (failures, asked, luck) => {
        const pause = pauseAfter(failures, defaults, () => luck, asked);
        expect(pause).toBeGreaterThanOrEqual(Math.min(asked, defaults.maximumRetryAfter));
        expect(pause).toBeLessThanOrEqual(Math.max(defaults.maximumRetryAfter + defaults.pause, defaults.maximumPause));
      }),
    );
  });

  test('reads Retry-After as seconds or as an HTTP date, and nothing else', () => {
    expect(readRetryAfter('120', now)).toBe(120_000);
    expect(readRetryAfter('Sun, 22 Nov 2026 09:01:30 GMT', now)).toBe(90_000);
    expect(readRetryAfter('Sun, 22 Nov 2026 08:00:00 GMT', now)).toBe(0);
    expect(readRetryAfter('soon', now)).toBeUndefined();
    expect(readRetryAfter('-5', now)).not.toBeLessThan(0);
    expect(readRetryAfter(undefined, now)).toBeUndefined();
  });
});

describe('an answer', () => {
  test('is delivered, worth another attempt, or final, for every status that there is', () => {
    const kinds = (statuses: readonly number[]) => statuses.map((it) => classifyAnswer(it, undefined).kind);
    expect(new Set(kinds([200, 201, 202, 204]))).toEqual(new Set(['delivered']));
    expect(new Set(kinds([301, 302, 307, 308, 401, 404, 408, 410, 425, 429, 500, 502, 503, 504]))).toEqual(
      new Set(['retry']),
    );
    expect(new Set(kinds([400, 403, 405, 409, 412, 413, 415, 422, 501, 505, 304]))).toEqual(new Set(['refused']));
  });

  test.each([
    [401, 'receiver-credentials-rejected'],
    [408, 'receiver-timeout'],
    [429, 'receiver-throttling'],
    [500, 'receiver-error'],
    [502, 'receiver-unavailable'],
    [307, 'receiver-redirected'],
    [422, 'receiver-refused'],
  ])('of status %i is reported as %s, with its status', (status, rule) => {
    const verdict = classifyAnswer(status, undefined);
    const stored = verdict.kind === 'delivered' ? '' : reasonText(verdict.reason);
    expect(stored).toBe(`${rule}: ${status}`);
    expect(issueOfReason(stored)).toMatchObject({ rule });
  });

  test.each([
    'receiver-unreachable: ECONNREFUSED',
    'receiver-address-missing',
    'delivery-forbidden: receiver-unknown',
    'delivery-expired: receiver-unavailable: 503',
    'pulled-order-refused: invariant',
  ])('stored as %s reads as a finding', (stored) => {
    const found = issueOfReason(stored);
    expect(found).toMatchObject({ rule: stored.replace(/:.*/, '') });
    expect(`${found?.message}${found?.dutch}`).not.toContain('{');
  });

  test('is reported with known codes only, whatever the receiver sends', () => {
    const outcomes = fc.record({
      resourceType: fc.constant('OperationOutcome'),
      issue: fc.array(
        fc.record({
          code: fc.oneof(fc.string(), fc.constantFrom('structure', 'required')),
          details: fc.option(fc.record({ coding: fc.array(fc.record({ code: fc.string() })) }), { nil: undefined }),
        }),
      ),
    });
    fc.assert(
      fc.property(outcomes, (outcome) => {
        const verdict = classifyAnswer(422, outcome as never);
        expect(verdict.kind).toBe('refused');
        if (verdict.kind === 'refused') expect(verdict.reason.detail).toMatch(/^422(?: [a-z-]+)*$/);
      }),
    );
  });

  test('that never came is always retried, and its error reported by code only', () => {
    const refused = Object.assign(new Error('connect 10.0.0.1: Jansen'), { code: 'ECONNREFUSED' });
    expect(classifyError(refused)).toEqual({
      kind: 'retry',
      reason: { rule: 'receiver-unreachable', detail: 'ECONNREFUSED' },
    });
    expect(classifyError(new Error('fetch failed', { cause: refused }))).toMatchObject({
      reason: { detail: 'ECONNREFUSED' },
    });
    for (const odd of [undefined, null, 'text', { code: 'with spaces and Jansen' }])
      expect(classifyError(odd)).toMatchObject({ kind: 'retry', reason: { detail: 'unknown' } });
  });

  test('stores a reason that can be shown in both languages', () => {
    const text = reasonText({ rule: 'receiver-refused', detail: '422 structure' });
    expect(issueOfReason(text)).toMatchObject({
      rule: 'receiver-refused',
      message: expect.stringContaining('(422 structure)'),
      dutch: expect.stringContaining('definitief geweigerd (422 structure)'),
    });
    expect(issueOfReason('something else')).toBeUndefined();
  });
});

import type { Subscription, Task } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mgnCodeSystem, mgnTopic } from '../../src/fhir/canonical.ts';
import { filterText, holds, isOwn, parseFilter } from '../../src/subscription/filter.ts';
import {
  type Agreement,
  agreementKey,
  agreementOf,
  notificationBundle,
  subscriptionResource,
  topics,
  topicsOf,
} from '../../src/subscription/index.ts';

const value = fc.stringMatching(/^[A-Za-z0-9:/.|-]{1,30}$/);
const filter = fc.record({
  parameter: fc.constantFrom('owner' as const, 'owner:identifier' as const, 'requester:identifier' as const),
  values: fc.array(value, { minLength: 1, maxLength: 3 }),
});
const agreement: fc.Arbitrary<Agreement> = fc.record(
  {
    topic: fc.constantFrom(...topics),
    filters: fc.array(filter, { minLength: 1, maxLength: 3 }),
    endpoint: fc.webUrl().map((it) => it.replace(/\/+$/, '')),
    content: fc.constantFrom('empty' as const, 'id-only' as const),
    reason: fc.string(),
    heartbeat: fc.integer({ min: 60, max: 9_999 }),
  },
  { requiredKeys: ['topic', 'filters', 'endpoint', 'content', 'reason'] },
);

test('an agreement is read back as it was written', () => {
  fc.assert(
    fc.property(agreement, (it) => {
      const written = subscriptionResource({
        id: 'x',
        agreement: it,
        status: 'requested',
        version: 1,
        lastUpdated: new Date(0),
      });
      expect(agreementOf(written, { minimum: 60 })).toMatchObject({ ok: true, value: it });
    }),
  );
});

test('one agreement has one key, whatever the order of its filters; another topic, endpoint or filter has another', () => {
  fc.assert(
    fc.property(agreement, (it) => {
      expect(agreementKey({ ...it, filters: [...it.filters].reverse() })).toBe(agreementKey(it));
      expect(agreementKey({ ...it, endpoint: `${it.endpoint}/x` })).not.toBe(agreementKey(it));
    }),
  );
});

test('every request yields an agreement or an issue', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('criteria', '_criteria', 'channel', 'end'), fc.jsonValue()), (asked) => {
      const { channel, _criteria } = asked as { channel?: unknown; _criteria?: unknown };
      fc.pre(typeof channel !== 'string' && !Array.isArray(channel) && typeof _criteria !== 'string');
      const answer = agreementOf({ resourceType: 'Subscription', ...asked } as unknown as Subscription, undefined);
      expect(answer.ok || answer.issues.length > 0).toBe(true);
    }),
  );
});

describe('a filter', () => {
  test('is read back as it was written, also behind Task? and joined by &', () => {
    fc.assert(
      fc.property(fc.array(filter, { minLength: 1, maxLength: 3 }), (filters) => {
        const text = filters.map(filterText).join('&');
        expect(parseFilter(`Task?${text}`)).toMatchObject({ ok: true, value: filters });
      }),
    );
  });

  const party = (reference: string, identifier: string) => ({
    references: [reference],
    identifiers: [{ system: 'urn:x', value: identifier }],
  });
  const parties = { owner: party('HealthcareService/a', '1'), requester: party('Organization/b', '2') };

  test.each([
    ['owner=HealthcareService/a', true],
    ['owner=HealthcareService/b', false],
    ['owner=HealthcareService/b,HealthcareService/a', true],
    ['owner:identifier=urn:x|1', true],
    ['owner:identifier=urn:x|2', false],
    ['owner:identifier=1', false],
    ['requester:identifier=urn:x|2', true],
  ])('%s: %s', (text, expected) => {
    const parsed = parseFilter(text);
    expect(parsed.ok && parsed.value.every((it) => holds(it, parties))).toBe(expected);
  });

  test('is one’s own only when each of its values is', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const own = { references: ['HealthcareService/a'], identifiers: [] };
        const asked = [{ parameter: 'owner' as const, values: ['HealthcareService/a', ...values] }];
        expect(isOwn(asked, own)).toBe(values.every((it) => it === 'HealthcareService/a'));
      }),
    );
  });

  test.each(['', 'owner', 'owner=', 'status=requested', 'patient=Patient/1', 'owner=a&patient=b'])(
    'is not “%s”',
    (text) => {
      expect(parseFilter(text).ok).toBe(false);
    },
  );
});

describe('topics', () => {
  const task = (system: string, code: string): Task =>
    ({ resourceType: 'Task', status: 'requested', intent: 'order', code: { coding: [{ system, code }] } }) as Task;

  test('follow the use case of a Task', () => {
    expect(topicsOf(task(mgnCodeSystem('use-case'), 'transfer'))).toEqual([mgnTopic('task-transfer')]);
    expect(topicsOf(task(mgnCodeSystem('task-code'), 'escalate'))).toEqual([mgnTopic('task-escalation')]);
    expect(topicsOf(task('urn:elsewhere', 'transfer'))).toEqual([]);
    expect(topicsOf(task(mgnCodeSystem('use-case'), 'unheard-of'))).toEqual([]);
  });
});

test('a notification of empty content never names its focus', () => {
  fc.assert(
    fc.property(fc.nat(), fc.uuid(), (number, id) => {
      const told = [{ number, at: new Date(0), focus: `Task/${id}` }];
      const subscription = { id: 's', topic: topics[0]!, status: 'active', content: 'empty' } as const;
      const notice = {
        base: 'https://g.example',
        subscription,
        type: 'event-notification',
        events: number,
        told,
      } as const;
      expect(JSON.stringify(notificationBundle(notice, { id: 'x', at: new Date(0) }))).not.toContain(id);
    }),
  );
});

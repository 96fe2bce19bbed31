import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holds } from '../../src/subscription/filter.ts';
import {
  type ActiveSubscription,
  type Announcement,
  activeByTopic,
  eventNotification,
  matching,
} from '../../src/subscription/index.ts';

const name = fc.constantFrom('a', 'b', 'c');
const party = fc.record({
  references: fc.array(name, { maxLength: 2 }),
  identifiers: fc.array(fc.record({ system: name, value: name }), { maxLength: 2 }),
});
const filter = fc.record({
  parameter: fc.constantFrom('owner' as const, 'owner:identifier' as const, 'requester:identifier' as const),
  values: fc.array(
    fc.oneof(
      name,
      fc.tuple(name, name).map(([system, value]) => `${system}|${value}`),
    ),
    { minLength: 1 },
  ),
});
const subscription: fc.Arbitrary<ActiveSubscription> = fc.record({
  id: fc.uuid(),
  partner: name,
  agreement: fc.record({
    topic: name,
    filters: fc.array(filter, { maxLength: 2 }),
    endpoint: fc.constant('https://team.example/notify'),
    content: fc.constantFrom('id-only' as const, 'empty' as const),
    reason: fc.constant(''),
  }),
});
const announcement: fc.Arbitrary<Announcement> = fc.record({
  focus: name.map((it) => `Task/${it}`),
  topics: fc.uniqueArray(name, { maxLength: 2 }),
  parties: fc.record({ owner: party, requester: party }),
  cause: fc.record({ messageId: name, correlationId: name, traceId: name }),
  causes: fc.array(fc.record({ partner: name, cause: fc.record({ traceId: name }) }), { maxLength: 1 }),
});

const context = () => {
  let next = 0;
  return { base: 'https://gateway.example/fhir', at: new Date('2026-11-22T09:00:00Z'), newId: () => `id-${++next}` };
};

test('a Subscription matches by its topic and all of its filters, each once, whatever the others are', () => {
  fc.assert(
    fc.property(announcement, fc.array(subscription, { maxLength: 8 }), (it, active) => {
      const expected = active.filter(
        ({ agreement }) =>
          it.topics.includes(agreement.topic) && agreement.filters.every((filter) => holds(filter, it.parties)),
      );
      const found = matching(it, activeByTopic(active));
      expect(new Set(found)).toEqual(new Set(expected));
      expect(found).toHaveLength(expected.length);
    }),
  );
});

test('the same notification comes of the same data and ids, in another thread too', () => {
  fc.assert(
    fc.property(announcement, subscription, fc.nat(), (it, to, number) => {
      const sent = eventNotification(context(), it, to, number);
      expect(eventNotification(context(), structuredClone(it), structuredClone(to), number)).toEqual(sent);
      expect(structuredClone(sent)).toEqual(sent);
      expect(sent).toMatchObject({ recipient: to.partner, subscription: to.id, about: [it.focus] });
      expect(sent.body).toContain(`"event-number","valueString":"${number}"`);
    }),
  );
});

test('a partner with a cause of its own gets nothing of the common one', () => {
  fc.assert(
    fc.property(announcement, subscription, (it, to) => {
      const own = { ...it, cause: { messageId: 'm', correlationId: 'c', traceId: 't' } };
      const sent = eventNotification(
        context(),
        { ...own, causes: [{ partner: to.partner, cause: { traceId: 'x' } }] },
        to,
        1,
      );
      expect([sent.traceId, sent.correlationId, sent.messageId]).toEqual(['x', undefined, undefined]);
      const common = eventNotification(context(), { ...own, causes: [{ partner: 'other', cause: {} }] }, to, 1);
      expect([common.traceId, common.correlationId, common.messageId]).toEqual(['t', 'c', 'm']);
    }),
  );
});

import { describe, expect, test } from 'vitest';
import type { RefusedMessage, ReplayedItem, Store } from '../../../../src/store/port.ts';
import { at, dispatch, message } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

const wish = { worker: 'w', lease: 60_000, recipients: 9, batch: 99 } as const;

async function deliverAll(
  store: Store,
  seconds: number,
  how: (id: string) => 'delivered' | 'dead' = () => 'delivered',
) {
  for (const claim of await store.claim({ ...wish, now: at(seconds) })) {
    for (const delivery of claim.deliveries) {
      const ending = { at: at(seconds), milliseconds: 1 };
      if (how(delivery.id) === 'delivered') await store.complete(claim, delivery, { ...ending, status: 200 });
      else
        await store.deadLetter(claim, delivery, { ...ending, status: 422, because: 'receiver-refused: 422 structure' });
    }
    await store.release(claim);
  }
}

const refused = (id: string, more: Partial<RefusedMessage> = {}) => ({
  id,
  partner: 'praktijk-zuid',
  requestId: `request-${id}`,
  traceId: `trace-${id}`,
  receivedAt: at(1),
  codes: ['invariant', 'min'],
  contentType: 'application/fhir+json',
  configuration: 'digest',
  envelope: '{}',
  body: new TextEncoder().encode('{"family":"Testpersoon"}'),
  ...more,
});

export const operationsContract = (empty: EmptyStore) =>
  describe('operations', () => {
    test('nothing is sent to a partner that is held, also under a claim that there is; everything is after its release', async () => {
      const store = await empty();
      await store.commit({ now: at(0), dispatches: [dispatch('a1', 'a'), dispatch('a2', 'a'), dispatch('b1', 'b')] });
      const [claim] = await store.claim({ ...wish, recipients: 1, now: at(1) });
      const held = { partner: 'a', since: at(2), by: 'operator', reason: 'Upgrade of the EHR' };
      expect([await store.holdPartner(held, []), await store.holdPartner(held, [])]).toEqual([true, false]);
      expect(await store.heldPartners()).toEqual([held]);
      expect(await store.isDeliverable(claim!.deliveries[0]!)).toBe(false);
      expect(await store.pending(claim!, { now: at(2), batch: 9 })).toEqual([]);
      await store.release(claim!);
      await deliverAll(store, 3);
      expect((await store.dispatch('b1'))?.state).toBe('delivered');
      expect((await store.dispatch('a1'))?.state).toBe('waiting');
      expect(await store.hasDeliverable()).toBe(false);
      expect((await store.depth()).recipients).toMatchObject([{ recipient: 'a', waiting: 2, isHeld: true }]);
      const act = { now: at(9), audit: [] };
      expect([await store.releasePartner('a', act), await store.releasePartner('a', act)]).toEqual([true, false]);
      expect((await store.dispatch('a1'))?.queuedAt).toEqual(at(9));
      await deliverAll(store, 10);
      expect((await store.dispatch('a2'))?.state).toBe('delivered');
    });

    test('failures are grouped by cause over partners, and noted once for each revision', async () => {
      const store = await empty();
      const dispatches = [dispatch('a1', 'a'), dispatch('a2', 'a'), dispatch('b1', 'b')];
      await store.commit({ now: at(0), dispatches });
      await deliverAll(store, 1, () => 'dead');
      const cause = 'receiver-refused: 422 structure';
      const group = { cause, dead: 3, aside: 0, oldest: at(0), latest: at(1) };
      const partners = [
        { partner: 'a', count: 2 },
        { partner: 'b', count: 1 },
      ];
      expect(await store.failureGroups()).toEqual([{ ...group, partners }]);
      expect(await store.failureGroups('b')).toEqual([{ ...group, dead: 1, partners: partners.slice(1) }]);
      const note = (expect: number, content: string) =>
        store.noteFailure({ cause, content, expect }, { now: at(2), audit: [] });
      expect([await note(0, 'x'), await note(0, 'y'), await note(1, 'z')]).toEqual([true, false, true]);
      expect(await store.failureNotes()).toEqual([{ cause, content: 'z', revision: 2 }]);
    });

    test('a replay sends again: what was delivered as a copy with the same body, what is dead as it is, each once', async () => {
      const store = await empty();
      const dispatches = ['d1', 'd2', 'd3'].map((id) => dispatch(id, 'a', { messageId: 'message-r' }));
      await store.commit({ now: at(0), message: message('r'), dispatches });
      await deliverAll(store, 1, (id) => (id === 'd2' ? 'dead' : 'delivered'));
      const replay = { name: 'monday', state: 'running', content: '{"after":0}', createdAt: at(2) } as const;
      expect([await store.addReplay(replay, []), await store.addReplay(replay, [])]).toEqual([true, false]);
      const item = (source: string, outcome = 'sent'): ReplayedItem => ({
        source,
        outcome,
        ...(outcome === 'sent' ? { copy: { id: `copy-${source}`, requestId: `request-copy-${source}` } } : {}),
      });
      const step = (expect: number, items: readonly ReplayedItem[]) =>
        store.stepReplay('monday', { expect, state: 'running', content: '{"after":1}', items, now: at(3), audit: [] });
      expect(await step(1, [item('d1'), item('d2'), item('d3', 'consent-ended'), item('gone')])).toBe(true);
      expect(await step(1, [item('d1')])).toBe(false);
      expect(await step(2, [item('d1'), item('d3')])).toBe(true);
      expect(await store.replay('monday')).toMatchObject({ revision: 3, content: '{"after":1}' });
      expect(await store.replayCounts('monday')).toEqual({ sent: 2, 'consent-ended': 1, removed: 1 });
      const { items } = await store.replayItems('monday', { count: 9 });
      expect(items.map(({ source, dispatch: to }) => [source, to])).toEqual([
        ['d1', 'copy-d1'],
        ['d2', 'd2'],
        ['d3', undefined],
        ['gone', undefined],
      ]);
      const [claim] = await store.claim({ ...wish, now: at(4) });
      const sent = Object.fromEntries(claim!.deliveries.map(({ id, body, requestId }) => [id, [body, requestId]]));
      expect(sent['copy-d1']).toEqual([dispatch('d1').body, 'request-copy-d1']);
      await store.release(claim!);
      await deliverAll(store, 5);
      expect((await store.dispatch('copy-d1'))?.state).toBe('delivered');
      expect((await store.depth()).waiting).toBe(0);
      expect((await store.dispatches({ traceId: 'trace-d1', count: 9 })).items.length).toBeGreaterThan(0);
    });

    test('each attempt names the digest of the set that made what it sent', async () => {
      const store = await empty();
      await store.commit({
        now: at(0),
        message: message('r'),
        dispatches: [
          dispatch('d1', 'a', { messageId: 'message-r' }),
          dispatch('d2', 'a', { configuration: 'own' }),
          dispatch('d3', 'a'),
        ],
      });
      const [claim] = await store.claim({ ...wish, now: at(1) });
      for (const delivery of claim!.deliveries)
        await store.complete(claim!, delivery, {
          at: at(1),
          milliseconds: 1,
          ...(delivery.id === 'd3' ? { configuration: 'at-attempt' } : {}),
        });
      const digests = await Promise.all(
        ['d1', 'd2', 'd3'].map(async (id) => (await store.attempts(id))[0]?.configuration),
      );
      expect(digests).toEqual(['configuration-1', 'own', 'at-attempt']);
    });

    test('dispatches are selected by partner, sender, state, code, trace and time, page by page', async () => {
      const store = await empty();
      const of = (id: string, recipient: string) => dispatch(id, recipient, { messageId: 'message-r' });
      await store.commit({ now: at(0), message: message('r'), dispatches: [of('d1', 'a'), of('d2', 'b')] });
      await store.commit({ now: at(9), dispatches: [dispatch('d3', 'a'), dispatch('n', 'a', { subscription: 's' })] });
      await deliverAll(store, 10, (id) => (id === 'd3' ? 'dead' : 'delivered'));
      const ids = async (filter: Parameters<Store['selectDispatches']>[0]) =>
        (await store.selectDispatches(filter, { count: 9 })).items.map(({ id }) => id);
      expect(await ids({})).toEqual(['d1', 'd2', 'd3']);
      expect(await ids({ recipients: ['a'] })).toEqual(['d1', 'd3']);
      expect(await ids({ recipients: [] })).toEqual([]);
      expect(await ids({ senders: ['praktijk-zuid'] })).toEqual(['d1', 'd2']);
      expect(await ids({ states: ['dead', 'skipped'] })).toEqual(['d3']);
      expect(await ids({ codes: ['receiver-refused'] })).toEqual(['d3']);
      expect(await ids({ codes: ['receiver-refused: 422'] })).toEqual(['d3']);
      expect(await ids({ codes: ['receiver'] })).toEqual([]);
      expect(await ids({ traces: ['trace-d2'] })).toEqual(['d2']);
      expect(await ids({ messages: ['message-r'], ids: ['d2'] })).toEqual(['d2']);
      expect(await ids({ since: at(1), until: at(10) })).toEqual(['d3']);
      const first = await store.selectDispatches({}, { count: 2 });
      const rest = await store.selectDispatches({}, { count: 2, cursor: first.next! });
      expect([first, rest].map(({ items }) => items.map(({ id }) => id))).toEqual([['d1', 'd2'], ['d3']]);
      expect(rest.next).toBeUndefined();
    });

    test('messages are listed latest first, by sender and trace, without their texts', async () => {
      const store = await empty();
      for (const name of ['r', 's', 't'])
        await store.commit({
          now: at(0),
          message: message(name, name === 't' ? { partner: 'other', traceId: 'trace-r' } : {}),
        });
      const first = await store.messageHeads({ count: 2 });
      expect(first.items.map(({ id }) => id)).toEqual(['message-t', 'message-s']);
      expect((await store.messageHeads({ count: 2, cursor: first.next! })).items).toEqual([
        {
          seq: expect.any(Number),
          id: 'message-r',
          partner: 'praktijk-zuid',
          requestId: 'r',
          traceId: 'trace-r',
          receivedAt: at(0),
          configuration: 'configuration-1',
          status: 200,
        },
      ]);
      expect((await store.messageHeads({ count: 9, partner: 'other' })).items).toHaveLength(1);
      expect((await store.messageHeads({ count: 9, traceId: 'trace-r' })).items).toHaveLength(2);
    });

    test('a refused message is retained with its body until its term is over, and is removed then', async () => {
      const store = await empty();
      await store.retainRefused(refused('x'), at(60));
      await store.retainRefused(refused('y', { partner: 'other' }), at(90));
      const list = async (now: number, more = {}) =>
        (await store.refusedMessages({ now: at(now), count: 9, ...more })).items.map(({ id }) => id);
      expect(await list(5)).toEqual(['y', 'x']);
      expect(await list(5, { partner: 'other' })).toEqual(['y']);
      expect(await list(60)).toEqual(['y']);
      expect(await store.refusedMessage('x', at(59))).toEqual({ ...refused('x'), seq: 1 });
      expect(await store.refusedMessage('x', at(60))).toBeUndefined();
      // sent again and refused again: the same one, with its term
      await store.retainRefused(refused('z', { partner: 'other', requestId: 'request-y', codes: ['max'] }), at(900));
      expect(await store.refusedMessage('y', at(5))).toMatchObject({ codes: ['max'], requestId: 'request-y' });
      expect(await list(90)).toEqual([]);
      expect([await store.removeRefused(at(60)), await store.removeRefused(at(60))]).toEqual([1, 0]);
    });
  });

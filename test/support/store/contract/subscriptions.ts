import { describe, expect, test } from 'vitest';
import type {
  Announced,
  Claim,
  Delivery,
  Dispatch,
  Store,
  StoredSubscription,
  SubscriptionChange,
} from '../../../../src/store/port.ts';
import type { Announcement } from '../../../../src/subscription/index.ts';
import { at, auditEvent, commit, create, dispatch, message, task, update } from '../samples.ts';
import type { EmptyStore } from './empty-store.ts';

const agreement = {
  topic: 'https://mgn.example/fhir/SubscriptionTopic/mgn-task-registration',
  filters: [{ parameter: 'owner' as const, values: ['HealthcareService/team-noord'] }],
  endpoint: 'https://team-noord.example/notify',
  content: 'id-only' as const,
  reason: 'To know of new referrals',
};

const asked = (id: string, more: Partial<SubscriptionChange> = {}): SubscriptionChange => ({
  id,
  partner: 'team-noord',
  agreement,
  key: 'key-1',
  status: 'requested',
  expect: 'new',
  handshake: `handshake-${id}`,
  ...more,
});

const notification = (id: string, subscription: string, kind: string): Dispatch =>
  dispatch(id, 'team-noord', { kind, subscription, address: agreement.endpoint });

const handshake = (id: string) => notification(`handshake-${id}`, id, 'handshake');

const base = 'https://gateway.example/fhir';
const nobody = { references: [], identifiers: [] };
const owned = (owner: string) => ({ owner: { references: [owner], identifiers: [] }, requester: nobody });

const announcement = (focus: string, more: Partial<Announcement> = {}): Announcement => ({
  focus,
  topics: [agreement.topic],
  parties: owned('HealthcareService/team-noord'),
  cause: { messageId: 'message-1', correlationId: 'request-1', traceId: 'trace-1' },
  ...more,
});

/** Announces a change of this Task of team-noord. */
const announcing = (focus: string, more: Partial<Announcement> = {}): Announced => ({
  base,
  announcements: [announcement(focus, more)],
});

/** The number of the event in a notification. */
const numberIn = ({ body }: Pick<Dispatch, 'body'>): number =>
  Number(/"event-number","valueString":"(\d+)"/.exec(body)?.[1]);

/** Behaviour of every adapter for Subscriptions, their events and heartbeats. */
export function subscriptionContract(empty: EmptyStore): void {
  const claimed = async (store: Store): Promise<readonly [Claim, Delivery]> => {
    const [claim] = await store.claim({ worker: 'w', now: at(1), lease: 60_000, recipients: 9, batch: 9 });
    return [claim!, claim!.deliveries[0]!];
  };
  const shaken = async (store: Store): Promise<void> => {
    const [claim, delivery] = await claimed(store);
    await store.complete(claim, delivery, { at: at(1), milliseconds: 1 });
    await store.release(claim);
  };
  const active = async (...more: [Partial<SubscriptionChange>?]): Promise<Store> => {
    const store = await empty();
    await commit(store, { subscriptions: [asked('s1', ...more)], dispatches: [handshake('s1')] });
    await shaken(store);
    return store;
  };
  /** What waits, with its body, in the order of delivery. */
  const waiting = async (store: Store): Promise<readonly Delivery[]> => {
    const claims = await store.claim({ worker: 'w', now: at(1), lease: 60_000, recipients: 9, batch: 99 });
    return claims.flatMap(({ deliveries }) => deliveries);
  };
  const statusOf = async (store: Store): Promise<StoredSubscription['status'] | undefined> =>
    (await store.subscription('s1'))?.status;

  describe('a Subscription', () => {
    test('becomes active when its handshake is delivered', async () => {
      const store = await empty();
      await commit(store, { subscriptions: [asked('s1')], dispatches: [handshake('s1')] });
      expect(await store.subscription('s1')).toEqual({
        id: 's1',
        partner: 'team-noord',
        agreement,
        status: 'requested',
        version: 1,
        lastUpdated: at(0),
        events: 0,
      });
      await shaken(store);
      expect(await store.subscription('s1')).toMatchObject({ status: 'active', version: 2, lastUpdated: at(1) });
    });

    test('is in error with the reason when its handshake is a dead letter, and active after a successful retry', async () => {
      const store = await empty();
      await commit(store, { subscriptions: [asked('s1')], dispatches: [handshake('s1')] });
      const [claim, delivery] = await claimed(store);
      await store.deadLetter(claim, delivery, { at: at(1), milliseconds: 1, because: 'receiver-refused: 404' });
      await store.release(claim);
      expect(await store.subscription('s1')).toMatchObject({ status: 'error', error: 'receiver-refused: 404' });
      await store.requeue(delivery.id, at(2));
      await shaken(store);
      expect(await statusOf(store)).toBe('active');
      expect((await store.subscription('s1'))?.error).toBeUndefined();
    });

    test('stays in error when its handshake is delivered after all, but its partner opened the same again', async () => {
      const store = await empty();
      await commit(store, { subscriptions: [asked('s1')], dispatches: [handshake('s1')] });
      const [claim, delivery] = await claimed(store);
      await store.deadLetter(claim, delivery, { at: at(1), milliseconds: 1, because: 'receiver-refused: 404' });
      await store.release(claim);
      await commit(store, { subscriptions: [asked('s2')], dispatches: [handshake('s2')] });
      await store.requeue(delivery.id, at(2));
      const [again] = await store.claim({ worker: 'w', now: at(3), lease: 60_000, recipients: 9, batch: 9 });
      for (const it of again!.deliveries)
        expect(await store.complete(again!, it, { at: at(3), milliseconds: 1 }), it.id).toBe(true);
      const statuses = (await store.subscriptions({})).map(({ id, status }) => [id, status]);
      expect(statuses).toEqual([
        ['s1', 'error'],
        ['s2', 'active'],
      ]);
    });

    test('that was changed meanwhile is not activated by the earlier handshake', async () => {
      const store = await empty();
      await commit(store, { subscriptions: [asked('s1')], dispatches: [handshake('s1')] });
      await commit(store, { subscriptions: [asked('s1', { expect: { version: 1 }, handshake: 'another' })] });
      await shaken(store);
      expect(await statusOf(store)).toBe('requested');
    });

    test('is visible to its partner only, changes from its current version only, and ends', async () => {
      const store = await active();
      expect(await store.subscription('s1', 'somebody-else')).toBeUndefined();
      expect(await store.subscriptions({ partner: 'somebody-else' })).toEqual([]);
      expect(await store.subscriptions({ partner: 'team-noord' })).toHaveLength(1);
      const off = asked('s1', { status: 'off', expect: { version: 1 } });
      expect(await commit(store, { subscriptions: [off] })).toMatchObject({ kind: 'stale', current: 2 });
      await commit(store, { subscriptions: [{ ...off, expect: { version: 2 } }] });
      expect(await statusOf(store)).toBe('off');
    });

    test('is open once for the same agreement; another partner may open the same, and so may its own after the end', async () => {
      const store = await active();
      expect(await commit(store, { subscriptions: [asked('s2')], message: message('r1') })).toEqual({
        kind: 'subscribed',
        subscription: 's1',
      });
      expect(await store.message('message-r1')).toBeUndefined();
      expect(await commit(store, { subscriptions: [asked('s3', { partner: 'team-zuid' })] })).toMatchObject({
        kind: 'committed',
      });
      await commit(store, { subscriptions: [asked('s1', { status: 'off', expect: { version: 2 } })] });
      expect(await commit(store, { subscriptions: [asked('s2')] })).toMatchObject({ kind: 'committed' });
    });
  });

  describe('events', () => {
    test('are numbered 1, 2, 3 ... without gaps, whatever is refused at the same moment', async () => {
      const store = await active();
      await commit(store, { changes: [create(task('t0'), 'team-noord')] });
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, n) =>
          n % 3 === 0
            ? commit(store, { changes: [update(task('t0'), 1)], announce: announcing('Task/t0') })
            : commit(store, {
                changes: [create(task(`t${n}`), 'team-noord')],
                announce: announcing(`Task/t${n}`),
              }),
        ),
      );
      const committed = answers.filter(({ kind }) => kind === 'committed').length;
      expect(committed).toBe(41);
      const events = await store.subscriptionEvents('s1', { since: 1, until: 999, count: 999 });
      expect(events.map(({ number }) => number)).toEqual(Array.from({ length: 41 }, (_, n) => n + 1));
      expect((await store.subscription('s1'))?.events).toBe(41);
      const sent = await waiting(store);
      expect(sent.map(numberIn)).toEqual(events.map(({ number }) => number));
      expect(sent[0]).toMatchObject({ subscription: 's1', address: agreement.endpoint });
    });

    test('reach the Subscriptions that match by topic and every filter, in a notification with the number and the cause', async () => {
      const store = await active();
      const others: readonly Partial<SubscriptionChange>[] = [
        { agreement: { ...agreement, topic: 'https://mgn.example/fhir/SubscriptionTopic/mgn-task-transfer' } },
        {
          agreement: {
            ...agreement,
            filters: [...agreement.filters, { parameter: 'owner', values: ['Organization/x'] }],
          },
        },
      ];
      for (const [index, other] of others.entries()) {
        const id = `other-${index}`;
        await commit(store, { subscriptions: [asked(id, { ...other, key: id })], dispatches: [handshake(id)] });
        await shaken(store);
      }
      await commit(store, { changes: [create(task('t1'), 'team-noord')], announce: announcing('Task/t1') }, 5);
      const [sent, ...more] = await waiting(store);
      expect(more).toEqual([]);
      expect(sent).toMatchObject({
        recipient: 'team-noord',
        channel: 'fhir-rest',
        kind: 'event-notification',
        address: agreement.endpoint,
        subscription: 's1',
        about: ['Task/t1'],
        contentType: 'application/fhir+json',
        messageId: 'message-1',
        correlationId: 'request-1',
        traceId: 'trace-1',
      });
      const [status] = JSON.parse(sent!.body).entry;
      expect(status.request.url).toBe(`${base}/Subscription/s1/$status`);
      expect(JSON.stringify(status.resource)).toContain(`"valueReference":{"reference":"${base}/Task/t1"}`);
      expect([numberIn(sent!), JSON.parse(sent!.body).timestamp]).toEqual([1, at(5).toISOString()]);
      expect(new Set([sent!.id, sent!.requestId, status.resource.id]).size).toBe(3);
    });

    test('have the cause for their partner, and a trace of their own without any', async () => {
      const store = await active();
      const causes = [{ partner: 'team-noord', cause: { messageId: 'message-1', traceId: 't1' } }];
      await commit(store, { changes: [create(task('t1'), 'team-noord')], announce: announcing('Task/t1', { causes }) });
      const none = { cause: {} };
      await commit(store, { changes: [create(task('t2'), 'team-noord')], announce: announcing('Task/t2', none) });
      const [one, two] = await waiting(store);
      expect(one).toMatchObject({ messageId: 'message-1', traceId: 't1' });
      expect([one?.correlationId, two?.correlationId, two?.messageId]).toEqual([undefined, undefined, undefined]);
      expect(two?.traceId).toMatch(/^[0-9a-f-]{36}$/);
    });

    test('that cannot be announced are named, and do not prevent the commit or the announcement of others', async () => {
      const store = await active();
      const announcements = [
        announcement('Task/t1', { parties: undefined as unknown as Announcement['parties'] }),
        announcement('Task/t2'),
      ];
      const changes = ['t1', 't2'].map((id) => create(task(id), 'team-noord'));
      const committed = await commit(store, { changes, announce: { base, announcements } });
      expect(committed).toMatchObject({
        kind: 'committed',
        unannounced: [{ focus: 'Task/t1', fault: { name: 'TypeError' } }],
      });
      expect((await waiting(store)).map(({ about }) => about)).toEqual([['Task/t2']]);
      expect(await store.subscriptionEvents('s1', { since: 1, until: 9, count: 9 })).toMatchObject([
        { number: 1, focus: 'Task/t2' },
      ]);
    });

    test('whose notification cannot be created retain their number, and do not prevent the commit', async () => {
      const store = await active();
      const causes = null as unknown as NonNullable<Announcement['causes']>;
      const changes = ['t1', 't2'].map((id) => create(task(id), 'team-noord'));
      const announcements = [announcement('Task/t1', { causes }), announcement('Task/t2')];
      expect(await commit(store, { changes, announce: { base, announcements } })).toMatchObject({
        kind: 'committed',
        unannounced: [{ focus: 'Task/t1', subscription: 's1', fault: { name: 'TypeError' } }],
      });
      expect((await waiting(store)).map(numberIn)).toEqual([2]);
      expect(await store.subscriptionEvents('s1', { since: 1, until: 9, count: 9 })).toMatchObject([
        { number: 1, focus: 'Task/t1' },
        { number: 2, focus: 'Task/t2' },
      ]);
    });

    test('that all were announced leave nothing to report', async () => {
      const store = await active();
      const changes = [create(task('t1'), 'team-noord')];
      expect(await commit(store, { changes, announce: announcing('Task/t1') })).not.toHaveProperty('unannounced');
    });

    test('of a Subscription that begins, ends or is replaced are matched as it is at that commit', async () => {
      const store = await active();
      await commit(store, { changes: [create(task('t1'), 'team-noord')], announce: announcing('Task/t1') });
      const elsewhere = {
        ...agreement,
        filters: [{ parameter: 'owner' as const, values: ['HealthcareService/other'] }],
      };
      const replaced = asked('s1', { agreement: elsewhere, expect: { version: 2 }, handshake: 'handshake-2' });
      const dispatches = [dispatch('handshake-2', 'team-noord', { kind: 'handshake', subscription: 's1' })];
      await commit(store, { subscriptions: [replaced], dispatches });
      await commit(store, { changes: [create(task('t2'), 'team-noord')], announce: announcing('Task/t2') });
      const [claim] = await store.claim({ worker: 'w', now: at(1), lease: 60_000, recipients: 9, batch: 9 });
      for (const delivery of claim!.deliveries) await store.complete(claim!, delivery, { at: at(1), milliseconds: 1 });
      await commit(store, { changes: [create(task('t3'), 'team-noord')], announce: announcing('Task/t3') });
      const parties = owned('HealthcareService/other');
      await commit(store, {
        changes: [create(task('t4'), 'team-noord')],
        announce: announcing('Task/t4', { parties }),
      });
      expect(await store.subscriptionEvents('s1', { since: 1, until: 9, count: 9 })).toMatchObject([
        { number: 1, focus: 'Task/t1' },
        { number: 2, focus: 'Task/t4' },
      ]);
    });

    test('are returned by range', async () => {
      const store = await active();
      for (const id of ['t1', 't2', 't3'])
        await commit(store, { changes: [create(task(id), 'team-noord')], announce: announcing(`Task/${id}`) }, 5);
      expect(await store.subscriptionEvents('s1', { since: 2, until: 3, count: 9 })).toEqual([
        { number: 2, at: at(5), focus: 'Task/t2' },
        { number: 3, at: at(5), focus: 'Task/t3' },
      ]);
      expect(await store.subscriptionEvents('s1', { since: 1, until: 3, count: 1 })).toHaveLength(1);
    });

    test('do not exist for partners that may not see the focus, nor before the handshake or after the end', async () => {
      const store = await active();
      await commit(store, { changes: [create(task('t1'), 'team-zuid')], announce: announcing('Task/t1') });
      expect((await store.subscription('s1'))?.events).toBe(0);
      await commit(store, { subscriptions: [asked('s1', { status: 'off', expect: { version: 2 } })] });
      await commit(store, { changes: [create(task('t2'), 'team-noord')], announce: announcing('Task/t2') });
      expect((await store.subscription('s1'))?.events).toBe(0);
    });

    test('of a resource that the commit does not change are for those that may see it', async () => {
      const store = await active();
      await commit(store, { changes: [create(task('t1'), 'team-noord'), create(task('t2'), 'team-zuid')] });
      for (const id of ['t1', 't2', 't3']) await commit(store, { announce: announcing(`Task/${id}`) });
      expect(await store.subscriptionEvents('s1', { since: 1, until: 9, count: 9 })).toMatchObject([
        { number: 1, focus: 'Task/t1' },
      ]);
    });

    test('of a failed commit are not counted', async () => {
      const store = await active();
      const unwritable = { ...auditEvent('a1'), id: 1n as unknown as string };
      const broken = commit(store, {
        changes: [create(task('t1'), 'team-noord')],
        announce: announcing('Task/t1'),
        audit: [unwritable],
      });
      await expect(broken).rejects.toThrow();
      expect((await store.subscription('s1'))?.events).toBe(0);
      expect(await store.read('Task', 't1')).toBeUndefined();
    });

    test('that become dead letters set the error, which the next delivery clears', async () => {
      const store = await active();
      for (const id of ['t1', 't2'])
        await commit(store, { changes: [create(task(id), 'team-noord')], announce: announcing(`Task/${id}`) });
      const [claim, delivery] = await claimed(store);
      await store.deadLetter(claim, delivery, { at: at(2), milliseconds: 1, status: 422, because: 'receiver-refused' });
      expect(await store.subscription('s1')).toMatchObject({ status: 'active', error: 'receiver-refused' });
      await store.complete(claim, claim.deliveries[1]!, { at: at(3), milliseconds: 1 });
      expect((await store.subscription('s1'))?.error).toBeUndefined();
    });
  });

  describe('a heartbeat', () => {
    test('is due once after the period without a notification, and not while a dispatch waits for the partner', async () => {
      const store = await active({ agreement: { ...agreement, heartbeat: 60 } });
      expect(await store.heartbeat(at(59), { base })).toBe(0);
      const answers = await Promise.all([store.heartbeat(at(61), { base }), store.heartbeat(at(61), { base })]);
      expect(answers).toEqual([1, 0]);
      expect(await store.heartbeat(at(200), { base })).toBe(0);
      const [beat, ...more] = await waiting(store);
      expect(more).toEqual([]);
      expect(beat).toMatchObject({ kind: 'heartbeat', subscription: 's1', address: agreement.endpoint });
      expect(beat!.body).toContain(`${base}/Subscription/s1`);
    });

    test('is never due without an agreed period', async () => {
      const store = await active();
      expect(await store.heartbeat(at(9_999), { base })).toBe(0);
    });
  });
}

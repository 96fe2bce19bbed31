import { describe, expect, test } from 'vitest';
import type {
  Claim,
  Commit,
  Delivery,
  Dispatch,
  Store,
  StoredSubscription,
  SubscriptionChange,
} from '../../../../src/store/port.ts';
import { at, commit, create, dispatch, message, task, update } from '../samples.ts';
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

/** Notifies every active Subscription of the Task, in dispatches that carry the number. */
const announcing =
  (focus: string, name: string): NonNullable<Commit['announce']> =>
  (active) =>
    active.map((subscription) => ({
      subscription,
      focus,
      dispatch: (number) => notification(`${name}-${number}`, subscription.id, 'event-notification'),
    }));

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
            ? commit(store, { changes: [update(task('t0'), 1)], announce: announcing('Task/t0', `t0-${n}`) })
            : commit(store, {
                changes: [create(task(`t${n}`), 'team-noord')],
                announce: announcing(`Task/t${n}`, `t${n}`),
              }),
        ),
      );
      const committed = answers.filter(({ kind }) => kind === 'committed').length;
      expect(committed).toBe(41);
      const events = await store.subscriptionEvents('s1', { since: 1, until: 999, count: 999 });
      expect(events.map(({ number }) => number)).toEqual(Array.from({ length: 41 }, (_, n) => n + 1));
      expect((await store.subscription('s1'))?.events).toBe(41);
      const sent = (await store.dispatches({ count: 99, state: 'waiting' })).items;
      expect(sent.map(({ id }) => Number(id.split('-').at(-1)))).toEqual(events.map(({ number }) => number));
      expect(sent[0]).toMatchObject({ subscription: 's1', address: agreement.endpoint });
    });

    test('are returned by range', async () => {
      const store = await active();
      for (const id of ['t1', 't2', 't3'])
        await commit(store, { changes: [create(task(id), 'team-noord')], announce: announcing(`Task/${id}`, id) }, 5);
      expect(await store.subscriptionEvents('s1', { since: 2, until: 3, count: 9 })).toEqual([
        { number: 2, at: at(5), focus: 'Task/t2' },
        { number: 3, at: at(5), focus: 'Task/t3' },
      ]);
      expect(await store.subscriptionEvents('s1', { since: 1, until: 3, count: 1 })).toHaveLength(1);
    });

    test('do not exist for partners that may not see the focus, nor before the handshake or after the end', async () => {
      const store = await active();
      await commit(store, { changes: [create(task('t1'), 'team-zuid')], announce: announcing('Task/t1', 't1') });
      expect((await store.subscription('s1'))?.events).toBe(0);
      await commit(store, { subscriptions: [asked('s1', { status: 'off', expect: { version: 2 } })] });
      await commit(store, { changes: [create(task('t2'), 'team-noord')], announce: announcing('Task/t2', 't2') });
      expect((await store.subscription('s1'))?.events).toBe(0);
    });

    test('of a failed commit are not counted', async () => {
      const store = await active();
      const broken = commit(store, {
        changes: [create(task('t1'), 'team-noord')],
        announce: (subscriptions) => [
          ...announcing('Task/t1', 't1')(subscriptions),
          { subscription: subscriptions[0]!, focus: 'Task/t1', dispatch: () => handshake('s1') },
        ],
      });
      await expect(broken).rejects.toThrow();
      expect((await store.subscription('s1'))?.events).toBe(0);
      expect(await store.read('Task', 't1')).toBeUndefined();
    });

    test('that become dead letters set the error, which the next delivery clears', async () => {
      const store = await active();
      for (const id of ['t1', 't2'])
        await commit(store, { changes: [create(task(id), 'team-noord')], announce: announcing(`Task/${id}`, id) });
      const [claim, delivery] = await claimed(store);
      await store.deadLetter(claim, delivery, { at: at(2), milliseconds: 1, status: 422, because: 'receiver-refused' });
      expect(await store.subscription('s1')).toMatchObject({ status: 'active', error: 'receiver-refused' });
      await store.complete(claim, claim.deliveries[1]!, { at: at(3), milliseconds: 1 });
      expect((await store.subscription('s1'))?.error).toBeUndefined();
    });
  });

  describe('a heartbeat', () => {
    const beat = ({ id }: StoredSubscription) => notification(`heartbeat-${id}`, id, 'heartbeat');

    test('is due once after the period without a notification, and not while a dispatch waits for the partner', async () => {
      const store = await active({ agreement: { ...agreement, heartbeat: 60 } });
      expect(await store.heartbeat(at(59), beat)).toBe(0);
      const answers = await Promise.all([store.heartbeat(at(61), beat), store.heartbeat(at(61), beat)]);
      expect(answers).toEqual([1, 0]);
      expect(await store.heartbeat(at(200), beat)).toBe(0);
    });

    test('is never due without an agreed period', async () => {
      const store = await active();
      expect(await store.heartbeat(at(9_999), beat)).toBe(0);
    });
  });
}

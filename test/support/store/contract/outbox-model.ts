import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Claim, Store } from '../../../../src/store/port.ts';
import { dispatch } from '../samples.ts';

type Row = { readonly id: string; readonly recipient: string; state: 'waiting' | 'delivered' | 'dead' };
/** What the outbox should be: the dispatches in their order, and who holds which recipient until when. */
type Model = {
  readonly rows: Row[];
  readonly held: Map<string, Claim>;
  readonly pausedUntil: Map<string, number>;
  now: number;
};

const recipients = ['a', 'b', 'c'] as const;
const lease = 50;

type Step = (store: Store, model: Model) => Promise<void>;

const put =
  (recipient: string): Step =>
  async (store, model) => {
    const id = `d${model.rows.length}`;
    await store.commit({ now: new Date(model.now), dispatches: [dispatch(id, recipient)] });
    model.rows.push({ id, recipient, state: 'waiting' });
  };

const claim: Step = async (store, model) => {
  const claims = await store.claim({ worker: 'w', now: new Date(model.now), lease, recipients: 2, batch: 3 });
  for (const it of claims) {
    const holder = model.held.get(it.recipient);
    expect(holder === undefined || holder.until.getTime() <= model.now).toBe(true);
    expect(model.pausedUntil.get(it.recipient) ?? 0).toBeLessThanOrEqual(model.now);
    const waiting = model.rows.filter(({ recipient, state }) => recipient === it.recipient && state === 'waiting');
    const expected = waiting.slice(0, it.failures ? 1 : 3).map(({ id }) => id);
    expect(it.deliveries.map(({ id }) => id)).toEqual(expected);
    model.held.set(it.recipient, it);
  }
};

/** Ends the oldest delivery of a held claim; the claim may have been taken over by then only if the model says so. */
const end =
  (recipient: string, how: 'complete' | 'retryLater' | 'deadLetter'): Step =>
  async (store, model) => {
    const held = model.held.get(recipient);
    const delivery = held?.deliveries.find(({ id }) =>
      model.rows.some((row) => row.id === id && row.state === 'waiting'),
    );
    if (!held || !delivery) return;
    const ending = { at: new Date(model.now), milliseconds: 1, status: 200, because: 'x' };
    const until = new Date(model.now + 30);
    const done =
      how === 'retryLater'
        ? await store.retryLater(held, delivery, { ...ending, until })
        : await store[how](held, delivery, ending);
    expect(done).toBe(true);
    const row = model.rows.find(({ id }) => id === delivery.id)!;
    if (how === 'complete') row.state = 'delivered';
    if (how === 'deadLetter') row.state = 'dead';
    if (how === 'retryLater') {
      model.held.delete(recipient);
      model.pausedUntil.set(recipient, until.getTime());
    }
  };

const release =
  (recipient: string): Step =>
  async (store, model) => {
    const held = model.held.get(recipient);
    if (held) await store.release(held);
    model.held.delete(recipient);
  };

const requeue: Step = async (store, model) => {
  const dead = model.rows.find(({ state }) => state === 'dead');
  if (!dead) return;
  expect(await store.requeue(dead.id, new Date(model.now))).toBe(true);
  dead.state = 'waiting';
};

const wait =
  (milliseconds: number): Step =>
  async (_, model) => {
    model.now += milliseconds;
  };

const someone = fc.constantFrom(...recipients);
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: someone.map(put) },
    { weight: 4, arbitrary: fc.constant(claim) },
    { weight: 4, arbitrary: someone.map((it) => end(it, 'complete')) },
    { weight: 2, arbitrary: someone.map((it) => end(it, 'retryLater')) },
    { weight: 1, arbitrary: someone.map((it) => end(it, 'deadLetter')) },
    { weight: 2, arbitrary: someone.map(release) },
    { weight: 1, arbitrary: fc.constant(requeue) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 60 }).map(wait) },
  ),
  { minLength: 5, maxLength: 60 },
);

/** Whatever happens in whatever order: one holder a recipient, oldest first, nothing lost, and the counts are right. */
export function outboxModel(open: () => Promise<Store>, numRuns = 60): void {
  test('the outbox preserves order and counts through any history', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const store = await open();
        const model: Model = { rows: [], held: new Map(), pausedUntil: new Map(), now: 1_000 };
        for (const step of history) await step(store, model);
        const count = (state: Row['state']) => model.rows.filter((it) => it.state === state).length;
        expect(await store.depth()).toMatchObject({ waiting: count('waiting'), dead: count('dead') });
        const { items } = await store.dispatches({ count: 1_000 });
        expect(items.map(({ id, state }) => [id, state])).toEqual(model.rows.map(({ id, state }) => [id, state]));
        await store.close();
      }),
      { numRuns },
    );
  });
}

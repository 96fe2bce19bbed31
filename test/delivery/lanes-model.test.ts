import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DeliverySettings, DeliveryWorker } from '../../src/delivery/settings.ts';
import { startDelivery } from '../../src/delivery/worker.ts';
import type { Dispatch, Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { hasty, until } from '../support/delivery/test-worker.ts';
import { accept, answer, type Conduct, openReceiver, type Receiver } from '../support/servers/receiver.ts';
import { dispatch } from '../support/store/samples.ts';

/**
 * The outbox with lanes, whatever happens: the real worker, the real store and real receivers, against a model of what has
 * arrived. A crash is that of a process: its worker writes nothing any more, and its requests break off.
 */
const recipients = ['a', 'b'] as const;

type Does = 'accept' | 'fail' | 'busy' | 'refuse' | 'hang up';
/** What a receiver does with an arrival, and how long it takes (ms). */
type Turn = { readonly does: Does; readonly after: number };

const answers: Readonly<Record<Does, Conduct>> = {
  accept,
  fail: answer(500),
  busy: answer(429, { 'retry-after': '0' }),
  refuse: answer(422),
  'hang up': (_, response) => void response.destroy(),
};

type Step =
  | { readonly kind: 'put'; readonly to: (typeof recipients)[number]; readonly tasks: readonly number[] }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'crash' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'requeue' }
  | { readonly kind: 'withdraw'; readonly to: (typeof recipients)[number]; readonly task: number };

const someone = fc.constantFrom(...recipients);
const someTask = fc.integer({ min: 0, max: 4 });
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        kind: fc.constant('put' as const),
        to: someone,
        tasks: fc.uniqueArray(someTask, { minLength: 1, maxLength: 2 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.integer({ min: 0, max: 15 }) }),
    },
    { weight: 2, arbitrary: fc.constant({ kind: 'crash' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'stop' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'requeue' as const }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), to: someone, task: someTask }) },
  ),
  { minLength: 5, maxLength: 60 },
);
const turn: fc.Arbitrary<Turn> = fc.record({
  does: fc.constantFrom<Does>('accept', 'accept', 'accept', 'accept', 'fail', 'busy', 'refuse', 'hang up'),
  after: fc.integer({ min: 0, max: 4 }),
});

const lease = 3_600_000;

/** What the receivers saw, and what they must not see. */
function modelOf(all: readonly Dispatch[], lanes: number, turns: readonly Turn[]) {
  const wrong: string[] = [];
  const accepted: string[] = [];
  // answered with 2xx to a worker that lived: sent again only when its process crashed before that was recorded
  const answered = new Set<string>();
  let waiting = new Map<string, Dispatch>();
  let run = 0;
  let next = 0;
  const conduct: Conduct = async (arrival, ...rest) => {
    const { does, after } = turns[next++] ?? { does: 'accept', after: 0 };
    const mine = run;
    const sent = all.find(({ id }) => id === arrival.id)!;
    if (answered.has(sent.id)) wrong.push(`${sent.id} was sent again`);
    const beside = [...waiting.values()].filter(({ recipient }) => recipient === sent.recipient);
    for (const other of beside)
      if (other.about?.some((task) => sent.about?.includes(task))) wrong.push(`${sent.id} was sent beside ${other.id}`);
    if (beside.length >= lanes) wrong.push(`${sent.id} was sent beside ${beside.length} others`);
    waiting.set(sent.id, sent);
    if (after) await new Promise((resolve) => setTimeout(resolve, after));
    if (mine === run) waiting.delete(sent.id);
    if (does === 'accept') {
      if (mine === run) answered.add(sent.id);
      if (!accepted.includes(sent.id)) accepted.push(sent.id);
    }
    answers[does](arrival, ...rest);
  };
  return {
    wrong,
    accepted,
    conduct,
    /** The requests of the process have broken off; `isRecorded`: whether the store has the result of a dispatch. */
    crashed: async (isRecorded: (id: string) => Promise<boolean>) => {
      run += 1;
      waiting = new Map();
      for (const id of [...answered]) if (!(await isRecorded(id))) answered.delete(id);
    },
  };
}

type Process = { readonly worker: DeliveryWorker; readonly crash: () => Promise<void> };

/** `skew`: the clock of the process, so that a crash does not have to wait for the end of a lease. */
function startProcess(
  store: Store,
  receivers: Readonly<Record<string, Receiver>>,
  settings: Partial<DeliverySettings>,
  skew: () => number,
): Process {
  let isGone = false;
  const own = new Proxy(store, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as (...given: unknown[]) => unknown;
      return (...given: unknown[]) => {
        if (isGone) return Promise.reject(new Error('The process is gone.'));
        const result = method.apply(target, given);
        // what was asked before may have happened; its answer arrives nowhere
        return result instanceof Promise
          ? result.then((it) => (isGone ? Promise.reject(new Error('The process is gone.')) : it))
          : result;
      };
    },
  });
  const worker = startDelivery({
    store: own,
    address: (partner) => ({ base: receivers[partner]!.base }),
    addressRules: () => undefined,
    world: { now: () => new Date(Date.now() + skew()), newId: () => crypto.randomUUID() },
    chance: Math.random,
    log: () => {},
    settings: { ...hasty, pause: 2, maximumPause: 5, poll: 10, batch: 8, linger: 20, lease, ...settings },
  });
  return {
    worker,
    crash: async () => {
      isGone = true;
      await worker.stop();
    },
  };
}

test.each([
  ['lanes', { min: 1, max: 8 }],
  ['one lane', { min: 1, max: 1 }],
])(
  '%s: any dispatches, answers, crashes, stops and acts of an operator: in order, nothing lost, nothing sent again knowingly',
  async (_, range) => {
    await fc.assert(
      fc.asyncProperty(fc.integer(range), steps, fc.array(turn, { maxLength: 40 }), async (lanes, history, turns) => {
        const all = history.flatMap((step, n) =>
          step.kind === 'put' ? dispatch(`d${n}`, step.to, { about: step.tasks.map((task) => `Task/${task}`) }) : [],
        );
        const model = modelOf(all, lanes, turns);
        const store = await openSqliteStore(':memory:');
        const receivers = Object.fromEntries(
          await Promise.all(recipients.map(async (id) => [id, await openReceiver(model.conduct)] as const)),
        );
        let skew = 0;
        const start = () => startProcess(store, receivers, { lanes, grace: 0 }, () => skew);
        const now = () => new Date(Date.now() + skew);
        const requeueAll = async () => {
          const { items } = await store.undelivered({ state: 'dead', count: 99 });
          for (const { id } of items) await store.requeue(id, now());
          return items.length;
        };
        const stateOf = async (id: string) => (await store.dispatch(id))?.state;
        const isRecorded = async (id: string) => (await stateOf(id)) !== 'waiting';
        let process = start();
        try {
          for (const [n, step] of history.entries())
            switch (step.kind) {
              case 'put': {
                const one = all.find(({ id }) => id === `d${n}`)!;
                await store.commit({ now: now(), dispatches: [one] });
                break;
              }
              case 'wait':
                await new Promise((resolve) => setTimeout(resolve, step.milliseconds));
                break;
              case 'crash':
                await process.crash();
                await model.crashed(isRecorded);
                skew += lease + 1;
                process = start();
                break;
              case 'stop':
                // after its grace, which is none here, what is under way is cut off as in a crash
                await process.worker.stop();
                await model.crashed(isRecorded);
                process = start();
                break;
              case 'requeue':
                await requeueAll();
                break;
              case 'withdraw':
                await store.commit({ now: now(), withdrawals: [{ recipient: step.to, about: [`Task/${step.task}`] }] });
            }
          await until(async () => (await requeueAll()) === 0 && (await store.depth()).waiting === 0);
          await process.worker.idle();
          expect(model.wrong).toEqual([]);
          const states = new Map(await Promise.all(all.map(async ({ id }) => [id, await stateOf(id)] as const)));
          expect([...new Set(states.values())].filter((it) => it !== 'delivered' && it !== 'withdrawn')).toEqual([]);
          for (const { id } of all) {
            if (states.get(id) === 'delivered') expect(model.accepted).toContain(id);
            const outcomes = (await store.attempts(id)).map(({ outcome }) => outcome);
            expect(outcomes.filter((it) => it === 'delivered').length, id).toBe(states.get(id) === 'delivered' ? 1 : 0);
          }
          for (const to of recipients)
            for (let task = 0; task <= 4; task++) {
              const journey = all.filter(({ recipient, about }) => recipient === to && about?.includes(`Task/${task}`));
              const inOrder = journey.map(({ id }) => id).filter((id) => states.get(id) === 'delivered');
              expect(model.accepted.filter((id) => inOrder.includes(id))).toEqual(inOrder);
            }
        } finally {
          await process.worker.stop();
          await Promise.all(Object.values(receivers).map((it) => it.close()));
          await store.close();
        }
      }),
      { numRuns: 30 },
    );
  },
);

import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mgnCodeSystem } from '../../src/fhir/canonical.ts';
import { openStore } from '../../src/main.ts';
import type { Store } from '../../src/store/port.ts';
import { silentTasks } from '../../src/watchdog/silent-tasks.ts';
import { newWatchList, type WatchList } from '../../src/watchdog/watch-list.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { runs } from '../support/long.ts';

/** The watchdog reads what changed and what is due; what it finds is the same as when it reads every waiting Task. */

const { network } = await demoConfiguration();
const [minute, hour] = [60_000, 3_600_000];
let store: Store;
let read: number;

beforeEach(async () => {
  const opened = await openStore('sqlite::memory:');
  if (!opened.ok) throw new Error(JSON.stringify(opened.issues));
  const { value } = opened;
  read = 0;
  store = {
    ...value,
    read: async (...asked) => {
      read++;
      return value.read(...asked);
    },
    search: async (...asked) => {
      const found = await value.search(...asked);
      read += found.kind === 'found' ? found.resources.length : 0;
      return found;
    },
  };
});
afterEach(() => store.close());

const useCases = ['registration', 'transfer', 'social-request'];
const referral = (n: number, at: { readonly useCase: number }, status = 'requested'): Task & { id: string } =>
  ({
    resourceType: 'Task',
    id: `task-${n}`,
    status,
    intent: 'order',
    code: { coding: [{ system: mgnCodeSystem('use-case'), code: useCases[at.useCase] }] },
    focus: { reference: `ServiceRequest/order-${n}` },
  }) as Task & { id: string };
const question = (n: number, about: number, status = 'requested'): Task & { id: string } =>
  ({
    resourceType: 'Task',
    id: `question-${n}`,
    status,
    intent: 'order',
    code: { coding: [{ system: mgnCodeSystem('task-code'), code: 'complete-questionnaire' }] },
    focus: { reference: `Task/task-${about}` },
  }) as Task & { id: string };
const order = (n: number, priority: string): ServiceRequest & { id: string } =>
  ({
    resourceType: 'ServiceRequest',
    id: `order-${n}`,
    status: 'active',
    intent: 'order',
    priority,
  }) as ServiceRequest & {
    id: string;
  };

async function found(now: Date, list?: WatchList, until = now): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { task, passed } of silentTasks({ store, network }, now, { ...(list ? { list } : {}), until }))
    for (const { rule, due } of passed) lines.push(`${task.id} ${rule.id} ${due.toISOString()}`);
  return lines.sort();
}

async function write(resource: Task | ServiceRequest, now: Date): Promise<void> {
  const { resourceType, id } = resource as Task & { id: string };
  const before = (await store.history(resourceType, id))[0];
  const expect = before ? { version: before.version } : ('new' as const);
  await store.commit({ now, changes: [{ resource: resource as Task & { id: string }, expect, readers: [] }] });
}

const step = fc.oneof(
  fc.record({ does: fc.constant('refer' as const), useCase: fc.nat(2), urgent: fc.boolean() }),
  fc.record({
    does: fc.constant('move' as const),
    which: fc.nat(20),
    status: fc.constantFrom('requested', 'received', 'accepted', 'completed'),
  }),
  fc.record({ does: fc.constant('ask' as const), which: fc.nat(20) }),
  fc.record({ does: fc.constant('answer' as const), which: fc.nat(20) }),
  fc.record({ does: fc.constant('prioritise' as const), which: fc.nat(20), urgent: fc.boolean() }),
  fc.record({ does: fc.constant('wait' as const), minutes: fc.constantFrom(1, 10, 40, 600, 1440, 4320, 20_000) }),
);

test('finds the same as a reading of every Task, whatever happened between the runs', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 40 }), async (steps) => {
      const opened = await openStore('sqlite::memory:');
      if (!opened.ok) throw new Error(JSON.stringify(opened.issues));
      const outer = store;
      store = opened.value;
      const list = newWatchList();
      let now = new Date('2026-11-23T09:00:00Z');
      const tasks: { useCase: number; asked: boolean }[] = [];
      try {
        for (const it of steps) {
          now = new Date(now.getTime() + 1000);
          const at = 'which' in it && tasks.length > 0 ? it.which % tasks.length : undefined;
          const task = at === undefined ? undefined : tasks[at]!;
          if (it.does === 'wait') now = new Date(now.getTime() + it.minutes * minute);
          else if (it.does === 'refer') {
            const n = tasks.push({ useCase: it.useCase, asked: false }) - 1;
            await write(order(n, it.urgent ? 'urgent' : 'routine'), now);
            await write(referral(n, tasks[n]!), now);
          } else if (task && it.does === 'move') await write(referral(at!, task, it.status), now);
          else if (task && it.does === 'prioritise') await write(order(at!, it.urgent ? 'urgent' : 'routine'), now);
          else if (task && it.does === 'ask' && !task.asked) {
            task.asked = true;
            await write(referral(at!, task), now); // asking changes the Task that waits
            await write(question(at!, at!), now);
          } else if (task?.asked && it.does === 'answer') {
            task.asked = false;
            await write(question(at!, at!, 'completed'), now);
          }
          expect(await found(now, list)).toEqual(await found(now));
          const soon = new Date(now.getTime() + 12 * hour);
          expect(await found(now, list, soon)).toEqual(await found(now, undefined, soon));
        }
      } finally {
        await store.close();
        store = outer;
      }
    }),
    { numRuns: runs(120) },
  );
});

test('a run reads what changed since the one before, not every waiting Task', async () => {
  const begin = new Date('2026-11-23T09:00:00Z');
  for (let n = 0; n < 300; n++) {
    await write(order(n, 'routine'), begin);
    await write(referral(n, { useCase: 0 }), begin);
  }
  const list = newWatchList();
  expect(await found(begin, list)).toEqual([]);
  const later = new Date(begin.getTime() + hour);
  await write(order(300, 'urgent'), later);
  await write(referral(300, { useCase: 0 }), later);
  read = 0;
  expect((await found(later, list)).map((it) => it.split(' ').slice(0, 2).join(' '))).toEqual([
    'task-300 urgent-arrived',
  ]);
  expect(read).toBeLessThan(6);
  read = 0;
  await found(new Date(later.getTime() + minute), list);
  expect(read, 'only the Task that is past a deadline').toBeLessThan(4);
});

test('a change that a gateway stores some minutes after it was received is read', async () => {
  const begin = new Date('2026-11-23T09:00:00Z');
  const list = newWatchList();
  expect(await found(begin, list)).toEqual([]);
  const received = new Date(begin.getTime() - 4 * minute);
  await write(order(0, 'urgent'), received);
  await write(referral(0, { useCase: 0 }), received);
  expect(await found(new Date(begin.getTime() + minute), list)).toHaveLength(1);
});

test('after a run that failed, or was ended early, the next one reads everything', async () => {
  const begin = new Date('2026-11-23T09:00:00Z');
  for (let n = 0; n < 3; n++) {
    await write(order(n, 'urgent'), begin);
    await write(referral(n, { useCase: 0 }), begin);
  }
  const list = newWatchList();
  const working = store.read;
  const later = new Date(begin.getTime() + hour);
  for await (const _ of silentTasks({ store, network }, begin, { list })) break;
  store = { ...store, read: () => Promise.reject(new Error('the disk is gone')) };
  await expect(found(begin, list)).rejects.toThrow('the disk is gone');
  store = { ...store, read: working };
  const stopped: string[] = [];
  for await (const { task } of silentTasks({ store, network }, begin, { list, isStopped: () => true }))
    stopped.push(task.id);
  expect(stopped).toEqual([]);
  expect(await found(later, list)).toEqual(await found(later));
  expect(await found(later, list)).toHaveLength(6);
});

test('another configuration of deadlines is applied to every waiting Task', async () => {
  const begin = new Date('2026-11-23T09:00:00Z');
  await write(order(0, 'routine'), begin);
  await write(referral(0, { useCase: 0 }), begin);
  const list = newWatchList();
  const later = new Date(begin.getTime() + hour);
  expect(await found(later, list)).toEqual([]);
  const { watchdog } = network.settings;
  const rule = { ...watchdog.rules.find(({ id }) => id === 'registration-unanswered')!, after: { minutes: 30 } };
  const changed = { ...network, settings: { ...network.settings, watchdog: { ...watchdog, rules: [rule] } } };
  const silent: string[] = [];
  for await (const { task } of silentTasks({ store, network: changed }, later, { list })) silent.push(task.id);
  expect(silent).toEqual(['task-0']);
});

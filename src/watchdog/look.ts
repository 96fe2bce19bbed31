import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { type Deadline, type Pause, passedDeadlines, useCaseOf } from '../deadline/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { Store, StoredResource } from '../store/port.ts';
import { isOpen, isQuestion } from '../workflow/index.ts';

/** A Task that waits past one or more of its deadlines. */
export type Silent = {
  readonly task: Task & { readonly id: string };
  readonly useCase: string;
  readonly priority: string;
  readonly passed: readonly Deadline[];
};

type Looking = Pick<Gateway, 'store' | 'network'>;

const pageSize = 200;

/** Every Task that is past a deadline of the network's configuration, those that changed longest ago first. */
export async function* silentTasks({ store, network }: Looking, now: Date): AsyncGenerator<Silent> {
  const { rules, calendar } = network.settings.watchdog;
  const statuses = [...new Set(rules.flatMap((rule) => rule.statuses))];
  if (statuses.length === 0) return;
  const byPriority = new Set(rules.filter(({ priorities }) => priorities).flatMap(({ useCases }) => useCases));
  const query = { criteria: [{ name: 'status', values: statuses }], sort: '_lastUpdated', count: pageSize } as const;
  let cursor: string | undefined;
  do {
    const found = await store.search('Task', { ...query, ...(cursor ? { cursor } : {}) });
    if (found.kind !== 'found') throw new Error('the store can not search Tasks by status');
    for (const stored of found.resources) {
      // Nothing of it is given on that could lose digits, and there may be many: the quick way to read it.
      const task = JSON.parse(stored.text) as Silent['task'];
      const useCase = useCaseOf(task);
      if (useCase === undefined) continue;
      const priority = byPriority.has(useCase) ? await priorityOf(store, task) : (task.priority ?? 'routine');
      const watched = {
        useCase,
        status: task.status,
        priority,
        inStatusSince: await inStatusSince(store, stored, task.status),
        changedAt: stored.lastUpdated,
        pauses: await pausesOf(store, stored),
      };
      const passed = passedDeadlines(watched, rules, calendar, now);
      if (passed.length > 0) yield { task, useCase, priority, passed };
    }
    cursor = found.next;
    // A store without I/O never lets go of the event loop by itself.
    await new Promise((resolve) => setImmediate(resolve));
  } while (cursor);
}

/** When questions about it were open. Who was never asked about has one version, or is asked about in none. */
async function pausesOf(store: Store, { id, version }: StoredResource): Promise<readonly Pause[]> {
  if (version === 1) return [];
  const about = { criteria: [{ name: 'focus', values: [`Task/${id}`] }], count: pageSize } as const;
  const found = await store.search('Task', about);
  if (found.kind !== 'found') throw new Error('the store can not search Tasks by focus');
  return Promise.all(
    found.resources.flatMap((question) => {
      const task = JSON.parse(question.text) as Task;
      return isQuestion(task) ? [pauseOf(store, question, task)] : [];
    }),
  );
}

async function pauseOf(store: Store, { id, version, lastUpdated }: StoredResource, task: Task): Promise<Pause> {
  const first = version === 1 ? undefined : (await store.history('Task', id)).at(-1);
  return { from: first?.lastUpdated ?? lastUpdated, ...(isOpen(task) ? {} : { until: lastUpdated }) };
}

/** Its own, else that of its order. */
async function priorityOf(store: Store, { priority, focus }: Task): Promise<string> {
  if (priority) return priority;
  const [type = '', id = ''] = (focus?.reference ?? '').split('/');
  const order = type === 'ServiceRequest' ? await store.read(type, id) : undefined;
  return (order && (JSON.parse(order.text) as ServiceRequest).priority) ?? 'routine';
}

/** Most Tasks that wait have one version; only others are looked back at. */
async function inStatusSince(store: Store, stored: StoredResource, status: Task['status']): Promise<Date> {
  if (stored.version === 1) return stored.lastUpdated;
  let since = stored.lastUpdated;
  for (const { text, lastUpdated } of await store.history('Task', stored.id)) {
    if ((JSON.parse(text) as Task).status !== status) break;
    since = lastUpdated;
  }
  return since;
}

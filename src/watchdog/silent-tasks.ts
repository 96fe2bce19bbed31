import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { type Deadline, type Pause, passedDeadlines, useCaseOf } from '../deadline/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { Store, StoredResource } from '../store/port.ts';
import { isOpen, isQuestion } from '../workflow/index.ts';

/** A Task past one or more of its deadlines. */
export type SilentTask = {
  readonly task: Task & { readonly id: string };
  readonly useCase: string;
  readonly priority: string;
  readonly passed: readonly Deadline[];
};

type TaskSource = Pick<Gateway, 'store' | 'network'>;

const pageSize = 200;

/** Every Task past a deadline of the network's configuration, least recently changed first. */
export async function* silentTasks({ store, network }: TaskSource, now: Date): AsyncGenerator<SilentTask> {
  const { rules, calendar } = network.settings.watchdog;
  const statuses = [...new Set(rules.flatMap((rule) => rule.statuses))];
  if (statuses.length === 0) return;
  const byPriority = new Set(rules.filter(({ priorities }) => priorities).flatMap(({ useCases }) => useCases));
  const query = { criteria: [{ name: 'status', values: statuses }], sort: '_lastUpdated', count: pageSize } as const;
  let cursor: string | undefined;
  do {
    const found = await store.search('Task', { ...query, ...(cursor ? { cursor } : {}) });
    if (found.kind !== 'found') throw new Error('the store cannot search Tasks by status');
    for (const stored of found.resources) {
      // JSON.parse is fast, and no decimal of the Task is passed on.
      const task = JSON.parse(stored.text) as SilentTask['task'];
      const useCase = useCaseOf(task);
      if (useCase === undefined) continue;
      const priority = byPriority.has(useCase) ? await priorityOf(store, task) : (task.priority ?? 'routine');
      // most waiting Tasks have one version; only of others the history is read
      const versions = stored.version === 1 ? [stored] : await store.history('Task', stored.id);
      const watched = {
        useCase,
        status: task.status,
        priority,
        inStatusSince: inStatusSince(versions, task.status) ?? stored.lastUpdated,
        createdAt: versions.at(-1)?.lastUpdated ?? stored.lastUpdated,
        changedAt: stored.lastUpdated,
        pauses: await pausesOf(store, stored),
      };
      const passed = passedDeadlines(watched, rules, calendar, now);
      if (passed.length > 0) yield { task, useCase, priority, passed };
    }
    cursor = found.next;
    // A store without I/O would never release the event loop.
    await new Promise((resolve) => setImmediate(resolve));
  } while (cursor);
}

/** Periods with open questions about the Task. A Task of one version never had a question. */
async function pausesOf(store: Store, { id, version }: StoredResource): Promise<readonly Pause[]> {
  if (version === 1) return [];
  const about = { criteria: [{ name: 'focus', values: [`Task/${id}`] }], count: pageSize } as const;
  const found = await store.search('Task', about);
  if (found.kind !== 'found') throw new Error('the store cannot search Tasks by focus');
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

/** Priority of the Task, else of its order. */
async function priorityOf(store: Store, { priority, focus }: Task): Promise<string> {
  if (priority) return priority;
  const [type = '', id = ''] = (focus?.reference ?? '').split('/');
  const order = type === 'ServiceRequest' ? await store.read(type, id) : undefined;
  return (order && (JSON.parse(order.text) as ServiceRequest).priority) ?? 'routine';
}

/** `versions`: the last one first. */
function inStatusSince(
  versions: readonly Pick<StoredResource, 'text' | 'lastUpdated'>[],
  status: Task['status'],
): Date | undefined {
  let since: Date | undefined;
  for (const { text, lastUpdated } of versions) {
    if ((JSON.parse(text) as Task).status !== status) break;
    since = lastUpdated;
  }
  return since;
}

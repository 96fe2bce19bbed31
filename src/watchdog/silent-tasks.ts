import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import {
  type Deadline,
  earliestDeadline,
  type Pause,
  passedDeadlines,
  useCaseOf,
  type Watched,
} from '../deadline/index.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { Store, StoredResource } from '../store/port.ts';
import { isOpen, isQuestion } from '../workflow/index.ts';
import { pace } from './pace.ts';
import { forget, newWatchList, noteRead, tasksToRead, type WatchList } from './watch-list.ts';

/** A Task past one or more of its deadlines. */
export type SilentTask = {
  readonly task: Task & { readonly id: string };
  readonly useCase: string;
  readonly priority: string;
  readonly passed: readonly Deadline[];
};

type TaskSource = Pick<Gateway, 'store' | 'network'>;

const pageSize = 200;

/**
 * Every Task past a deadline of the network's configuration. `list`: what is remembered of earlier runs, for one reader of all;
 * `until`: a later time, for Tasks that pass a deadline by then if nothing happens; `isStopped`: ends it early;
 * `isHurried`: it does not rest.
 */
export async function* silentTasks(
  source: TaskSource,
  now: Date,
  {
    list = newWatchList(),
    until = now,
    isStopped = () => false,
    isHurried = () => false,
  }: {
    readonly list?: WatchList;
    readonly until?: Date;
    readonly isStopped?: () => boolean;
    readonly isHurried?: () => boolean;
  } = {},
): AsyncGenerator<SilentTask> {
  const { rules, calendar } = source.network.settings.watchdog;
  const statuses = [...new Set(rules.flatMap((rule) => rule.statuses))];
  if (statuses.length === 0) return;
  const rest = pace(isHurried);
  let isWhole = false;
  try {
    const ids = await tasksToRead(source, list, { now, until });
    for await (const stored of ids ? byId(source, ids) : inStatus(source, statuses)) {
      if (isStopped()) return;
      const { task, watched } = await watchedOf(source, stored);
      const isWatched = statuses.includes(task.status) && watched.useCase !== undefined;
      noteRead(list, stored, isWatched ? earliestDeadline(watched, rules, calendar, until) : undefined);
      const passed = isWatched ? passedDeadlines(watched, rules, calendar, until) : [];
      if (passed.length > 0) yield { task, useCase: watched.useCase!, priority: watched.priority, passed };
      await rest();
    }
    isWhole = true;
  } finally {
    if (!isWhole) forget(list);
  }
}

/** The Tasks, and those about which one of them is a question: an answer ends their wait. */
async function* byId({ store }: TaskSource, ids: ReadonlySet<string>): AsyncGenerator<StoredResource> {
  const wanted = new Set(ids);
  for (const id of wanted) {
    const stored = await store.read('Task', id);
    if (!stored) continue;
    const task = JSON.parse(stored.text) as Task;
    const [type, about = ''] = (task.focus?.reference ?? '').split('/');
    if (isQuestion(task) && type === 'Task') wanted.add(about);
    yield stored;
  }
}

/** Least recently changed first. */
async function* inStatus({ store }: TaskSource, statuses: readonly string[]): AsyncGenerator<StoredResource> {
  const query = { criteria: [{ name: 'status', values: statuses }], sort: '_lastUpdated', count: pageSize } as const;
  for (let cursor: string | undefined; ; ) {
    const found = await store.search('Task', { ...query, ...(cursor ? { cursor } : {}) });
    if (found.kind !== 'found') throw new Error('the store cannot search Tasks by status');
    yield* found.resources;
    if (!found.next) return;
    cursor = found.next;
  }
}

/** The facts of one Task on which its deadlines depend. */
export async function watchedOf(
  { store, network }: TaskSource,
  stored: StoredResource,
): Promise<{ readonly task: SilentTask['task']; readonly watched: Watched }> {
  // JSON.parse is fast, and no decimal of the Task is passed on.
  const task = JSON.parse(stored.text) as SilentTask['task'];
  const useCase = useCaseOf(task);
  const isByPriority = network.settings.watchdog.rules.some(
    ({ priorities, useCases }) => priorities && useCase !== undefined && useCases.includes(useCase),
  );
  // most waiting Tasks have one version; only of others the history is read
  const versions = stored.version === 1 ? [stored] : await store.history('Task', stored.id);
  const watched = {
    useCase,
    status: task.status,
    priority: isByPriority ? await priorityOf(store, task) : (task.priority ?? 'routine'),
    inStatusSince: inStatusSince(versions, task.status) ?? stored.lastUpdated,
    createdAt: versions.at(-1)?.lastUpdated ?? stored.lastUpdated,
    changedAt: stored.lastUpdated,
    pauses: await pausesOf(store, stored),
  };
  return { task, watched };
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

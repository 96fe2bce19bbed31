import type { Gateway } from '../exchange/pipeline/gateway.ts';
import type { Store, StoredResource } from '../store/port.ts';

/**
 * What the watchdog remembers between two runs, so that a run reads the Tasks that changed and those whose time has come,
 * instead of every waiting Task. It only saves work: a list that was lost is built anew by a run that reads everything.
 */
export type WatchList = {
  /** Of the last run; absent: everything is to be read. */
  lookedAt?: Date;
  readAllAt?: Date;
  /** The rules that the times are of. */
  settings?: unknown;
  /** Milliseconds since 1970 before which no deadline of the Task can pass, by id; infinite while it waits for an answer. */
  readonly notBefore: Map<string, number>;
  /** Versions that were looked at, of what changed shortly before the last run: `Task/1`. */
  recent: Map<string, number>;
};

export const newWatchList = (): WatchList => ({ notBefore: new Map(), recent: new Map() });

/** A message is stored under the time of its receipt, and gateways on one store have clocks of their own. */
const late = 5 * 60_000;
/** A second look at everything, should a change have been stored later than that. */
const readAllEvery = 24 * 3_600_000;
const pageSize = 500;

/** The ids of the Tasks to read in this run; undefined: all. Notes the run in the list. */
export async function tasksToRead(
  { store, network }: Pick<Gateway, 'store' | 'network'>,
  list: WatchList,
  { now, until }: { readonly now: Date; readonly until: Date },
): Promise<ReadonlySet<string> | undefined> {
  const { lookedAt, readAllAt } = list;
  const settings = network.settings.watchdog;
  list.lookedAt = now;
  if (!lookedAt || !readAllAt || list.settings !== settings || now.getTime() - readAllAt.getTime() >= readAllEvery) {
    Object.assign(list, { readAllAt: now, settings, recent: new Map() });
    list.notBefore.clear();
    return undefined;
  }
  const since = new Date(lookedAt.getTime() - late);
  const [tasks, orders] = [
    await changedSince(store, 'Task', since),
    await changedSince(store, 'ServiceRequest', since),
  ];
  const isNews = ([name, version]: readonly [string, number]) => list.recent.get(name) !== version;
  const ids = new Set([...tasks].filter(isNews).map(([name]) => idOf(name)));
  // the priority of an order is that of its Tasks; a new order has none that were looked at before
  for (const [name, version] of [...orders].filter(isNews))
    if (version > 1) for (const id of await idsOfTasksAbout(store, name)) ids.add(id);
  list.recent = new Map([...tasks, ...orders]);
  for (const [id, at] of list.notBefore) if (at <= until.getTime()) ids.add(id);
  return ids;
}

/** After a run that ended early: the next one reads everything. */
export function forget(list: WatchList): void {
  delete list.lookedAt;
}

/** What was read of a Task, for the next run. */
export function noteRead(
  list: WatchList,
  { id, version, lastUpdated }: Pick<StoredResource, 'id' | 'version' | 'lastUpdated'>,
  notBefore: number | undefined,
): void {
  if (list.lookedAt && lastUpdated.getTime() >= list.lookedAt.getTime() - late) list.recent.set(`Task/${id}`, version);
  if (notBefore === undefined) list.notBefore.delete(id);
  else list.notBefore.set(id, notBefore);
}

const idOf = (name: string): string => name.slice(name.indexOf('/') + 1);

async function changedSince(store: Store, type: string, since: Date): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (let cursor: string | undefined; ; ) {
    const page = await store.changedSince(type, since, { count: pageSize, ...(cursor ? { cursor } : {}) });
    for (const { id, version } of page.items) found.set(`${type}/${id}`, version);
    if (!page.next) return found;
    cursor = page.next;
  }
}

async function idsOfTasksAbout(store: Store, order: string): Promise<readonly string[]> {
  const found = await store.search('Task', { criteria: [{ name: 'focus', values: [order] }], count: pageSize });
  if (found.kind !== 'found') throw new Error('the store cannot search Tasks by focus');
  return found.resources.map(({ id }) => id);
}

import type { AuditEvent, ServiceRequest, Task } from '@medplum/fhirtypes';
import type { Identified } from '../fhir/graph.ts';
import { parseJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Store } from '../store/port.ts';

export type Order = ServiceRequest & Identified;
export type OrderTask = Task & Identified;

export type Reading = Pick<Store, 'read' | 'search' | 'audit'>;

/** Upper bound of one search; an order has a handful of Tasks. */
const maximumResults = 500;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The orders that a text names, the oldest first: id of an order or of its Task (`ServiceRequest/id`, `Task/id`, or the
 * id alone), X-Trace-Id of its journey, or a business identifier of the order or its Task (`system|value` or the value).
 */
export async function findOrders(store: Reading, text: string): Promise<readonly Order[]> {
  const [, type, named] = /^(?:(ServiceRequest|Task)\/)?([^/]+)$/.exec(text) ?? [];
  const id = named?.toLowerCase() ?? '';
  if (!uuid.test(id)) return byIdentifier(store, text);
  const order = type === 'Task' ? undefined : await readOrder(store, id);
  if (order) return [order];
  const task = type === 'ServiceRequest' ? undefined : await read<OrderTask>(store, 'Task', id);
  if (task) return ordersOf(store, [task]);
  const journey = type ? [] : await inJourney(store, id);
  return journey.length || type ? journey : byIdentifier(store, text);
}

/** All Tasks of an order: to its owner, to candidates, and those about them. A Task of a later order may be part of them too. */
export async function tasksOf(store: Reading, order: Order): Promise<readonly OrderTask[]> {
  const found = new Map<string, OrderTask>();
  const add = (tasks: readonly OrderTask[]) => {
    for (const it of tasks) found.set(it.id, it);
  };
  add(await search<OrderTask>(store, 'Task', 'focus', [`ServiceRequest/${order.id}`]));
  const first = [...found.keys()].map((id) => `Task/${id}`);
  if (first.length) {
    const parts = await search<OrderTask>(store, 'Task', 'part-of', first);
    add(parts.filter(({ focus }) => !focus?.reference?.startsWith('ServiceRequest/')));
    add(await search<OrderTask>(store, 'Task', 'focus', first));
  }
  return [...found.values()];
}

/** Orders about a person, by the id of the Patient at this gateway. */
export const ordersAbout = (store: Reading, patient: string): Promise<readonly Order[]> =>
  search<Order>(store, 'ServiceRequest', 'patient', [`Patient/${patient}`]);

const readOrder = (store: Reading, id: string) => read<Order>(store, 'ServiceRequest', id);

async function read<T extends Resource>(store: Reading, type: string, id: string): Promise<T | undefined> {
  const stored = await store.read(type, id);
  return stored && (parseJson(stored.text) as T);
}

async function byIdentifier(store: Reading, text: string): Promise<readonly Order[]> {
  const orders = await search<Order>(store, 'ServiceRequest', 'identifier', [text]);
  return orders.length ? orders : ordersOf(store, await search<OrderTask>(store, 'Task', 'identifier', [text]));
}

async function ordersOf(store: Reading, tasks: readonly OrderTask[]): Promise<readonly Order[]> {
  const orders = new Map<string, Order>();
  for (const task of tasks) {
    const focus = task.focus?.reference ?? '';
    const [type, id = ''] = focus.split('/');
    const part = task.partOf?.[0]?.reference?.split('/')[1] ?? '';
    const order =
      type === 'ServiceRequest' ? await readOrder(store, id) : await parentOrder(store, type === 'Task' ? id : part);
    if (order) orders.set(order.id, order);
  }
  return [...orders.values()];
}

/** A question or a reminder is about a Task: its order is that of this Task. */
async function parentOrder(store: Reading, task: string): Promise<Order | undefined> {
  const parent = await read<OrderTask>(store, 'Task', task);
  const [type, id = ''] = parent?.focus?.reference?.split('/') ?? [];
  return type === 'ServiceRequest' ? readOrder(store, id) : undefined;
}

/** Orders that messages with this trace created or changed. */
async function inJourney(store: Reading, traceId: string): Promise<readonly Order[]> {
  const { items } = await store.audit({ traceId, count: maximumResults });
  const references = items.flatMap(({ text }) =>
    ((parseJson(text) as AuditEvent).entity ?? []).flatMap(({ what }) => what?.reference ?? []),
  );
  const ids = [...new Set(references)].flatMap((it) => (it.startsWith('ServiceRequest/') ? [it.slice(15)] : []));
  const orders = await Promise.all(ids.map((id) => readOrder(store, id)));
  return orders.filter((it) => it !== undefined);
}

async function search<T extends Resource>(
  store: Reading,
  type: string,
  name: string,
  values: readonly string[],
): Promise<readonly T[]> {
  const query = { criteria: [{ name, values }], sort: '_lastUpdated', count: maximumResults } as const;
  const found = await store.search(type, query);
  return found.kind === 'found' ? found.resources.map(({ text }) => parseJson(text) as T) : [];
}

import type { CodeableConcept, Meta, Reference } from '@medplum/fhirtypes';
import { canonicalBase, mgnNaming } from '../fhir/canonical.ts';
import type { Attempt, DispatchStatus, Store } from '../store/port.ts';
import { auditLineOf } from './audit-event.ts';
import type { AuditSource } from './audit-trail.ts';
import { findOrders, type Order, type OrderTask, ordersAbout, tasksOf } from './find-orders.ts';

/** Where an order is: its Tasks and its deliveries. Ids, statuses, codes and times; nothing of the order's content. */
export type OrderStatus = {
  readonly order: string;
  readonly status: string;
  /** Id of the partner that sent it. */
  readonly sender?: string;
  readonly version: number;
  readonly updated: string;
  readonly traces: readonly string[];
  readonly tasks: readonly TaskStatus[];
  readonly deliveries: readonly DeliveryStatus[];
  /** The latest notifications of Subscriptions, newest first. */
  readonly notifications: readonly DeliveryStatus[];
};

export type TaskStatus = {
  readonly task: string;
  readonly status: string;
  readonly businessStatus?: string;
  readonly verb?: string;
  /** `Type/id` in the directory. */
  readonly owner?: string;
  readonly sender?: string;
  readonly version: number;
  readonly updated: string;
};

export type DeliveryStatus = {
  readonly dispatch: string;
  readonly kind: string;
  readonly channel: string;
  readonly recipient: string;
  readonly state: DispatchStatus['state'];
  readonly created: string;
  readonly ended?: string;
  readonly attempts: number;
  readonly lastAttempt?: string;
  readonly lastStatus?: number;
  /** Code of the reason why the last attempt failed. */
  readonly because?: string;
};

type Tracked = Pick<Store, 'read' | 'search' | 'audit' | 'dispatches' | 'attempts'>;

/** Notifications shown of one order. */
const latest = 5;

/**
 * Status of each order that `text` names (find-orders.ts); empty when there is none. With `only`, the id of a partner, of its Tasks and
 * deliveries those that are its own: what belongs to others is left out before anything of it is looked up.
 */
export async function orderStatus(store: Tracked, text: string, only?: string): Promise<readonly OrderStatus[]> {
  const statuses: OrderStatus[] = [];
  for (const order of await findOrders(store, text)) statuses.push(await statusOf(store, order, only));
  return statuses;
}

async function statusOf(store: Tracked, order: Order, only: string | undefined): Promise<OrderStatus> {
  const tasks: OrderTask[] = [];
  for (const task of await tasksOf(store, order))
    if (only === undefined || (await store.read('Task', task.id, only))) tasks.push(task);
  const causes = await causesOf(store, order, tasks);
  const dispatches = (await dispatchesOf(store, causes)).filter(
    ({ recipient }) => only === undefined || recipient === only,
  );
  const [notifications, deliveries] = [
    dispatches.filter(isNotification),
    dispatches.filter((it) => !isNotification(it)),
  ];
  const latestFirst = notifications.sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
  return {
    order: `ServiceRequest/${order.id}`,
    status: order.status ?? '?',
    ...senderOf(order.meta),
    ...versionOf(order.meta),
    traces: [...causes.traces].filter((it) => !tasks.some(({ id }) => id === it)),
    tasks: tasks.map(taskStatus),
    deliveries: await Promise.all(deliveries.map((it) => deliveryStatus(store, it))),
    notifications: await Promise.all(latestFirst.slice(0, latest).map((it) => deliveryStatus(store, it))),
  };
}

/** Traces and requests of everything that created or changed an order and its Tasks. */
type Causes = { readonly traces: ReadonlySet<string>; readonly requests: ReadonlySet<string> };

async function causesOf(store: Tracked, order: Order, tasks: readonly OrderTask[]): Promise<Causes> {
  const references = [`ServiceRequest/${order.id}`, ...tasks.map(({ id }) => `Task/${id}`)];
  // a candidate that is not selected has the id of its Task as its trace
  const traces = new Set(tasks.map(({ id }) => id));
  const requests = new Set<string>();
  for (const entity of references)
    for (let cursor: string | undefined; ; ) {
      const { items, next } = await store.audit({ entity, count: 500, ...(cursor ? { cursor } : {}) });
      for (const row of items) {
        const { action, traceId, requestId } = auditLineOf(row);
        if (action === 'R') continue;
        if (traceId) traces.add(traceId);
        if (requestId) requests.add(requestId);
      }
      if (!next) break;
      cursor = next;
    }
  return { traces, requests };
}

/** The journey may have other orders: a dispatch that names its request belongs to an order of that request. */
async function dispatchesOf(store: Tracked, { traces, requests }: Causes): Promise<DispatchStatus[]> {
  const found: DispatchStatus[] = [];
  for (const traceId of traces)
    for (let cursor: string | undefined; ; ) {
      const { items, next } = await store.dispatches({ traceId, count: 500, ...(cursor ? { cursor } : {}) });
      found.push(...items.filter((it) => it.correlationId === undefined || requests.has(it.correlationId)));
      if (!next) break;
      cursor = next;
    }
  return found.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime());
}

const isNotification = ({ subscription }: DispatchStatus): boolean => subscription !== undefined;

async function deliveryStatus(store: Tracked, it: DispatchStatus): Promise<DeliveryStatus> {
  const last: Attempt | undefined = (await store.attempts(it.id)).at(-1);
  return {
    dispatch: it.id,
    kind: it.kind,
    channel: it.channel,
    recipient: it.recipient,
    state: it.state,
    created: it.createdAt.toISOString(),
    ...(it.endedAt ? { ended: it.endedAt.toISOString() } : {}),
    attempts: it.attempts,
    ...(last ? { lastAttempt: last.at.toISOString() } : {}),
    ...(last?.status === undefined ? {} : { lastStatus: last.status }),
    ...(it.because ? { because: it.because } : {}),
  };
}

function taskStatus(task: OrderTask): TaskStatus {
  const businessStatus = ownCodeOf(task.businessStatus);
  const verb = ownCodeOf(task.code);
  const owner = inDirectory(task.owner);
  return {
    task: `Task/${task.id}`,
    status: task.status,
    ...(businessStatus ? { businessStatus } : {}),
    ...(verb ? { verb } : {}),
    ...(owner ? { owner } : {}),
    ...senderOf(task.meta),
    ...versionOf(task.meta),
  };
}

/** A code of the network or of HL7; a code of any other system is text of a sender, and so is a display. */
const ownCodeOf = (concept: CodeableConcept | undefined): string | undefined =>
  concept?.coding?.find(
    ({ system = '' }) => system.startsWith(`${canonicalBase}/`) || system.startsWith('http://hl7.org/'),
  )?.code;

/** Owners are services and organisations of the directory; a reference to a person is left out. */
const inDirectory = (reference: Reference | undefined): string | undefined =>
  /^(?:HealthcareService|Organization|CareTeam)\/[A-Za-z0-9.-]{1,64}$/.exec(reference?.reference ?? '')?.[0];

function senderOf(meta: Meta | undefined): { readonly sender?: string } {
  const prefix = `${mgnNaming('partner')}#`;
  return meta?.source?.startsWith(prefix) ? { sender: meta.source.slice(prefix.length) } : {};
}

const versionOf = (meta: Meta | undefined) => ({
  version: Number(meta?.versionId ?? 0),
  updated: meta?.lastUpdated ?? '',
});

/** Where the audit trail has the events of these orders and their Tasks. */
async function sourcesOf(store: Tracked, orders: readonly Order[]): Promise<readonly AuditSource[]> {
  const sources: AuditSource[] = [];
  for (const order of orders) {
    const tasks = await tasksOf(store, order);
    const { traces } = await causesOf(store, order, tasks);
    sources.push(
      { entity: `ServiceRequest/${order.id}` },
      ...tasks.map(({ id }) => ({ entity: `Task/${id}` })),
      ...[...traces].map((traceId) => ({ traceId })),
    );
  }
  return sources;
}

/** Undefined when `text` names no order. */
export async function auditOfOrder(store: Tracked, text: string): Promise<readonly AuditSource[] | undefined> {
  const orders = await findOrders(store, text);
  return orders.length ? sourcesOf(store, orders) : undefined;
}

/** Undefined when this gateway has no such Patient. */
export async function auditOfPerson(store: Tracked, patient: string): Promise<readonly AuditSource[] | undefined> {
  if (!(await store.read('Patient', patient))) return undefined;
  const orders = await ordersAbout(store, patient);
  return [{ entity: `Patient/${patient}` }, ...(await sourcesOf(store, orders))];
}

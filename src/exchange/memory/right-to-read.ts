import type { Appointment, Composition, ServiceRequest, Task } from '@medplum/fhirtypes';
import { mayHold } from '../../access/decide/index.ts';
import type { Network } from '../../directory/index.ts';
import { isUnselected } from '../../disclosure/index.ts';
import type { Identified } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import type { Grant, Revocation, Store } from '../../store/port.ts';
import { auditLineOf } from '../../tracker/index.ts';
import { isSentBy } from '../../vocabulary/meta-source.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { isOpen } from '../../workflow/index.ts';
import { ownerOf, senderOf } from './actors.ts';
import { ordersOf, resourcesOfCase, withoutLimits } from './case.ts';
import { find, readAt } from './memory.ts';

/** Tasks whose owners lose their ground in this commit, as they are after it, with their order. */
export type EndedGround = {
  readonly order: ServiceRequest & Identified;
  readonly tasks: readonly (Task & Identified)[];
  /** A partner with a new ground in the same commit. */
  readonly keeps?: string | undefined;
};

/**
 * Revokes what the owners of these Tasks read of the journey, unless they have another ground, and lets each read its own
 * Task from this version on.
 */
export async function rightsEnded(
  place: Place,
  { order, tasks, keeps }: EndedGround,
): Promise<{ readonly revocations: Revocation[]; readonly grants: Grant[] }> {
  const ids = new Set(tasks.map(({ id }) => id));
  const revocations: Revocation[] = [];
  const grants: Grant[] = [];
  for (const task of tasks) {
    const owner = ownerOf(place.network, task);
    if (!owner || owner === keeps || senderOf(place.network, task) === owner) continue;
    if (await hasOtherGround(place, order, owner, ids)) continue;
    const content = [...(await contentReadBy(place, order, owner, task)), task];
    revocations.push(...content.map(({ resourceType: type, id }) => ({ type, id, readers: [owner] })));
    grants.push({ type: 'Task', id: task.id, readers: [owner] });
  }
  return { revocations, grants };
}

/** A Task that had started and is stopped is different: its owner has treated the person, and keeps a record. */
export function endsGround(before: Task | undefined, after: Task): boolean {
  if (!before || before.status === after.status || verbOf(after) !== 'fulfill') return false;
  return endsBeforeStart(before, after);
}

/** Whether a Task ends without having been carried out, even in part. */
export const endsBeforeStart = (before: Task, after: Task): boolean =>
  !mayHold('owner', { task: stateAfter(before, after) });

/** How far a Task got that moves to the status of `after`. */
function stateAfter(before: Task, after: Task): 'open' | 'begun' | 'ended-before-start' {
  const { status } = after;
  if (!withoutGround.includes(status)) return isOpen(after) ? 'open' : 'begun';
  return status === 'cancelled' && (before.status === 'in-progress' || before.status === 'on-hold')
    ? 'begun'
    : 'ended-before-start';
}

type Place = { readonly store: Store; readonly network: Network };

/** Statuses of a Task whose owner has no ground (any more) to read what it is about. */
const withoutGround: readonly string[] = ['rejected', 'cancelled', 'entered-in-error'];

/**
 * Whether a partner may read this journey on another ground than the Tasks in `ended`: it sent an order of the journey,
 * or owns another Task of it that goes on or was carried out.
 */
export async function hasOtherGround(
  { store, network }: Place,
  order: ServiceRequest & Identified,
  partner: string,
  ended: ReadonlySet<string | undefined>,
): Promise<boolean> {
  const orders = await ordersOf(store, order, { most: withoutLimits });
  if (orders.some((it) => mayHold(senderOf(network, it) === partner ? 'sender' : 'none'))) return true;
  const focus = orders.map(({ id }) => `ServiceRequest/${id}`);
  const tasks = await find<Task>(store, 'Task', 'focus', focus);
  return tasks.some(
    (it) =>
      !ended.has(it.id) &&
      ownerOf(network, it) === partner &&
      mayHold(isUnselected(it) ? 'candidate' : 'owner', { task: stateAfter(it, it) }),
  );
}

/**
 * All that this partner may read of the journey of an order, except Tasks and what it sent itself: what it can no longer
 * read when its ground ends. That is the case as it reads it, without the limits of what is shown; the person of `task`
 * with what it was sent about them; and everything that was stored together with any of these, whatever its type.
 */
export async function contentReadBy(
  { store, network }: Place,
  order: ServiceRequest & Identified,
  partner: string,
  task?: Task & Identified,
): Promise<readonly Identified[]> {
  const base = network.settings.baseUrl;
  const readable = await readAt(store, `ServiceRequest/${order.id}`, partner);
  const known = [
    ...(isType(readable, 'ServiceRequest')
      ? await resourcesOfCase(store, readable as typeof order, { reader: partner, base, most: withoutLimits })
      : []),
    ...(task ? await sentAbout(store, order, task, partner) : []),
  ];
  const all = new Map(known.map((it) => [`${it.resourceType}/${it.id}`, it]));
  for (const reference of await storedWith(store, [...known, ...(task ? [task] : [])])) {
    const resource = all.has(reference) ? undefined : await readAt(store, reference, partner);
    if (resource) all.set(reference, resource);
  }
  return [...all.values()].filter((it) => it.resourceType !== 'Task' && !isSentBy(it, partner));
}

/** What an organisation that may not read the order itself was sent with its Task and later: extracts of a consultation. */
async function sentAbout(
  store: Store,
  order: ServiceRequest & Identified,
  { for: person }: Task,
  partner: string,
): Promise<readonly Identified[]> {
  const patient = [person?.reference ?? ''];
  const own = await readAt(store, patient[0] ?? '', partner);
  return [
    ...(own ? [own] : []),
    ...(await find<Composition>(store, 'Composition', 'patient', patient, { reader: partner })),
    ...(await find<Appointment>(store, 'Appointment', 'based-on', [`ServiceRequest/${order.id}`], { reader: partner })),
  ];
}

/**
 * References of everything stored by the messages that created these resources. Of a transaction of moves, which may
 * concern other persons too, nothing.
 */
async function storedWith(store: Store, resources: readonly Identified[]): Promise<ReadonlySet<string>> {
  const events = new Map<number, readonly string[]>();
  for (const { resourceType, id } of resources) {
    const { items } = await store.audit({ entity: `${resourceType}/${id}`, count: 1 });
    for (const row of items) {
      if (events.has(row.seq)) continue;
      const { interaction, action, references } = auditLineOf(row);
      events.set(row.seq, interaction === 'accept' && action === 'C' ? references : []);
    }
  }
  return new Set([...events.values()].flat());
}

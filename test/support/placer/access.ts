/** Who may read and write what at the placer. A partner is known by its token. */
import type { Reference, Resource, ServiceRequest, Task } from '@medplum/fhirtypes';
import { coordinationFaults, isAbort, isBid, isFulfil, withdrawalFaults } from './checks.ts';
import { TA, URA } from './guide.ts';
import { has } from './orders.ts';
import type { Store } from './store.ts';
import { keyOf, list, localKey, read } from './store.ts';

export interface Partner {
  token: string;
  /** URA of each organisation that the partner acts for. */
  uras: string[];
  /** system|value of each HealthcareService that the partner acts for. */
  services: string[];
}

export interface Refusal {
  status: number;
  text: string;
}

const named = (reference: Reference | undefined): string =>
  `${reference?.identifier?.system}|${reference?.identifier?.value}`;
export const owns = (partner: Partner, task: Task): boolean => partner.services.includes(named(task.owner));
const asked = (partner: Partner, task: Task): boolean =>
  partner.uras.some((ura) => named(task.requester) === `${URA}|${ura}`) && task.intent === 'proposal';
const alive = (task: Task): boolean => !['cancelled', 'rejected', 'entered-in-error'].includes(task.status);

const own = (store: Store, partner: Partner): Task[] =>
  list<Task>(store, 'Task').filter((task) => owns(partner, task) && !isAbort(task) && alive(task));

/** Read access follows the Tasks of the partner; the Patient only after selection. */
export function mayRead(store: Store, partner: Partner, resource: Resource): boolean {
  if (resource.resourceType === 'Task') return owns(partner, resource) || asked(partner, resource);
  const key = keyOf(resource);
  const tasks = own(store, partner);
  if (resource.resourceType === 'ServiceRequest')
    return tasks.some((task) => localKey(store, task.focus?.reference) === key);
  const selected = tasks.filter(isFulfil);
  if (selected.some((task) => localKey(store, task.for?.reference) === key)) return true;
  const extra = selected.flatMap((task) =>
    (task.input ?? []).filter((input) => has(input.type, TA, 'supplemental-resource')),
  );
  if (extra.some((input) => localKey(store, input.valueReference?.reference) === key)) return true;
  const orders = tasks.map((task) => read<ServiceRequest>(store, localKey(store, task.focus?.reference) ?? ''));
  if (resource.resourceType === 'PractitionerRole')
    return orders.some((order) => localKey(store, order?.requester?.reference) === key);
  if (resource.resourceType === 'Organization') {
    return orders.some((order) => {
      const role = read(store, localKey(store, order?.requester?.reference) ?? '');
      return role?.resourceType === 'PractitionerRole' && localKey(store, role.organization?.reference) === key;
    });
  }
  return false;
}

const MOVES: Record<string, string[]> = {
  requested: ['received', 'accepted', 'rejected'],
  received: ['accepted', 'rejected'],
  accepted: ['in-progress', 'rejected'],
  'in-progress': ['completed', 'failed'],
};
const ABORT_MOVES: Record<string, string[]> = { requested: ['accepted', 'rejected'] };
const FULFILLER_ELEMENTS = new Set([
  'status',
  'statusReason',
  'businessStatus',
  'output',
  'executionPeriod',
  'note',
  'lastModified',
  'meta',
]);

/** Why this change by the owner is not allowed; undefined when it is. */
export function refusalOfChange(partner: Partner, before: Task, after: Task): Refusal | undefined {
  if (!owns(partner, before)) return { status: 403, text: 'only the owner changes this Task' };
  const elements = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...elements].filter(
    (name) =>
      JSON.stringify((before as unknown as Record<string, unknown>)[name]) !==
      JSON.stringify((after as unknown as Record<string, unknown>)[name]),
  );
  const foreign = changed.filter((name) => !FULFILLER_ELEMENTS.has(name));
  if (foreign.length) return { status: 422, text: `the owner may not change ${foreign.join(', ')}` };
  if (before.status !== after.status) {
    const moves = (isAbort(before) ? ABORT_MOVES : MOVES)[before.status] ?? [];
    if (!moves.includes(after.status))
      return {
        status: moves.length ? 422 : 409,
        text: `from ${before.status} the owner may go to ${moves.join(', ') || 'nothing'}`,
      };
    if (after.status === 'in-progress' && isBid(before)) return { status: 422, text: 'no work before selection' };
  }
  if (has(after.statusReason, TA, 'not-selected'))
    return { status: 422, text: 'not-selected is reserved for the placer' };
  if (has(after.businessStatus, TA, 'selected') && !has(before.businessStatus, TA, 'selected'))
    return { status: 422, text: 'the placer selects' };
  const faults = isAbort(before) ? [] : coordinationFaults(after).filter((fault) => !fault.endsWith('?'));
  return faults.length ? { status: 422, text: `broken rules: ${faults.join(', ')}` } : undefined;
}

/** A partner may only create an Authorization Cancellation Request Task, for an order that it fulfils. */
export function refusalOfCreate(store: Store, partner: Partner, task: Task): Refusal | undefined {
  const faults = withdrawalFaults(task);
  if (task.status !== 'requested') faults.push('status');
  if (faults.length)
    return {
      status: 422,
      text: `only an Authorization Cancellation Request Task can be created here: ${faults.join(', ')}`,
    };
  if (!asked(partner, task)) return { status: 403, text: 'requester is not the sender' };
  const order = localKey(store, task.focus?.reference);
  const mine = own(store, partner).some((item) => localKey(store, item.focus?.reference) === order && isFulfil(item));
  return mine ? undefined : { status: 403, text: 'only the fulfiller of this order may ask this' };
}

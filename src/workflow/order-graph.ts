import type { Appointment, Encounter, Reference, ServiceRequest, Task } from '@medplum/fhirtypes';
import { verbOf } from '../vocabulary/task-verb.ts';
import { isConsultation } from '../vocabulary/use-case.ts';
import { terminal } from './moves.ts';

/** An order with its Tasks, Encounters and Appointments as stored, each with its id. */
export type OrderGraph = {
  readonly order?: ServiceRequest | undefined;
  /** Every Task whose focus is the order, and every Task whose focus is one of these Tasks. */
  readonly tasks: readonly Task[];
  readonly encounters: readonly Encounter[];
  readonly appointments: readonly Appointment[];
};

export const isOpen = ({ status }: Task): boolean => !terminal.has(status);

export const isAbout = (task: Task, it: { readonly resourceType: string; readonly id?: string | undefined }): boolean =>
  it.id !== undefined && sameReference(task.focus, `${it.resourceType}/${it.id}`);

/** Whether this Task carries out the order, so that the order ends with the last such Task. */
export const carriesOut = (task: Task, order: ServiceRequest): boolean =>
  isAbout(task, order) && !isConsultation(task) && verbOf(task) !== 'abort';

/** Whether the owner of this Task has the order, which a candidate that is only asked whether it could does not. */
export const isAssigned = (task: Task, order: ServiceRequest): boolean =>
  carriesOut(task, order) && verbOf(task) !== 'request-fulfillment';

/** The Task that carries out the order: the open one, else the last; those of candidates only where there is no other. */
export const ownTask = (tasks: readonly Task[], order: ServiceRequest): Task | undefined => {
  const assigned = tasks.filter((it) => isAssigned(it, order));
  const carrying = assigned.length ? assigned : tasks.filter((it) => carriesOut(it, order));
  return carrying.find(isOpen) ?? carrying.at(-1);
};

/** Whether a Task is part of another Task of its order, as a preparation is of its consultation. */
export const isPartOf = ({ partOf = [] }: Task, { id }: Task): boolean =>
  id !== undefined && partOf.some((it) => sameReference(it, `Task/${id}`));

const sameReference = (one: Reference | undefined, other: string): boolean =>
  one?.reference?.replace(/\/_history\/.*$/, '') === other;

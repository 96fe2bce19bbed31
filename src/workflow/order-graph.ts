import type { Appointment, Encounter, Reference, ServiceRequest, Task } from '@medplum/fhirtypes';
import { terminal } from './moves.ts';
import { ownCodes } from './reasons.ts';
import type { TaskVerb } from './verb.ts';

/** An order with its Tasks, Encounters and Appointments as stored, each with its id. */
export type OrderGraph = {
  readonly order?: ServiceRequest | undefined;
  /** Every Task whose focus is the order, and every Task whose focus is one of these Tasks. */
  readonly tasks: readonly Task[];
  readonly encounters: readonly Encounter[];
  readonly appointments: readonly Appointment[];
};

const taskCode = 'http://hl7.org/fhir/CodeSystem/task-code';

const verbs = ['fulfill', 'request-fulfillment', 'abort', 'complete-questionnaire'] as const;

export const verbOf = ({ code }: Task): TaskVerb | undefined =>
  verbs.find((verb) => code?.coding?.some((it) => it.code === verb));

/** The Task code with another verb and the same use case. */
export const withVerb = (code: Task['code'], verb: Extract<TaskVerb, 'fulfill'>): NonNullable<Task['code']> => ({
  ...code,
  coding: (code?.coding ?? []).map((it) => (it.code === 'request-fulfillment' ? { system: taskCode, code: verb } : it)),
});

export const abortCoding = { system: taskCode, code: 'abort' } as const;

export const isOpen = ({ status }: Task): boolean => !terminal.has(status);

export const isAbout = (task: Task, it: { readonly resourceType: string; readonly id?: string | undefined }): boolean =>
  it.id !== undefined && sameReference(task.focus, `${it.resourceType}/${it.id}`);

/** A case consultation (casusoverleg) concerns an order, or prepares for one, without carrying it out. */
export const isConsultation = ({ code }: Task): boolean => ownCodes(code, 'use-case').includes('case-consultation');

/** Whether this Task carries out the order, so that the order ends with the last such Task. */
export const carriesOut = (task: Task, order: ServiceRequest): boolean => isAbout(task, order) && !isConsultation(task);

/** The Task that carries out the order: the open one, else the last. */
export const ownTask = (tasks: readonly Task[], order: ServiceRequest): Task | undefined => {
  const carrying = tasks.filter((it) => carriesOut(it, order));
  return carrying.find(isOpen) ?? carrying.at(-1);
};

/** Whether a Task is part of another Task of its order, as a preparation is of its consultation. */
export const isPartOf = ({ partOf = [] }: Task, { id }: Task): boolean =>
  id !== undefined && partOf.some((it) => sameReference(it, `Task/${id}`));

const sameReference = (one: Reference | undefined, other: string): boolean =>
  one?.reference?.replace(/\/_history\/.*$/, '') === other;

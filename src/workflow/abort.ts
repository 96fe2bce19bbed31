import type { CodeableConcept, ServiceRequest, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import { resourceIdentifier } from '../vocabulary/identifiers.ts';
import { abortCoding } from '../vocabulary/task-verb.ts';
import type { CreationContext } from './effect.ts';
import { withdrawalReason } from './reasons.ts';

/**
 * The abort Task of the requester, completed with the elements that the gateway sets; reason, identifiers and text are
 * kept.
 */
export function askingToStop(task: Task, asked: Task, creation: CreationContext): Task {
  const reason = asked.reasonCode ?? asked.statusReason;
  const abort = abortTask(task, reason ? withdrawalReason(reason) : withdrawn, creation);
  const { identifier = [], note, description } = asked;
  return {
    ...abort,
    identifier: [...identifier, ...(abort.identifier ?? [])],
    ...(note ? { note } : {}),
    ...(description ? { description } : {}),
  };
}

/** The parties of a request to withdraw an order, as the gateway knows them. */
export type WithdrawalParties = {
  readonly requester: NonNullable<Task['requester']>;
  readonly owner: NonNullable<Task['owner']>;
  readonly source: string;
};

/**
 * A Task by which the owner of a Task asks the placer to withdraw the order itself (Twiin: Authorization Cancellation
 * Request). It has intent proposal and no person: the order has.
 */
export function askingToWithdraw(
  order: ServiceRequest,
  task: Task,
  asked: Task,
  { requester, owner, source }: WithdrawalParties,
  { at, newId }: CreationContext,
): Task {
  const id = newId();
  const useCase = (task.code?.coding ?? []).filter(({ system }) => system === mgnCodeSystem('use-case'));
  const reason = asked.reasonCode ?? asked.statusReason;
  const { identifier = [], note, description } = asked;
  return {
    resourceType: 'Task',
    id,
    meta: { source },
    ...(task.extension ? { extension: task.extension } : {}),
    identifier: [...identifier, resourceIdentifier(id)],
    status: 'requested',
    intent: 'proposal',
    code: { coding: [abortCoding, ...useCase] },
    focus: { reference: `ServiceRequest/${order.id}` },
    authoredOn: at.toISOString(),
    requester,
    owner,
    ...(reason ? { reasonCode: reason } : {}),
    ...(note ? { note } : {}),
    ...(description ? { description } : {}),
  };
}

const withdrawn: CodeableConcept = {
  coding: [{ system: mgnCodeSystem('status-reason'), code: 'withdrawn-by-referrer' }],
};

/** A Task by which the requester asks the owner of a Task in progress to stop (Twiin: Cancellation Request). */
export function abortTask(task: Task, reason: CodeableConcept, { at, newId }: CreationContext): Task {
  const id = newId();
  const useCase = (task.code?.coding ?? []).filter(({ code }) => code !== 'fulfill');
  return {
    resourceType: 'Task',
    id,
    ...(task.meta?.source ? { meta: { source: task.meta.source } } : {}),
    ...(task.extension ? { extension: task.extension } : {}),
    identifier: [resourceIdentifier(id)],
    status: 'requested',
    intent: 'order',
    code: { coding: [abortCoding, ...useCase] },
    focus: { reference: `Task/${task.id}` },
    ...(task.for ? { for: task.for } : {}),
    authoredOn: at.toISOString(),
    ...(task.requester ? { requester: task.requester } : {}),
    ...(task.owner ? { owner: task.owner } : {}),
    reasonCode: reason,
  };
}

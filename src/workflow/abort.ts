import type { CodeableConcept, Task } from '@medplum/fhirtypes';
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

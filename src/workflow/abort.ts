import type { CodeableConcept, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import { resourceIdentifier } from '../vocabulary/identifiers.ts';
import { abortCoding } from '../vocabulary/task-verb.ts';
import type { Making } from './effects.ts';

/** The same, as its requester sent it: with its reason, its identifiers and its words. */
export function askingToStop(task: Task, asked: Task, making: Making): Task {
  const reason = asked.reasonCode ?? asked.statusReason;
  const made = abortTask(task, reason ?? withdrawn, making);
  const { identifier = [], note, description } = asked;
  return {
    ...made,
    identifier: [...identifier, ...(made.identifier ?? [])],
    ...(note ? { note } : {}),
    ...(description ? { description } : {}),
  };
}

const withdrawn: CodeableConcept = {
  coding: [{ system: mgnCodeSystem('status-reason'), code: 'withdrawn-by-referrer' }],
};

/** A Task by which the requester asks the owner of a Task that is under way to stop (Twiin: Cancellation Request). */
export function abortTask(task: Task, reason: CodeableConcept, { at, newId }: Making): Task {
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

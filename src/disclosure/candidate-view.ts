import type { Task } from '@medplum/fhirtypes';
import { mgnNaming } from '../fhir/canonical.ts';
import { canonicalJson } from '../fhir/canonical-json.ts';
import { typeModel } from '../fhir/model.ts';
import type { Elements } from '../fhir/resource.ts';
import { verbOf } from '../vocabulary/task-verb.ts';
import { isConsultation } from '../vocabulary/use-case.ts';
import type { MessageProjection, RecipientProjections } from './projection/projection.ts';

/**
 * A Task of which the owner may not learn about whom it is: a candidate that is not selected, before and after the
 * choice of another.
 */
export const isUnselected = (task: Task): boolean => verbOf(task) === 'request-fulfillment' && !isConsultation(task);

/** System of the focus that a candidate sees. Its value is the id of its own Task, so no two candidates share it. */
const opaqueFocus = mgnNaming('order-before-selection');

const withOpaqueFocus = (reduced: Task, { id }: Task): Task => ({
  ...reduced,
  ...(id ? { focus: { type: 'ServiceRequest', identifier: { system: opaqueFocus, value: id } } } : {}),
});

/**
 * The Task as its candidate sees it, whatever the stored Task contains: by the projection of its phase, and with a focus
 * that leads neither to the person nor to the order, nor from one candidate to another.
 */
export const taskForCandidate = (task: Task, projections: RecipientProjections): Task =>
  withOpaqueFocus(projected(linesForCandidate(projections).project(task)), task);

export const linesForCandidate = (projections: RecipientProjections): MessageProjection =>
  projections.message('candidate', 'solicitation');

export const linesWithoutGround = (projections: RecipientProjections): MessageProjection =>
  projections.message('after-closing', 'own-task');

/**
 * A Task that ended without being carried out, as its owner sees it from then on: how it ended,
 * not what it was about.
 */
export function taskWithoutGround(task: Task, projections: RecipientProjections): Task {
  const reduced = projected(linesWithoutGround(projections).project(task));
  return reduced.focus ? reduced : withOpaqueFocus(reduced, task);
}

const projected = (it: unknown): Task => (it ?? { resourceType: 'Task' }) as Task;

/** Whether the owner reads the Task in that form. */
export const isWithoutGround = (task: Task): boolean =>
  ['rejected', 'cancelled', 'entered-in-error'].includes(task.status) && verbOf(task) === 'fulfill';

/** Elements that a requester may change in the Task of a candidate; the fixed elements have a finding of their own. */
const movable: ReadonlySet<string> = new Set([
  ...['status', 'statusReason', 'businessStatus', 'lastModified', 'meta', 'id', 'resourceType'],
  ...['identifier', 'intent', 'code', 'focus', 'for', 'authoredOn', 'requester', 'owner', 'basedOn', 'partOf'],
  ...['contained', 'input', 'output'],
]);

/** Names of the elements by which a move of the requester would reach a candidate outside its projection. */
export function candidateElementsRefused(before: Task, after: Task): readonly string[] {
  const [stored, requested] = [before, after] as unknown as [Elements, Elements];
  return Object.keys(requested)
    .filter((name) => !movable.has(name))
    .filter((name) => canonicalJson(stored[name] ?? null) !== canonicalJson(requested[name] ?? null))
    .map((name) => (typeModel('Task')?.properties.has(name) ? name : '?'));
}

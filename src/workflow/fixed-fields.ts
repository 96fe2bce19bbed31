import type { Task } from '@medplum/fhirtypes';
import { canonicalJson } from '../fhir/canonical-json.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { ownCodes } from '../vocabulary/concept.ts';
import { legalBasisConceptOf } from '../vocabulary/legal-basis.ts';

/**
 * The request, its owner, the person and the legal basis: a change of any of these needs a new Task. New contained
 * resources are excluded too: they would be disclosed to every recipient of the Task, including those who receive only
 * the Task.
 */
const fixedFields = [
  'identifier',
  'intent',
  'code',
  'focus',
  'for',
  'authoredOn',
  'requester',
  'owner',
  'basedOn',
  'partOf',
  'contained',
  'input',
] as const satisfies readonly (keyof Task)[];

const same = (one: unknown, other: unknown): boolean => canonicalJson(one ?? null) === canonicalJson(other ?? null);

export const changedFixedFields = (before: Task, after: Task): Issue[] => [
  ...fixedFields
    .filter((field) => !same(before[field], after[field]))
    .map((field) => issue('task-element-immutable', { field: `Task.${field}` }, { expression: `Task.${field}` })),
  ...(same(legalBasisConceptOf(before), legalBasisConceptOf(after))
    ? []
    : [issue('task-element-immutable', { field: 'mgn-legal-basis' }, { expression: 'Task.extension' })]),
];

/**
 * Elements reported by the owner. The requester leaves them unchanged, except to ask the owner to stop. The marker
 * `human-decision` is the gateway's own: a requester that does not repeat it changes nothing of the owner's.
 */
export function changedOwnersFields(before: Task, after: Task): Issue[] {
  const asksToStop = ownCodes(after.businessStatus, 'business-status').includes('cancellation-requested');
  const dropsMarker =
    after.businessStatus === undefined && ownCodes(before.businessStatus, 'business-status').includes('human-decision');
  return [
    ...(same(before.output, after.output) ? [] : ['output']),
    ...(same(before.businessStatus, after.businessStatus) || asksToStop || dropsMarker ? [] : ['businessStatus']),
  ].map((field) => issue('task-element-owner-only', { field: `Task.${field}` }, { expression: `Task.${field}` }));
}

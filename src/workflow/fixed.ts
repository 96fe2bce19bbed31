import type { Task } from '@medplum/fhirtypes';
import { canonicalJson } from '../fhir/canonical-json.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { ownCodes } from '../vocabulary/concept.ts';
import { legalBasisConceptOf } from '../vocabulary/legal-basis.ts';

/**
 * What was asked, of whom, for whom and by which right: another answer to these is another Task. Nothing new is contained
 * either: what a Task contains goes where the Task goes, also to whom gets nothing but the Task.
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

/** The owner's account of its work, which the requester leaves alone but for asking to stop. */
export function changedOwnersFields(before: Task, after: Task): Issue[] {
  const asksToStop = ownCodes(after.businessStatus, 'business-status').includes('cancellation-requested');
  return [
    ...(same(before.output, after.output) ? [] : ['output']),
    ...(same(before.businessStatus, after.businessStatus) || asksToStop ? [] : ['businessStatus']),
  ].map((field) => issue('task-element-owner-only', { field: `Task.${field}` }, { expression: `Task.${field}` }));
}

import type { Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { isConsultation } from '../vocabulary/use-case.ts';
import type { Effect } from './effects.ts';
import { isOpen, isPartOf, type OrderGraph } from './order-graph.ts';
import { transition } from './transition.ts';

/** The preparations of a consultation that are still open. */
export const partsOf = ({ tasks }: Pick<OrderGraph, 'tasks'>, consultation: Task): readonly Task[] =>
  isConsultation(consultation) ? tasks.filter((it) => isPreparationOf(it, consultation) && isOpen(it)) : [];

/** A question that is asked to go on with a Task is a part of it too, but about that Task: it prepares nothing. */
export const isPreparationOf = (task: Task, consultation: Task): boolean =>
  isConsultation(task) && isPartOf(task, consultation) && !task.focus?.reference?.startsWith('Task/');

/**
 * What its record makes of a consultation: its Task is completed, with the record as output; preparations that were begun
 * are done, and what nobody began is overtaken. Issues: those of `transition`.
 */
export function held(consultation: Task, parts: readonly Task[], record: string): Result<readonly Effect[]> {
  const output = [...(consultation.output ?? []), { type: { text: 'Verslag' }, valueReference: { reference: record } }];
  const { businessStatus: _, ...before } = consultation;
  const done = transition({ before: consultation, after: { ...before, status: 'completed', output }, actor: 'owner' });
  if (!done.ok) return failure(...done.issues);
  return success([
    { rule: done.value.rule, resource: done.value.task },
    ...partsOf({ tasks: parts }, consultation).map((it) => settledPart(it, record)),
  ]);
}

function settledPart(part: Task, record: string): Effect {
  const begun = part.status === 'in-progress' || part.status === 'on-hold';
  if (!begun) {
    const statusReason = { coding: [{ system: mgnCodeSystem('status-reason'), code: 'overtaken' }] };
    return { rule: 'overtaken', resource: { ...part, status: 'cancelled', statusReason } };
  }
  const { businessStatus: _, statusReason: __, ...rest } = part;
  const output = part.output ?? [{ type: { text: 'Verslag' }, valueReference: { reference: record } }];
  return { rule: 'complete', resource: { ...rest, status: 'completed', output } };
}

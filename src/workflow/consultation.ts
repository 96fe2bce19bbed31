import type { Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { isConsultation } from '../vocabulary/use-case.ts';
import type { Effect } from './effect.ts';
import { isOpen, isPartOf, type OrderGraph } from './order-graph.ts';
import { transition } from './transition.ts';

/** The open preparation Tasks of a consultation. */
export const partsOf = ({ tasks }: Pick<OrderGraph, 'tasks'>, consultation: Task): readonly Task[] =>
  isConsultation(consultation) ? tasks.filter((it) => isPreparationOf(it, consultation) && isOpen(it)) : [];

/** A question about a Task is part of it too, but its focus is that Task: it is not a preparation. */
export const isPreparationOf = (task: Task, consultation: Task): boolean =>
  isConsultation(task) && isPartOf(task, consultation) && !task.focus?.reference?.startsWith('Task/');

/**
 * The effects of the record of a consultation (verslag): its Task is completed with the record as output, preparations
 * in progress are completed, and the others are cancelled as overtaken. Issues: those of `transition`.
 */
export function completeConsultation(
  consultation: Task,
  parts: readonly Task[],
  record: string,
): Result<readonly Effect[]> {
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

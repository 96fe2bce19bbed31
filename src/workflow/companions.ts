import type { Task } from '@medplum/fhirtypes';
import { type Issue, issue } from '../fhir/issue.ts';
import { ownCodes } from '../vocabulary/concept.ts';
import type { OrderGraph } from './order-graph.ts';

type Companion = 'Encounter' | 'Appointment';

/** A Task status that contradicts the status of an Encounter or Appointment of its order. */
export type Contradiction = {
  readonly when: { readonly status?: string; readonly businessStatus?: string };
  readonly type: Companion;
  /** Contradicted when any of them has one of these statuses. */
  readonly any?: readonly string[];
  /** Contradicted when there is at least one and all have one of these statuses. */
  readonly all?: readonly string[];
};

const notYet = ['planned', 'arrived', 'triaged'];
const under = [...notYet, 'in-progress', 'onleave'];

/**
 * Contradictions between the Task and its Encounters and Appointments. A contradiction is refused; nothing is inferred.
 */
export const contradictions: readonly Contradiction[] = [
  { when: { status: 'completed' }, type: 'Encounter', any: under },
  { when: { businessStatus: 'first-contact-done' }, type: 'Encounter', all: [...notYet, 'cancelled'] },
  {
    when: { businessStatus: 'no-show' },
    type: 'Appointment',
    all: ['fulfilled', 'arrived', 'checked-in', 'cancelled'],
  },
  { when: { businessStatus: 'appointment-cancelled' }, type: 'Appointment', all: ['booked', 'fulfilled', 'noshow'] },
  {
    when: { businessStatus: 'intake-scheduled' },
    type: 'Appointment',
    all: ['cancelled', 'noshow', 'entered-in-error'],
  },
];

/** The issues of a Task that contradicts the Encounters or Appointments of its order. */
export function contradicted(task: Task, { encounters, appointments }: OrderGraph): Issue[] {
  const business = ownCodes(task.businessStatus, 'business-status');
  return contradictions
    .filter(({ when }) => when.status === task.status || business.includes(when.businessStatus ?? ''))
    .flatMap((it) => {
      const statuses = (it.type === 'Encounter' ? encounters : appointments).map(({ status }) => String(status));
      const wrong = it.any
        ? statuses.find((status) => it.any?.includes(status))
        : statuses.every((status) => it.all?.includes(status))
          ? statuses[0]
          : undefined;
      const says = it.when.status ?? it.when.businessStatus ?? '';
      return wrong
        ? [issue('related-status-conflict', { says, type: it.type, status: wrong }, { expression: 'Task.status' })]
        : [];
    });
}

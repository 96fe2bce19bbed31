import type { Task } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { businessStatuses } from '../../src/workflow/business-status.ts';
import { concept, graphOf, moved, order, taskOf, to } from '../support/workflow/order-graph.ts';

const outcome = { output: [{ type: { text: 'Conclusion' }, valueString: 'done' }] };
const reason = (code: string) => ({ statusReason: concept('status-reason', code) });
const business = (code: string) => ({ businessStatus: concept('business-status', code) });
const codeOf = ({ graph }: ReturnType<typeof moved>) => graph.tasks[0]?.businessStatus?.coding?.[0]?.code;

/** Each move of the owner from a status in which the marker stands. */
const moves: readonly (readonly [Task['status'], Task['status'], Partial<Task>])[] = [
  ['requested', 'received', {}],
  ['requested', 'accepted', {}],
  ['received', 'accepted', {}],
  ['requested', 'rejected', reason('at-capacity')],
  ['accepted', 'rejected', reason('at-capacity')],
  ['accepted', 'in-progress', {}],
  ['in-progress', 'on-hold', reason('other')],
  ['on-hold', 'in-progress', {}],
  ['in-progress', 'completed', outcome],
  ['in-progress', 'failed', reason('cannot-contact')],
];
const markers = [
  'human-decision',
  'selected',
  'awaiting-information',
  'cancellation-requested',
  'intake-scheduled',
  'no-show',
  'appointment-cancelled',
];

describe('a business status that the owner did not report', () => {
  test.each(
    moves.flatMap(([from, next, more]) =>
      markers.filter((it) => businessStatuses[from].includes(it)).map((it) => [it, from, next, more] as const),
    ),
  )('%s never blocks %s -> %s', (marker, from, next, more) => {
    const graph = graphOf([taskOf('a', 'fulfill', { status: from, ...business(marker) })]);
    const after = moved(graph, to(graph.tasks[0]!, next, more), ['owner']);
    expect(after.refused).toEqual([]);
    expect(codeOf(after)).toBe(businessStatuses[next].includes(marker) ? marker : undefined);
  });

  test('what the mover itself reports is still checked', () => {
    const graph = graphOf([taskOf('a', 'fulfill', { status: 'accepted' })]);
    const after = moved(graph, to(graph.tasks[0]!, 'in-progress', business('human-decision')), ['owner']);
    expect(after.refused).toEqual(['business-status-invalid']);
  });

  test('a requester that does not repeat the marker withdraws', () => {
    const graph = graphOf([taskOf('a', 'fulfill', { status: 'requested', ...business('human-decision') })]);
    const { businessStatus: _, ...without } = graph.tasks[0]!;
    const after = moved(graph, to(without, 'cancelled', reason('expired')), ['requester']);
    expect(after.refused).toEqual([]);
  });

  test('a marker from before a question does not return to a status in which it cannot stand', () => {
    const before = taskOf('a', 'fulfill', { status: 'in-progress', ...business('awaiting-information') });
    const question: Task = {
      ...taskOf('q', 'complete-questionnaire', { status: 'requested' }),
      focus: { reference: 'Task/a' },
      input: [
        {
          type: concept('task-input', 'business-status-before'),
          valueCodeableConcept: concept('business-status', 'human-decision'),
        },
      ],
    };
    const graph = graphOf([before, question]);
    const after = moved(graph, to(question, 'cancelled', reason('expired')), ['requester']);
    expect(after.refused).toEqual([]);
    expect(codeOf(after)).toBeUndefined();
    expect(order.id).toBeDefined();
  });
});

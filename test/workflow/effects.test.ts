import type { Appointment, Encounter } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { selectionIssues } from '../../src/workflow/selection.ts';
import { concept, graphOf, moved, order, taskOf, to } from '../support/workflow/order-graph.ts';

const selected = { businessStatus: concept('business-status', 'selected') };
const outcome = { output: [{ type: { text: 'Conclusion' }, valueString: 'done' }] };
const candidate = (id: string, status: 'requested' | 'accepted' | 'rejected' = 'requested') =>
  taskOf(id, 'request-fulfillment', { status });
const statuses = ({ graph }: ReturnType<typeof moved>) => graph.tasks.map(({ id, status }) => `${id} ${status}`);

describe('of several candidates one is selected', () => {
  const asked = graphOf([
    candidate('a', 'accepted'),
    candidate('b', 'accepted'),
    candidate('c'),
    candidate('d', 'rejected'),
  ]);

  test('in one move it becomes fulfill, for the person, and the other open candidates are not selected', () => {
    const after = moved(asked, to(asked.tasks[0]!, 'accepted', selected), ['requester']);
    expect(statuses(after)).toEqual(['a accepted', 'b cancelled', 'c cancelled', 'd rejected']);
    const [chosen, other] = after.graph.tasks;
    expect(chosen?.for).toEqual(order.subject);
    expect(chosen?.code?.coding?.map(({ code }) => code)).toEqual(['fulfill', 'transfer']);
    expect(other?.statusReason?.coding?.[0]?.code).toBe('not-selected');
    expect(after.rules).toEqual(['select', 'not-selected', 'not-selected']);
  });

  test('only by the requester, only an accepted candidate, and only once', () => {
    const [yes, , waiting] = asked.tasks;
    expect(moved(asked, to(yes!, 'accepted', selected), ['owner']).refused).toEqual(['selection-forbidden']);
    expect(moved(asked, to(waiting!, 'requested', selected), ['requester']).refused).toContain(
      'business-status-invalid',
    );
    const started = candidate('e', 'accepted');
    const received = { ...started, status: 'received' as const };
    expect(selectionIssues(graphOf([received]), received, received).map(({ rule }) => rule)).toEqual([
      'selection-not-accepted',
    ]);
    const chosen = graphOf([taskOf('a', 'fulfill', { status: 'accepted' }), candidate('b', 'accepted')]);
    expect(moved(chosen, to(chosen.tasks[1]!, 'accepted', selected), ['requester']).refused).toEqual([
      'candidate-already-selected',
    ]);
  });

  test('only for the person of the order', () => {
    const elsewhere = { ...selected, for: { reference: 'Patient/2' } };
    expect(moved(asked, to(asked.tasks[0]!, 'accepted', elsewhere), ['requester']).refused).toEqual([
      'person-mismatch',
    ]);
  });

  test('a candidate that is not selected cannot start, and does not state the person', () => {
    const [yes] = asked.tasks;
    expect(moved(asked, to(yes!, 'in-progress'), ['owner']).refused).toContain('task-code-not-fulfill');
    expect(moved(asked, to(yes!, 'accepted', { for: order.subject }), ['requester']).refused).toContain(
      'task-element-immutable',
    );
  });
});

describe('an order that is taken back', () => {
  const revoked = { kind: 'order', after: { ...order, status: 'revoked' } } as const;

  test('cancels Tasks that have not started and asks the owners of others to stop', () => {
    const before = graphOf([taskOf('a', 'fulfill'), taskOf('b', 'fulfill', { status: 'in-progress' })]);
    const after = moved(before, revoked, ['requester']);
    expect(after.rules).toEqual(['withdraw-order', 'withdraw', 'ask-to-stop', 'asked-to-stop']);
    const abort = after.graph.tasks.at(-1);
    expect(abort?.focus?.reference).toBe('Task/b');
    expect(abort?.owner).toEqual(before.tasks[1]?.owner);
    expect(abort?.code?.coding?.map(({ code }) => code)).toEqual(['abort', 'transfer']);
    expect(after.graph.order?.status).toBe('revoked');
  });

  test('is not taken back by its owner, twice, or with something else changed', () => {
    const before = graphOf([taskOf('a', 'fulfill')]);
    expect(moved(before, revoked, ['owner']).refused).toEqual(['order-update-forbidden']);
    const again = moved(before, revoked, ['requester']).graph;
    expect(moved(again, revoked, ['requester']).refused).toEqual(['order-ended']);
    const other = { kind: 'order', after: { ...order, status: 'revoked', priority: 'stat' } } as const;
    expect(moved(before, other, ['requester']).refused).toEqual(['order-immutable']);
    const completed = { kind: 'order', after: { ...order, status: 'completed' } } as const;
    expect(moved(before, completed, ['requester']).refused).toEqual(['order-transition-invalid']);
  });

  test('that was a mistake takes its Tasks with it', () => {
    const before = graphOf([taskOf('a', 'fulfill', { status: 'in-progress' })]);
    const mistake = { kind: 'order', after: { ...order, status: 'entered-in-error' } } as const;
    expect(statuses(moved(before, mistake, ['creator']))).toEqual(['a entered-in-error']);
  });

  test('can be taken back though its sender calls it completed, as published referrals do', () => {
    const odd = graphOf([taskOf('a', 'fulfill')], { order: { ...order, status: 'completed' } });
    expect(statuses(moved(odd, revoked, ['requester']))).toEqual(['a cancelled']);
  });
});

describe('asking to stop', () => {
  const started = graphOf([taskOf('a', 'fulfill', { status: 'in-progress' })]);
  const abort = taskOf('x', 'abort', {
    focus: { reference: 'Task/a' },
    owner: { reference: 'HealthcareService/a' },
    reasonCode: concept('status-reason', 'withdrawn-by-person'),
  });
  const asked = moved(started, { kind: 'abort', task: abort }, ['requester']).graph;

  test('is sent to the owner of the Task, once, and only for work in progress', () => {
    expect(asked.tasks[0]?.businessStatus?.coding?.[0]?.code).toBe('cancellation-requested');
    expect(moved(asked, { kind: 'abort', task: abort }, ['requester']).refused).toEqual(['abort-already-requested']);
    expect(moved(graphOf([taskOf('a', 'fulfill')]), { kind: 'abort', task: abort }, ['requester']).refused).toEqual([
      'abort-task-not-started',
    ]);
    expect(moved(started, { kind: 'abort', task: abort }, ['owner']).refused).toEqual(['abort-forbidden']);
  });

  test('that the owner accepts ends the work, for the reason that was given', () => {
    const after = moved(asked, to(asked.tasks[1]!, 'accepted'), ['owner']);
    expect(statuses(after)).toEqual(['a cancelled', 'x completed']);
    expect(after.graph.tasks[0]?.statusReason?.coding?.[0]?.code).toBe('withdrawn-by-person');
  });

  test('may be refused by the owner, and be overtaken by the end of the work', () => {
    const no = { statusReason: concept('status-reason', 'patient-choice') };
    expect(statuses(moved(asked, to(asked.tasks[1]!, 'rejected', no), ['owner']))).toEqual([
      'a in-progress',
      'x rejected',
    ]);
    const after = moved(asked, to(asked.tasks[0]!, 'completed', outcome), ['owner']);
    expect(statuses(after)).toEqual(['a completed', 'x cancelled']);
    expect(after.graph.tasks[1]?.statusReason?.coding?.[0]?.code).toBe('overtaken');
    expect(after.graph.order?.status).toBe('completed');
  });
});

describe('the order is done with its last Task', () => {
  test('and not before', () => {
    const two = graphOf([
      taskOf('a', 'fulfill', { status: 'in-progress' }),
      taskOf('b', 'fulfill', { status: 'in-progress' }),
    ]);
    const one = moved(two, to(two.tasks[0]!, 'completed', outcome), ['owner']);
    expect(one.graph.order?.status).toBe('active');
    const both = moved(one.graph, to(one.graph.tasks[1]!, 'completed', outcome), ['owner']);
    expect(both.rules).toEqual(['complete', 'complete-order']);
    expect(both.graph.order?.status).toBe('completed');
  });

  test('rejection by the last candidate leaves the order open', () => {
    const one = graphOf([taskOf('a', 'fulfill')]);
    const no = { statusReason: concept('status-reason', 'at-capacity') };
    expect(moved(one, to(one.tasks[0]!, 'rejected', no), ['owner']).graph.order?.status).toBe('active');
  });
});

describe('what the Task says agrees with conversation and appointment', () => {
  const started = [taskOf('a', 'fulfill', { status: 'in-progress' })];
  const encounters = (status: Encounter['status']) => ({
    encounters: [{ resourceType: 'Encounter', status, class: { code: 'AMB' } } as Encounter],
  });
  const appointments = (status: Appointment['status']) => ({
    appointments: [{ resourceType: 'Appointment', status, participant: [] } as unknown as Appointment],
  });
  const tells = (code: string) => to(started[0]!, 'in-progress', { businessStatus: concept('business-status', code) });

  test.each([
    ['completed', 'in-progress', to(started[0]!, 'completed', outcome), encounters('in-progress'), false],
    ['completed', 'finished', to(started[0]!, 'completed', outcome), encounters('finished'), true],
    ['completed', 'there is none', to(started[0]!, 'completed', outcome), {}, true],
    ['first-contact-done', 'planned', tells('first-contact-done'), encounters('planned'), false],
    ['first-contact-done', 'finished', tells('first-contact-done'), encounters('finished'), true],
    ['no-show', 'fulfilled', tells('no-show'), appointments('fulfilled'), false],
    ['no-show', 'noshow', tells('no-show'), appointments('noshow'), true],
    ['intake-scheduled', 'cancelled', tells('intake-scheduled'), appointments('cancelled'), false],
    ['intake-scheduled', 'booked', tells('intake-scheduled'), appointments('booked'), true],
  ])('%s beside %s', (_, __, wanted, more, fits) => {
    expect(moved(graphOf(started, more), wanted, ['owner']).refused).toEqual(fits ? [] : ['related-status-conflict']);
  });
});

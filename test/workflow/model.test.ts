import type { Appointment, ServiceRequest, Task } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verbOf } from '../../src/vocabulary/task-verb.ts';
import { appointmentMoves } from '../../src/workflow/appointments.ts';
import { type Actor, isOpen, isQuestion, type OrderGraph, ownTask, type TaskStatus } from '../../src/workflow/index.ts';
import { taskMoves } from '../../src/workflow/moves.ts';
import { isLong } from '../support/long.ts';
import { concept, graphOf, moved, taskOf, to } from '../support/workflow/order-graph.ts';

/**
 * The state machine of one order under whatever anybody tries: three candidates and a directed Task, moves by random
 * actors, withdrawals, requests to stop. After each the whole is looked at: no state that docs/guide/workflow.md doesn't know.
 */
const statuses: readonly TaskStatus[] = [
  ...['draft', 'requested', 'received', 'accepted', 'rejected', 'ready', 'cancelled', 'in-progress'],
  ...['on-hold', 'failed', 'completed', 'entered-in-error'],
] as TaskStatus[];

const more = fc.constantFrom<Partial<Task>>(
  {},
  { output: [{ type: { text: 'Conclusion' }, valueString: 'done' }] },
  { statusReason: concept('status-reason', 'at-capacity') },
  { statusReason: concept('status-reason', 'withdrawn-by-person') },
  { businessStatus: concept('business-status', 'selected') },
  { for: { reference: 'Patient/2' } },
  { owner: { reference: 'HealthcareService/elsewhere' } },
);
const actor = fc.constantFrom<Actor>('owner', 'requester', 'creator', 'other');
const likely = fc.constantFrom<readonly [TaskStatus, Actor, Partial<Task>]>(
  ['accepted', 'owner', {}],
  ['accepted', 'requester', { businessStatus: concept('business-status', 'selected') }],
  ['in-progress', 'owner', {}],
  ['completed', 'owner', { output: [{ type: { text: 'Conclusion' }, valueString: 'done' }] }],
  ['rejected', 'owner', { statusReason: concept('status-reason', 'at-capacity') }],
);
const pick = fc.nat({ max: 23 });
const attempt = fc.oneof(
  { weight: 20, arbitrary: fc.record({ kind: fc.constant('likely' as const), pick, likely }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('task' as const),
      pick,
      status: fc.constantFrom(...statuses),
      actor,
      more,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      status: fc.constantFrom<NonNullable<ServiceRequest['status']>>(
        'revoked',
        'completed',
        'entered-in-error',
        'draft',
        'active',
      ),
      actor,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('abort' as const),
      pick,
      actor: fc.constantFrom<Actor>('requester', 'requester', 'owner'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('question' as const),
      pick,
      actor: fc.constantFrom<Actor>('owner', 'owner', 'requester'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('appointment' as const),
      pick,
      status: fc.constantFrom<Appointment['status']>(
        'booked',
        'booked',
        'noshow',
        'cancelled',
        'fulfilled',
        'proposed',
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('agree' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('answer' as const), pick }) },
);

const start = (): OrderGraph =>
  graphOf([...['a', 'b', 'c'].map((id) => taskOf(id, 'request-fulfillment')), taskOf('d', 'fulfill')]);

let asides = 0;
function attempted(graph: OrderGraph, it: typeof attempt extends fc.Arbitrary<infer T> ? T : never) {
  if (it.kind === 'order')
    return moved(graph, { kind: 'order', after: { ...graph.order!, status: it.status } }, [it.actor]);
  const task = graph.tasks[it.pick % graph.tasks.length]!;
  if (it.kind === 'abort')
    return moved(
      graph,
      { kind: 'abort', task: taskOf(`x${asides++}`, 'abort', { focus: { reference: `Task/${task.id}` } }) },
      [it.actor],
    );
  if (it.kind === 'question') {
    const focus = { reference: `Task/${task.id}` };
    const question = taskOf(`q${asides++}`, 'complete-questionnaire', { focus });
    return moved(graph, { kind: 'question', task: question }, [it.actor]);
  }
  if (it.kind === 'appointment') {
    const known = graph.appointments[it.pick % (graph.appointments.length + 1)];
    const after: Appointment = { ...(known ?? planned(`p${asides++}`)), status: it.status };
    const mine = graph.order && ownTask(graph.tasks, graph.order);
    return moved(graph, { kind: 'appointment', after, task: mine }, ['owner']);
  }
  if (it.kind === 'agree') {
    const aborts = graph.tasks.filter((one) => verbOf(one) === 'abort');
    return moved(graph, to(aborts[it.pick % Math.max(1, aborts.length)] ?? task, 'accepted'), ['owner']);
  }
  if (it.kind === 'answer') {
    const questions = graph.tasks.filter(isQuestion);
    const question = questions[it.pick % Math.max(1, questions.length)] ?? task;
    const output = [{ type: { text: 'Answer' }, valueReference: { reference: 'QuestionnaireResponse/1' } }];
    return moved(graph, to(question, 'completed', { output }), ['owner']);
  }
  const { statusReason: _, businessStatus: __, output: ___, ...rest } = task;
  const [status, who, change] = it.kind === 'task' ? [it.status, it.actor, it.more] : it.likely;
  return moved(graph, to(rest, status, change), [who]);
}

const planned = (id: string): Appointment => ({
  resourceType: 'Appointment',
  id,
  status: 'booked',
  participant: [{ status: 'accepted', actor: { reference: 'Patient/1' } }],
});

const codeOf = ({ businessStatus }: Task) => businessStatus?.coding?.[0]?.code;

const legal = new Set(taskMoves.flatMap(({ from, to: end }) => from.map((it) => `${it} ${end}`)));
/** What the gateway does in the requester's place: abort Tasks that are agreed are done at once. */
const byGateway = new Set(['in-progress cancelled', 'on-hold cancelled', 'requested completed', 'received completed']);

function wrongWith(before: OrderGraph, after: OrderGraph): string | undefined {
  for (const task of after.tasks) {
    const was = before.tasks.find(({ id }) => id === task.id);
    if (!was) continue;
    if (!isOpen(was) && was !== task) return `${was.status} was left`;
    const step = `${was.status} ${task.status}`;
    if (was.status !== task.status && !legal.has(step) && !byGateway.has(step)) return `moved ${step}`;
    if (was.focus?.reference !== task.focus?.reference || was.owner?.reference !== task.owner?.reference)
      return 'what was asked changed';
    if (
      verbOf(task) === 'request-fulfillment' &&
      (task.for || ['in-progress', 'on-hold', 'completed'].includes(task.status))
    )
      return 'a candidate that is not selected knows for whom, or works';
  }
  for (const question of after.tasks.filter((it) => isQuestion(it) && isOpen(it)))
    if (after.tasks.some((it) => question.focus?.reference === `Task/${it.id}` && !isOpen(it)))
      return 'a question outlives the work that it is about';
  for (const task of after.tasks.filter((it) => isOpen(it) && codeOf(it) === 'awaiting-information'))
    if (!after.tasks.some((it) => isQuestion(it) && isOpen(it) && it.focus?.reference === `Task/${task.id}`))
      return 'the work waits for an answer to nothing';
  const ofOrder = after.tasks.filter(({ focus }) => focus?.reference === 'ServiceRequest/order');
  if (!ofOrder.some(isOpen) && after.appointments.some(({ status }) => status === 'booked' || status === 'proposed'))
    return 'an appointment outlives the work that it is for';
  for (const was of before.appointments) {
    const now = after.appointments.find(({ id }) => id === was.id);
    if (appointmentMoves[was.status].length === 0 && now?.status !== was.status) return 'an appointment came back';
  }
  const chosen = ofOrder.filter(({ id, ...task }) => id !== 'd' && verbOf(task as Task) === 'fulfill');
  if (chosen.length > 1) return 'two candidates are selected';
  const { status } = after.order!;
  if (status === 'completed' && ofOrder.some(isOpen)) return 'an order is completed before its Tasks';
  if (
    (status === 'revoked' || status === 'entered-in-error') &&
    ofOrder.some((it) => isOpen(it) && !['in-progress', 'on-hold'].includes(it.status))
  )
    return 'a Task that has not started outlives its order';
  return undefined;
}

const histories = isLong ? 10_000 : 1_500;

test('over many random histories no illegal state is reached, ends stay ends, and at most one candidate is selected', () => {
  let [moves, selections, stops, done, resumed, shows, off] = [0, 0, 0, 0, 0, 0, 0];
  fc.assert(
    fc.property(fc.array(attempt, { minLength: 20, maxLength: 50 }), (attempts) => {
      let graph = start();
      // nobody can be selected in an order that already has its fulfiller, so half of the histories are candidates only
      if (attempts.length % 2) graph = { ...graph, tasks: graph.tasks.slice(0, 3) };
      for (const it of attempts) {
        const after = attempted(graph, it);
        const wrong = wrongWith(graph, after.graph);
        if (wrong) throw new Error(wrong);
        if (after.refused.length === 0) moves += 1;
        if (after.rules[0] === 'select') selections += 1;
        if (after.rules.includes('abort')) stops += 1;
        if (after.rules.includes('complete-order')) done += 1;
        if (after.rules.includes('goes-on')) resumed += 1;
        if (after.rules[0] === 'appointment') shows += 1;
        if (after.rules.includes('appointment-off')) off += 1;
        graph = after.graph;
      }
    }),
    { numRuns: histories, seed: 20261122 },
  );
  // a model that never gets anywhere proves nothing
  const reached = { moves, selections, stops, done, resumed, shows, off };
  const fewest = { moves: 20_000, selections: 500, stops: 50, done: 100, resumed: 300, shows: 1000, off: 300 };
  for (const [name, least] of Object.entries(fewest))
    expect(reached[name as keyof typeof reached], name).toBeGreaterThan((least * histories) / 10_000);
});

import type { CodeableConcept, ServiceRequest, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { verbOf } from '../vocabulary/task-verb.ts';
import { isConsultation } from '../vocabulary/use-case.ts';
import { abortTask } from './abort.ts';
import { appointmentEffects, effectsOnAppointments } from './appointments.ts';
import { withoutStaleMarker } from './business-status.ts';
import { contradicted } from './companions.ts';
import { partsOf } from './consultation.ts';
import type { CreationContext, Effect, Effects, RequestedChange } from './effect.ts';
import { effectsOnQuestions, questionEffects } from './information.ts';
import type { Actor } from './moves.ts';
import { carriesOut, isAbout, isOpen, type OrderGraph } from './order-graph.ts';
import { orderTransition } from './order-moves.ts';
import { asSelected, selectionIssues, wantsSelection } from './selection.ts';
import { transition } from './transition.ts';
import { asksToWithdraw, withdrawalEffects, withdrawnOnRequest } from './withdrawal.ts';

/**
 * The effects of a change on an order and its Tasks, whichever interaction requests it (PUT, PATCH, $transition, a Task
 * `abort`). `actors` are the roles of the requester in the changed resource. Issues: those of `transition` and
 * `orderTransition`, `selection-*`, `abort-*`, `question-*`, `appointment-*`, `related-status-conflict`.
 */
export function effects(
  graph: OrderGraph,
  change: RequestedChange,
  actors: readonly Actor[],
  creation: CreationContext,
): Result<Effects> {
  const result = directEffects(graph, change, actors, creation);
  if (!result.ok) return result;
  const { rule, effects } = result.value;
  const asked = [...effects, ...effectsOnQuestions(graph, effects)];
  return success({ rule, effects: [...asked, ...effectsOnAppointments(graph, asked)] });
}

function directEffects(
  graph: OrderGraph,
  change: RequestedChange,
  actors: readonly Actor[],
  creation: CreationContext,
): Result<Effects> {
  switch (change.kind) {
    case 'task':
      return taskEffects(graph, change.after, actors, creation);
    case 'order':
      return orderEffects(graph, change, actors, creation);
    case 'abort':
      return abortEffects(graph, change.task, actors);
    case 'appointment': {
      const result = appointmentEffects(graph, change.after, change.task, actors);
      return result.ok ? success({ rule: 'appointment', effects: result.value }) : result;
    }
    case 'withdrawal': {
      const result = withdrawalEffects(graph, change.task, actors.includes('owner'));
      return result.ok ? success({ rule: 'ask-to-withdraw', effects: result.value }) : result;
    }
    case 'question': {
      const result = questionEffects(graph, change.task, actors);
      return result.ok ? success({ rule: 'ask-for-information', effects: result.value }) : result;
    }
  }
}

function taskEffects(
  graph: OrderGraph,
  after: Task,
  actors: readonly Actor[],
  creation: CreationContext,
): Result<Effects> {
  const before = graph.tasks.find(({ id }) => id === after.id);
  if (!before) return failure(issue('task-update-forbidden', {}));
  const selects = wantsSelection(before, after);
  const asked = selects ? asSelected(before, after, graph.order) : withoutStaleMarker(before, after);
  const abortAccepted = graph.tasks.some(
    (it) => verbOf(it) === 'abort' && isAbout(it, before) && (it.status === 'accepted' || it.status === 'completed'),
  );
  const moved = transition({ before, after: asked, actor: actors, abortAccepted });
  if (!moved.ok) return moved;
  // Appointments and Encounters of the order do not restrict an abort or a question.
  const isOfOrder = graph.order === undefined || (isAbout(before, graph.order) && verbOf(before) !== 'abort');
  const issues = [
    ...(selects ? selectionIssues(graph, before, after) : []),
    ...(isOfOrder ? contradicted(asked, graph) : []),
  ];
  if (issues.length) return failure(...issues);
  const { task, rule } = moved.value;
  return success({
    rule,
    effects: withOrderCompleted(graph, [{ rule, resource: task }, ...following(graph, before, task, rule, creation)]),
  });
}

function following(graph: OrderGraph, before: Task, task: Task, rule: string, creation: CreationContext): Effect[] {
  if (rule === 'select')
    return graph.tasks
      .filter((it) => it.id !== task.id && verbOf(it) === 'request-fulfillment' && isOpen(it) && !isConsultation(it))
      .map((it) => ({ rule: 'not-selected', resource: cancelled(it, reasonOf('not-selected')) }));
  if (verbOf(task) === 'abort' && rule === 'accept')
    return asksToWithdraw(task, graph)
      ? withdrawnOnRequest(
          graph,
          task,
          (others, order, reason) => withdrawn(others, order, 'withdraw-order', reason, creation),
          reasonOf('withdrawn-by-referrer'),
        )
      : stopped(graph, task, creation);
  if (!isOpen(task) && isOpen(before))
    return [
      ...graph.tasks
        .filter((it) => verbOf(it) === 'abort' && isAbout(it, task) && isOpen(it))
        .map((it) => ({ rule: 'overtaken', resource: cancelled(it, reasonOf('overtaken')) })),
      ...calledOff(graph, task, creation),
    ];
  return [];
}

/** The owner accepted the abort: the Task is cancelled, with the reason of the abort request. */
function stopped(graph: OrderGraph, abort: Task, creation: CreationContext): Effect[] {
  const task = graph.tasks.find((it) => isAbout(abort, it) && isOpen(it));
  if (!task) return [];
  const { businessStatus: _, ...rest } = task;
  const ended = cancelled(rest, abort.reasonCode ?? reasonOf('withdrawn-by-referrer'));
  return [{ rule: 'abort', resource: ended }, ...calledOff(graph, ended, creation)];
}

/**
 * A cancelled consultation needs no preparation: preparations not started are cancelled, owners of those in progress
 * are asked to stop.
 */
function calledOff(graph: OrderGraph, task: Task, creation: CreationContext): Effect[] {
  if (task.status === 'completed') return [];
  const reason = (task.status === 'cancelled' && task.statusReason) || reasonOf('overtaken');
  return partsOf(graph, task).flatMap((part) => ending(graph, part, reason, creation));
}

/**
 * Consequences of all effects together: an accepted abort is completed, and the order is completed with its last Task.
 */
function withOrderCompleted(graph: OrderGraph, result: readonly Effect[]): Effect[] {
  const done = result.map((it) =>
    it.rule === 'accept' && it.resource.resourceType === 'Task' && verbOf(it.resource) === 'abort'
      ? { ...it, resource: { ...it.resource, status: 'completed' as const } }
      : it,
  );
  const { order } = graph;
  const first = result[0];
  if (first?.rule !== 'complete' || order?.status !== 'active') return done;
  // An escalation is about a Task and a consultation about the case: completing them does not complete the order.
  if (first.resource.resourceType === 'Task' && !carriesOut(first.resource, order)) return done;
  const now = graph.tasks.map((it) => result.find(({ resource }) => resource.id === it.id)?.resource ?? it);
  const open = now.some((it) => it.resourceType === 'Task' && carriesOut(it, order) && isOpen(it));
  if (open) return done;
  const overtaken = graph.tasks
    .filter((it) => asksToWithdraw(it, graph) && isOpen(it))
    .map((it) => ({ rule: 'overtaken', resource: cancelled(it, reasonOf('overtaken')) }));
  return [...done, { rule: 'complete-order', resource: { ...order, status: 'completed' } }, ...overtaken];
}

function orderEffects(
  graph: OrderGraph,
  { after, reason }: Extract<RequestedChange, { kind: 'order' }>,
  actors: readonly Actor[],
  creation: CreationContext,
): Result<Effects> {
  const { order } = graph;
  if (!order) return failure(issue('order-update-forbidden', {}));
  const move = orderTransition(graph, order, after, actors);
  if (!move.ok) return move;
  const { rule } = move.value;
  const why = reason ?? reasonOf('withdrawn-by-referrer');
  return success({ rule, effects: [{ rule, resource: after }, ...withdrawn(graph, order, rule, why, creation)] });
}

/** The effects on the open Tasks of a withdrawn order. */
export function withdrawn(
  graph: OrderGraph,
  order: ServiceRequest,
  rule: 'withdraw-order' | 'undo-order' | 'complete-order',
  reason: CodeableConcept,
  creation: CreationContext,
): Effect[] {
  const open = graph.tasks.filter((it) => isAbout(it, order) && isOpen(it));
  if (rule === 'undo-order')
    return graph.tasks
      .filter(isOpen)
      .map((it) => ({ rule: 'undo', resource: { ...it, status: 'entered-in-error' as const } }));
  return open.flatMap((task) => ending(graph, task, reason, creation));
}

/** A Task that is no longer wanted: cancelled, or its owner asked to stop. */
function ending(graph: OrderGraph, task: Task, reason: CodeableConcept, creation: CreationContext): Effect[] {
  if (!underway.includes(task.status)) return [{ rule: 'withdraw', resource: cancelled(task, reason) }];
  return abortOf(graph, task) ? [] : asking(task, abortTask(task, reason, creation));
}

function abortEffects(graph: OrderGraph, abort: Task, actors: readonly Actor[]): Result<Effects> {
  const task = graph.tasks.find((it) => isAbout(abort, it));
  if (!task || actors.every((it) => it === 'other')) return failure(issue('task-update-forbidden', {}));
  const place = { expression: 'Task.focus' };
  if (!isOpen(task)) return failure(issue('task-ended', { status: task.status }, place));
  if (!actors.includes('requester')) return failure(issue('abort-forbidden', {}, place));
  if (!underway.includes(task.status)) return failure(issue('abort-task-not-started', { status: task.status }, place));
  if (abortOf(graph, task)) return failure(issue('abort-already-requested', {}, place));
  return success({ rule: 'ask-to-stop', effects: asking(task, abort) });
}

const underway: readonly string[] = ['in-progress', 'on-hold'];

const abortOf = ({ tasks }: OrderGraph, task: Task): Task | undefined =>
  tasks.find((it) => verbOf(it) === 'abort' && isAbout(it, task) && isOpen(it));

const asking = (task: Task, abort: Task): Effect[] => [
  { rule: 'ask-to-stop', resource: abort, isNew: true },
  { rule: 'asked-to-stop', resource: { ...task, businessStatus: businessStatus('cancellation-requested') } },
];

const cancelled = (task: Task, statusReason: CodeableConcept): Task => ({ ...task, status: 'cancelled', statusReason });

const businessStatus = (code: string): CodeableConcept => ({
  coding: [{ system: mgnCodeSystem('business-status'), code }],
});

const reasonOf = (code: string): CodeableConcept => ({ coding: [{ system: mgnCodeSystem('status-reason'), code }] });

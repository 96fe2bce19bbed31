import type { Appointment, CodeableConcept, ServiceRequest, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { ownCodes } from '../vocabulary/concept.ts';
import { verbOf } from '../vocabulary/task-verb.ts';
import { isConsultation } from '../vocabulary/use-case.ts';
import { abortTask } from './abort.ts';
import { afterAppointments, ofAppointment } from './appointments.ts';
import { contradicted } from './companions.ts';
import { partsOf } from './consultation.ts';
import { afterQuestions, awaitsInformation, ofQuestion } from './information.ts';
import type { Actor } from './moves.ts';
import { carriesOut, isAbout, isOpen, type OrderGraph } from './order-graph.ts';
import { orderTransition } from './order-moves.ts';
import { asSelected, selectionIssues, wantsSelection } from './selection.ts';
import { transition } from './transition.ts';

/** What somebody wants to change: a Task or the order as it would become, or a new Task that asks to stop, or for more. */
export type Wanted =
  | { readonly kind: 'task'; readonly after: Task }
  | { readonly kind: 'order'; readonly after: ServiceRequest; readonly reason?: CodeableConcept | undefined }
  | { readonly kind: 'abort'; readonly task: Task }
  | { readonly kind: 'question'; readonly task: Task }
  | { readonly kind: 'appointment'; readonly after: Appointment; readonly task: Task | undefined };

export type Effect = {
  /** Rule of the table by which it changes. */
  readonly rule: string;
  readonly resource: Task | ServiceRequest | Appointment;
  readonly isNew?: true;
};

/** The change itself comes first, what follows from it after; all of it happens, or nothing. */
export type Effects = { readonly rule: string; readonly effects: readonly Effect[] };

/** Time and ids for what the gateway makes itself. */
export type Making = { readonly at: Date; readonly newId: () => string };

/**
 * What a move makes of an order and its Tasks: one function for every way in which a move can be asked (PUT, PATCH,
 * $transition, a Task `abort`). `actors` are the parts of who asks, in what is moved.
 * Issues: those of `transition` and `orderTransition`, `selection-*`, `abort-*`, `question-*`,
 * `appointment-*`, `related-status-conflict`.
 */
export function effects(graph: OrderGraph, wanted: Wanted, actors: readonly Actor[], making: Making): Result<Effects> {
  const made = madeOf(graph, wanted, actors, making);
  if (!made.ok) return made;
  const { rule, effects } = made.value;
  const asked = [...effects, ...afterQuestions(graph, effects)];
  return success({ rule, effects: [...asked, ...afterAppointments(graph, asked)] });
}

function madeOf(graph: OrderGraph, wanted: Wanted, actors: readonly Actor[], making: Making): Result<Effects> {
  switch (wanted.kind) {
    case 'task':
      return ofTask(graph, wanted.after, actors, making);
    case 'order':
      return ofOrder(graph, wanted, actors, making);
    case 'abort':
      return ofAbort(graph, wanted.task, actors);
    case 'appointment': {
      const made = ofAppointment(graph, wanted.after, wanted.task, actors);
      return made.ok ? success({ rule: 'appointment', effects: made.value }) : made;
    }
    case 'question': {
      const made = ofQuestion(graph, wanted.task, actors);
      return made.ok ? success({ rule: 'ask-for-information', effects: made.value }) : made;
    }
  }
}

function ofTask(graph: OrderGraph, after: Task, actors: readonly Actor[], making: Making): Result<Effects> {
  const before = graph.tasks.find(({ id }) => id === after.id);
  if (!before) return failure(issue('task-update-forbidden', {}));
  const selects = wantsSelection(before, after);
  const asked = selects ? asSelected(before, after, graph.order) : withoutStaleRequest(before, after);
  const abortAccepted = graph.tasks.some(
    (it) => verbOf(it) === 'abort' && isAbout(it, before) && (it.status === 'accepted' || it.status === 'completed'),
  );
  const moved = transition({ before, after: asked, actor: actors, abortAccepted });
  if (!moved.ok) return moved;
  // What is planned for the person says nothing of a Task that asks to stop, or for more.
  const isOfOrder = graph.order === undefined || isAbout(before, graph.order);
  const issues = [
    ...(selects ? selectionIssues(graph, before, after) : []),
    ...(isOfOrder ? contradicted(asked, graph) : []),
  ];
  if (issues.length) return failure(...issues);
  const { task, rule } = moved.value;
  return success({
    rule,
    effects: settled(graph, [{ rule, resource: task }, ...following(graph, before, task, rule, making)]),
  });
}

/** An owner that ends its work need not take away that it was asked to stop, or waited for an answer: that is over now. */
function withoutStaleRequest(before: Task, after: Task): Task {
  const wasAsked = (it: Task) => ownCodes(it.businessStatus, 'business-status').includes('cancellation-requested');
  const wasAskedToStop = after.status === 'completed' && wasAsked(before) && wasAsked(after);
  const ends = after.status === 'completed' || after.status === 'failed';
  if (!wasAskedToStop && !(ends && awaitsInformation(before) && awaitsInformation(after))) return after;
  const { businessStatus: _, ...task } = after;
  return task;
}

function following(graph: OrderGraph, before: Task, task: Task, rule: string, making: Making): Effect[] {
  if (rule === 'select')
    return graph.tasks
      .filter((it) => it.id !== task.id && verbOf(it) === 'request-fulfillment' && isOpen(it) && !isConsultation(it))
      .map((it) => ({ rule: 'not-selected', resource: cancelled(it, reasonOf('not-selected')) }));
  if (verbOf(task) === 'abort' && rule === 'accept') return stopped(graph, task, making);
  if (!isOpen(task) && isOpen(before))
    return [
      ...graph.tasks
        .filter((it) => verbOf(it) === 'abort' && isAbout(it, task) && isOpen(it))
        .map((it) => ({ rule: 'overtaken', resource: cancelled(it, reasonOf('overtaken')) })),
      ...calledOff(graph, task, making),
    ];
  return [];
}

/** The owner agreed to stop: the work ends as cancelled, for the reason that was given when it was asked. */
function stopped(graph: OrderGraph, abort: Task, making: Making): Effect[] {
  const task = graph.tasks.find((it) => isAbout(abort, it) && isOpen(it));
  if (!task) return [];
  const { businessStatus: _, ...rest } = task;
  const ended = cancelled(rest, abort.reasonCode ?? reasonOf('withdrawn-by-referrer'));
  return [{ rule: 'abort', resource: ended }, ...calledOff(graph, ended, making)];
}

/** Of a consultation that is off nothing needs preparing: what has not begun is cancelled, who has begun is asked to stop. */
function calledOff(graph: OrderGraph, task: Task, making: Making): Effect[] {
  if (task.status === 'completed') return [];
  const reason = (task.status === 'cancelled' && task.statusReason) || reasonOf('overtaken');
  return partsOf(graph, task).flatMap((part) => ending(graph, part, reason, making));
}

/** What follows from all of these together: an agreed abort is done, and with the last Task the order is. */
function settled(graph: OrderGraph, made: readonly Effect[]): Effect[] {
  const done = made.map((it) =>
    it.rule === 'accept' && it.resource.resourceType === 'Task' && verbOf(it.resource) === 'abort'
      ? { ...it, resource: { ...it.resource, status: 'completed' as const } }
      : it,
  );
  const { order } = graph;
  const first = made[0];
  if (first?.rule !== 'complete' || order?.status !== 'active') return done;
  // An escalation is about a Task, a consultation about the case: that it is done says nothing of the order.
  if (first.resource.resourceType === 'Task' && !carriesOut(first.resource, order)) return done;
  const now = graph.tasks.map((it) => made.find(({ resource }) => resource.id === it.id)?.resource ?? it);
  const open = now.some((it) => it.resourceType === 'Task' && carriesOut(it, order) && isOpen(it));
  return open ? done : [...done, { rule: 'complete-order', resource: { ...order, status: 'completed' } }];
}

function ofOrder(
  graph: OrderGraph,
  { after, reason }: Extract<Wanted, { kind: 'order' }>,
  actors: readonly Actor[],
  making: Making,
): Result<Effects> {
  const { order } = graph;
  if (!order) return failure(issue('order-update-forbidden', {}));
  const move = orderTransition(graph, order, after, actors);
  if (!move.ok) return move;
  const { rule } = move.value;
  const why = reason ?? reasonOf('withdrawn-by-referrer');
  return success({ rule, effects: [{ rule, resource: after }, ...withdrawn(graph, order, rule, why, making)] });
}

/** What becomes of the open Tasks of an order that is taken back. */
export function withdrawn(
  graph: OrderGraph,
  order: ServiceRequest,
  rule: 'withdraw-order' | 'undo-order' | 'complete-order',
  reason: CodeableConcept,
  making: Making,
): Effect[] {
  const open = graph.tasks.filter((it) => isAbout(it, order) && isOpen(it));
  if (rule === 'undo-order')
    return graph.tasks
      .filter(isOpen)
      .map((it) => ({ rule: 'undo', resource: { ...it, status: 'entered-in-error' as const } }));
  return open.flatMap((task) => ending(graph, task, reason, making));
}

/** A Task that nobody wants done any more: cancelled, or its owner asked to stop. */
function ending(graph: OrderGraph, task: Task, reason: CodeableConcept, making: Making): Effect[] {
  if (!underway.includes(task.status)) return [{ rule: 'withdraw', resource: cancelled(task, reason) }];
  return abortOf(graph, task) ? [] : asking(task, abortTask(task, reason, making));
}

function ofAbort(graph: OrderGraph, abort: Task, actors: readonly Actor[]): Result<Effects> {
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

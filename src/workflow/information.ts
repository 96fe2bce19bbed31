import type { CodeableConcept, Task, TaskInput } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { ownCodes, ownCoding } from '../vocabulary/concept.ts';
import { resourceIdentifier } from '../vocabulary/identifiers.ts';
import { sdcSystem, verbOf } from '../vocabulary/task-verb.ts';
import { fits } from './business-status.ts';
import type { CreationContext, Effect } from './effect.ts';
import type { Actor } from './moves.ts';
import { isAbout, isOpen, type OrderGraph } from './order-graph.ts';

/**
 * Codes of SDC (https://hl7.org/fhir/uv/sdc, task based data collection), so that SDC clients recognise the request.
 */

/** A request for information by the owner of a Task, and its parties. */
export type QuestionParties = {
  /** A canonical published by the gateway, or the contained Questionnaire as `#id`. */
  readonly questionnaire: string;
  readonly requester: NonNullable<Task['requester']>;
  readonly owner: NonNullable<Task['owner']>;
  readonly source: string;
};

/**
 * The Task by which an owner asks the requester for information, to be answered by a QuestionnaireResponse. It concerns
 * the same person under the same legal basis, and stores the business status to restore after the answer.
 */
export function informationTask(
  { order, tasks }: OrderGraph,
  task: Task,
  asked: Task,
  { questionnaire, requester, owner, source }: QuestionParties,
  { at, newId }: CreationContext,
): Task {
  const id = newId();
  // as the Task states it: its display and version go along
  const useCase = (task.code?.coding ?? []).filter(({ system }) => system === mgnCodeSystem('use-case'));
  const { identifier = [], contained, note, description, restriction, language } = asked;
  const priority = asked.priority ?? task.priority ?? order?.priority;
  return {
    resourceType: 'Task',
    id,
    meta: { source },
    ...(language ? { language } : {}),
    ...(contained ? { contained } : {}),
    ...(task.extension ? { extension: task.extension } : {}),
    identifier: [...identifier, resourceIdentifier(id)],
    partOf: [{ reference: `Task/${task.id}` }],
    status: 'requested',
    intent: 'order',
    ...(priority ? { priority } : {}),
    code: {
      coding: [
        ownCoding('task-code', 'complete-questionnaire'),
        { system: sdcSystem, code: 'complete-questionnaire' },
        ...useCase,
      ],
    },
    ...(description ? { description } : {}),
    focus: { reference: `Task/${task.id}` },
    ...(task.for ? { for: task.for } : {}),
    authoredOn: at.toISOString(),
    requester,
    owner,
    ...(note ? { note } : {}),
    ...(restriction ? { restriction } : {}),
    input: [
      {
        type: { coding: [{ system: sdcSystem, code: 'questionnaire' }] },
        ...(questionnaire.startsWith('#')
          ? { valueReference: { reference: questionnaire } }
          : { valueCanonical: questionnaire }),
      },
      ...stoodAt(task, tasks),
    ],
  };
}

/** The output of the answered Task that references the QuestionnaireResponse. */
export const answerOutput = (reference: string): NonNullable<Task['output']>[number] => ({
  type: { coding: [{ system: sdcSystem, code: 'questionnaire-response' }] },
  valueReference: { reference },
});

/** The Questionnaire of a request for information: a canonical, or `#id` of a contained one. */
export const questionnaireOf = ({ input = [] }: Task): string | undefined => {
  const [asked] = input.filter(({ type }) => type.coding?.some(({ code }) => code === 'questionnaire'));
  return asked?.valueCanonical ?? asked?.valueReference?.reference;
};

export const isQuestion = (task: Task): boolean => verbOf(task) === 'complete-questionnaire';

/**
 * Only the owner of a Task that carries out the order may ask, while the Task is open. A question about a question is
 * refused.
 */
export function questionEffects(
  graph: OrderGraph,
  question: Task,
  actors: readonly Actor[],
): Result<readonly Effect[]> {
  const task = graph.tasks.find((it) => isAbout(question, it));
  const place = { expression: 'Task.focus' };
  if (!task || actors.every((it) => it === 'other')) return failure(issue('task-update-forbidden', {}));
  if (!isOpen(task)) return failure(issue('task-ended', { status: task.status }, place));
  if (!actors.includes('owner')) return failure(issue('question-forbidden', {}, place));
  if (verbOf(task) !== 'fulfill' || !graph.order || !isAbout(task, graph.order))
    return failure(issue('question-before-selection', {}, place));
  return success([
    { rule: 'ask-for-information', resource: question, isNew: true },
    { rule: 'awaits-information', resource: { ...task, businessStatus: awaiting } },
  ]);
}

/**
 * The effects on questions of all other effects: questions about an ended Task are cancelled as overtaken, and a Task
 * regains its business status when its last question has ended.
 */
export function effectsOnQuestions({ tasks }: OrderGraph, effects: readonly Effect[]): readonly Effect[] {
  const changed = new Map(effects.map(({ resource }) => [resource.id, resource]));
  const now = [
    ...tasks.map((it) => (changed.get(it.id) as Task | undefined) ?? it),
    ...effects.flatMap(({ resource, isNew }) => (isNew && resource.resourceType === 'Task' ? [resource] : [])),
  ];
  const questions = now.filter(isQuestion);
  const overtaken = questions.filter((it) => isOpen(it) && now.some((task) => isAbout(it, task) && !isOpen(task)));
  const answered = questions.filter((it) => changed.has(it.id) && !isOpen(it));
  const resumed = answered.flatMap((question) => {
    const task = now.find((it) => isAbout(question, it));
    const others = questions.some((it) => isOpen(it) && task !== undefined && isAbout(it, task));
    return task && !changed.has(task.id) && isOpen(task) && awaitsInformation(task) && !others
      ? [{ rule: 'goes-on', resource: standingAgain(task, question) }]
      : [];
  });
  return [
    ...overtaken.map((it) => ({
      rule: 'overtaken',
      resource: { ...it, status: 'cancelled' as const, statusReason: concept('status-reason', 'overtaken') },
    })),
    ...resumed,
  ];
}

export const awaitsInformation = ({ businessStatus }: Task): boolean =>
  ownCodes(businessStatus, 'business-status').includes('awaiting-information');

const concept = (system: string, code: string): CodeableConcept => ({
  coding: [{ system: mgnCodeSystem(system), code }],
});
const awaiting = concept('business-status', 'awaiting-information');

const stood = 'business-status-before';

/** The business status at the moment of the first question that is still open. */
function stoodAt(task: Task, tasks: readonly Task[]): TaskInput[] {
  if (awaitsInformation(task))
    return tasks
      .filter((it) => isQuestion(it) && isOpen(it) && isAbout(it, task))
      .flatMap(inputStood)
      .slice(0, 1);
  return task.businessStatus ? [{ type: concept('task-input', stood), valueCodeableConcept: task.businessStatus }] : [];
}

const inputStood = ({ input = [] }: Task): TaskInput[] =>
  input.filter(({ type }) => ownCodes(type, 'task-input').includes(stood));

function standingAgain(task: Task, question: Task): Task {
  const { businessStatus: _, ...rest } = task;
  const before = inputStood(question)[0]?.valueCodeableConcept;
  // the Task may have moved on while the question was open
  const stands = before && ownCodes(before, 'business-status').every((code) => fits(task.status, code));
  return stands ? { ...rest, businessStatus: before } : rest;
}

import type { CodeableConcept, Task, TaskInput } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { ownCodes, ownCoding } from '../vocabulary/concept.ts';
import { resourceIdentifier } from '../vocabulary/identifiers.ts';
import { sdcSystem, verbOf } from '../vocabulary/task-verb.ts';
import type { Effect, Making } from './effects.ts';
import type { Actor } from './moves.ts';
import { isAbout, isOpen, type OrderGraph } from './order-graph.ts';

/** Codes of SDC (Structured Data Capture, Task based data collection): who speaks it knows what is asked. */

/** What its owner wants to know before it goes on, and of whom. */
export type Asking = {
  /** A canonical that the gateway publishes, or the contained Questionnaire as `#id`. */
  readonly questionnaire: string;
  readonly requester: NonNullable<Task['requester']>;
  readonly owner: NonNullable<Task['owner']>;
  readonly source: string;
};

/**
 * The Task by which the owner of a Task asks who requested it for more, to be answered by a QuestionnaireResponse. For the
 * same person by the same right; it remembers where the work stood, so that it stands there again once there is an answer.
 */
export function informationTask(
  { order, tasks }: OrderGraph,
  task: Task,
  asked: Task,
  { questionnaire, requester, owner, source }: Asking,
  { at, newId }: Making,
): Task {
  const id = newId();
  const useCase = ownCodes(task.code, 'use-case').map((code) => ownCoding('use-case', code));
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

/** The answer as an output of the Task that asked for it. */
export const answerOutput = (reference: string): NonNullable<Task['output']>[number] => ({
  type: { coding: [{ system: sdcSystem, code: 'questionnaire-response' }] },
  valueReference: { reference },
});

/** The Questionnaire that a Task asks to be answered: a canonical, or `#id` of a contained one. */
export const questionnaireOf = ({ input = [] }: Task): string | undefined => {
  const [asked] = input.filter(({ type }) => type.coding?.some(({ code }) => code === 'questionnaire'));
  return asked?.valueCanonical ?? asked?.valueReference?.reference;
};

export const isQuestion = (task: Task): boolean => verbOf(task) === 'complete-questionnaire';

/** Only the owner asks, about work that is its own to carry out, while it goes on. Of a question nothing is asked. */
export function ofQuestion(graph: OrderGraph, question: Task, actors: readonly Actor[]): Result<readonly Effect[]> {
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
 * What becomes of questions after all else: those about a Task that has ended are overtaken, and a Task of which the last
 * question has ended stands where it stood before.
 */
export function afterQuestions({ tasks }: OrderGraph, made: readonly Effect[]): readonly Effect[] {
  const changed = new Map(made.map(({ resource }) => [resource.id, resource]));
  const now = [
    ...tasks.map((it) => (changed.get(it.id) as Task | undefined) ?? it),
    ...made.flatMap(({ resource, isNew }) => (isNew && resource.resourceType === 'Task' ? [resource] : [])),
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

/** Where the work stood when the first of the questions that are still open was asked. */
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
  return before ? { ...rest, businessStatus: before } : rest;
}

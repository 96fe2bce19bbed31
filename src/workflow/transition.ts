import type { Task } from '@medplum/fhirtypes';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { ownCodes } from '../vocabulary/concept.ts';
import { verbOf } from '../vocabulary/task-verb.ts';
import { businessStatuses, deliveryFailed, invalidBusinessStatus, statusName } from './business-status.ts';
import { changedFixedFields, changedOwnersFields } from './fixed-fields.ts';
import { type Actor, type Move, type TaskStatus, taskMoves, terminal } from './moves.ts';
import { missingFor } from './needs.ts';
import { wantsSelection } from './selection.ts';

export type TransitionQuestion = {
  readonly before: Task;
  readonly after: Task;
  /** The role of the requester; a partner may have several (requester and creator). */
  readonly actor: Actor | readonly Actor[];
  /** The owner accepted an `abort` Task whose focus is this Task. */
  readonly abortAccepted?: boolean;
};

/** A legal move. When only business status, outputs or notes changed, `from` equals `to` and the rule is `tell`. */
export type Transition = {
  readonly from: TaskStatus;
  readonly to: TaskStatus;
  readonly rule: string;
  readonly task: Task;
};

/**
 * Whether the change of a Task is legal (docs/guide/workflow.md; HL7 COW, Twiin TA Workflow). Issues: `task-update-forbidden`,
 * `task-transition-forbidden` (forbidden), `task-ended` (conflict), `task-transition-invalid` and missing elements (invalid). A requester
 * without a role learns nothing about the Task.
 */
export function transition({ before, after, actor, abortAccepted = false }: TransitionQuestion): Result<Transition> {
  const actors = typeof actor === 'string' ? [actor] : actor;
  if (actors.every((it) => it === 'other')) return failure(issue('task-update-forbidden', {}));
  if (terminal.has(before.status))
    return failure(issue('task-ended', { status: before.status }, { expression: 'Task.status' }));

  const selects = wantsSelection(before, after);
  const rule = selects ? selectionBy(actors) : ruleFor(before, after, actors);
  if (!rule.ok) return rule;
  const issues = [
    ...rule.value.needs.flatMap((need) => missingFor[need](after, abortAccepted)),
    ...[
      ...changedFixedFields(before, after),
      ...(actors.includes('owner') ? [] : changedOwnersFields(before, after)),
    ].filter(({ expression }) => !selects || !selectionSets.includes(expression ?? '')),
    ...invalidBusinessStatus(after),
    ...(reportsFailedDelivery(after) && !reportsFailedDelivery(before) ? [onlyByGateway(after)] : []),
  ];
  if (issues.length > 0) return failure(...issues);
  return success({ from: before.status, to: after.status, rule: rule.value.rule, task: after });
}

/** A partner that returns what it read keeps the business status; none sets it. */
const reportsFailedDelivery = ({ businessStatus }: Task): boolean =>
  ownCodes(businessStatus, 'business-status').includes(deliveryFailed);

const onlyByGateway = ({ status }: Task) =>
  issue(
    'business-status-invalid',
    {
      businessStatus: deliveryFailed,
      status: statusName(status),
      codes: businessStatuses[status]?.join(', ') || '-',
    },
    { expression: 'Task.businessStatus' },
  );

/** The statuses to which these actors may move the Task now, in the order of the table. */
export function moves(task: Task, actor: Actor | readonly Actor[]): readonly TaskStatus[] {
  const actors = typeof actor === 'string' ? [actor] : actor;
  return [
    ...new Set(
      movesOf(task)
        .filter((it) => actors.includes(it.actor))
        .map(({ to }) => to),
    ),
  ];
}

/** The rows of the table that start from the status of this Task. */
const movesOf = (task: Task): readonly Move[] =>
  taskMoves.filter((it) => it.from.includes(task.status) && (it.verb === undefined || it.verb === verbOf(task)));

/** Selection discloses the person and allows work to begin: the only move that changes code and for. */
const selectionSets: readonly string[] = ['Task.code', 'Task.for', 'Task.businessStatus'];
const select = { rule: 'select', needs: ['fulfill'] } as const;

const selectionBy = (actors: readonly Actor[]): Result<ApplicableRule> =>
  actors.includes('requester')
    ? success(select)
    : failure(issue('selection-forbidden', {}, { expression: 'Task.businessStatus' }));

type ApplicableRule = Pick<(typeof taskMoves)[number], 'rule' | 'needs'>;
const report = { rule: 'tell', needs: [] } as const;

function ruleFor(before: Task, after: Task, actors: readonly Actor[]): Result<ApplicableRule> {
  const own = { moves: moves(before, actors).join(', ') || '-' };
  const place = { expression: 'Task.status' };
  if (before.status === after.status)
    return actors.some((it) => it === 'owner' || it === 'requester')
      ? success(report)
      : failure(issue('task-transition-forbidden', own, place));
  const possible = movesOf(before).filter((it) => it.to === after.status);
  const move = possible.find((it) => actors.includes(it.actor));
  if (move) return success(move);
  return failure(
    possible.length > 0
      ? issue('task-transition-forbidden', own, place)
      : issue('task-transition-invalid', { from: before.status, to: statusName(after.status), ...own }, place),
  );
}

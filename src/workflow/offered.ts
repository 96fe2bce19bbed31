import type { Task } from '@medplum/fhirtypes';
import { verbOf } from '../vocabulary/task-verb.ts';
import { businessStatuses, isReported } from './business-status.ts';
import { type Move, taskMoves } from './moves.ts';

/** The moves that the owner of a Task may make now. */
export const offeredMoves = (task: Task): readonly Move[] =>
  taskMoves.filter(
    ({ actor, from, verb, needs }) =>
      actor === 'owner' &&
      from.includes(task.status) &&
      (verb === undefined || verb === verbOf(task)) &&
      (!needs.includes('fulfill') || verbOf(task) === 'fulfill') &&
      // a question ends with its answer
      !(verbOf(task) === 'complete-questionnaire' && needs.includes('outcome')),
  );

/** What the owner may report of its progress now (business status). */
export const offeredProgress = ({ status }: Task): readonly string[] => businessStatuses[status].filter(isReported);

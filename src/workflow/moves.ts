import type { Task } from '@medplum/fhirtypes';
import type { Verb } from '../vocabulary/task-verb.ts';

export type TaskStatus = Task['status'];

/**
 * The role of the requester of a move. `creator`: it created the Task, or caused the gateway to, and may undo a
 * mistake.
 */
export type Actor = 'owner' | 'requester' | 'creator' | 'other';

/** Elements that the Task must contain for a move. */
export type Need =
  | 'rejection-reason'
  | 'failure-reason'
  | 'cancellation-reason'
  | 'any-reason'
  | 'outcome'
  | 'fulfill'
  | 'accepted-abort'
  | 'answer';

export type Move = {
  readonly rule: string;
  readonly from: readonly TaskStatus[];
  readonly to: TaskStatus;
  readonly actor: Exclude<Actor, 'other'>;
  readonly needs: readonly Need[];
  /** Restricts the move to Tasks with this verb. */
  readonly verb?: Verb;
};

/**
 * The moves of a Coordination Task (https://hl7.org/fhir/R4/task.html#statemachine); anything not listed is illegal.
 *
 *   requested -> received -> accepted -> in-progress <-> on-hold
 *   in-progress -> completed | failed
 *   requested, received, accepted -> rejected (owner) | cancelled (requester)
 *
 * After HL7 Clinical Order Workflows and Twiin TA Workflow; `received` and `on-hold` are accepted from peers that use
 * them.
 */
export const taskMoves: readonly Move[] = [
  { rule: 'acknowledge', from: ['requested'], to: 'received', actor: 'owner', needs: [] },
  { rule: 'accept', from: ['requested', 'received'], to: 'accepted', actor: 'owner', needs: [] },
  {
    rule: 'reject',
    from: ['requested', 'received', 'accepted'],
    to: 'rejected',
    actor: 'owner',
    needs: ['rejection-reason'],
  },
  { rule: 'start', from: ['accepted'], to: 'in-progress', actor: 'owner', needs: ['fulfill'] },
  { rule: 'pause', from: ['in-progress'], to: 'on-hold', actor: 'owner', needs: ['any-reason'] },
  { rule: 'resume', from: ['on-hold'], to: 'in-progress', actor: 'owner', needs: [] },
  { rule: 'complete', from: ['in-progress'], to: 'completed', actor: 'owner', needs: ['outcome'] },
  {
    rule: 'answer',
    from: ['requested', 'received', 'accepted'],
    to: 'completed',
    actor: 'owner',
    needs: ['answer'],
    verb: 'complete-questionnaire',
  },
  { rule: 'fail', from: ['in-progress'], to: 'failed', actor: 'owner', needs: ['failure-reason'] },
  {
    rule: 'withdraw',
    from: ['requested', 'received', 'accepted'],
    to: 'cancelled',
    actor: 'requester',
    needs: ['cancellation-reason'],
  },
  {
    rule: 'abort',
    from: ['in-progress', 'on-hold'],
    to: 'cancelled',
    actor: 'requester',
    needs: ['accepted-abort', 'cancellation-reason'],
  },
  {
    rule: 'abort',
    from: ['in-progress', 'on-hold'],
    to: 'failed',
    actor: 'requester',
    needs: ['accepted-abort', 'cancellation-reason'],
  },
  {
    rule: 'undo',
    from: ['requested', 'received', 'accepted', 'in-progress', 'on-hold'],
    to: 'entered-in-error',
    actor: 'creator',
    needs: [],
  },
];

/** Final statuses. */
export const terminal: ReadonlySet<TaskStatus> = new Set([
  'completed',
  'failed',
  'rejected',
  'cancelled',
  'entered-in-error',
]);

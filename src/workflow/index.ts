/** The Task state machine and whether the statuses of a referral agree with each other. */
import type { Bundle, Task } from '@medplum/fhirtypes';
import type { Issue } from '../fhir/issue.ts';
import type { Result } from '../fhir/result.ts';

/** Who moves the Task. `creator` made it (may undo a mistake); the gateway itself when it hosts it for the requester. */
export type Actor = 'owner' | 'requester' | 'creator' | 'other';
export type TaskStatus = Task['status'];

export type TransitionQuestion = {
  readonly before: Task;
  readonly after: Task;
  readonly actor: Actor;
  readonly now: Date;
};

/** A legal move. `from` equals `to` when only businessStatus, outputs or notes changed. */
export type Transition = {
  readonly from: TaskStatus;
  readonly to: TaskStatus;
  readonly rule: string;
  readonly task: Task;
};

export declare const transition: (question: TransitionQuestion) => Result<Transition>;
/** The statuses that this actor may move the Task to now. */
export declare const moves: (task: Task, actor: Actor) => readonly TaskStatus[];
/** Oddities of a new referral. A mapped one is only warned of what the source's profile allows. */
export declare const coherence: (graph: Bundle, source: 'gateway-profile' | 'mapped') => readonly Issue[];

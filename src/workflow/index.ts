/** The state machine of orders and their Tasks, and whether the statuses of a referral agree with each other. */
export { askingToStop } from './abort.ts';
export { coherence } from './coherence.ts';
export { held, isPreparationOf } from './consultation.ts';
export { type Effect, type Effects, effects, type Wanted } from './effects.ts';
export {
  answerOutput,
  informationTask,
  isQuestion,
  questionnaireOf,
} from './information.ts';
export type { Actor, TaskStatus } from './moves.ts';
export { isOpen, type OrderGraph, ownTask } from './order-graph.ts';
export { rejectionReasons } from './reasons.ts';

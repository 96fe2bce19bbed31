/** The state machine of orders and their Tasks, and the consistency of statuses in a referral. */
export { askingToStop, askingToWithdraw } from './abort.ts';
export { deliveryFailed } from './business-status.ts';
export { coherence } from './coherence.ts';
export { completeConsultation, isPreparationOf } from './consultation.ts';
export type { Effect, Effects, RequestedChange } from './effect.ts';
export { effects } from './effects.ts';
export { escalation } from './escalation.ts';
export {
  answerOutput,
  informationTask,
  isQuestion,
  questionnaireOf,
} from './information.ts';
export type { Actor, TaskStatus } from './moves.ts';
export { offeredMoves, offeredProgress } from './offered.ts';
export { carriesOut, isAssigned, isOpen, type OrderGraph, ownTask } from './order-graph.ts';
export { implausibleDates } from './plausible-dates.ts';
export { rejectionReasons, withCodesForWords, withdrawalReason } from './reasons.ts';
export { wantsSelection } from './selection.ts';

/** What operators look up and do about messages, deliveries and partners. Plain data in, plain data out. */
export type { Acting } from './acting.ts';
export { type Failure, type FailureWish, failures, noteFailure } from './failures.ts';
export { type DeliveryStory, type MessageStory, messageStory } from './message-story.ts';
export {
  findMessages,
  type MessageLine,
  type MessageQuery,
  type MessageState,
  messageStates,
} from './messages.ts';
export {
  ownDelivery,
  ownEndpoint,
  ownFailures,
  ownHealth,
  ownReplay,
  replayOwn,
  sendTest,
} from './own.ts';
export { holdPartner, type PartnerLine, partnerLines, releasePartner } from './partners.ts';
export type { Replay, ReplayAs, ReplayFilter } from './replay/content.ts';
export { type ReplayJob, startReplays } from './replay/job.ts';
export {
  cancelReplay,
  continueReplay,
  countReplay,
  listReplays,
  type ReplayWish,
  replayItems,
  showReplay,
  startReplay,
} from './replay/manage.ts';
export { hasRightEnded } from './replay/right-ended.ts';

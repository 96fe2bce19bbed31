/** The Task state machine and whether the statuses of a referral agree with each other. */
export { coherence } from './coherence.ts';
export type { Actor, TaskStatus } from './moves.ts';
export { moves, transition } from './transition.ts';

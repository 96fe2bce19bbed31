/** The Task state machine and whether the statuses of a referral agree with each other. */
export { coherence, type Source } from './coherence.ts';
export { type Actor, type TaskStatus, taskMoves } from './moves.ts';
export { moves, type Transition, type TransitionQuestion, transition } from './transition.ts';

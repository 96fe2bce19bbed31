import type { Part } from '../frame/view.ts';
import type { Consequence } from './consequence.ts';
import type { Applicant } from './steps.ts';

export type StepShown = {
  readonly id: string;
  readonly at: number;
  readonly applicant: Applicant;
  /** What follows from what was filled in so far; absent where it cannot be computed yet. */
  readonly consequences?: readonly Consequence[] | undefined;
  /** What the gateway found, which no step did. */
  readonly refused?: Part | undefined;
};

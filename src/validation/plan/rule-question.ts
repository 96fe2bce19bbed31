import type { Issue } from '../../fhir/issue.ts';

/** A rule (invariant) whose outcome depends on the answers to one or more questions, all of which refer to this object. */
export type RuleOutcome = {
  /** Reported when the rule does not hold. */
  readonly violation: Issue;
  /** Whether the rule holds, by the answers: bit `position` of the index is set for each question answered true. */
  readonly holds: readonly boolean[];
};

export type RuleOfQuestion = {
  readonly outcome: RuleOutcome;
  /** Position of the question among those of the rule. */
  readonly position: number;
};

import type { RuleOfQuestion } from './rule-question.ts';

/** A question that the loaded definitions leave open. Validation does no I/O; `answerQuestions` takes the answers. */
export type Question = {
  readonly kind: 'code';
  readonly at: string;
  readonly element: string;
  readonly profile?: string;
  readonly strength: 'required' | 'extensible';
  /** The codings that may be in the value set; those certainly outside are omitted. */
  readonly codings: readonly {
    readonly system?: string;
    readonly version?: string;
    readonly code: string;
    readonly display?: string;
  }[];
  readonly valueSet: string;
  /** The code systems whose content is not loaded. */
  readonly systems: readonly string[];
  /** Code systems that the set includes completely: a code is in the set if it exists in its system. */
  readonly whole?: readonly string[];
  /** The rule that asks; absent for the binding of an element. */
  readonly rule?: RuleOfQuestion;
};

/** A position in the text of an expression, counted from 1. */
export type Position = { readonly line: number; readonly column: number };

/**
 * The expression does not compile: it is not FHIRPath (`syntax`), or it uses an unknown function, a type or element that
 * R4 does not have, or an unsupported construct (`semantic`).
 */
export class FhirPathSyntaxError extends Error implements Position {
  override readonly name = 'FhirPathSyntaxError';
  readonly kind: 'syntax' | 'semantic';
  readonly line: number;
  readonly column: number;
  constructor(problem: string, { line, column }: Position, kind: 'syntax' | 'semantic' = 'syntax') {
    super(`${problem} (line ${line}, column ${column})`);
    this.kind = kind;
    this.line = line;
    this.column = column;
  }
}

/**
 * The expression could not be evaluated on this focus (`(1 | 2).not()`, `1 > 'a'`).
 * The message contains types and counts, never values: it is safe to log.
 */
export class FhirPathEvaluationError extends Error {
  override readonly name: string = 'FhirPathEvaluationError';
}

/** The expression needs the current time, and the environment has none. */
export class FhirPathTimeError extends FhirPathEvaluationError {
  override readonly name = 'FhirPathTimeError';
}

/** The evaluation takes more steps, or builds a longer text, than it may. */
export class FhirPathBudgetError extends FhirPathEvaluationError {
  override readonly name = 'FhirPathBudgetError';
}

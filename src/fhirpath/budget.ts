import { FhirPathBudgetError } from './error.ts';

/**
 * Steps that are left to one or more evaluations: a step is an item that a path, a function or a projection yields or visits.
 * Shared by passing the same object in several environments.
 */
export type Budget = { left: number };

/** Steps of an evaluation without a budget of its own: several hundred times what the invariants of a large resource take. */
export const defaultSteps = 5_000_000;

/** Length of a text that an expression may build. */
export const maxTextLength = 1_000_000;

/** Counts steps. Throws FhirPathBudgetError when none are left. */
export function spend({ budget }: { readonly budget: Budget }, steps: number): void {
  budget.left -= steps;
  if (budget.left < 0) throw new FhirPathBudgetError('the expression takes too many steps');
}

/** Steps of an item that is compared with others by a key: writing the key takes the time of several steps. */
export const stepsPerKey = 8;

/** Tests the length of a text before it is built. Throws FhirPathBudgetError when it is too long. */
export function limitLength(length: number): void {
  if (length > maxTextLength) throw new FhirPathBudgetError('the expression builds too long a text');
}

/** A text that an expression built. Throws FhirPathBudgetError when it is too long. */
export function limitedText(text: string): string {
  limitLength(text.length);
  return text;
}

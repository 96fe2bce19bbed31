/**
 * mgn-gateway/fhirpath: FHIRPath N1 (https://hl7.org/fhirpath/N1/) with the additions of FHIR R4
 * (https://hl7.org/fhir/R4/fhirpath.html), compiled once to closures and run often.
 */
import type { CompileOptions, Environment } from './environment.ts';
import { interim } from './interim.ts';

export type { CompileOptions, Environment } from './environment.ts';
export { FhirPathEvaluationError, FhirPathSyntaxError, type Position } from './error.ts';

/** A value with its FHIRPath type: `{ type: 'code', value: 'male' }`, `{ type: 'System.Boolean', value: true }`. */
export type TypedValue = { readonly type: string | undefined; readonly value: unknown };

/**
 * Compiles an expression to a function of focus and environment. The focus is FHIR JSON: a resource, an element whose type
 * is told by `options.type` or by `typed`, a primitive, or an array of these.
 * Results are plain JS values; String(value) of a date, time or quantity is its FHIRPath literal without @.
 * Throws FhirPathSyntaxError with line and column; the function may throw FhirPathEvaluationError.
 */
export function compile(
  expression: string,
  options: CompileOptions = {},
): (focus: unknown, environment?: Environment) => unknown[] {
  const run = interim(expression, options);
  return (focus, environment) => run(focus, environment).map(({ value }) => value);
}

/** As `compile`, for callers that need to know the type of each result (mapping, choice elements). */
export function compileTyped(
  expression: string,
  options: CompileOptions = {},
): (focus: unknown, environment?: Environment) => TypedValue[] {
  return interim(expression, options);
}

/**
 * As `compile`, for invariants, filters and rules: true, false, or undefined when the expression has no answer (empty).
 * A single value that is no boolean counts as true; more than one value throws FhirPathEvaluationError.
 */
export function compileTest(
  expression: string,
  options: CompileOptions = {},
): (focus: unknown, environment?: Environment) => boolean | undefined {
  const run = compile(expression, options);
  return (focus, environment) => {
    const [first] = run(focus, environment);
    return first === undefined ? undefined : first !== false;
  };
}

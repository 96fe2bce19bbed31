/**
 * mgn-gateway/fhirpath for users of the library: the same compiler, with the system clock as default for `now`. The
 * gateway injects time, so src/fhirpath itself has no clock.
 */
import '../../bin/require-node.js';
import * as fhirpath from '../fhirpath/index.ts';

export {
  type Budget,
  type CompileOptions,
  compilePattern,
  type Environment,
  FhirPathBudgetError,
  FhirPathEvaluationError,
  FhirPathSyntaxError,
  type Pattern,
  PatternError,
  type Position,
  parseUnit,
  type TypedValue,
  typed,
  type Unit,
} from '../fhirpath/index.ts';

const clocked = (environment: fhirpath.Environment | undefined): fhirpath.Environment =>
  environment?.now ? environment : { ...environment, now: new Date() };

/** As `compile` of src/fhirpath/index.ts; now(), today() and timeOfDay() work without an environment. */
export function compile(
  expression: string,
  options?: fhirpath.CompileOptions,
): (focus: unknown, environment?: fhirpath.Environment) => unknown[] {
  const run = fhirpath.compile(expression, options);
  return (focus, environment) => run(focus, clocked(environment));
}

/** As `compileTyped` of src/fhirpath/index.ts: each result with its FHIRPath type. */
export function compileTyped(
  expression: string,
  options?: fhirpath.CompileOptions,
): (focus: unknown, environment?: fhirpath.Environment) => fhirpath.TypedValue[] {
  const run = fhirpath.compileTyped(expression, options);
  return (focus, environment) => run(focus, clocked(environment));
}

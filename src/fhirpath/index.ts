/**
 * mgn-gateway/fhirpath: FHIRPath N1 (https://hl7.org/fhirpath/N1/) with the additions of FHIR R4
 * (https://hl7.org/fhir/R4/fhirpath.html) and the trial-use functions of the current text (https://hl7.org/fhirpath/),
 * compiled once to closures and evaluated for each focus.
 */
import { defaultSteps } from './budget.ts';
import { compileSyntax } from './compile.ts';
import { boxed, type Compiled, multiple, type Scope, single, testOf } from './compiled.ts';
import { EMPTY } from './empty.ts';
import type { CompileOptions, Environment } from './environment.ts';
import { FhirPathSyntaxError } from './error.ts';
import { parse } from './parser.ts';
import type { Syntax } from './syntax.ts';
import { isPolymorphic, isType, primitiveKind, type TypeName } from './types.ts';
import { plainValue, TypedNode, typeOf } from './value.ts';
import { Decimal } from './values/decimal.ts';

export type { Budget } from './budget.ts';
export type { CompileOptions, Environment } from './environment.ts';
export {
  FhirPathBudgetError,
  FhirPathEvaluationError,
  FhirPathSyntaxError,
  FhirPathTimeError,
  type Position,
} from './error.ts';
export { parse } from './parser.ts';
export { compilePattern, type Pattern, PatternError } from './pattern/index.ts';
export type { Syntax } from './syntax.ts';
export { parseUnit, type Unit } from './ucum.ts';

/** A value with its FHIRPath type: `{ type: 'code', value: 'male' }`, `{ type: 'System.Boolean', value: true }`. */
export type TypedValue = {
  readonly type: TypeName | undefined;
  readonly value: unknown;
  /** For a decimal: its digits, where JavaScript would print others. */
  readonly text?: string;
};

/**
 * Attaches a type to a focus or variable without one: an element, or a primitive with the JSON of its `_name`.
 * `typed('Patient.contact', contact)`, `typed('date', '1974-12-25', { extension: [...] })`. A decimal may have its digits as
 * written: `typed('decimal', 1.5, undefined, '1.50')`.
 */
export const typed = (
  type: TypeName,
  value: unknown,
  extras?: Readonly<Record<string, unknown>>,
  text?: string,
): unknown => new TypedNode(type, value, extras, text);

/**
 * Compiles an expression to a function of focus and environment. The focus is FHIR JSON: a resource, an element with a type
 * from `options.type` or `typed`, a primitive, or an array of these.
 * Results are plain JS values; String(value) of a date, time or quantity is its FHIRPath literal without @.
 * Throws FhirPathSyntaxError with line and column; the function may throw FhirPathEvaluationError.
 */
export function compile(
  expression: string,
  options: CompileOptions = {},
): (focus: unknown, environment?: Environment) => unknown[] {
  const run = evaluator(expression, options, (it) => it);
  return (focus, environment = {}) => run(focus, environment).map(plainValue);
}

/** As `compile`, for callers that need the type of each result (mapping, choice elements). */
export function compileTyped(
  expression: string,
  options: CompileOptions = {},
): (focus: unknown, environment?: Environment) => TypedValue[] {
  const run = evaluator(expression, options, boxed);
  return (focus, environment = {}) =>
    run(focus, environment).map((item) => ({
      type: typeOf(item),
      value: plainValue(item),
      ...digitsOf(item),
    }));
}

function digitsOf(item: unknown): { readonly text?: string } {
  const text = item instanceof TypedNode ? item.text : item instanceof Decimal ? String(item) : undefined;
  return text === undefined || (item instanceof Decimal && text === String(plainValue(item))) ? {} : { text };
}

/**
 * As `compile`, for invariants, filters and rules: true, false, or undefined when the result is empty.
 * A single value that is not a boolean counts as true; more than one value throws FhirPathEvaluationError. The focus is one item.
 */
export function compileTest(
  expression: string | Syntax,
  options: CompileOptions = {},
): (focus: unknown, environment?: Environment) => boolean | undefined {
  const tree = typeof expression === 'string' ? parse(expression) : expression;
  const focusOf = focusReader(options);
  const test = testOf(compileSyntax(tree, contextOf(options, focusOf.self)), 'a condition');
  return (focus, environment = none) => {
    const self = focusOf.read(focus);
    return test(self, scopeOf(self, environment));
  };
}

const none: Environment = {};

const scopeOf = (focus: unknown, environment: Environment): Scope => ({
  environment,
  focus,
  index: 0,
  total: EMPTY,
  defined: {},
  budget: environment.budget ?? { left: defaultSteps },
  fixed: undefined,
});

const contextOf = (
  { strict = false, lenient = false, noFocus = false, variables, model, valueSetProblem }: CompileOptions,
  self: Compiled,
) => ({
  self,
  strict,
  lenient,
  noFocus,
  valueSetProblem,
  model,
  variables,
  defined: new Set<string>(),
  aggregating: false,
  repeating: 0,
  repeats: false,
});

/** $this of the whole expression, and the conversion of a caller's focus to it. */
function focusReader({ type: declared, possible, model }: CompileOptions): {
  readonly self: Compiled;
  readonly read: (focus: unknown) => unknown;
} {
  if (declared === undefined && possible)
    return { self: single(undefined, (self) => self, { possible }), read: (focus) => focus ?? undefined };
  if (declared !== undefined && model?.(declared) && !isType(declared))
    return { self: single(undefined, (self) => self, { possible: [declared] }), read: (focus) => focus ?? undefined };
  const type = declared === undefined || isPolymorphic(declared) ? undefined : declared;
  if (type !== undefined && !isType(type))
    throw new FhirPathSyntaxError(`there is no type ${type}`, { line: 1, column: 1 }, 'semantic');
  const complex = type !== undefined && !primitiveKind(type);
  return {
    self: single(type, (self) => self),
    read: (focus) => (complex && focus instanceof TypedNode ? focus.value : (focus ?? undefined)),
  };
}

/** A focus of many items is rare: the expression is compiled for it at the first one. */
function evaluator(expression: string, options: CompileOptions, finish: (compiled: Compiled) => Compiled) {
  const tree = parse(expression);
  const { self, read } = focusReader(options);
  const compiled = finish(compileSyntax(tree, contextOf(options, self)));
  let ofMany: Compiled | undefined;
  return (focus: unknown, environment: Environment): readonly unknown[] => {
    if (!Array.isArray(focus)) {
      const item = read(focus);
      return compiled.many(item, scopeOf(item, environment));
    }
    ofMany ??= finish(
      compileSyntax(
        tree,
        contextOf(
          options,
          multiple(self.type, (items) => items as readonly unknown[], { possible: self.possible }),
        ),
      ),
    );
    return ofMany.many(focus.map(read), scopeOf(focus, environment));
  };
}

import { setDecimalText } from '../../fhir/decimal.ts';
import type { TypeModel } from '../../fhir/model.ts';
import {
  type CompileOptions,
  compileTest,
  compileTyped,
  type Environment,
  FhirPathSyntaxError,
  type TypedValue,
  typed,
} from '../../fhirpath/index.ts';
import type { Predicate } from '../generate/predicate.ts';
import type { Clock, MapEnvironment } from '../program/environment.ts';
import type { ConstantValue, Scope, Variable } from '../program/scope.ts';
import { type Node, rootNode } from '../run/node.ts';
import type { Frame } from '../run/run.ts';
import { writtenNumber } from '../run/sidecars.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import { tokens } from '../syntax/tokens.ts';
import type { Expression, Place } from '../syntax/tree.ts';
import { type PossibleTypes, shortName } from '../types/types.ts';
import { inlinePredicate } from './inline.ts';
import { possibleValues } from './possible.ts';
import { type ReadPath, words } from './readings.ts';
import { type AsElement, prefix, prefixed, type Rewritten, rewrite } from './rewrite.ts';

/** Properties of an expression that generated code depends on. */
type ExpressionInfo = {
  readonly readings: readonly ReadPath[];
  /** The variables that it reads. */
  readonly reads: readonly Variable[];
  /** Its generated code, as far as it is supported. */
  readonly inline: Predicate | undefined;
  /** Constants of the map that stand where an element of the same name can be meant. */
  readonly hiding: readonly (Place & { readonly name: string })[];
};

export type CompiledExpression = ExpressionInfo & {
  /** Its values as nodes without a place. May throw FhirPathEvaluationError. */
  readonly evaluate: (focus: Node | undefined, frame: Frame) => Node[];
  /** Set when the expression does not depend on the message. */
  readonly constant?: readonly Node[];
  /** The fixed values that it can return, whatever the message is. */
  readonly possible: readonly unknown[];
};

export type CompiledCondition = ExpressionInfo & {
  /** Whether it is true. May throw FhirPathEvaluationError. */
  readonly holds: (focus: Node | undefined, frame: Frame) => boolean;
};

/** The reason why an expression does not compile, with its place in the file where that is known. */
export type ExpressionProblem = { readonly problem: string; readonly at?: Place };

const usesTime = /\b(?:now|today|timeOfDay)\s*\(/;

/**
 * Compiles FHIRPath of a map: a bare name may be a variable (`src.name` is `%src.name`; a variable takes precedence over an
 * element of the same name, as in HL7's reference engine), and strings may have double quotes.
 */
export function compileExpression(
  expression: Expression,
  scope: Scope,
  focus: PossibleTypes,
  environment: MapEnvironment,
  model: ModelOf,
  noFocus: boolean,
): CompiledExpression | ExpressionProblem {
  const prepared = prepare(expression, { scope, focus, environment, model, noFocus }, compileTyped);
  if ('problem' in prepared) return prepared;
  const { run, fixed, ...info } = prepared;
  const evaluate = (node: Node | undefined, frame: Frame): Node[] => nodes(run(node, frame));
  const { text, constants } = rewrite(expression.text, scope, new Set());
  const possible = possibleValues(text, constants);
  if (!fixed) return { evaluate, ...info, possible };
  try {
    const constant = evaluate(undefined, []);
    return { evaluate: () => constant, ...info, constant, possible: constant.map(({ value }) => value) };
  } catch {
    return { evaluate, ...info, possible };
  }
}

/** As `compileExpression`, for `where` and `check`; `self` are the names of the variable that is the focus. */
export function compileCondition(
  expression: Expression,
  scope: Scope,
  focus: Variable,
  environment: MapEnvironment,
  model: ModelOf,
  self: ReadonlySet<string>,
): CompiledCondition | ExpressionProblem {
  if (isText(expression.text, scope))
    return {
      problem:
        'this condition is a text or a number, which reads nothing of the message and never changes: write the condition in parentheses, not in quotation marks.',
    };
  const prepared = prepare(
    expression,
    { scope, focus: focus.types, environment, model, noFocus: false },
    compileTest,
    self,
    focus,
  );
  if ('problem' in prepared) return prepared;
  const { run, fixed: _, ...info } = prepared;
  return { holds: (node, frame) => run(node, frame) === true, ...info };
}

/** `where "gender = 'male'"`: FHIRPath takes a text alone for true, so that the rule would apply to every message. */
function isText(text: string, scope: Scope): boolean {
  const list = tokens(text).filter(({ kind }) => kind !== 'end');
  const values = list.filter(({ kind, text }) => kind !== 'mark' || text.startsWith('$'));
  const [only] = values;
  if (only && values.length === 1 && (only.kind === 'name' || only.kind === 'backticks')) {
    const constant = scope.find(only.value) ? undefined : scope.constant(only.value);
    return constant?.values.length === 1 && typeof constant.values[0]!.value !== 'boolean';
  }
  const isFixed = values.every(({ kind, text }) => literals.has(kind) || (kind === 'name' && words.has(text)));
  return isFixed && (values.length === 1 || values.some(({ kind }) => kind === 'quoted' || kind === 'string'));
}

const literals: ReadonlySet<string> = new Set(['string', 'quoted', 'markdown', 'number', 'moment']);

type Prepared<T> = ExpressionInfo & {
  readonly run: (focus: Node | undefined, frame: Frame) => T;
  /** Does not depend on the message. */
  readonly fixed: boolean;
};

/** Where an expression stands: the variables, the types of its focus, and the types of the map. */
type Surroundings = {
  readonly scope: Scope;
  readonly focus: PossibleTypes;
  readonly environment: MapEnvironment;
  readonly model: ModelOf;
  /** Whether it has variables only. */
  readonly noFocus: boolean;
};

function prepare<T>(
  expression: Expression,
  { scope, focus, environment: { clock, valueSetProblem, ...environment }, model, noFocus }: Surroundings,
  compile: Compiler<T>,
  self: ReadonlySet<string> = new Set(),
  variable?: Variable,
): Prepared<T> | ExpressionProblem {
  const found = rewrite(expression.text, scope, self);
  const resourceAsked = standardIn(found.text);
  if (noFocus && resourceAsked)
    return { problem: `%${resourceAsked} has no value here, where there is no focus: start with a variable.` };
  const timed = usesTime.test(found.text);
  if (timed && !clock)
    return {
      problem:
        'now(), today() and timeOfDay() are available to a run only; a constant is evaluated when the map is compiled.',
    };
  if (timed && clock) clock.used = true;
  const type = onlyType(focus, model);
  const possible = primitivesOnly(focus, model);
  const known = { type, possible, scope, model, noFocus, valueSetProblem };
  const run = compileFor(expression, found, known, compile);
  if (typeof run !== 'function') return run;
  const compiles = (asElement: AsElement): boolean =>
    typeof compileFor(expression, rewrite(expression.text, scope, self, asElement), known, compile) === 'function';
  // An element that is certainly not there compiles as well where types are not known: nothing is known to be hidden then.
  const hiding = found.bare.filter((it) => compiles(it) && !compiles({ ...it, name: absentElement }));
  const typed = type !== undefined;
  const inputs = found.variables.map(({ name, slot, types }) => ({
    name: prefixed(name),
    slot,
    typed: onlyType(types, model) !== undefined,
  }));
  // One object for all evaluations: FHIRPath never calls back into a map, so that evaluations do not overlap.
  const values: Record<string, unknown> = Object.fromEntries(
    found.constants.map((it) => [prefixed(it.name), constantValue(it)]),
  );
  const fixedEnvironment = { ...environment, variables: values };
  const environmentNow =
    timed && clock
      ? (): Environment => ({ ...fixedEnvironment, ...clockEnvironment(clock) })
      : (): Environment => fixedEnvironment;
  return {
    run: (node, frame) => {
      for (let at = 0; at < inputs.length; at++) {
        const { name, slot, typed } = inputs[at]!;
        values[name] = valueFor(frame[slot], typed);
      }
      const around = environmentNow();
      const result = run(valueFor(node, typed), resourceAsked ? { ...around, ...resourcesAround(node) } : around);
      // A compiled map must not retain values of a message.
      for (let at = 0; at < inputs.length; at++) values[inputs[at]!.name] = undefined;
      return result;
    },
    readings: found.readings,
    reads: found.variables,
    inline: inlinePredicate(found, { types: focus, variable }),
    hiding: hiding.map(({ name, at }) => ({ name, ...placeOf(expression, at) })),
    fixed: !timed && !found.usesFocus && found.variables.length === 0,
  };
}

const absentElement = 'noElementHasThisName';

/** The first of FHIR's variables for the resource of the focus that the text uses. */
function standardIn(text: string): string | undefined {
  const list = text.includes('%') ? tokens(text) : [];
  return list.find(({ value }, at) => /^(?:resource|rootResource|context)$/.test(value) && list[at - 1]?.text === '%')
    ?.value;
}

/** %resource and %rootResource (https://hl7.org/fhir/R4/fhirpath.html#vars); in a model without resources, its root. */
function resourcesAround(node: Node | undefined): Pick<Environment, 'resource' | 'rootResource'> {
  const above: Node[] = [];
  for (let at = node; at; at = at.parent) above.push(at);
  const root = above.at(-1);
  const resource = above.find(({ value }) => typeof value === 'object' && value !== null && 'resourceType' in value);
  // A contained resource has a root of its own; an entry of a Bundle does not.
  const at = resource ? above.indexOf(resource) : -1;
  const container = at >= 0 && above[at]!.key === 'contained' ? above.slice(at + 1) : [];
  const outer = container.find(({ value }) => typeof value === 'object' && value !== null && 'resourceType' in value);
  return { resource: (resource ?? root)?.value, rootResource: (outer ?? resource ?? root)?.value };
}

const clockEnvironment = ({ now, zone }: Clock): Environment => ({
  ...(now ? { now } : {}),
  ...(zone === undefined ? {} : { zone }),
});

type Runner<T> = (focus: unknown, environment?: Environment) => T;
type Compiler<T> = (expression: string, options: CompileOptions) => Runner<T>;

/** Finds a type of the map: of R4, or of a logical model. */
export type ModelOf = (type: string) => TypeModel | undefined;

/** The only type, which lets FHIRPath check an expression; a primitive carries its type with each value. */
function onlyType(types: PossibleTypes, modelOf: ModelOf): string | undefined {
  const type = types?.length === 1 ? types[0] : undefined;
  const model = type === undefined ? undefined : modelOf(type);
  return model && model.kind !== 'primitive-type' && !model.abstract ? type : undefined;
}

/** The types of a primitive, or of a choice of primitives: each value carries which. */
function primitivesOnly(types: PossibleTypes, modelOf: ModelOf): readonly string[] | undefined {
  const all = types?.length && types.every((it) => !it.includes('/') && modelOf(it)?.kind === 'primitive-type');
  return all ? types : undefined;
}

/** Strict: where the type is known, an element that it does not have is an error of the map. */
function compileFor<T>(
  expression: Expression,
  { text, variables, constants, origin }: Rewritten,
  {
    type,
    possible,
    scope,
    model,
    noFocus,
    valueSetProblem,
  }: Pick<Surroundings, 'scope' | 'model' | 'noFocus'> & {
    readonly type: string | undefined;
    readonly possible: readonly string[] | undefined;
    readonly valueSetProblem: MapEnvironment['valueSetProblem'];
  },
  compile: Compiler<T>,
): Runner<T> | ExpressionProblem {
  const names = [...scope.names(), ...constants.map(({ name }) => name)];
  const variableTypes: Record<string, string | readonly string[] | undefined> = Object.fromEntries(
    names.map((name) => [prefixed(name), undefined]),
  );
  for (const { name, types } of variables)
    variableTypes[prefixed(name)] = onlyType(types, model) ?? primitivesOnly(types, model);
  try {
    const checks = { strict: true, model, noFocus, ...(valueSetProblem ? { valueSetProblem } : {}) };
    return compile(text, {
      variables: variableTypes,
      ...checks,
      ...(type === undefined ? {} : { type }),
      ...(possible ? { possible } : {}),
    });
  } catch (error) {
    if (!(error instanceof FhirPathSyntaxError)) throw error;
    return { problem: describeSyntaxError(error, model), at: placeOf(expression, origin(offsetOf(text, error))) };
  }
}

const unknownElement = /no element (\w+) in (.+)$/;

function describeSyntaxError({ message }: FhirPathSyntaxError, model: ModelOf): string {
  const text = message.replaceAll(prefix, '').replace(/ \(line \d+, column \d+\)$/, '');
  const [, element = '', owners = ''] = unknownElement.exec(text) ?? [];
  if (element === '') return `${text}.`;
  const types = owners.split(', ');
  const candidates = types.flatMap((type) => [...(model(type)?.elements.keys() ?? [])]);
  const shown = text.replace(unknownElement, `no element ${element} in ${types.map(shortName).join(', ')}`);
  return `${shown}.${didYouMean(element, candidates)}`;
}

function offsetOf(text: string, { line, column }: Place): number {
  const lines = text.split('\n').slice(0, line - 1);
  return lines.reduce((sum, it) => sum + it.length + 1, 0) + column - 1;
}

/** An offset in an expression as a place in its file. */
function placeOf({ text, line, column }: Expression, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  const last = before.at(-1)!.length;
  return before.length === 1 ? { line, column: column + last } : { line: line + before.length - 1, column: last + 1 };
}

/** The FHIRPath input for a node: the bare value where the compiler knows its type, else the value with its type. */
function valueFor(node: Node | undefined, typeKnown: boolean): unknown {
  if (node === undefined) return undefined;
  const { value, type, extra } = node;
  if (typeKnown || type === undefined || type.includes('/')) return value;
  if (typeof value === 'object' && value !== null && 'resourceType' in value) return value;
  const text = typeof value === 'number' && type === 'decimal' ? writtenNumber(node) : undefined;
  return typed(type, value, extra as Readonly<Record<string, unknown>> | undefined, text);
}

const constantValue = ({ values }: ConstantValue): unknown =>
  values.map(({ type, value, text }) =>
    typeof value === 'object' || type === undefined ? value : typed(type, value, undefined, text),
  );

const systemTypes: Readonly<Record<string, string>> = {
  'System.String': 'string',
  'System.Boolean': 'boolean',
  'System.Integer': 'integer',
  'System.Decimal': 'decimal',
  'System.Date': 'date',
  'System.DateTime': 'dateTime',
  'System.Time': 'time',
  'System.Quantity': 'Quantity',
};

/** FHIRPath results as FHIR values: dates and times as text, quantities as Quantity. */
const nodes = (values: readonly TypedValue[]): Node[] =>
  values.filter(({ value }) => value !== undefined && value !== null).map(valueNode);

function valueNode({ value, type, text }: TypedValue): Node {
  const fhirType = systemTypes[type ?? ''] ?? type?.replace(/^FHIR\./, '');
  if (typeof value === 'number' && text !== undefined) return { ...rootNode(value, fhirType), text };
  if (typeof value !== 'object' || value === null) return rootNode(value, fhirType);
  const plain = Object.getPrototypeOf(value) === Object.prototype || Array.isArray(value);
  if (type === 'System.Quantity') return rootNode(quantity(value), 'Quantity');
  return rootNode(plain ? value : String(value), fhirType);
}

function quantity(value: object): object {
  const { value: amount, unit } = value as { value?: unknown; unit?: string };
  const made = { value: Number(amount), ...(unit ? { unit, system: 'http://unitsofmeasure.org', code: unit } : {}) };
  setDecimalText(made, 'value', String(amount));
  return made;
}

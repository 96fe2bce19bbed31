import { typeModel } from '../fhir/model.ts';
import {
  type CompileOptions,
  compileTest,
  compileTyped,
  type Environment,
  FhirPathSyntaxError,
  type TypedValue,
  typed,
} from '../fhirpath/index.ts';
import { choicePath } from './choice-names.ts';
import { type Node, rootNode } from './node.ts';
import type { Frame } from './run.ts';
import type { ConstantValue, Scope, Variable } from './scope.ts';
import { type Token, tokens } from './syntax/tokens.ts';
import type { Expression } from './syntax/tree.ts';
import type { Static } from './types.ts';

/** What an expression reads: a variable (or the focus, when there is none) and the plain path behind it. */
export type Reading = { readonly slot: number | undefined; readonly path: string };

export type CompiledExpression = {
  /** Values as nodes of unknown place. May throw FhirPathEvaluationError. */
  readonly evaluate: (focus: Node | undefined, frame: Frame) => Node[];
  readonly readings: readonly Reading[];
  /** Set when the expression depends on nothing of the message. */
  readonly constant?: readonly Node[];
};

export type CompiledCondition = {
  /** Whether it is true. May throw FhirPathEvaluationError. */
  readonly holds: (focus: Node | undefined, frame: Frame) => boolean;
  readonly readings: readonly Reading[];
};

export type ExpressionProblem = { readonly problem: string };

const words = new Set(['and', 'or', 'xor', 'implies', 'in', 'contains', 'is', 'as', 'div', 'mod', 'true', 'false']);
const clock = /\b(?:now|today|timeOfDay)\s*\(/;

/**
 * FHIRPath within a map: variables go by their bare name (`src.name` is `%src.name`; a variable goes before an element
 * of the same name, as in HL7's own engine), and texts may stand in double quotes.
 */
export function compileExpression(
  expression: Expression,
  scope: Scope,
  focus: Static,
  environment: Environment,
): CompiledExpression | ExpressionProblem {
  const prepared = prepare(expression, scope, focus, environment, compileTyped);
  if ('problem' in prepared) return prepared;
  const { run, readings, fixed } = prepared;
  const evaluate = (node: Node | undefined, frame: Frame): Node[] => nodes(run(node, frame));
  if (!fixed) return { evaluate, readings };
  try {
    const constant = evaluate(undefined, []);
    return { evaluate: () => constant, readings, constant };
  } catch {
    return { evaluate, readings };
  }
}

/** As `compileExpression`, for where and check; `self` are the variables that are the focus itself. */
export function compileCondition(
  expression: Expression,
  scope: Scope,
  focus: Static,
  environment: Environment,
  self: ReadonlySet<string>,
): CompiledCondition | ExpressionProblem {
  const prepared = prepare(expression, scope, focus, environment, compileTest, self);
  if ('problem' in prepared) return prepared;
  const { run, readings } = prepared;
  return { holds: (node, frame) => run(node, frame) === true, readings };
}

type Prepared<T> = {
  readonly run: (focus: Node | undefined, frame: Frame) => T;
  readonly readings: readonly Reading[];
  /** Depends on nothing of the message. */
  readonly fixed: boolean;
};

function prepare<T>(
  expression: Expression,
  scope: Scope,
  focus: Static,
  environment: Environment,
  compile: Compiler<T>,
  self: ReadonlySet<string> = new Set(),
): Prepared<T> | ExpressionProblem {
  const found = rewrite(expression.text, scope, self);
  if (clock.test(found.text)) return { problem: 'a map has no clock: its output depends on its input only.' };
  const compiled = compileFor(found, fhirType(focus), scope, compile);
  if ('problem' in compiled) return compiled;
  const { run, typed } = compiled;
  const given = found.variables.map(({ name, slot, types }) => ({
    name: inside(name),
    slot,
    typed: fhirType(types) !== undefined,
  }));
  // One object for all evaluations: FHIRPath never calls back into a map, so none is under way when the next begins.
  const values: Record<string, unknown> = Object.fromEntries(
    found.constants.map((it) => [inside(it.name), constantValue(it)]),
  );
  const world: Environment = { ...environment, variables: values };
  return {
    run: (node, frame) => {
      for (let at = 0; at < given.length; at++) {
        const { name, slot, typed } = given[at]!;
        values[name] = valueFor(frame[slot], typed);
      }
      return run(valueFor(node, typed), world);
    },
    readings: found.readings,
    fixed: !found.usesFocus && found.variables.length === 0,
  };
}

type Runner<T> = (focus: unknown, environment?: Environment) => T;
type Compiler<T> = (expression: string, options: CompileOptions) => Runner<T>;

/** The one FHIR type of what is known, which makes an expression fast; primitives tell their type with each value. */
function fhirType(types: Static): string | undefined {
  const type = types?.length === 1 ? types[0] : undefined;
  const model = type === undefined || type.includes('/') ? undefined : typeModel(type);
  return model && model.kind !== 'primitive-type' && !model.abstract ? type : undefined;
}

function compileFor<T>(
  { text, variables, constants }: Rewritten,
  type: string | undefined,
  scope: Scope,
  compile: Compiler<T>,
): { run: Runner<T>; typed: boolean } | ExpressionProblem {
  const names = [...scope.names(), ...constants.map(({ name }) => name)];
  const told: Record<string, string | undefined> = Object.fromEntries(names.map((name) => [inside(name), undefined]));
  for (const { name, types } of variables) told[inside(name)] = fhirType(types);
  const attempt = (options: CompileOptions): Runner<T> | FhirPathSyntaxError => {
    try {
      return compile(text, options);
    } catch (error) {
      if (error instanceof FhirPathSyntaxError) return error;
      throw error;
    }
  };
  const withType = type === undefined ? undefined : attempt({ variables: told, type });
  if (typeof withType === 'function') return { run: withType, typed: true };
  const without = attempt({ variables: told });
  if (typeof without === 'function') return { run: without, typed: false };
  return { problem: (withType ?? without).message.replaceAll(prefix, '') };
}

/** Variables of a map go under names of their own: `resource` and `context` mean something else in FHIRPath. */
const prefix = 'map_';
const inside = (name: string): string => prefix + name;

/** What FHIRPath is given for a node: its bare value where its type is known when compiling, else the value with its type. */
function valueFor(node: Node | undefined, known: boolean): unknown {
  if (node === undefined) return undefined;
  const { value, type, extra } = node;
  if (known || type === undefined || type.includes('/')) return value;
  if (typeof value === 'object' && value !== null && 'resourceType' in value) return value;
  return typed(type, value, extra as Readonly<Record<string, unknown>> | undefined);
}

const constantValue = ({ values }: ConstantValue): unknown =>
  values.map(({ type, value }) => (typeof value === 'object' || type === undefined ? value : typed(type, value)));

type Rewritten = {
  text: string;
  variables: Variable[];
  constants: ConstantValue[];
  readings: Reading[];
  usesFocus: boolean;
};

function rewrite(text: string, scope: Scope, self: ReadonlySet<string>): Rewritten {
  const list = tokens(text);
  const made: Rewritten = { text: '', variables: [], constants: [], readings: [], usesFocus: false };
  const depths = callDepths(list);
  let from = 0;
  for (const [at, word] of list.entries()) {
    const replacement =
      word.kind === 'quoted'
        ? fhirPathText(word.value)
        : named(list, at, scope, made, depths[at] === 0 ? self : nobody);
    if (replacement === undefined) continue;
    made.text += text.slice(from, word.from) + replacement;
    from = word.to;
  }
  made.text += text.slice(from);
  return { ...made, text: joined(made.text) };
}

const nobody: ReadonlySet<string> = new Set();

/** How many calls of functions each word stands within: there `$this` is no longer the focus. */
function callDepths(list: readonly Token[]): number[] {
  const calls: boolean[] = [];
  let depth = 0;
  return list.map((word, at) => {
    const here = depth;
    if (word.kind === 'mark' && word.text === '(') {
      const call = list[at - 1]?.kind === 'name' && !words.has(list[at - 1]!.text);
      calls.push(call);
      if (call) depth++;
    } else if (word.kind === 'mark' && word.text === ')' && calls.pop()) depth--;
    return here;
  });
}

const twoTexts = /(^|[=(,|~]\s*)'((?:[^'\\]|\\.)*)'\s*&\s*'((?:[^'\\]|\\.)*)'(?!\s*[.[])/;

/** Texts that are put together from constants only are put together now. */
function joined(text: string): string {
  let [made, next] = [text, text.replace(twoTexts, "$1'$2$3'")];
  while (next !== made) [made, next] = [next, next.replace(twoTexts, "$1'$2$3'")];
  return made;
}

/** Notes what a name stands for; the text to put in its place, or undefined to leave it. */
function named(
  list: readonly Token[],
  at: number,
  scope: Scope,
  made: Rewritten,
  self: ReadonlySet<string>,
): string | undefined {
  const [word, before, after] = [list[at]!, list[at - 1], list[at + 1]];
  if (word.kind === 'mark' && word.text === '$this') made.usesFocus = true;
  if (word.kind !== 'name' && word.kind !== 'backticks') return undefined;
  if (before?.kind === 'number' || isTypeName(list, at)) return undefined;
  const choice = word.kind === 'name' && after?.text !== '(' ? choicePath(word.text) : undefined;
  if (before?.text === '.') return choice;
  if (word.kind === 'name' && words.has(word.text) && before?.text !== '%') return undefined;
  const variable = scope.find(word.value);
  const constant = variable ? undefined : scope.constant(word.value);
  if (after?.text === '(' && before?.text !== '%') {
    // iif looks at its arguments only; any other function at the start works on the focus.
    if (word.text !== 'iif') made.usesFocus = true;
    return undefined;
  }
  if (variable && self.has(variable.name) && before?.text !== '%') {
    variable.used = true;
    made.usesFocus = true;
    made.readings.push({ slot: variable.slot, path: memberPath(list, at + 1) });
    return '$this';
  }
  if (variable) {
    variable.used = true;
    if (!made.variables.includes(variable)) made.variables.push(variable);
    made.readings.push({ slot: variable.slot, path: memberPath(list, at + 1) });
  } else if (constant) {
    const literal = before?.text === '%' ? undefined : literalOf(constant);
    if (literal !== undefined) return literal;
    if (!made.constants.includes(constant)) made.constants.push(constant);
  } else {
    made.usesFocus = true;
    if (before?.text !== '%')
      made.readings.push({ slot: undefined, path: [word.value, memberPath(list, at + 1)].filter(Boolean).join('.') });
    return choice;
  }
  return before?.text === '%' ? inside(word.value) : `%${inside(word.value)}`;
}

/** A constant as FHIRPath text, so that it is known when the expression is compiled. */
function literalOf({ values }: ConstantValue): string | undefined {
  const texts = values.map(({ type, value }) => {
    if (typeof value === 'boolean') return String(value);
    return typeof value === 'string' && type === 'string' ? fhirPathText(value) : undefined;
  });
  if (texts.length === 0 || texts.includes(undefined) || new Set(texts).size < texts.length) return undefined;
  return texts.length === 1 ? texts[0] : `(${texts.join(' | ')})`;
}

/** After `is` and `as`, and within `ofType()`, `is()`, `as()`, a name is that of a type. */
function isTypeName(list: readonly Token[], at: number): boolean {
  const [before, earlier] = [list[at - 1], list[at - 2]];
  if (before?.kind === 'name' && (before.text === 'is' || before.text === 'as') && list[at - 2]?.text !== '.')
    return true;
  return before?.text === '(' && earlier?.kind === 'name' && ['ofType', 'is', 'as'].includes(earlier.text);
}

/** `.a.b` behind a name, up to the first function or index. */
function memberPath(list: readonly Token[], from: number): string {
  const steps: string[] = [];
  for (let at = from; list[at]?.text === '.' && list[at + 1]?.kind === 'name' && list[at + 2]?.text !== '('; at += 2) {
    steps.push(list[at + 1]!.value);
  }
  return steps.join('.');
}

const fhirPathText = (value: string): string =>
  `'${value.replace(/['\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t')}'`;

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
  values.filter(({ value }) => value !== undefined && value !== null).map(({ type, value }) => valueNode(value, type));

function valueNode(value: unknown, type: string | undefined): Node {
  const fhirType = systemTypes[type ?? ''] ?? type?.replace(/^FHIR\./, '');
  if (typeof value !== 'object' || value === null) return rootNode(value, fhirType);
  const plain = Object.getPrototypeOf(value) === Object.prototype || Array.isArray(value);
  if (type === 'System.Quantity') return rootNode(quantity(value), 'Quantity');
  return rootNode(plain ? value : String(value), fhirType);
}

function quantity(value: object): object {
  const { value: amount, unit } = value as { value?: unknown; unit?: string };
  return { value: Number(amount), ...(unit ? { unit, system: 'http://unitsofmeasure.org', code: unit } : {}) };
}

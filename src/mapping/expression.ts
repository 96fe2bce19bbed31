import { compileTyped, type Environment, FhirPathSyntaxError, type TypedValue } from '../fhirpath/index.ts';
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
  const found = rewrite(expression.text, scope);
  if (clock.test(found.text)) return { problem: 'a map has no clock: its output depends on its input only.' };
  const type = focus?.length === 1 && focus[0] && !focus[0].includes('/') ? { type: focus[0] } : {};
  let run: (focus: unknown, environment?: Environment) => TypedValue[];
  try {
    run = compileTyped(found.text, type);
  } catch (error) {
    if (!(error instanceof FhirPathSyntaxError)) throw error;
    return { problem: error.message };
  }
  const { variables, constants, readings, usesFocus } = found;
  const constantValues = Object.fromEntries(
    constants.map(({ name, values }) => [name, single(values.map(({ value }) => value))]),
  );
  const evaluate = (node: Node | undefined, frame: Frame): Node[] => {
    const values: Record<string, unknown> = { ...constantValues };
    for (const { name, slot } of variables) values[name] = frame[slot]?.value;
    return nodes(run(node?.value ?? {}, { ...environment, variables: values }));
  };
  if (usesFocus || variables.length > 0) return { evaluate, readings };
  try {
    const constant = evaluate(undefined, []);
    return { evaluate: () => constant, readings, constant };
  } catch {
    return { evaluate, readings };
  }
}

const single = (values: readonly unknown[]): unknown => (values.length === 1 ? values[0] : values);

type Rewritten = {
  text: string;
  variables: Variable[];
  constants: ConstantValue[];
  readings: Reading[];
  usesFocus: boolean;
};

function rewrite(text: string, scope: Scope): Rewritten {
  const list = tokens(text);
  const made: Rewritten = { text: '', variables: [], constants: [], readings: [], usesFocus: false };
  let from = 0;
  for (const [at, word] of list.entries()) {
    const replacement = word.kind === 'quoted' ? fhirPathText(word.value) : named(list, at, scope, made);
    if (replacement === undefined) continue;
    made.text += text.slice(from, word.from) + replacement;
    from = word.to;
  }
  made.text += text.slice(from);
  return made;
}

/** Notes what a name stands for; the text to put in its place, or undefined to leave it. */
function named(list: readonly Token[], at: number, scope: Scope, made: Rewritten): string | undefined {
  const [word, before, after] = [list[at]!, list[at - 1], list[at + 1]];
  if (word.kind === 'mark' && word.text === '$this') made.usesFocus = true;
  if (word.kind !== 'name' && word.kind !== 'backticks') return undefined;
  if (before?.text === '.' || before?.kind === 'number' || isTypeName(list, at)) return undefined;
  if (word.kind === 'name' && words.has(word.text) && before?.text !== '%') return undefined;
  const variable = scope.find(word.value);
  const constant = variable ? undefined : scope.constant(word.value);
  if (after?.text === '(' && before?.text !== '%') {
    // iif looks at its arguments only; any other function at the start works on the focus.
    if (word.text !== 'iif') made.usesFocus = true;
    return undefined;
  }
  if (variable) {
    variable.used = true;
    if (!made.variables.includes(variable)) made.variables.push(variable);
    made.readings.push({ slot: variable.slot, path: memberPath(list, at + 1) });
  } else if (constant) {
    if (!made.constants.includes(constant)) made.constants.push(constant);
  } else {
    made.usesFocus = true;
    if (before?.text !== '%')
      made.readings.push({ slot: undefined, path: [word.value, memberPath(list, at + 1)].filter(Boolean).join('.') });
    return undefined;
  }
  return before?.text === '%' ? undefined : `%${word.text}`;
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

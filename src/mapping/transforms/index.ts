import { checkedExpression, evaluateOrReport, sourceReads } from '../expression/evaluate.ts';
import { variableValue } from '../generate/value.ts';
import { compilePath } from '../program/element-path.ts';
import { type Context, reportProblem } from '../program/program.ts';
import type { Scope } from '../program/scope.ts';
import { type Node, rootNode } from '../run/node.ts';
import type { Frame, Run } from '../run/run.ts';
import { literalValue } from '../syntax/literal.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import type { Argument, Literal, Place, Transform } from '../syntax/tree.ts';
import type { PossibleTypes } from '../types/types.ts';
import { dataTypeTransforms } from './data-types.ts';
import { momentTransforms } from './moments.ts';
import { referenceTransforms } from './references.ts';
import { textTransforms } from './text.ts';
import type { CompiledTransform, Operand, TransformDefinition } from './transform.ts';
import { translateTransforms } from './translate.ts';
import { valueTransforms } from './values.ts';

const transforms: Readonly<Record<string, TransformDefinition>> = {
  ...valueTransforms,
  ...textTransforms,
  ...dataTypeTransforms,
  ...momentTransforms,
  ...referenceTransforms,
  ...translateTransforms,
};

export const transformNames = (): string[] => Object.keys(transforms);

/** Compiles the right side of `=`; undefined, with a problem reported, when it does not compile. */
export function compileTransform(
  transform: Transform,
  target: PossibleTypes,
  scope: Scope,
  context: Context,
  at: Place,
): CompiledTransform | undefined {
  switch (transform.kind) {
    case 'literal':
      return literal(transform, target);
    case 'copy':
      return copy(transform.variable, transform.path, scope, context, at);
    case 'expression':
      return evaluating(transform, scope, context);
    case 'call':
      return call(transform, target, scope, context, at);
  }
}

function call(
  transform: Transform & { kind: 'call' },
  target: PossibleTypes,
  scope: Scope,
  context: Context,
  at: Place,
): CompiledTransform | undefined {
  const { name } = transform;
  const kind = Object.hasOwn(transforms, name) ? transforms[name] : undefined;
  if (!kind)
    return reportProblem(
      context,
      'map-transform-unknown',
      { name, suggestion: didYouMean(name, transformNames()) },
      at,
    );
  const [fewest, most] = kind.arity;
  const found = transform.arguments.length;
  if (found < fewest || found > most) {
    const expected = fewest === most ? `${fewest} arguments` : `${fewest} to ${most} arguments`;
    return reportProblem(context, 'map-arguments-invalid', { name, expected, found }, at);
  }
  const evaluated = name === 'evaluate' ? transform.arguments.slice(0, -1) : transform.arguments;
  const operands = evaluated.map((argument) => operand(argument, scope, context, at));
  if (operands.some((it) => it === undefined)) return undefined;
  // evaluate compiles its own expression, with its first argument as the focus.
  const complete = name === 'evaluate' ? [...operands, undefined].slice(0, found) : operands;
  return kind.compile({
    name,
    operands: complete as Operand[],
    arguments: transform.arguments,
    target,
    scope,
    context,
    at,
  });
}

/** A literal in the type of the element that receives it. */
function literal(written: { readonly value: Literal; readonly text: string }, target: PossibleTypes): Operand {
  const { value } = written;
  const type = target?.length === 1 ? target[0] : undefined;
  const { type: own, text } = literalValue(written);
  const nodeType = type !== undefined && typeof value === 'string' ? type : own;
  const node: Node = { ...rootNode(value, nodeType), ...(text === undefined ? {} : { text }) };
  const direct = text === undefined ? { direct: { kind: 'constant', type: nodeType, value } as const } : {};
  return { types: [own], values: () => [node], constant: value, ...direct };
}

function operand(argument: Argument, scope: Scope, context: Context, at: Place): Operand | undefined {
  switch (argument.kind) {
    case 'literal':
      return literal(argument, undefined);
    case 'variable':
      return copy(argument.name, [], scope, context, at);
    case 'expression':
      return evaluating(argument, scope, context);
  }
}

function evaluating(
  { expression: text }: { expression: Parameters<typeof checkedExpression>[0] },
  scope: Scope,
  context: Context,
): Operand | undefined {
  const compiled = checkedExpression(text, scope, undefined, context, true);
  if (!compiled) return undefined;
  const constant = compiled.constant?.length === 1 ? { constant: compiled.constant[0]!.value } : {};
  const test = compiled.inline?.total ? { test: compiled.inline } : {};
  return {
    types: undefined,
    values: (run: Run, frame: Frame) => evaluateOrReport(compiled, run, undefined, frame, context),
    sources: (frame) => compiled.readings.flatMap((it) => sourceReads(it, frame, undefined)),
    listed: compiled.possible,
    ...constant,
    ...test,
    ...directConstant(compiled.constant),
  };
}

function copy(name: string, path: readonly string[], scope: Scope, context: Context, at: Place): Operand | undefined {
  const variable = scope.find(name);
  if (!variable) {
    const constant = scope.constant(name);
    if (!constant)
      return reportProblem(context, 'map-variable-unknown', { name, suggestion: didYouMean(name, scope.names()) }, at);
    const nodes = constant.values.map(({ type, value, text }) => ({ ...rootNode(value, type), text }));
    const listed = constant.values.map(({ value }) => value);
    return { types: undefined, values: () => nodes, constant: nodes[0]?.value, listed, ...directConstant(nodes) };
  }
  variable.used = true;
  const steps = compilePath(variable.types, path, { ...context.place, ...at }, context);
  if (!steps) return undefined;
  const values = (_run: Run, frame: Frame): readonly Node[] => {
    const start = frame[variable.slot];
    let found = start ? [start] : [];
    for (const read of steps.reads) {
      const into: Node[] = [];
      for (const node of found) read.all(node, into);
      found = into;
    }
    return found;
  };
  const only =
    path.length === 0 ? { only: (frame: Frame) => frame[variable.slot], direct: variableValue(variable, context) } : {};
  const listed = path.length === 0 && variable.listed ? { listed: variable.listed } : {};
  return { types: steps.types, values, copies: true, ...only, ...listed };
}

/** A single value that was evaluated when the map was compiled. */
function directConstant(nodes: readonly Node[] | undefined): Pick<Operand, 'direct'> {
  const [node] = nodes ?? [];
  const { value, type, text } = node ?? {};
  // the writer keeps the digits of such a number
  if (text !== undefined) return {};
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return nodes?.length === 1 && plain && type !== undefined ? { direct: { kind: 'constant', type, value } } : {};
}

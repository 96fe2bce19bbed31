import { evaluated, expression, reads } from '../conditions.ts';
import { ofVariable } from '../generate/value.ts';
import { type Node, rootNode } from '../node.ts';
import { type Context, complain } from '../program.ts';
import type { Frame, Run } from '../run.ts';
import type { Scope } from '../scope.ts';
import { walk } from '../source.ts';
import { didYouMean } from '../suggestion.ts';
import type { Argument, Literal, Place, Transform } from '../syntax/tree.ts';
import type { Static } from '../types.ts';
import { dataTypeTransforms } from './data-types.ts';
import { momentTransforms } from './moments.ts';
import { referenceTransforms } from './references.ts';
import { textTransforms } from './text.ts';
import type { Operand, TransformKind, Values } from './transform.ts';
import { translateTransforms } from './translate.ts';
import { valueTransforms } from './values.ts';

const kinds: Readonly<Record<string, TransformKind>> = {
  ...valueTransforms,
  ...textTransforms,
  ...dataTypeTransforms,
  ...momentTransforms,
  ...referenceTransforms,
  ...translateTransforms,
};

export const transformNames = (): string[] => Object.keys(kinds);

/** Compiles the right side of `=`; undefined after a complaint. */
export function compileTransform(
  transform: Transform,
  target: Static,
  scope: Scope,
  context: Context,
  at: Place,
): Values | undefined {
  switch (transform.kind) {
    case 'literal':
      return literal(transform.value, target);
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
  target: Static,
  scope: Scope,
  context: Context,
  at: Place,
): Values | undefined {
  const { name } = transform;
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (!kind)
    return complain(context, 'map-transform-unknown', { name, suggestion: didYouMean(name, transformNames()) }, at);
  const [fewest, most] = kind.takes;
  const found = transform.arguments.length;
  if (found < fewest || found > most) {
    const expected = fewest === most ? `${fewest} arguments` : `${fewest} to ${most} arguments`;
    return complain(context, 'map-arguments-invalid', { name, expected, found }, at);
  }
  const given = name === 'evaluate' ? transform.arguments.slice(0, -1) : transform.arguments;
  const operands = given.map((argument) => operand(argument, scope, context, at));
  if (operands.some((it) => it === undefined)) return undefined;
  // evaluate compiles its expression itself, in the focus of its first argument.
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

/** A literal as the type of the element that it goes to. */
function literal(value: Literal, target: Static): Operand {
  const type = target?.length === 1 ? target[0] : undefined;
  const own =
    typeof value === 'string'
      ? 'string'
      : typeof value === 'boolean'
        ? 'boolean'
        : Number.isInteger(value)
          ? 'integer'
          : 'decimal';
  const given = type !== undefined && typeof value === 'string' ? type : own;
  const node = rootNode(value, given);
  return { types: [own], values: () => [node], constant: value, direct: { kind: 'constant', type: given, value } };
}

function operand(argument: Argument, scope: Scope, context: Context, at: Place): Operand | undefined {
  switch (argument.kind) {
    case 'literal':
      return literal(argument.value, undefined);
    case 'variable':
      return copy(argument.name, [], scope, context, at);
    case 'expression':
      return evaluating(argument, scope, context);
  }
}

function evaluating(
  { expression: text }: { expression: Parameters<typeof expression>[0] },
  scope: Scope,
  context: Context,
): Operand | undefined {
  const compiled = expression(text, scope, undefined, context);
  if (!compiled) return undefined;
  const constant = compiled.constant?.length === 1 ? { constant: compiled.constant[0]!.value } : {};
  const test = compiled.inline?.total ? { test: compiled.inline } : {};
  return {
    types: undefined,
    values: (run: Run, frame: Frame) => evaluated(compiled, run, undefined, frame, context),
    sources: (frame) => compiled.readings.flatMap((it) => reads(it, frame, undefined)),
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
      return complain(context, 'map-variable-unknown', { name, suggestion: didYouMean(name, scope.names()) }, at);
    const nodes = constant.values.map(({ type, value }) => rootNode(value, type));
    return { types: undefined, values: () => nodes, constant: nodes[0]?.value, ...directConstant(nodes) };
  }
  variable.used = true;
  const walked = walk(variable.types, path, { ...context.place, ...at }, context);
  if (!walked) return undefined;
  const values = (_run: Run, frame: Frame): readonly Node[] => {
    const start = frame[variable.slot];
    let found = start ? [start] : [];
    for (const read of walked.reads) {
      const into: Node[] = [];
      for (const node of found) read.all(node, into);
      found = into;
    }
    return found;
  };
  const only =
    path.length === 0 ? { only: (frame: Frame) => frame[variable.slot], direct: ofVariable(variable, context) } : {};
  return { types: walked.types, values, copies: true, ...only };
}

/** One value that is known since the map was compiled. */
function directConstant(nodes: readonly Node[] | undefined): Pick<Operand, 'direct'> {
  const [node] = nodes ?? [];
  const { value, type } = node ?? {};
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return nodes?.length === 1 && plain && type !== undefined ? { direct: { kind: 'constant', type, value } } : {};
}
